/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * design: what `run --all` runs within its budget, and what it leaves out.
 *
 * Everything that exists is each scenario on each of its routes, with each sink
 * or drawing that the route has, each recording and each transport; what a
 * scenario calls `fixed` it has only as the scenario sets it, and a route without an
 * agent has one transport. covering.h chooses. Pure functions, any thread.
 */
#ifndef VDIBENCH_DESIGN_H
#define VDIBENCH_DESIGN_H

#include "auto-destroy.h"
#include "harness/plan/case.h"
#include "harness/plan/workload.h"

struct design {
    GPtrArray *cases;    /* struct plan_case, in the order chosen, each to be run once */
    GPtrArray *left_out; /* struct left_out */
    char *text;          /* for people: how much is covered, and what is run */
};

/* `workloads` (of struct workload) are all that are to be played; one with a
 * `trouble` is only named. The cases' strings belong to scenarios, routes and
 * workloads. NULL and `error` when the budget is too small for any case. */
struct design *design_create(const GPtrArray *scenarios, const GPtrArray *workloads,
                             const struct case_filter *filter, unsigned budget_minutes,
                             GError **error);
void design_destroy(struct design *design);

DEFINE_AUTO_DESTROY(design, design_destroy)

#endif
