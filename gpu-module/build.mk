# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# The SPICE server with the GPU module, and the tests of the module's cores.
#
#   source package -> source tree + hooks.patch -> meson (Debian's options and flags)
#                  -> build/spice-server/lib/libspice-server.so.1
#
# The module's files are compiled where they are, through links in the tree.
# Builds with a sanitizer have the same source package and tree.

SPICE := $(B)/spice-server
SPICE_PACKAGE := build/spice-server/package
SPICE_SOURCE_TREE := build/spice-server/source
SPICE_LIBRARY := $(SPICE)/lib/libspice-server.so.1

GPU_MODULE_SOURCES := $(wildcard protocol/*.[ch] gpu-module/*.[ch] gpu-module/spice-server/*.cpp \
                                 gpu-module/spice-server/*.h gpu-module/spice-server/meson.build)

# What Debian's package has, and named so that nothing is left out for want of
# a header. Upstream's tests are made of the library's own objects, and built
# only for `make upstream-check`.
SPICE_OPTIONS := --buildtype=plain --wrap-mode=nodownload --prefix=/usr \
    -Dgstreamer=1.0 -Dlz4=true -Dsasl=true -Dopus=enabled -Dsmartcard=enabled \
    -Dmanual=false -Dtests=true

# Changes when the system's spice-server has changed (a security update): then
# everything is made anew from the new version's source.
$(SPICE_PACKAGE).version: gpu-module/spice-server/fetch-source always | $(DEPS_DONE)
	@mkdir -p $(@D) && version=$$($< --version) && \
	    { [ "$$version" = "$$(cat $@ 2>/dev/null)" ] || echo "$$version" > $@; }
.PHONY: always
$(SPICE_PACKAGE)/.fetched: $(SPICE_PACKAGE).version gpu-module/spice-server/fetch-source
	@echo "  FETCH spice-server's source"
	$(Q)gpu-module/spice-server/fetch-source $(@D)
	@touch $@
# $(call spice_meson,FOLDER,SOURCE TREE): with Debian's compiler flags, or with a
# sanitizer's. Its runtime is in the program, not in the library: so the library
# must be allowed to leave symbols undefined.
define spice_meson
$(Q)rm -rf $(1) && mkdir -p $(1)
$(Q)$(if $(SANITIZE),export CC=clang CXX=clang++ CFLAGS="$(SANITIZE)" CXXFLAGS="$(SANITIZE)" \
        LDFLAGS="$(SANITIZE)",eval "$$(dpkg-buildflags --export=sh)" && export CC=gcc CXX=g++) && \
    meson setup $(SPICE_OPTIONS) $(if $(SANITIZE),-Db_lundef=false) $(1) $(2) > $(1).log || \
    { tail -n 20 $(1).log >&2; false; }
$(Q)touch $(1)/build.ninja
endef
# $(call spice_ninja,FOLDER,TARGETS)
define spice_ninja
$(Q)ninja -C $(1) --quiet $(2) > $(1).log || { cat $(1).log >&2; false; }
endef

$(SPICE_SOURCE_TREE)/.patched: $(SPICE_PACKAGE)/.fetched \
        $(addprefix gpu-module/spice-server/,unpack-source apply-hooks hooks.patch) gpu-module/build.mk
	$(Q)gpu-module/spice-server/unpack-source $(<D) $(@D)
	$(Q)gpu-module/spice-server/apply-hooks $(@D)
	$(Q)ln -s $(CURDIR)/gpu-module $(CURDIR)/protocol $(@D)/server/
	$(Q)touch $@

$(SPICE)/meson/build.ninja: $(SPICE_SOURCE_TREE)/.patched gpu-module/build.mk
	$(call spice_meson,$(@D),$(SPICE_SOURCE_TREE))

$(SPICE_LIBRARY): $(SPICE)/meson/build.ninja $(GPU_MODULE_SOURCES)
	@echo "  BUILD $@"
	$(call spice_ninja,$(SPICE)/meson,server/$$(readlink $(SPICE)/meson/server/libspice-server.so.1))
	$(Q)mkdir -p $(@D)
	$(Q)install -m 755 $(SPICE)/meson/server/libspice-server.so.1 $@.new
	$(Q)mv $@.new $@

PROGRAMS += $(SPICE_LIBRARY)
$(eval $(call program,gpu-counters,$(addprefix gpu-module/,gpu-counters.c counters.c counters-map.c)))

$(eval $(call unit_test,test-port-protocol,protocol/tests/test-port-protocol.c protocol/port-protocol.c))
$(eval $(call unit_test,test-port-definition,protocol/tests/test-port-definition.c protocol/port-protocol.c,spice-protocol))
$(eval $(call unit_test,test-access-unit,protocol/tests/test-access-unit.c protocol/access-unit.c))
$(eval $(call unit_test,test-cursor-shape,protocol/tests/test-cursor-shape.c protocol/cursor-shape.c,spice-protocol))
$(eval $(call unit_test,test-real-streams,protocol/tests/test-real-streams.c protocol/access-unit.c,gstreamer-check-1.0 libavformat libavcodec libavutil))
$(eval $(call unit_test,test-key-frame-request,gpu-module/tests/test-key-frame-request.c gpu-module/key-frame-request.c))
$(eval $(call unit_test,test-feedback,gpu-module/tests/test-feedback.c gpu-module/feedback.c))
$(eval $(call unit_test,test-heartbeat,gpu-module/tests/test-heartbeat.c gpu-module/heartbeat.c))
$(eval $(call unit_test,test-flow,gpu-module/tests/test-flow.c gpu-module/flow.c))
$(eval $(call unit_test,test-message-queue,gpu-module/tests/test-message-queue.c gpu-module/message-queue.c gpu-module/flow.c,,-pthread))
$(eval $(call unit_test,test-counters,gpu-module/tests/test-counters.c gpu-module/counters.c gpu-module/counters-map.c,,-pthread))
$(eval $(call unit_test,test-switch-rate,gpu-module/tests/test-switch-rate.c gpu-module/switch-rate.c))
$(eval $(call unit_test,test-leftovers,gpu-module/tests/test-leftovers.c gpu-module/leftovers.c))
$(eval $(call unit_test,test-log-rate,gpu-module/tests/test-log-rate.c gpu-module/log-rate.c))
$(eval $(call unit_test,test-host-policy,gpu-module/tests/test-host-policy.c gpu-module/host-policy.c))
$(eval $(call unit_test,test-display-clock,gpu-module/tests/test-display-clock.c gpu-module/display-clock.c))
$(eval $(call unit_test,test-display-owner,gpu-module/tests/test-display-owner.c gpu-module/display-owner.c gpu-module/flow.c))

SCRIPT_TESTS += gpu-module/tests/pure-cores protocol/tests/port-document gpu-module/tests/threat-model gpu-module/spice-server/tests/hooks \
    $(addprefix gpu-module/spice-server/tests/,fetch-source drop-in probes warnings)
SCRIPT_TESTS += gpu-module/tests/gpu-counters-arguments

# Upstream's own tests: of the library with the module, as a part of `make check`,
# and of Debian's source as it is, to know what fails without us.
UPSTREAM := $(SPICE)/upstream
SCRIPT_TESTS += gpu-module/spice-server/tests/upstream

$(SPICE)/meson/.tests: $(SPICE_LIBRARY)
	@echo "  BUILD upstream's tests with the module"
	$(call spice_ninja,$(@D))
	@touch $@
$(UPSTREAM)/meson/.tests: $(SPICE_PACKAGE)/.fetched gpu-module/build.mk
	@echo "  BUILD upstream's tests without the module"
	$(Q)gpu-module/spice-server/unpack-source $(<D) $(UPSTREAM)/source
	$(call spice_meson,$(@D),$(UPSTREAM)/source)
	$(call spice_ninja,$(@D))
	@touch $@
check: $(SPICE)/meson/.tests

.PHONY: upstream-check
upstream-check: $(SPICE)/meson/.tests $(UPSTREAM)/meson/.tests
	@V=1 ci/check gpu-module/spice-server/tests/drop-in gpu-module/spice-server/tests/upstream
	@echo && echo "The same tests without the module:"
	@ci/check "gpu-module/spice-server/tests/upstream $(UPSTREAM)/meson"

# The module in the real server, with the simulated VM and the client.
BED_SOURCES := gpu-module/spice-server/tests/bed.c protocol/port-protocol.c \
    harness/instrument/child.c harness/instrument/folder.c media/picture.c harness/instrument/words.c
$(eval $(call unit_test,test-hostile-guest,gpu-module/spice-server/tests/test-hostile-guest.c \
    $(BED_SOURCES) gpu-module/counters.c gpu-module/counters-map.c,gio-2.0 gio-unix-2.0 libpng,-lm))
$(eval $(call unit_test,test-guest-storms,gpu-module/spice-server/tests/test-guest-storms.c \
    $(BED_SOURCES),gio-2.0 gio-unix-2.0 libpng,-lm))
$(eval $(call unit_test,test-cursor,gpu-module/spice-server/tests/test-cursor.c $(BED_SOURCES),\
    gio-2.0 gio-unix-2.0 libpng zlib,-lm))
$(eval $(call unit_test,test-trace,$(addprefix gpu-module/spice-server/tests/,test-trace.c bed-counters.c) $(BED_SOURCES) \
    gpu-module/counters.c gpu-module/counters-map.c,gio-2.0 gio-unix-2.0 libpng,-lm))
$(B)/tests/test-trace: | $(B)/gpu-counters
$(eval $(call unit_test,test-extension,gpu-module/spice-server/tests/test-extension.c \
    $(BED_SOURCES) gpu-module/counters.c gpu-module/counters-map.c,gio-2.0 gio-unix-2.0 libpng,-lm))
$(eval $(call unit_test,test-viewers,gpu-module/spice-server/tests/test-viewers.c \
    gpu-module/spice-server/tests/x11-viewer.c protocol/tests/coded-frames.c \
    media/barcode.c $(BED_SOURCES),gio-2.0 gio-unix-2.0 libpng libavformat libavcodec \
    libavutil,-lm))
$(eval $(call unit_test,test-host-limits,gpu-module/spice-server/tests/test-host-limits.c \
    $(BED_SOURCES) gpu-module/counters.c gpu-module/counters-map.c,gio-2.0 gio-unix-2.0 libpng,-lm))
$(eval $(call unit_test,test-frozen-client,$(addprefix gpu-module/spice-server/tests/,test-frozen-client.c bed-counters.c) \
    $(BED_SOURCES) gpu-module/counters.c gpu-module/counters-map.c,gio-2.0 gio-unix-2.0 libpng,-lm))
$(eval $(call unit_test,test-held-worker,$(addprefix gpu-module/spice-server/tests/,test-held-worker.c bed-counters.c) \
    gpu-module/spice-server/tests/silent-client.c $(BED_SOURCES) gpu-module/counters.c \
    gpu-module/counters-map.c,gio-2.0 gio-unix-2.0 libpng libcrypto spice-protocol,-lm))
$(B)/tests/test-held-worker $(B)/tests/test-frozen-client $(B)/tests/test-host-limits \
    $(B)/tests/test-hostile-guest $(B)/tests/test-guest-storms $(B)/tests/test-cursor \
    $(B)/tests/test-trace $(B)/tests/test-extension $(B)/tests/test-viewers: | $(B)/vm-sim $(B)/client $(SPICE_LIBRARY)

# The module in a server of the test's own process.
INNER_SERVER_SOURCES := $(addprefix gpu-module/fuzz/,inner-server.c fake-client.c) protocol/port-protocol.c \
    $(addprefix harness/vm/sim/,core-loop.c fd-source.c qxl-device.c command-ring.c) \
    harness/instrument/control.c harness/instrument/samples.c harness/instrument/words.c
INNER_SERVER_MODULES := spice-server gio-unix-2.0 libcrypto
$(eval $(call unit_test,test-port-messages,gpu-module/spice-server/tests/test-port-messages.c \
    $(INNER_SERVER_SOURCES),$(INNER_SERVER_MODULES),-Wl$(comma)-rpath$(comma)$(abspath $(SPICE)/lib)))
$(B)/tests/test-port-messages: | $(SPICE_LIBRARY)

# The same in real QEMU, without a guest.
QEMU_BED_SOURCES := $(BED_SOURCES) \
    $(addprefix gpu-module/spice-server/tests/qemu/,agent.c machine.c qmp.c qtest.c socket.c vga.c virtio-serial.c)
$(eval $(call unit_test,test-qemu,gpu-module/spice-server/tests/test-qemu.c $(QEMU_BED_SOURCES),\
    gio-2.0 gio-unix-2.0 json-glib-1.0 libpng,-lm))
$(B)/tests/test-qemu: | $(B)/client $(SPICE_LIBRARY)

# --- fuzzers ------------------------------------------------------------------
$(eval $(call fuzzer,fuzz-port-protocol,protocol/fuzz/fuzz-port-protocol.c protocol/port-protocol.c))
$(eval $(call fuzzer,fuzz-access-unit,protocol/fuzz/fuzz-access-unit.c protocol/access-unit.c))
$(eval $(call fuzzer,fuzz-cursor-shape,protocol/fuzz/fuzz-cursor-shape.c protocol/cursor-shape.c))
$(eval $(call fuzzer,fuzz-display-owner,gpu-module/fuzz/fuzz-display-owner.c gpu-module/display-owner.c \
    gpu-module/flow.c))
$(eval $(call fuzzer,fuzz-gpu-device,gpu-module/fuzz/fuzz-gpu-device.c $(INNER_SERVER_SOURCES),$(INNER_SERVER_MODULES)))
SCRIPT_TESTS += ci/tests/fuzz

# The server's code is seen by the fuzzer only where it is compiled for that: in
# the build with the address sanitizer.
SECONDS ?= 600
.PHONY: fuzz fuzzers
fuzzers: $(FUZZERS) $(SPICE_LIBRARY)
fuzz:
	@ci/sanitize address fuzzers
	@V=1 ci/check "ci/fuzz build/asan $(SECONDS)"
