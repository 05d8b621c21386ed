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

#include <gio/gio.h>
#include <stdbool.h>

/* As a shell reports a process that SIGINT ended. */
#define STATUS_CODE_INTERRUPTED 130

/* Creates the results folder: `output`, which must not exist yet, or (NULL) one
 * that is named by time, host and revision, of a functional test (`tap`) beside
 * the results. NULL and `error`, also when no private folder could be made;
 * free it. */
char *results_folder_create(const struct layout *layout, const char *output, bool tap,
                            GError **error);

/* A private folder with a short name, for a port and sockets; free it, after
 * folder_remove(). */
char *runtime_folder_create(const struct layout *layout, GError **error);

/* From begin to end SIGINT, SIGTERM and SIGHUP cancel. */
struct interruption {
    unsigned sources[3];
};
void interruption_begin(struct interruption *interruption, GCancellable *cancellable);
void interruption_end(struct interruption *interruption);

#endif
