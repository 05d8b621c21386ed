/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * result-write: a result as result.json. Any thread, one at a time.
 */
#ifndef VDIBENCH_RESULT_WRITE_H
#define VDIBENCH_RESULT_WRITE_H

#include "harness/result/result.h"

#include <stdbool.h>

/* The whole as JSON text; free it. */
char *result_json(const struct result *result);

/* Writes it into the result's folder as result.json: complete or not at all. */
bool result_write(const struct result *result, GError **error);

#endif
