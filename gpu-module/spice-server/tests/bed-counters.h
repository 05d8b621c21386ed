/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * bed-counters: the bed, with the counters of the module in its VM.
 */
#ifndef GPU_MODULE_TESTS_BED_COUNTERS_H
#define GPU_MODULE_TESTS_BED_COUNTERS_H

#include "gpu-module/counters.h"

/* Mapped from _set_up() to _tear_down(). */
extern const struct gpu_counters *bed_counters;

/* cmocka's group set-up and tear-down, in place of the bed's. */
int bed_counters_set_up(void **state);
int bed_counters_tear_down(void **state);

#endif
