/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/log-rate.h"

static void refill(struct log_rate *rate, int64_t now_ns)
{
    const int64_t intervals = (now_ns - rate->since_ns) / LOG_RATE_INTERVAL_NS;

    if (intervals >= rate->used) {
        rate->used = 0;
        rate->since_ns = now_ns;
    } else {
        rate->used -= (unsigned)intervals;
        rate->since_ns += intervals * LOG_RATE_INTERVAL_NS;
    }
}

bool log_rate_allows(struct log_rate *rate, int64_t now_ns, uint64_t *ret_left_out)
{
    refill(rate, now_ns);
    if (rate->used == LOG_RATE_STOCK) {
        rate->left_out++;
        return false;
    }
    rate->used++;
    *ret_left_out = rate->left_out;
    rate->left_out = 0;
    return true;
}
