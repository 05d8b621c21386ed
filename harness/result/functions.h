/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * functions: the paper's function table, filled in from finished cases.
 *
 * Rows are what a VDI with a pGPU should do, columns the ways (the `column` of
 * a route). A cell is filled by one scenario: the first of those that answer the
 * question that was run in that column. The paper's own cells, in an appendix, are not
 * available.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_FUNCTIONS_H
#define VDIBENCH_FUNCTIONS_H

#include "harness/result/result.h"

struct function_cell {
    char *function; /* the row: "shows the vGPU" and so on */
    char *column;
    char *outcome; /* "yes", "no", "failed", "not run" (or skipped, or interrupted), "not run
                    * on hardware" */
    char *scenario, *route; /* which filled it; NULL: none */
    char *evidence;         /* what was seen, in a few words; NULL: nothing */
};

void function_cell_destroy(struct function_cell *cell);

/* What "yes" means in this row, a sentence without its subject, static; NULL if there is
 * no such row. results/README.md has the same. */
const char *function_meaning(const char *function);

/* The columns, in their order, ended by NULL. */
extern const char *const function_columns[];

/* Fills in the result's functions anew, row by row, each row's cells in the
 * order of the columns. */
void functions_fill(struct result *result);

#endif
