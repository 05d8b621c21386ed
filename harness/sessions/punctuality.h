/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * punctuality: the share of a session's frames that arrived soon enough after their
 * slot.
 *
 * Pure, any thread.
 */
#ifndef VDIBENCH_PUNCTUALITY_H
#define VDIBENCH_PUNCTUALITY_H

#include "harness/evaluate/join.h"

#include <stdbool.h>
#include <stdint.h>

/* The slots of a window of time. */
struct slot_window {
    int64_t begin_ns, end_ns;
    int64_t interval_ns; /* between two slots */
    int64_t within_ns;   /* of its slot a frame has to arrive */
    bool receive_only;   /* a frame arrives when it is received (t5), not when it is shown (t7) */
};

struct punctuality {
    unsigned slots;         /* for which the window has room, or more if more were recorded */
    unsigned in_time, late; /* the others never arrived */
    GArray *delays_ms;      /* double: from the slot to the arrival; the caller's, or NULL */
};

/* Adds a session's slots. A slot that was skipped, or was not recorded because its
 * process was held up, was not in time. */
void punctuality_add(struct punctuality *sum, const struct join *join,
                     const struct slot_window *window);

/* 0 when there were no slots. */
double punctuality_pct(const struct punctuality *sum);

#endif
