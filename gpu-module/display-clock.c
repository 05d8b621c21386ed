/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/display-clock.h"

static uint32_t mjpeg_stamp_ms(uint32_t now_ms, bool sound_plays, bool slow_link)
{
    const uint32_t clients_ms = sound_plays ? now_ms : now_ms - DISPLAY_CLOCK_CLIENT_BEHIND_MS;

    return clients_ms + (slow_link ? DISPLAY_CLOCK_CLIENT_BEHIND_MS : DISPLAY_CLOCK_MJPEG_LEAD_MS);
}

uint32_t display_clock_stamp_ms(uint32_t now_ms, enum port_codec codec, bool sound_plays,
                                bool slow_link)
{
    const uint32_t stamp = codec == PORT_CODEC_MJPEG
                               ? mjpeg_stamp_ms(now_ms, sound_plays, slow_link)
                               : now_ms - DISPLAY_CLOCK_BEHIND_MS;

    return stamp != 0 ? stamp : UINT32_MAX; /* 1 ms earlier, not later than the next one */
}
