/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * guest-orders: the host's end of the guest's port `orders`: sets the guest's clock to the
 * host's (guest/clock.c), then passes commands on and takes notices (guest/screen.c).
 *
 * A guest that boots again begins anew. Default main context, main thread.
 */
#ifndef VDIBENCH_GUEST_ORDERS_H
#define VDIBENCH_GUEST_ORDERS_H

#include "auto-destroy.h"

#include <stdbool.h>
#include <stdint.h>

struct guest_orders;

struct guest_orders_callbacks {
    /* The guest's clock is the host's within `error_ns` at most: half of the quickest question's
     * round trip. */
    void (*clock_set)(void *data, int64_t error_ns);
    /* A line of the guest, without its end, as harness/instrument/control.h has it. */
    void (*notice)(void *data, const char *line);
    void *data;
};

/* `fd`, which is taken over, is a socket to the guest's port. */
struct guest_orders *guest_orders_create(int fd, const struct guest_orders_callbacks *callbacks);
/* NULL is allowed. */
void guest_orders_destroy(struct guest_orders *orders);

/* The guest is about to boot, or has ended: what was sent to it is gone. */
void guest_orders_reset(struct guest_orders *orders);

/* The guest's programs wait until it is released, if it is held before it has booted. */
void guest_orders_hold(struct guest_orders *orders);
void guest_orders_release(struct guest_orders *orders);

/* Sends a command, as soon as the guest takes any. */
void guest_orders_send(struct guest_orders *orders, const char *line);

DEFINE_AUTO_DESTROY(guest_orders, guest_orders_destroy)

#endif
