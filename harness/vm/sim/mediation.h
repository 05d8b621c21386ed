/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * mediation: what the guest pays before each of the vGPU's pictures, if the vGPU is a mediated one
 * (shadow-paging/workloads/mediated-vgpu.h), and the samples of it.
 *
 * One thread at a time; it may be another one than the one that created it.
 */
#ifndef VDIBENCH_VM_SIM_MEDIATION_H
#define VDIBENCH_VM_SIM_MEDIATION_H

#include "auto-destroy.h"
#include "shadow-paging/workloads/mediated-vgpu.h"

#include <glib.h>
#include <stdbool.h>

struct mediation;

/* Samples go to the file `submissions`, which must not exist yet. NULL and `error`, one line;
 * G_IO_ERROR_NOT_SUPPORTED where this machine does not have the traps. */
struct mediation *mediation_create(const struct mediated_vgpu_settings *settings,
                                   const char *submissions, GError **error);

/* False when not all samples could be written. NULL is allowed. */
bool mediation_destroy(struct mediation *mediation);

/* Takes as long as the policy does for one submission: really, in this thread. What the modelled GPU would
 * take is not waited for. False and `error` when the load breaks off. */
bool mediation_pay(struct mediation *mediation, GError **error);

#endif
