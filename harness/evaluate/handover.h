/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * handover: where, in the samples, the display went from one source to the
 * other in front of a client that was watching.
 *
 * It begins with the VM's port event (the paper: "the switch time is when the
 * VirtIO port is opened") and ends with the first picture of the new source.
 * A client that came after the event has seen no handover. Pure, any thread.
 */
#ifndef VDIBENCH_HANDOVER_H
#define VDIBENCH_HANDOVER_H

#include "harness/evaluate/rows.h"

#include <stdbool.h>
#include <stdint.h>

enum handover_direction {
    HANDOVER_IN,  /* vGPU to pGPU: the port was opened; on whatever channel */
    HANDOVER_OUT, /* back: it was closed; on the vGPU's channel */
};

/* Times in ns of CLOCK_MONOTONIC. */
struct handover {
    int64_t event_ns; /* the port's */
    int64_t first_ns; /* first picture of the new source */
    int64_t last_ns;  /* last one of the old source on that channel; 0: it had none there */
};

/* The lowest channel that showed the vGPU, the first QXL device's; NULL when
 * none did. The rows'. */
const char *handover_vgpu_channel(const struct rows *client);

/* The first port event that could begin one; 0 when there is none. */
int64_t handover_event_ns(const struct rows *vm, enum handover_direction direction);

/* The next one whose port event is in the row `*row` of the VM's samples or
 * later; moves `*row` behind it. False when there is none. */
bool handover_next(const struct rows *client, const struct rows *vm,
                   enum handover_direction direction, unsigned *row, struct handover *ret_handover);

#endif
