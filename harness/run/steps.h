/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * steps: what each step of a timeline does with the processes of a repeat. The
 * inside of testbed: no other file includes it.
 *
 * A step returns false and `error` when it could not be carried out. Main
 * thread; runs the default main context.
 */
#ifndef VDIBENCH_STEPS_H
#define VDIBENCH_STEPS_H

#include "harness/run/processes.h"
#include "harness/run/testbed.h"
#include "harness/run/viewer.h"

/* Between two questions to the client whether it has everything. */
#define ASK_SECONDS 0.02

struct testbed {
    struct processes all;
    struct notes *notes;
    const struct step *step; /* the present one */
    struct viewer first, second;
    bool window_open;
    bool paused;
    unsigned paused_number; /* the vGPU's update then */
};

/* Carries out the present step, bed->step. */
bool steps_carry_out(struct testbed *bed, GError **error);

/* The measurement ends, if it has begun: what follows is not part of it. */
void steps_close_window(struct testbed *bed);

/* The vGPU draws nothing more from now on, and its last update is known. */
bool steps_pause_vgpu(struct testbed *bed, GError **error);

/* Waits until the workload plays, by the agent or on the vGPU. */
bool steps_wait_playing(struct testbed *bed, GError **error);

/* --- waiting and playing (steps-play.c), comparing (steps-compare.c) --- */

bool step_wait_shown_vgpu(struct testbed *bed, GError **error);
bool step_wait_shown_pgpu(struct testbed *bed, GError **error);
bool step_wait_second_vgpu(struct testbed *bed, GError **error);
bool step_wait_second_pgpu(struct testbed *bed, GError **error);
bool step_wait_stopped(struct testbed *bed, GError **error);
bool step_wait_drained(struct testbed *bed, GError **error);
bool step_wait_second_drained(struct testbed *bed, GError **error);
bool step_play(struct testbed *bed, GError **error);
bool step_press_keys(struct testbed *bed, GError **error);
bool step_rest(struct testbed *bed, GError **error);
bool step_keep_pictures(struct testbed *bed, GError **error);
bool step_save_pictures(struct testbed *bed, GError **error);
bool step_compare_vgpu(struct testbed *bed, GError **error);
bool step_compare_pgpu(struct testbed *bed, GError **error);

#endif
