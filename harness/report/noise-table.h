/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * noise-table: the noise floor of each metric, from a run's A/A pairs. Pure functions, any
 * thread.
 */
#ifndef VDIBENCH_NOISE_TABLE_H
#define VDIBENCH_NOISE_TABLE_H

#include "harness/result/result.h"

/* One table a pair, for table.txt; "" if there is none. Free it. */
char *noise_table_text(const struct result *result);

/* The same as a part of the report. */
void noise_table_add_html(GString *page, const struct result *result);

#endif
