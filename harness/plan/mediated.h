/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * mediated: which cases make sense with a mediated vGPU, and which without.
 *
 * Pure function, any thread.
 */
#ifndef VDIBENCH_MEDIATED_H
#define VDIBENCH_MEDIATED_H

#include "harness/plan/case.h"

#include <glib.h>
#include <stdbool.h>

/* A mediated vGPU needs a load and traps, and another vGPU has neither. False and `error`, one
 * line with what to change, where a case has it otherwise. */
bool mediated_admits(const struct plan_case *c, GError **error);

#endif
