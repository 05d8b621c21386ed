/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * estimate: how long a repeat of a case will take. Pure function, any thread.
 */
#ifndef VDIBENCH_ESTIMATE_H
#define VDIBENCH_ESTIMATE_H

#include "harness/plan/case.h"
#include "harness/plan/workload.h"

/* Starting, playing as often as the timeline demands, switching, draining,
 * ending, and judging what was left. */
double estimate_seconds(const struct plan_case *c, const struct workload *workload);

#endif
