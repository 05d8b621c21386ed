/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * log-rate: how often a line of one kind may be written to the host's log.
 *
 * What a guest or a client causes it can cause for ever: ten violations a second
 * would be a gigabyte of log in a month. The first lines are written at once,
 * later ones at a steady rate, and each reports how many were left out before it.
 *
 * Plain counter, no I/O: the caller has the clock. One thread at a time.
 */
#ifndef LOG_RATE_H
#define LOG_RATE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* At once: enough to see a pattern. */
#define LOG_RATE_STOCK 5u
/* In the long run: a line a minute is 200 KiB a day and kind. */
#define LOG_RATE_INTERVAL_NS (60 * INT64_C(1000000000))

struct log_rate {      /* zero-initialised is full */
    unsigned used;     /* of the stock */
    int64_t since_ns;  /* that the stock is refilled from */
    uint64_t left_out; /* since the last line */
};

/* True when a line may be written now; then *ret_left_out is how many were left
 * out since the last one. `now_ns` is of a clock that never goes back. */
bool log_rate_allows(struct log_rate *rate, int64_t now_ns, uint64_t *ret_left_out);

#ifdef __cplusplus
}
#endif
#endif
