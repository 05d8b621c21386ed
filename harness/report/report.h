/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * report: a run as one HTML page for people: numbers, plots, function table,
 * what went wrong, what was left out, on what it was made. No scripts, nothing
 * that is loaded from elsewhere. Main thread.
 */
#ifndef VDIBENCH_REPORT_H
#define VDIBENCH_REPORT_H

#include "harness/result/result.h"

#include <stdbool.h>

/* Writes FOLDER/report.html of the result's folder, complete or not at all.
 * Its plots are those of FOLDER/plots; they are drawn first where there are
 * none (`scripts` as for plots_draw), and where they cannot be drawn the page
 * says why. */
bool report_write(const struct result *result, const char *scripts, GError **error);

#endif
