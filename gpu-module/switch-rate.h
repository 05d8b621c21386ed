/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * switch-rate: how often a guest may make the clients' displays switch.
 *
 * Each opening of the port and each FORMAT costs both of the server's threads
 * work and can cost each client a new decoder, for a few bytes of the guest's.
 * So they are taken from a small stock, which is refilled at a steady rate;
 * when it is empty the port is not read until the next refill.
 *
 * Plain counter, no I/O, no clock: the caller has the timer. One thread (the
 * server's main loop).
 */
#ifndef SWITCH_RATE_H
#define SWITCH_RATE_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* At once: an agent that is restarted, a guest that tries its resolutions while
 * it boots. */
#define SWITCH_RATE_STOCK 16
/* In the long run: a client's decoder takes 80-350 ms to start, so that more
 * than ten switches a second cannot be seen anyway. */
#define SWITCH_RATE_INTERVAL_MS 100

struct switch_rate {
    unsigned used; /* of the stock; zero-initialised is full */
};

/* A switch may be caused now. */
bool switch_rate_allows(const struct switch_rate *rate);

/* One was caused; only after switch_rate_allows(). True when the stock was full:
 * then switch_rate_refill() is to be called in SWITCH_RATE_INTERVAL_MS. */
bool switch_rate_use(struct switch_rate *rate);

/* The interval is over. True when it is to be called again after another. */
bool switch_rate_refill(struct switch_rate *rate);

#ifdef __cplusplus
}
#endif
#endif
