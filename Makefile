# vdibench: see README.md for what it does and HACKING.md for how it is laid out.
# Each component says in its build.mk what it is made of; the rules are here.

.DEFAULT_GOAL := all
SHELL := /bin/bash

B := build
CC ?= gcc
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wpointer-arith -Wvla -Wno-unused-parameter
ALL_CFLAGS = -std=gnu11 $(WARNINGS) -D_GNU_SOURCE -I. $(CFLAGS)

# Which Debian packages a pkg-config name comes from is in deps.mk.
pkg_cflags = $(shell pkg-config --cflags $(1))
pkg_libs = $(shell pkg-config --libs $(1))

PROGRAMS :=
UNIT_TESTS :=

# $(call program,NAME,SOURCES,PKG-CONFIG MODULES,MORE LIBS): build/NAME from C sources.
define program
PROGRAMS += $(B)/$(1)
$(call executable,$(1),$(2),$(3),$(4))
endef
# $(call unit_test,NAME,SOURCES,PKG-CONFIG MODULES,MORE LIBS): build/tests/NAME, cmocka.
define unit_test
UNIT_TESTS += $(B)/tests/$(1)
$(call executable,tests/$(1),$(2),cmocka $(3),$(4))
endef
define executable
$(B)/$(1): PKGS := $(3)
$(B)/$(1): $(patsubst %.c,$(B)/obj/$(1)/%.o,$(2))
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $$(LDFLAGS) -o $$@ $$^ $(if $(strip $(3)),$$(call pkg_libs,$(3))) $(4)
$(B)/obj/$(1)/%.o: %.c
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $(if $(strip $(3)),$$(call pkg_cflags,$(3))) -MMD -MP -c -o $$@ $$<
-include $(patsubst %.c,$(B)/obj/$(1)/%.d,$(2))
endef

include $(wildcard gpu-module/build.mk agent/build.mk sim-agent/build.mk harness/build.mk \
                   harness/client/build.mk harness/vm-sim/build.mk harness/relay/build.mk)

all: $(PROGRAMS) $(UNIT_TESTS)

.PHONY: all
