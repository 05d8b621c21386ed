/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * mann-whitney: whether two samples come from one distribution, judged by ranks.
 *
 * The U test of H. B. Mann and D. R. Whitney (Annals of Mathematical Statistics 18,
 * 1947). It assumes nothing about the distribution. Pure functions, any thread.
 */
#ifndef VDIBENCH_MANN_WHITNEY_H
#define VDIBENCH_MANN_WHITNEY_H

#include <stddef.h>

/* Up to this many values in both samples together the distribution of U is counted
 * exactly, ties included; above, the normal approximation is within 0.001 of it. */
#define MANN_WHITNEY_EXACT_MAX 60

/* The two-sided p: how probable a U at least as far from the middle is if both samples
 * come from one distribution. Equal values share the mean of their ranks. Values that
 * are NAN do not count. NAN if a sample is empty, or if memory is exhausted. `ret_u`
 * (may be NULL) is the U of `a`: in how many pairs its value is the larger, an equal
 * pair counting one half. */
double mann_whitney_p(const double *a, size_t n_a, const double *b, size_t n_b, double *ret_u);

/* The least p that samples of these sizes can give; 1 if one is empty. With three
 * values each it is 0.1, so that they can show no difference at 5 %. */
double mann_whitney_least_p(size_t n_a, size_t n_b);

#endif
