/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * made-up-cases: results of cases whose values a test chooses.
 */
#ifndef VDIBENCH_TESTS_MADE_UP_CASES_H
#define VDIBENCH_TESTS_MADE_UP_CASES_H

#include "harness/result/result.h"

/* A result without cases, in the folder "x". */
struct result *made_up_cases(void);

/* Adds a case of the scenario "race" with the route's first sink, workload "film", and so
 * many passed and fit repeats; owned by the result. */
struct result_case *made_up_case(struct result *result, const char *route, unsigned repeats);

/* Sets the values of a metric, one for each repeat. What a repeat is (failed, unfit) is to
 * be set before. */
void made_up_values(struct result_case *one, enum metric metric, const double *values);

/* So many values around `middle`, one in each part of ±`spread_pct`; static until the next
 * call. */
const double *made_up_spread(double middle, double spread_pct, unsigned n);

#endif
