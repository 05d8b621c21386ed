/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * covering: which cells of a matrix to run when there is no time for all.
 *
 * A greedy covering array of strength 2: every pair of values of two factors
 * that occurs together in some cell is to be in a chosen one; the cell that
 * covers the most new pairs for its cost comes next, the first of equals. Once
 * all pairs are covered the same begins anew with the cells that are left, so
 * that the budget is used and spread evenly. Pure functions: the same cells
 * and budget give the same choice on every machine. Any thread.
 */
#ifndef VDIBENCH_COVERING_H
#define VDIBENCH_COVERING_H

#include "auto-destroy.h"
#include "harness/scenario/axis.h"

#include <glib.h>

/* Scenario, route, sink or drawing, workload, and each axis. */
#define COVERING_FACTORS (4 + AXIS_COUNT)

struct covering_cell {
    unsigned value[COVERING_FACTORS]; /* numbered from 0 within each factor */
    double cost_seconds;              /* above 0 */
};

struct covering_choice {
    unsigned cell;      /* its index */
    unsigned new_pairs; /* that no earlier one has; 0 once all are covered */
};

struct covering {
    GArray *choices; /* struct covering_choice, in the order chosen */
    unsigned pairs_all, pairs_covered;
    unsigned *missing;   /* of each cell: how many of its pairs no choice has */
    double cost_seconds; /* of all that are chosen, at most the budget */
};

struct covering *covering_create(const struct covering_cell *cells, unsigned n,
                                 double budget_seconds);
void covering_destroy(struct covering *covering);

DEFINE_AUTO_DESTROY(covering, covering_destroy)

#endif
