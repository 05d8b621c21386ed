/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * policy-colour: in which colour a mediated vGPU's policy is drawn, in every plot.
 *
 * Pure functions.
 */
#ifndef VDIBENCH_PLOTS_POLICY_COLOUR_H
#define VDIBENCH_PLOTS_POLICY_COLOUR_H

#include "harness/result/result.h"

#include <stdbool.h>

/* The policy of a case with a mediated vGPU; NULL: it has none. Static. */
const char *policy_of(const struct result_case *one);

/* 0xRRGGBB; grey for one that is not in the table. */
unsigned policy_colour(const char *policy);

#endif
