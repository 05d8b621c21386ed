/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * slots: the fixed times at which frames are captured.
 *
 * Slot k lies at origin + k * interval, whatever happened in the slots before
 * (open loop): a frame that is late or left out does not move the next one.
 * Pure; times in ns on CLOCK_MONOTONIC.
 */
#ifndef AGENT_SLOTS_H
#define AGENT_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

struct slots {
    int64_t origin_ns;
    uint64_t index; /* of the next slot */
    uint32_t fps_num;
    uint32_t fps_den;
};

/* The first slot is at `origin_ns`; fps_num / fps_den slots a second, both at
 * least 1. */
void slots_init(struct slots *slots, int64_t origin_ns, uint32_t fps_num, uint32_t fps_den);

/* The next slot's time. Computed from the origin: 30000/1001 does not drift. */
int64_t slots_next_ns(const struct slots *slots);

void slots_advance(struct slots *slots);

#endif
