/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/heartbeat.h"

bool heartbeat_watch(struct heartbeat *beat)
{
    const bool begins = !beat->watched;

    beat->watched = true;
    beat->intervals = 0;
    return begins;
}

void heartbeat_forget(struct heartbeat *beat)
{
    beat->watched = false;
}

bool heartbeat_interval(struct heartbeat *beat, bool read)
{
    beat->intervals = read ? beat->intervals + 1 : 0;
    if (beat->intervals < HEARTBEAT_SILENT_INTERVALS)
        return false;
    beat->watched = false;
    beat->silent = true;
    return true;
}
