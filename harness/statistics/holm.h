/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * holm: many tests at once, with the probability of any false one kept.
 *
 * S. Holm, Scandinavian Journal of Statistics 6, 1979. Pure functions, any thread.
 */
#ifndef VDIBENCH_HOLM_H
#define VDIBENCH_HOLM_H

#include <stddef.h>

/* Replaces each p by the adjusted one: if those below 5 % are taken for differences, any
 * of them is false with at most 5 %, however many tests there are. Those that are NAN
 * do not count, and stay. */
void holm_adjust(double *p, size_t n);

#endif
