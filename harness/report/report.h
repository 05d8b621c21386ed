/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * report: a run as one HTML page: summary, numbers, plots, the table of functions, what
 * failed or was left out, and the environment. The page has no scripts and loads
 * nothing. Main thread.
 */
#ifndef VDIBENCH_REPORT_H
#define VDIBENCH_REPORT_H

#include "harness/result/result.h"

#include <stdbool.h>

/* Writes report.html into the result's folder, complete or not at all. It includes the
 * plots of the folder "plots"; if there are none they are drawn first (`scripts` as for
 * plots_draw), and if they cannot be drawn the page gives the reason. */
bool report_write(const struct result *result, const char *scripts, GError **error);

#endif
