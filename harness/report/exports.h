/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * exports: a run's result for other programs: junit.xml for CI, result.csv for
 * spreadsheets. results/README.md describes both. The XML follows the schema
 * junit-10.xsd of Jenkins' xunit plugin. Any thread.
 */
#ifndef VDIBENCH_EXPORTS_H
#define VDIBENCH_EXPORTS_H

#include "harness/result/result.h"

#include <stdbool.h>

/* Writes junit.xml and result.csv into the result's folder, each complete or
 * not at all. */
bool exports_write(const struct result *result, GError **error);

/* The texts of the two; free them. */
char *exports_junit(const struct result *result);
char *exports_csv(const struct result *result);

#endif
