/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * twin: one route of each comparison is measured twice, as two cases (an A/A pair).
 *
 * Whatever the two differ by is noise, and no smaller difference means anything. Pure
 * functions, any thread.
 */
#ifndef VDIBENCH_TWIN_H
#define VDIBENCH_TWIN_H

#include "harness/plan/case.h"

/* Adds the second case of a pair behind the first one, for each group of the cases that
 * can be compared and are repeated: of the route that the scenario names (`twin=`), else
 * of the first of our routes, else of the first case. A single repeat has no noise that
 * could be seen, so then there is no pair; nor with `twin=none`. */
void twins_add(GPtrArray *cases);

#endif
