# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# vdibench. README.md says what it does, HACKING.md how it is laid out.
# Each component's build.mk says what it is made of; the rules are here.

.DEFAULT_GOAL := help
SHELL := /bin/bash

B := build
ifeq ($(origin CC),default)
CC := gcc
endif
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wpointer-arith -Wvla -Wno-unused-parameter
# What a build with a sanitizer adds, to spice-server's flags too, and to each
# program: see ci/sanitize.
SANITIZE :=
SANITIZE_OBJECTS :=
ALL_CFLAGS = -std=gnu11 $(WARNINGS) -D_GNU_SOURCE -I. $(CFLAGS) $(SANITIZE) $(FUZZER_CFLAGS)

# `make V=1` shows the commands.
Q := $(if $(V),,@)

# What `make bench` runs: the scenarios that declare this set.
SET ?= paper

# Exists once every package of ci/debian-packages is installed.
DEPS_DONE := $(B)/.deps

PROGRAMS :=
UNIT_TESTS :=
FUZZERS :=
SCRIPT_TESTS := ci/clang-warnings ci/tests/check ci/tests/documents ci/tests/format
OBJECTS :=

# $(eval $(call program,NAME,SOURCES,PKG-CONFIG MODULES,MORE LIBS)): build/NAME from C sources.
define program
PROGRAMS += $(B)/$(1)
$(call executable,$(1),$(2),$(3),$(4))
endef
# The same for a cmocka test: build/tests/NAME.
define unit_test
UNIT_TESTS += $(B)/tests/$(1)
$(call executable,tests/$(1),$(2),cmocka $(3),$(4))
endef
# And for a fuzzer: build/fuzz/NAME, by clang's libFuzzer, with its sanitizers.
define fuzzer
FUZZERS += $(B)/fuzz/$(1)
$(call executable,fuzz/$(1),$(2),$(3),$(4))
endef
$(B)/fuzz/% $(B)/obj/fuzz/%: private CC := clang
$(B)/fuzz/% $(B)/obj/fuzz/%: private FUZZER_CFLAGS := -fsanitize=fuzzer,address,undefined
define executable
OBJECTS += $(patsubst %.c,$(B)/obj/$(1)/%.o,$(2))
$(B)/$(1): $(patsubst %.c,$(B)/obj/$(1)/%.o,$(2)) | $(SANITIZE_OBJECTS)
	@mkdir -p $$(@D) && echo "  LINK $$@"
	$$(Q)$$(CC) $$(ALL_CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(if $$(SANITIZE),$$(SANITIZE_OBJECTS)) $(if $(strip $(3)),$$$$(pkg-config --libs $(3))) $(4)
$(B)/obj/$(1)/%.o: %.c | $(DEPS_DONE)
	@mkdir -p $$(@D) && echo "  CC   $$<"
	$$(Q)$$(CC) $$(ALL_CFLAGS) $(if $(strip $(3)),$$$$(pkg-config --cflags $(3))) -MMD -MP -c -o $$@ $$<
-include $(patsubst %.c,$(B)/obj/$(1)/%.d,$(2))
endef

# In the order of a frame's way.
include $(wildcard sim-agent/captures/build.mk agent/build.mk sim-agent/build.mk \
                   gpu-module/build.mk harness/vm/sim/build.mk harness/vm/relay/build.mk \
                   harness/client/build.mk harness/build.mk)

.PHONY: help deps all objects check demo bench plots clean

help:
	@echo "make demo           see the picture switch from the vGPU to the pGPU and back"
	@echo "make bench          measure the GPU module beside its rivals, here and now (all set-up included)"
	@echo "make bench QUICK=1  the same, one short repeat each"
	@echo "make bench SET=NAME another set of scenarios (build/vdibench list)"
	@echo "make check          run all tests (all set-up included)"
	@echo "make all            build everything"
	@echo "make fuzz SECONDS=600  run the fuzzers for so long, with the server's code seen by them"
	@echo "make sanitize       unit tests and scenarios under ASan, UBSan and TSan"
	@echo "make upstream-check  upstream's own tests, with the module and without it"
	@echo "make deps           install the missing Debian packages (ci/debian-packages)"
	@echo "make plots RESULTS=results/DIR   draw the plots of a run"
	@echo "make clean          remove build/; results/ stays"
	@echo "SPICE_SOURCE=FILE   spice-server's tarball, where apt cannot fetch it"

deps: $(DEPS_DONE)
$(DEPS_DONE): ci/debian-packages ci/install-packages
	@ci/install-packages
	@mkdir -p $(@D) && touch $@

all: $(PROGRAMS) $(UNIT_TESTS)
objects: $(OBJECTS)

check: all $(FUZZERS)
	@ci/check $(UNIT_TESTS) $(SCRIPT_TESTS)

# In builds of their own; the second target is for ci/sanitize.
.PHONY: sanitize check-sanitized
sanitize:
	@ci/sanitize address check-sanitized
	@ci/sanitize thread check-sanitized
$(B)/obj/glib-for-tsan.o: ci/glib-for-tsan.c | $(DEPS_DONE)
	@mkdir -p $(@D) && echo "  CC   $<"
	$(Q)$(CC) $(ALL_CFLAGS) $$(pkg-config --cflags glib-2.0) -c -o $@ $<
check-sanitized: all
	@rm -rf $(B)/functional
	@ci/check $(UNIT_TESTS) "$(B)/vdibench run --tap --route gpu-module --output $(B)/functional"

demo: all
	@harness/demo $(MODE)

bench: all
	@$(B)/vdibench run --set $(SET) --report $(if $(QUICK),--quick)

plots: all
	@test -n "$(RESULTS)" || { echo "make plots RESULTS=results/FOLDER: which run?" >&2; exit 2; }
	@$(B)/vdibench plots "$(RESULTS)"

clean:
	rm -rf $(B)
