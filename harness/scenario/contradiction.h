/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * contradiction: what a scenario expects of a route and no run of it could meet.
 *
 * Pure function, any thread.
 */
#ifndef VDIBENCH_CONTRADICTION_H
#define VDIBENCH_CONTRADICTION_H

#include "harness/scenario/scenario.h"

#include <stdbool.h>

/* False and `error`, one line as scenario_load()'s, when the expectations of
 * that route of the scenario contradict the route itself or the timeline. */
bool contradiction_check(const struct scenario *scenario, const struct scenario_route *route,
                         GError **error);

#endif
