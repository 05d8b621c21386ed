/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * exports: a run's result for other programs: junit.xml for CI, result.csv for
 * tables. results/README.md says what is in them. The XML is valid by the schema
 * junit-10.xsd of Jenkins' xunit plugin. Any thread.
 */
#ifndef VDIBENCH_EXPORTS_H
#define VDIBENCH_EXPORTS_H

#include "harness/report/saved-result.h"

#include <stdbool.h>

/* Reads FOLDER/result.json and writes junit.xml and result.csv beside it, each
 * complete or not at all. */
bool exports_write(const char *folder, GError **error);

/* The texts of the two; free them. */
char *exports_junit(const struct saved_result *result);
char *exports_csv(const struct saved_result *result);

#endif
