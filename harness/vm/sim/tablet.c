/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/tablet.h"

#include "harness/instrument/control.h"

#include <stdint.h>

static void set_logical_size(SpiceTabletInstance *tablet, int width, int height)
{
    control_notice("tablet", "width=%d height=%d", width, height);
}

static void position(SpiceTabletInstance *tablet, int x, int y, uint32_t buttons)
{
    control_notice("pointer", "x=%d y=%d", x, y);
}

static void wheel(SpiceTabletInstance *tablet, int motion, uint32_t buttons) {}

static void buttons_changed(SpiceTabletInstance *tablet, uint32_t buttons) {}

static const SpiceTabletInterface interface = {
    .base =
        {
            .type = SPICE_INTERFACE_TABLET,
            .description = "tablet",
            .major_version = SPICE_INTERFACE_TABLET_MAJOR,
            .minor_version = SPICE_INTERFACE_TABLET_MINOR,
        },
    .set_logical_size = set_logical_size,
    .position = position,
    .wheel = wheel,
    .buttons = buttons_changed,
};

void tablet_add(SpiceServer *server)
{
    static SpiceTabletInstance tablet = {.base = {.sif = &interface.base}};

    spice_server_add_interface(server, &tablet.base);
}
