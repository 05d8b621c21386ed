/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * plots: all plots of a run, as SVG, PNG and PDF, with the CSV behind each.
 *
 * Main thread; runs gnuplot.
 */
#ifndef VDIBENCH_PLOTS_PLOTS_H
#define VDIBENCH_PLOTS_PLOTS_H

#include "harness/result/result.h"

#include <stdbool.h>

/* Draws into the folder "plots" of the result's folder, replacing what was there;
 * `scripts` holds the gnuplot scripts. The plots are drawn into a temporary folder,
 * which is renamed when it is complete: after an error nothing has changed. */
bool plots_draw(const struct result *result, const char *scripts, GError **error);

#endif
