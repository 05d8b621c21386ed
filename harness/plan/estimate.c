/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plan/estimate.h"

#include "harness/scenario/link-profile.h"

/* Seen on two cores, from the first process's start to the end of the last:
 * with the relay 0.1 s beside playing; with a client that decodes 0.4 to 1.9 s,
 * most of it the decoder's start and the wait for what does not arrive. */
#define RELAY_BESIDE_SECONDS 0.3
#define CLIENT_BESIDE_SECONDS 1.5
/* A step that is no playing: most take nothing, a connection or a switch up to
 * half a second. */
#define STEP_SECONDS 0.05
/* A limited link is made and measured before each repeat. */
#define LINK_SECONDS 1.7
/* The wait for a backlog, which ends after 10 s: a film behind 5 Mbit/s took 3.6 to 10 s. */
#define BACKLOG_SECONDS 8.0
#define BACKLOG_MBIT_S 20
/* A real guest boots, and its agent reads its libraries through QEMU. */
#define REAL_VM_SECONDS 8.0
/* What libavcodec decodes on one core before a VM that draws a film is ready. */
#define DECODED_MEGAPIXELS_PER_SECOND 120.0

double estimate_seconds(const struct plan_case *c, const struct workload *workload)
{
    const GArray *steps = c->scenario->steps;
    double seconds = c->route->shows ? CLIENT_BESIDE_SECONDS : RELAY_BESIDE_SECONDS;

    for (unsigned i = 0; i < steps->len; i++)
        seconds +=
            action_lasts(g_array_index(steps, struct step, i).action) ? c->seconds : STEP_SECONDS;
    const struct link_profile *link = link_profile_find(c->axis[AXIS_LINK]);
    if (link && link->mbit_s > 0)
        seconds += LINK_SECONDS;
    if (link && link->mbit_s > 0 && link->mbit_s <= BACKLOG_MBIT_S && c->drawing)
        seconds += BACKLOG_SECONDS;
    if (case_has_real_vm(c))
        seconds += REAL_VM_SECONDS;
    if (c->drawing)
        seconds += (double)workload->width_px * workload->height_px * workload->frames / 1e6 /
                   DECODED_MEGAPIXELS_PER_SECOND;
    return seconds;
}
