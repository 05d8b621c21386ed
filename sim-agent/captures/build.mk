# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors

$(eval $(call program,barcode-frames,sim-agent/barcode-frames.c media/barcode.c))
$(eval $(call program,changed-tiles,sim-agent/changed-tiles.c sim-agent/tile-changes.c harness/statistics/stats.c,,-lm))
$(eval $(call unit_test,test-tile-changes,sim-agent/tests/test-tile-changes.c sim-agent/tile-changes.c))
$(eval $(call unit_test,test-captures,sim-agent/captures/tests/test-captures.c \
    sim-agent/tile-changes.c media/barcode.c harness/statistics/stats.c,\
    glib-2.0 libavformat libavcodec libavutil libswscale,-lm))

# The public recording of the benchmark: Debian's, installed and not committed.
$(B)/recordings/movie-hello.mp4: | $(DEPS_DONE)
	@mkdir -p $(@D)
	@file=$$(dpkg -L forensics-samples-files | grep '/movie-hello\.mp4$$') && test -s "$$file" && \
	    ln -sf "$$file" $@ || \
	    { echo "forensics-samples-files: movie-hello.mp4 is not installed; reinstall the package" >&2; false; }

PROGRAMS += $(B)/recordings/movie-hello.mp4

# A screen whose size changes every half second, among them what H.264 has only by
# cropping (1366x768, 1920x1080) and, with 4:4:4, odd numbers of pixels.
RESIZES := 1366x768:yuv420p 801x601:yuv444p 640x360:yuv420p 1920x1080:yuv420p
$(B)/recordings/resizes.h264: sim-agent/captures/build.mk | $(DEPS_DONE)
	@mkdir -p $(@D) && echo "  FFMPEG $@"
	$(Q)for part in $(RESIZES); do \
	    ffmpeg -nostdin -v error -f lavfi -i testsrc2=size=$${part%:*}:rate=30:duration=0.5 \
	        -c:v libx264 -preset veryfast -pix_fmt $${part#*:} -g 15 -bf 0 -f h264 - || exit 1; \
	done >$@.part && mv $@.part $@

PROGRAMS += $(B)/recordings/resizes.h264

# One film at several bitrates (kbit/s), with the same key frames: for an agent
# that lowers its bitrate. In a folder of its own: no workload of the benchmark.
LADDER := 500 1500 4000
$(B)/recordings/ladder/%k.mp4: sim-agent/captures/build.mk | $(DEPS_DONE)
	@mkdir -p $(@D) && echo "  FFMPEG $@"
	$(Q)ffmpeg -nostdin -v error -y -f lavfi -i testsrc2=size=1280x720:rate=30:duration=6 \
	    -vf noise=alls=12:allf=t -c:v libx264 -preset veryfast -tune zerolatency -pix_fmt yuv420p \
	    -g 30 -keyint_min 30 -sc_threshold 0 -bf 0 \
	    -b:v $*k -maxrate $*k -bufsize $$(($* / 5))k -f mp4 $@.part && mv $@.part $@

PROGRAMS += $(LADDER:%=$(B)/recordings/ladder/%k.mp4)
