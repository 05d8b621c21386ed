/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/display-clock.h"

static uint32_t mjpeg_lead_ms(bool slow_link)
{
    return slow_link ? DISPLAY_CLOCK_MJPEG_SLOW_LEAD_MS : DISPLAY_CLOCK_MJPEG_LEAD_MS;
}

uint32_t display_clock_stamp_ms(uint32_t now_ms, enum port_codec codec, uint32_t client_behind_ms,
                                bool slow_link)
{
    const uint32_t stamp = codec == PORT_CODEC_MJPEG
                               ? now_ms - client_behind_ms + mjpeg_lead_ms(slow_link)
                               : now_ms - DISPLAY_CLOCK_BEHIND_MS;

    return stamp != 0 ? stamp : UINT32_MAX; /* 1 ms earlier, not later than the next one */
}
