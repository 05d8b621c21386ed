/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * go-benchmark: a result in the format of Go's benchmarks, which benchstat reads.
 *
 * https://go.googlesource.com/proposal/+/master/design/14313-benchmark-format.md, with
 * the unit lines of golang/go#43744. Pure functions, any thread.
 */
#ifndef VDIBENCH_GO_BENCHMARK_H
#define VDIBENCH_GO_BENCHMARK_H

#include "harness/result/result.h"

/* One line for each fit repeat, with all its metrics; a metric's name is its unit there.
 * Free it. */
char *go_benchmark_text(const struct result *result);

#endif
