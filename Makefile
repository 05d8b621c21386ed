# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# vdibench: the door. README.md says what it does, HACKING.md how it is laid out;
# meson.build says what is built, ci/packages/ what a fresh machine needs for it.

.DEFAULT_GOAL := help
B := build

# What `make bench` runs: the scenarios that declare this set.
SET ?= paper
# How long `make fuzz` runs.
SECONDS ?= 600
comma := ,

.PHONY: help deps programs all check functional viewers demo bench plots install deb check-deb windows sanitize fuzz \
        mutants upstream-check slurm-check check-guest shadow-soak check-debian13 check-debian14 clean \
        spice-server spice-server-tests
# Ninja knows what goes beside what; apt, the server's source and its build are one at a time.
.NOTPARALLEL:

help:
	@echo "make demo           see the picture switch from the vGPU to the pGPU and back"
	@echo "make bench          measure the GPU module beside its rivals, here and now (all set-up included)"
	@echo "make bench QUICK=1  the same, one short repeat each"
	@echo "make bench SET=NAME another set of scenarios (build/vdibench list)"
	@echo "make bench PGPU=host the real agent captures this host's own X session (docs/hardware-day.md)"
	@echo "make bench VM=qemu GPU=PCI GUEST=DISK  in a VM with the card and this guest (docs/wx4100.md)"
	@echo "make check          run all tests (all set-up included)"
	@echo "make functional     every case of every scenario as a test (check runs a choice of them)"
	@echo "make functional VM=qemu  what a real VM can run of them, in one"
	@echo "make all            build everything"
	@echo "make viewers        remote-viewer and spicy on a desktop: one window, and it goes on (30 joins)"
	@echo "make plots RESULTS=results/DIR   draw the plots of a run"
	@echo "make fuzz SECONDS=600  run the fuzzers for so long, with the server's code seen by them"
	@echo "make sanitize       unit tests and scenarios under ASan, UBSan and TSan"
	@echo "make mutants        break the source in one line at a time; a test must notice each (nightly)"
	@echo "make upstream-check  upstream's own tests, with the module and without it"
	@echo "make shadow-soak    a million checked submissions by the policies of shadow-paging (minutes)"
	@echo "make slurm-check    a run over four nodes of a Slurm cluster, all on this machine (as root)"
	@echo "make check-guest    a run in a guest on a disk, with firmware and boot loader"
	@echo "make check-debian13  make check in Debian 13, also 14; made in ~/.cache/vdibench (as root)"
	@echo "make windows        what runs in a Windows guest, cross-compiled and tested under Wine"
	@echo "make install        into DESTDIR and PREFIX (/usr/local)"
	@echo "make deb            Debian packages of it all, into build/deb"
	@echo "make check-deb      install, use, upgrade and remove them in a clean Debian (as root)"
	@echo "make deps           install the missing Debian packages of bench and check (ci/packages)"
	@echo "make clean          remove build/; results/ stays"
	@echo "SPICE_VERSION=0.16.0  with spice-server and bench: another version than the system's"
	@echo "SPICE_SOURCE=FILE   spice-server's tarball, where apt cannot fetch it"

# Exists once every package of the set ci/packages/% is installed.
$(B)/.packages-%: ci/packages/% ci/install-packages
	@ci/install-packages $*
	@mkdir -p $(B) && touch $@
deps: $(B)/.packages-bench $(B)/.packages-check

$(B)/build.ninja: | $(B)/.packages-bench
	@meson setup $(B) >$(B)/setup.log || { cat $(B)/setup.log; false; }
$(B)/.tests: $(B)/.packages-check | $(B)/build.ninja
	@meson configure $(B) -Dtests=true && touch $@
$(B)/recordings/.made: sim-agent/make-recordings | $(B)/.packages-bench
	@sim-agent/make-recordings $(@D) && touch $@
spice-server: | $(B)/.packages-bench
	@gpu-module/spice-server/build
