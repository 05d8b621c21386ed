/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * policy-table: a mediated vGPU's policies against native and against strict, with intervals.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_POLICY_TABLE_H
#define VDIBENCH_POLICY_TABLE_H

#include "harness/result/result.h"

/* "" where no case without a client has a mediated vGPU; free it. */
char *policy_table_text(const struct result *result);

#endif
