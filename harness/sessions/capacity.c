/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/sessions/capacity.h"

struct capacity capacity_begin(unsigned max)
{
    return (struct capacity){.passed = 0, .failed = max + 1, .max = max};
}

unsigned capacity_next(const struct capacity *capacity)
{
    unsigned passed = capacity->passed, failed = capacity->failed;

    if (failed - passed <= 1)
        return 0;
    if (failed <= capacity->max)
        return passed + (failed - passed) / 2;
    return MIN(passed + MAX(passed / 2, 1), capacity->max);
}

void capacity_report(struct capacity *capacity, unsigned tried, bool passed)
{
    if (passed)
        capacity->passed = tried;
    else
        capacity->failed = tried;
}
