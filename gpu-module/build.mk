# The SPICE server with the GPU module, and the tests of the module's cores.
#
#   tarball -> source tree + hooks.patch -> meson (Debian's options and flags)
#           -> build/spice-server/lib/libspice-server.so.1
#
# The module's files are compiled where they are, through a link in the tree.

SPICE := $(B)/spice-server
SPICE_TARBALL := $(SPICE)/spice_0.15.1.orig.tar.bz2
SPICE_LIBRARY := $(SPICE)/lib/libspice-server.so.1

GPU_MODULE_SOURCES := $(wildcard gpu-module/*.[ch] gpu-module/spice-server/*.cpp \
                                 gpu-module/spice-server/*.h gpu-module/spice-server/meson.build)

# What Debian's package has, and named so that nothing is left out for want of
# a header. The manual and upstream's tests do not enter the library.
SPICE_OPTIONS := --buildtype=plain --wrap-mode=nodownload --prefix=/usr \
    -Dgstreamer=1.0 -Dlz4=true -Dsasl=true -Dopus=enabled -Dsmartcard=enabled \
    -Dmanual=false -Dtests=false

$(SPICE_TARBALL): gpu-module/spice-server/fetch-source | $(DEPS_DONE)
	@echo "  FETCH spice-server's source"
	$(Q)$< $(@D)
	@touch $@

# meson.build names a script of upstream's release process that the tarball
# lacks (Debian patches the line out): an empty one does as well.
$(SPICE)/source/.patched: $(SPICE_TARBALL) gpu-module/spice-server/hooks.patch
	$(Q)rm -rf $(SPICE)/source $(SPICE)/meson
	$(Q)mkdir -p $(@D)
	$(Q)tar -xf $< -C $(@D) --strip-components=1
	$(Q)patch --quiet -d $(@D) -p1 < gpu-module/spice-server/hooks.patch
	$(Q)mkdir -p $(@D)/build-aux && install -m 755 /dev/null $(@D)/build-aux/meson-dist
	$(Q)ln -s $(CURDIR)/gpu-module $(@D)/server/gpu-module
	$(Q)touch $@

$(SPICE)/meson/build.ninja: $(SPICE)/source/.patched gpu-module/build.mk
	$(Q)rm -rf $(@D)
	$(Q)eval "$$(dpkg-buildflags --export=sh)" && CC=gcc CXX=g++ \
	    meson setup $(SPICE_OPTIONS) $(@D) $(SPICE)/source > $(SPICE)/meson-setup.log || \
	    { tail -n 20 $(SPICE)/meson-setup.log >&2; false; }
	@touch $@

$(SPICE_LIBRARY): $(SPICE)/meson/build.ninja $(GPU_MODULE_SOURCES)
	@echo "  BUILD $@"
	$(Q)ninja -C $(SPICE)/meson --quiet server/libspice-server.so.1.14.2 > $(SPICE)/ninja.log || { cat $(SPICE)/ninja.log >&2; false; }
	$(Q)mkdir -p $(@D)
	$(Q)install -m 755 $(SPICE)/meson/server/libspice-server.so.1.14.2 $@.new
	$(Q)mv $@.new $@

PROGRAMS += $(SPICE_LIBRARY)
$(eval $(call program,gpu-counters,$(addprefix gpu-module/,gpu-counters.c counters.c counters-map.c)))

$(eval $(call unit_test,test-port-protocol,gpu-module/tests/test-port-protocol.c gpu-module/port-protocol.c))
$(eval $(call unit_test,test-port-definition,gpu-module/tests/test-port-definition.c gpu-module/port-protocol.c,spice-protocol))
$(eval $(call unit_test,test-access-unit,gpu-module/tests/test-access-unit.c gpu-module/access-unit.c))
$(eval $(call unit_test,test-cursor-shape,gpu-module/tests/test-cursor-shape.c gpu-module/cursor.c,spice-protocol))
$(eval $(call unit_test,test-real-streams,gpu-module/tests/test-real-streams.c gpu-module/access-unit.c,gstreamer-check-1.0 libavformat libavcodec libavutil))
$(eval $(call unit_test,test-key-frame-request,gpu-module/tests/test-key-frame-request.c gpu-module/key-frame-request.c))
$(eval $(call unit_test,test-feedback,gpu-module/tests/test-feedback.c gpu-module/feedback.c))
$(eval $(call unit_test,test-flow,gpu-module/tests/test-flow.c gpu-module/flow.c))
$(eval $(call unit_test,test-counters,gpu-module/tests/test-counters.c gpu-module/counters.c gpu-module/counters-map.c,,-pthread))
$(eval $(call unit_test,test-display-clock,gpu-module/tests/test-display-clock.c gpu-module/display-clock.c))
$(eval $(call unit_test,test-display-owner,gpu-module/tests/test-display-owner.c gpu-module/display-owner.c gpu-module/flow.c))

SCRIPT_TESTS += gpu-module/spice-server/tests/drop-in gpu-module/spice-server/tests/probes \
    gpu-module/spice-server/tests/warnings

# The module in the real server, with the simulated VM and the client.
BED_SOURCES := gpu-module/spice-server/tests/bed.c gpu-module/port-protocol.c \
    $(addprefix harness/,child.c folder.c picture.c)
$(eval $(call unit_test,test-hostile-guest,gpu-module/spice-server/tests/test-hostile-guest.c \
    $(BED_SOURCES),gio-2.0 gio-unix-2.0 libpng,-lm))
$(eval $(call unit_test,test-extension,gpu-module/spice-server/tests/test-extension.c \
    $(BED_SOURCES),gio-2.0 gio-unix-2.0 libpng,-lm))
$(eval $(call unit_test,test-cursor,gpu-module/spice-server/tests/test-cursor.c $(BED_SOURCES),\
    gio-2.0 gio-unix-2.0 libpng zlib,-lm))
$(eval $(call unit_test,test-trace,gpu-module/spice-server/tests/test-trace.c \
    gpu-module/counters.c gpu-module/counters-map.c harness/child.c harness/folder.c,gio-2.0 gio-unix-2.0))
$(B)/tests/test-hostile-guest $(B)/tests/test-extension $(B)/tests/test-cursor: | $(B)/vm-sim $(B)/client $(SPICE_LIBRARY)
$(B)/tests/test-trace: | $(B)/vm-sim $(B)/client $(B)/sim-agent $(B)/gpu-counters $(SPICE_LIBRARY)
