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

#include <glib.h>

#define COVERING_FACTORS 5

typedef struct {
    guint value[COVERING_FACTORS]; /* numbered from 0 within each factor */
    double cost_seconds;           /* above 0 */
} CoveringCell;

typedef struct {
    guint cell;      /* its index */
    guint new_pairs; /* that no earlier one has; 0 once all are covered */
} CoveringChoice;

typedef struct {
    GArray *choices;              /* CoveringChoice, in the order chosen */
    guint pairs_all, pairs_covered;
    guint *missing;               /* of each cell: how many of its pairs no choice has */
    double cost_seconds;          /* of all that are chosen, at most the budget */
} Covering;

Covering *covering_create(const CoveringCell *cells, guint n, double budget_seconds);
void covering_free(Covering *covering);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Covering, covering_free)

#endif
