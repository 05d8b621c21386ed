/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * functions: the paper's function table, filled in from finished cases.
 *
 * Rows are what a VDI with a pGPU should do, columns the ways (the `column` of
 * a Path). A cell is filled by one scenario: the first of those that answer the
 * question that was run in that column. What each row means is defined in
 * results/README.md. The paper's own cells, in an appendix, are not available.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_FUNCTIONS_H
#define VDIBENCH_FUNCTIONS_H

#include "harness/report/result.h"

enum function_outcome {
    FUNCTION_YES,
    FUNCTION_NO,
    FUNCTION_FAILED,  /* the scenario did not do what was expected of it */
    FUNCTION_NOT_RUN, /* or skipped, or interrupted */
    FUNCTION_NOT_ON_HARDWARE,
};

struct function_cell {
    const char *function; /* the row: "shows the vGPU" and so on; static */
    const char *column;   /* static */
    enum function_outcome outcome;
    const char *scenario; /* which filled it, and its route; of the cases, NULL: none */
    const char *route;
    char *evidence; /* what was seen, in a few words; NULL: nothing */
};

/* All cells (struct function_cell), row by row, each row's in the order of the columns
 * original, stream-device, optimised. The result must outlive them. */
GPtrArray *functions_fill(const struct result *result);

/* "yes", "not run" and so on; static. */
const char *function_outcome_text(enum function_outcome outcome);

#endif
