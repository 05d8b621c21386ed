/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * summary: the result of a run at a glance: our routes beside their rivals.
 *
 * For each workload the largest comparison is shown, unless its cases had fewer repeats
 * than those of others. Comparisons with the most rivals come first. In each, our routes
 * come first, those with an encoder before those without one, then the rivals by their median
 * latency, then the floor. A rival with an agent is held only against our routes with the same
 * encoder. Below each of our routes are the intervals and the verdicts of its ratios. It counts what it
 * has no room for, and names the files that have everything. Any thread; looks up which
 * files the folder has, and reads none.
 */
#ifndef VDIBENCH_SUMMARY_H
#define VDIBENCH_SUMMARY_H

#include "harness/result/result.h"

#include <stdbool.h>

/* Fits on a terminal. */
#define SUMMARY_LINES_MAX 25
#define SUMMARY_COLUMNS_MAX 120

/* Whether it has a column of that metric: those by which a run is judged. */
bool summary_has_metric(enum metric metric);

/* At most SUMMARY_LINES_MAX lines, for a terminal; free it. */
char *summary_text(const struct result *result);

/* The same comparisons as one table in Markdown, all of them; free it. */
char *summary_markdown(const struct result *result);

/* The same rows as an array of objects: the comparison's workload, the case's label, whether
 * the route is ours, and the median of each column's metric in the metric's own unit (null
 * where there is none). */
JsonNode *summary_json(const struct result *result);

/* The same as a part of the report. */
void summary_add_html(GString *page, const struct result *result);

#endif
