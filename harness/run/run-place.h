/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * run-place: where a run takes place, and what ends it early.
 *
 * Main thread.
 */
#ifndef VDIBENCH_RUN_PLACE_H
#define VDIBENCH_RUN_PLACE_H

#include "harness/plan/plan.h"
#include "harness/run/run-lock.h"
#include "harness/run/runtime-folder.h"

#include <gio/gio.h>
#include <stdbool.h>

/* As a shell reports a process that SIGINT ended. */
#define STATUS_CODE_INTERRUPTED 130

/* The exit status if nothing failed, but fewer repeats than were asked for were fit, or
 * --time-limit ended the run before --until-ci was reached. */
#define STATUS_CODE_UNFIT 3

/* Creates the results folder and takes the machine for the run: `options->output`, which
 * must not exist yet, or (NULL) one that is named by time, host and revision, of a
 * functional test (`tap`) beside the results. A functional test measures nothing and
 * takes no machine (NULL), and neither does who leaves `ret_lock` out (NULL), because it
 * measures elsewhere or not at all. Removes what killed harnesses have left of their
 * runtime folders. NULL and `error`, also when no runtime folder could be made; free it. */
char *results_folder_create(const struct layout *layout, const struct run_options *options,
                            struct run_lock **ret_lock, GError **error);

/* A private folder for a port and sockets, see there. */
struct runtime_folder *run_place_runtime(const struct layout *layout, GError **error);

/* From begin to end SIGINT, SIGTERM and SIGHUP cancel. */
struct interruption {
    unsigned sources[3];
};
void interruption_begin(struct interruption *interruption, GCancellable *cancellable);
void interruption_end(struct interruption *interruption);

#endif
