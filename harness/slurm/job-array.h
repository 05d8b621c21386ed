/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * job-array: a run as a job array of Slurm's: one task for each repeat of each case.
 *
 * A task measures into a folder of its node's own and copies it, when it is complete,
 * into the run's folder, which the nodes share: FOLDER/slurm/part-TASK-SUBMISSION-START.
 * The last two count how often Slurm was given the task, and how often it has requeued
 * it, so that a node that was only thought to be lost writes to a folder of its own.
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_JOB_ARRAY_H
#define VDIBENCH_JOB_ARRAY_H

#include <glib.h>

/* Exit status of a task whose node does not see the run's folder, or the program. */
#define JOB_ARRAY_EXIT_NOT_SHARED 78

struct job_array {
    const char *folder;         /* the run's, absolute */
    const char *program;        /* vdibench, absolute */
    const char *const *words;   /* its command line, from "run" on */
    const char *token;          /* what FOLDER/slurm/token holds */
    unsigned submission;        /* from 1 */
    const char *const *options; /* of sbatch, besides our own; NULL: none */
    unsigned jobs_max;          /* run at once; 0: as many as there are nodes */
};

/* The script of each task; free it. Line N of FOLDER/slurm/cases has the case of task N. */
char *job_array_script(const struct job_array *array);

/* The command that submits FOLDER/slurm/job and waits for all of `tasks` (unsigned, from
 * 1, ascending); free it. */
char **job_array_command(const struct job_array *array, const GArray *tasks);

/* The newest part of a task that has a result.json; NULL if there is none; free it. */
char *job_array_part(const char *folder, unsigned task);

#endif
