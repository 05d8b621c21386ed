/*
 * contradiction: what a scenario expects of a path and no run of it could meet.
 *
 * Pure function, any thread.
 */
#ifndef VDIBENCH_CONTRADICTION_H
#define VDIBENCH_CONTRADICTION_H

#include "harness/scenario/scenario.h"

/* False and `error`, one line as scenario_load()'s, when the expectations of
 * that path of the scenario contradict the path itself or the timeline. */
gboolean contradiction_check(const Scenario *scenario, const ScenarioPath *path, GError **error);

#endif
