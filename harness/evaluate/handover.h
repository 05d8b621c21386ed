/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * handover: finds in the samples where the display changed from one source to the
 * other while a client was watching.
 *
 * It begins with the VM's port event (the paper: "the switch time is when the
 * VirtIO port is opened") and ends with the first picture of the new source.
 * For a client that connected after the event there is no handover. Pure, any thread.
 */
#ifndef VDIBENCH_HANDOVER_H
#define VDIBENCH_HANDOVER_H

#include "harness/evaluate/rows.h"

#include <stdbool.h>
#include <stdint.h>

enum handover_direction {
    HANDOVER_IN,  /* vGPU to pGPU: the port was opened; on any channel */
    HANDOVER_OUT, /* pGPU to vGPU: the port was closed; on the vGPU's channel */
};

/* Times in ns of CLOCK_MONOTONIC. */
struct handover {
    int64_t event_ns; /* the port's */
    int64_t first_ns; /* first picture of the new source */
    int64_t last_ns;  /* last picture of the old source on that channel; 0: there was none */
};

/* The lowest channel that showed the vGPU, which is the first QXL device's; NULL if
 * none did. Owned by the rows. */
const char *handover_vgpu_channel(const struct rows *client);

/* The time of the first port event that could begin a handover; 0 if there is none. */
int64_t handover_event_ns(const struct rows *vm, enum handover_direction direction);

/* Finds the next handover whose port event is in row `*row` of the VM's samples or
 * later, and moves `*row` past that event. False if there is none. */
bool handover_next(const struct rows *client, const struct rows *vm,
                   enum handover_direction direction, unsigned *row, struct handover *ret_handover);

#endif
