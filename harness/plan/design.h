/*
 * design: what `run --all` runs within its budget, and what it leaves out.
 *
 * Everything that exists is each scenario on each of its paths, with each sink
 * or drawing that the path has, each recording and each transport; what a
 * scenario calls `fixed` it has only as it says itself, and a path without an
 * agent has one transport. covering.h chooses. Pure functions, any thread.
 */
#ifndef VDIBENCH_DESIGN_H
#define VDIBENCH_DESIGN_H

#include "harness/plan/case.h"
#include "harness/plan/workload.h"

typedef struct {
    GPtrArray *cases;    /* Case, in the order chosen, each to be run once */
    GPtrArray *left_out; /* LeftOut */
    char *text;          /* for people: how much is covered, and what is run */
} Design;

/* `workloads` (of Workload) are all that are to be played; one with a
 * `trouble` is only named. The cases' strings belong to scenarios, paths and
 * workloads. NULL and `error` when the budget is too small for any case. */
Design *design_create(const GPtrArray *scenarios, const GPtrArray *workloads,
                      const CaseFilter *filter, guint budget_minutes, GError **error);
void design_free(Design *design);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Design, design_free)

#endif
