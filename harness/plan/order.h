/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * order: in which order the cases of a round are run.
 *
 * Whatever drifts on a machine, or is left behind by the case before, is not to meet the
 * same case in each round. Pure functions, any thread.
 */
#ifndef VDIBENCH_ORDER_H
#define VDIBENCH_ORDER_H

#include <glib.h>

/* Puts the elements into a random order, each one as likely as another (R. Durstenfeld,
 * Communications of the ACM 7, 1964). A GRand of the same seed gives the same orders. */
void order_shuffle(GPtrArray *array, GRand *random);

#endif
