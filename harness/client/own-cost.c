/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/own-cost.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t total_ns;

static int64_t thread_cpu_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

int64_t own_cost_begin(void)
{
    return thread_cpu_ns();
}

void own_cost_end(int64_t begun_ns)
{
    atomic_fetch_add(&total_ns, thread_cpu_ns() - begun_ns);
}

int64_t own_cost_total_ns(void)
{
    return atomic_load(&total_ns);
}
