/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/keyboard.h"

#include <inttypes.h>
#include <stdint.h>

/* In a scan code: the key is released. */
#define RELEASED 0x80

static struct {
    SpiceKbdInstance instance;
    struct samples *samples;
} keyboard;

static void push_scan(SpiceKbdInstance *instance, uint8_t code)
{
    if (!(code & RELEASED))
        samples_row(keyboard.samples, "key,%" PRId64 ",%u,,,,,,", samples_now_ns(), code);
}

static uint8_t get_leds(SpiceKbdInstance *instance)
{
    return 0;
}

static const SpiceKbdInterface interface = {
    .base =
        {
            .type = SPICE_INTERFACE_KEYBOARD,
            .description = "keyboard",
            .major_version = SPICE_INTERFACE_KEYBOARD_MAJOR,
            .minor_version = SPICE_INTERFACE_KEYBOARD_MINOR,
        },
    .push_scan_freg = push_scan,
    .get_leds = get_leds,
};

void keyboard_add(SpiceServer *server, struct samples *samples)
{
    keyboard.samples = samples;
    keyboard.instance.base.sif = &interface.base;
    spice_server_add_interface(server, &keyboard.instance.base);
}
