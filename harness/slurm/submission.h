/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * submission: a job that was given to Slurm, until it has ended.
 *
 * Slurm chooses the nodes, starts the tasks, and starts those of a lost node again.
 * Main thread; runs the default main context.
 */
#ifndef VDIBENCH_SUBMISSION_H
#define VDIBENCH_SUBMISSION_H

#include <gio/gio.h>
#include <stdbool.h>

/* Runs the command, which is `sbatch --wait --parsable`, and waits until the job has
 * ended; `progress` is called every few seconds. If `cancellable` is cancelled, the job
 * is, too. `ret_status` is the highest exit status of a task's, 128 or more if a signal
 * ended it. `ret_job` is the job's id, to be freed. False and `error` if it could not be
 * submitted. */
bool submission_run(const char *const *command, GCancellable *cancellable,
                    void (*progress)(void *data), void *data, char **ret_job, int *ret_status,
                    GError **error);

#endif
