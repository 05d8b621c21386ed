/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include <config.h>

#include "gpu-tablet.h"

#include "gpu-display.h"
#include "reds-private.h"
#include "reds.h"

void gpu_tablet_size(RedsState *reds, int *width_px, int *height_px)
{
    const uint64_t size = reds->gpu_tablet_size; /* a mode change asks from the worker */

    if (size != 0) {
        *width_px = size >> 32;
        *height_px = size & UINT32_MAX;
    }
}

void gpu_tablet_set_size(RedsState *reds, uint32_t width_px, uint32_t height_px)
{
    reds->gpu_tablet_size = (uint64_t)width_px << 32 | height_px;
}

void gpu_tablet_size_changed(RedsState *reds)
{
    /* A display that goes gives the size back, and this may come after it: while
     * the server is being destroyed upstream's list still names its QXL device. */
    if (gpu_display_find(reds)) {
        reds_update_client_mouse_allowed(reds);
    }
}
