/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/quality.h"

#include <glib.h>

static bool foreign_cpu(const double *value, const struct route *route, bool limited)
{
    return value[METRIC_FOREIGN_CPU_PCT] > QUALITY_FOREIGN_CPU_MAX_PCT;
}

/* Frames that the agent does not capture are missing from the load. It is different
 * with a vGPU, which does not draw because the server keeps it waiting, and with a
 * limited link, which cannot carry everything: there it is a result. */
static bool not_captured(const double *value, const struct route *route, bool limited)
{
    return route->has_agent && !limited &&
           value[METRIC_FRAMES_SKIPPED_CAPTURE] >
               value[METRIC_FRAMES_PLANNED] * QUALITY_SKIPPED_MAX_PCT / 100.0;
}

static const struct {
    bool (*is_unfit)(const double *value, const struct route *route, bool limited);
    const char *reason, *rule;
} gates[] = {
    {foreign_cpu, "something else used the processors",
     "A repeat is unfit when its foreign_cpu_pct is above " G_STRINGIFY(
         QUALITY_FOREIGN_CPU_MAX_PCT) ": something else used the processors."},
    {not_captured, "too many slots were not captured",
     "A repeat is unfit when its agent did not capture more than " G_STRINGIFY(
         QUALITY_SKIPPED_MAX_PCT) " % of its slots, unless its link is a limited one."},
};

const char *quality_judge(const struct metrics *metrics, const struct route *route, bool limited)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(gates); i++) {
        if (gates[i].is_unfit(metrics->value, route, limited))
            return gates[i].reason;
    }
    return NULL;
}

const char *quality_rule(unsigned index)
{
    return index < G_N_ELEMENTS(gates) ? gates[index].rule : NULL;
}
