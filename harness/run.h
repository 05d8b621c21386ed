/*
 * run: all cases of a run of vdibench, their repeats interleaved, and what is
 * left of them in a results folder.
 *
 * Main thread; runs the default main context, and takes SIGINT, SIGTERM and
 * SIGHUP: the present repeat is ended, the samples so far are kept.
 */
#ifndef VDIBENCH_RUN_H
#define VDIBENCH_RUN_H

#include "case.h"

#include <gio/gio.h>

typedef struct {
    char *top;      /* the project's folder */
    char *programs; /* the folder of the binaries, normally TOP/build */
} Layout;

typedef struct {
    GPtrArray *scenarios;     /* Scenario */
    CaseFilter filter;
    const char *output;       /* the results folder; NULL: one is named by time, host, revision */
    const char *recording;    /* a file to be used for every workload; NULL: by their names */
    const char *const *command_line;
    gboolean tap;             /* TAP on standard output instead of the table */
} RunOptions;

/* Runs everything. The exit status: 0 when nothing failed. False and `error`
 * when it could not begin; then nothing was created or started. */
gboolean run(const Layout *layout, const RunOptions *options, int *ret_status, GError **error);

#endif
