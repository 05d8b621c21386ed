/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/quality.h"

#include <glib.h>
#include <math.h>

static bool foreign_cpu(const double *value, const struct route *route,
                        const struct link_profile *link)
{
    return value[METRIC_FOREIGN_CPU_PCT] > QUALITY_FOREIGN_CPU_MAX_PCT;
}

/* Frames that the agent does not capture are missing from the load. It is different
 * with a vGPU, which does not draw because the server keeps it waiting, and with a
 * limited link, which cannot carry everything: there it is a result. Where the rest is
 * measured, the load does not matter. */
static bool not_captured(const double *value, const struct route *route,
                         const struct link_profile *link)
{
    return route->has_agent && link->mbit_s == 0 && isnan(value[METRIC_REST_FRAMES]) &&
           value[METRIC_FRAMES_SKIPPED_CAPTURE] >
               value[METRIC_FRAMES_PLANNED] * QUALITY_SKIPPED_MAX_PCT / 100.0;
}

static bool other_rate(const double *value, const struct route *route,
                       const struct link_profile *link)
{
    double pct = 100 * value[METRIC_LINK_MBIT_S] / link->mbit_s;
    return link->mbit_s > 0 && (pct > QUALITY_LINK_RATE_MAX_PCT ||
                                (pct < QUALITY_LINK_RATE_MIN_PCT && link->loss_pct == 0));
}

static bool other_delay(const double *value, const struct route *route,
                        const struct link_profile *link)
{
    double off_ms = fabs(value[METRIC_LINK_RTT_MS] - link->rtt_ms);
    return link->mbit_s > 0 && off_ms > 1 && off_ms > link->rtt_ms * QUALITY_LINK_RTT_MAX_PCT / 100;
}

static const struct {
    bool (*is_unfit)(const double *value, const struct route *route,
                     const struct link_profile *link);
    const char *reason, *rule;
} gates[] = {
    {foreign_cpu, "something else used the processors",
     "A repeat is unfit when its foreign_cpu_pct is above " G_STRINGIFY(
         QUALITY_FOREIGN_CPU_MAX_PCT) ": something else used the processors."},
    {not_captured, "too many slots were not captured",
     "A repeat is unfit when its agent did not capture more than " G_STRINGIFY(
         QUALITY_SKIPPED_MAX_PCT) " % of its slots, unless its link is a limited one or it has a step rest."},
    {other_rate, "the link did not have its rate",
     "A repeat is unfit when the link's link_mbit_s is below " G_STRINGIFY(
         QUALITY_LINK_RATE_MIN_PCT) " % of its rate (unless it loses packets) or above " G_STRINGIFY(QUALITY_LINK_RATE_MAX_PCT) " %."},
    {other_delay, "the link did not have its delay",
     "A repeat is unfit when the link's link_rtt_ms is off by more than 1 ms and more than " G_STRINGIFY(
         QUALITY_LINK_RTT_MAX_PCT) " %."},
};

const char *quality_judge(const struct metrics *metrics, const struct route *route,
                          const struct link_profile *link)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(gates); i++) {
        if (gates[i].is_unfit(metrics->value, route, link))
            return gates[i].reason;
    }
    return NULL;
}

const char *quality_rule(unsigned index)
{
    return index < G_N_ELEMENTS(gates) ? gates[index].rule : NULL;
}
