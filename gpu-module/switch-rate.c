/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/switch-rate.h"

bool switch_rate_allows(const struct switch_rate *rate)
{
    return rate->used < SWITCH_RATE_STOCK;
}

bool switch_rate_use(struct switch_rate *rate)
{
    return rate->used++ == 0;
}

bool switch_rate_refill(struct switch_rate *rate)
{
    if (rate->used > 0)
        rate->used--;
    return rate->used > 0;
}
