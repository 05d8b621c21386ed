/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * report-figures: the plots of a run as a section of its report. Main thread.
 */
#ifndef VDIBENCH_REPORT_FIGURES_H
#define VDIBENCH_REPORT_FIGURES_H

#include "harness/result/result.h"

#include <stdbool.h>

/* Appends the section. False and `error` if a file in FOLDER/plots is not a plot that
 * vdibench has drawn. */
bool report_figures_add(GString *page, const struct result *result, const char *scripts,
                        GError **error);

#endif
