/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/mediation.h"

#include "harness/instrument/samples.h"
#include "shadow-paging/workloads/submission-rows.h"

struct mediation {
    struct mediated_vgpu *vgpu;
    struct samples *samples;
};

struct mediation *mediation_create(const struct mediated_vgpu_settings *settings,
                                   const char *submissions, GError **error)
{
    struct mediation *mediation = g_new0(struct mediation, 1);

    mediation->vgpu = mediated_vgpu_create(settings, error);
    mediation->samples =
        mediation->vgpu ? samples_open(submissions, SUBMISSION_COLUMNS, error) : NULL;
    if (!mediation->samples) {
        mediation_destroy(mediation);
        return NULL;
    }
    submission_rows_exit(mediation->samples, "", mediated_vgpu_exit_ns(mediation->vgpu));
    return mediation;
}

bool mediation_destroy(struct mediation *mediation)
{
    if (!mediation)
        return true;
    mediated_vgpu_destroy(mediation->vgpu);
    bool ok = samples_close(mediation->samples);
    g_free(mediation);
    return ok;
}

bool mediation_pay(struct mediation *mediation, GError **error)
{
    struct submission_cost cost = {0};

    if (!mediated_vgpu_submit(mediation->vgpu, &cost, error))
        return false;
    cost.gpu_ns = 0;
    submission_rows_batch(mediation->samples, "", &cost);
    return true;
}
