/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * summary: a run at a glance: our route beside its rivals.
 *
 * Of each workload the largest comparison is shown, as far as its cases had as
 * many repeats as any; those with the most rivals come first. Our routes come
 * first, then the rivals from the lowest median latency to the highest, then
 * the floor. What finds no room is counted, and the files with everything are
 * named. Any thread; looks only at which files are in the folder.
 */
#ifndef VDIBENCH_SUMMARY_H
#define VDIBENCH_SUMMARY_H

#include "harness/result/result.h"

/* What fits on a terminal below the last command, and can be read there. */
#define SUMMARY_LINES_MAX 25
#define SUMMARY_COLUMNS_MAX 100

/* At most SUMMARY_LINES_MAX lines, for a terminal; free it. */
char *summary_text(const struct result *result);

/* The same comparisons as one table in Markdown, all of them; free it. */
char *summary_markdown(const struct result *result);

/* The same as a part of the report. */
void summary_add_html(GString *page, const struct result *result);

#endif
