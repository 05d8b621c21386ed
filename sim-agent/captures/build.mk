$(eval $(call program,barcode-frames,sim-agent/barcode-frames.c harness/barcode.c))
$(eval $(call program,changed-tiles,sim-agent/changed-tiles.c sim-agent/tile-changes.c harness/stats.c,,-lm))
$(eval $(call unit_test,test-tile-changes,sim-agent/tests/test-tile-changes.c sim-agent/tile-changes.c))
$(eval $(call unit_test,test-captures,sim-agent/captures/tests/test-captures.c \
    sim-agent/tile-changes.c harness/barcode.c harness/stats.c,\
    glib-2.0 libavformat libavcodec libavutil libswscale,-lm))

# The public recording of the benchmark: Debian's, installed and not committed.
$(B)/recordings/movie-hello.mp4: | $(DEPS_DONE)
	@mkdir -p $(@D)
	@file=$$(dpkg -L forensics-samples-files | grep '/movie-hello\.mp4$$') && test -s "$$file" && \
	    ln -sf "$$file" $@ || \
	    { echo "forensics-samples-files: movie-hello.mp4 is not installed; reinstall the package" >&2; false; }

PROGRAMS += $(B)/recordings/movie-hello.mp4