spice-server-tests: | $(B)/.packages-check
	@gpu-module/spice-server/build --with-tests

programs: spice-server $(B)/recordings/.made $(B)/build.ninja
	@ninja -C $(B) programs
all: spice-server $(B)/recordings/.made $(B)/.tests
	@ninja -C $(B)

demo: programs
	@harness/demo $(MODE)
bench: programs
	@$(B)/vdibench run $(if $(GUEST),agents --route gpu-module$(comma)stream-device --agent $(or $(PGPU),host),\
	    $(if $(PGPU),agents --agent $(PGPU),--set $(SET))) --report $(if $(QUICK),--quick) $(if $(VM),--vm $(VM)) \
	    $(if $(GPU),--gpu $(GPU)) $(if $(GUEST),--guest $(GUEST)) \
	    $(if $(SPICE_VERSION),--server $(SPICE_VERSION))
plots: programs
	@test -n "$(RESULTS)" || { echo "make plots RESULTS=results/FOLDER: which run?" >&2; exit 2; }
	@$(B)/vdibench plots "$(RESULTS)"
check: all spice-server-tests
	@test -z "$(SPICE_VERSION)" || { echo "make check tests the system's spice-server; another release's:" \
	    "make check-debian13, make check-debian14" >&2; exit 2; }
	@ci/check --build $(B)
install: programs
	@meson configure $(B) -Dprefix=$(or $(PREFIX),/usr/local) && meson install -C $(B)
# As a package's build does not use the network, what it needs of it comes first.
deb: spice-server $(B)/.packages-deb
	@packaging/build-debs
# In a clean system, with what `make deb` has left.
check-deb: $(B)/.packages-deb
	@ci/check packaging/check-debs

# Its pictures of the desktop become docs/windows.png.
viewers: all
	@mkdir -p $(B)/viewers
	@VIEWER_JOINS=30 VIEWER_PICTURES=$(B)/viewers V=1 ci/check $(B)/tests/test-desktop-viewers
	@ffmpeg -v error -y -i $(B)/viewers/remote-viewer-one-window.png -i $(B)/viewers/remote-viewer-two-windows.png -filter_complex "\
	    [0] crop=iw:830:0:20 [one]; [1] crop=iw:830:0:20 [two]; [one] [two] vstack, scale=900:-1:flags=area, \
	    split [a] [b]; [a] palettegen=max_colors=64 [p]; [b] [p] paletteuse=dither=none" docs/windows.png

functional: all
	@ci/check "scenarios/functional-test $(if $(filter qemu,$(VM)),--real-vm,--all)"
# In builds of their own.
sanitize: all
	@ci/sanitize address check
	@ci/sanitize thread check
fuzz: all
	@ci/sanitize address fuzz $(SECONDS)
	@VM_ABUSE_SECONDS=$$(($(SECONDS) / 10)) V=1 ci/check $(B)/tests/test-vm-qemu
mutants: $(B)/.tests
	@ci/mutants
windows: programs $(B)/.packages-windows
	@ci/check agent/tests/windows/under-wine "agent/tests/windows/agent-under-wine all" \
	    agent/tests/windows/screen-under-wine agent/tests/windows/service-under-wine
shadow-soak: programs
	@$(B)/shadow-paging-soak
slurm-check: all $(B)/.packages-slurm
	@ci/check harness/slurm/tests/slurm-test
check-guest: all $(B)/.packages-guest
	@ci/check harness/vm/qemu/tests/disk-guest
check-debian13 check-debian14: $(B)/.packages-debian
	@ci/check-debian $(@:check-debian%=%)
upstream-check: spice-server-tests
	@gpu-module/spice-server/build --upstream --with-tests
	@V=1 ci/check gpu-module/spice-server/tests/drop-in gpu-module/spice-server/tests/upstream
	@echo && echo "The same tests without the module:"
	@ci/check "gpu-module/spice-server/tests/upstream $(B)/spice-server/upstream/meson"

clean:
	rm -rf $(B)
