/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * input: from a key that the user presses to the picture that answers it.
 *
 * The guest's answer is in the first slot that begins once the key has arrived in the
 * guest, and in each later one. So the picture that answers is the first one that the
 * client shows of these slots, in the same opening of the port (or film). Its time has
 * exactly three parts:
 *
 *   t7 - press = (arrival - press)   client, server: the way of the key
 *              + (t0 - arrival)      the wait for the slot: up to one interval, and one
 *                                    more for each slot in between that was not shown first
 *              + (t7 - t0)           the latency of that frame
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_INPUT_H
#define VDIBENCH_INPUT_H

#include "harness/evaluate/join.h"
#include "harness/scenario/metric.h"

/* A key that was pressed. */
struct input_key {
    int64_t press_ns;
    int64_t arrival_ns;         /* in the guest; 0: it did not arrive */
    const struct frame *answer; /* the join's; NULL: no picture answers it */
};

/* The keys of the client's samples in order, struct input_key; free it before the join.
 * `vm` are the samples of the VM. */
GArray *input_keys(const struct join *join, const struct rows *client, const struct rows *vm);

/* Fills in input_ms_* and input_unanswered. They stay NAN if no key was pressed. */
void input_measure(struct metrics *metrics, const struct join *join, const struct rows *client,
                   const struct rows *vm);

#endif
