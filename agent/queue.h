/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * queue: a small bounded queue of fixed-size messages between two threads.
 *
 * The only thing that the agent's threads share. Messages are copied in and
 * out; what a message points to belongs to the receiver from then on. Any
 * number of threads may push, one pops.
 */
#ifndef AGENT_QUEUE_H
#define AGENT_QUEUE_H

#include "agent/os/lock.h"
#include "agent/os/wake.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More is never on its way: each producer waits for an answer before it sends
 * the next of a kind (see agent.h), so a full queue is a rare pause, not a
 * deadlock. */
#define QUEUE_CAPACITY 16

#define QUEUE_AT_ONCE INT64_C(0)
#define QUEUE_FOREVER OS_FOREVER

enum queue_result {
    QUEUE_GOT,
    QUEUE_TIMEOUT,
    QUEUE_CLOSED, /* closed, and nothing is left in it */
};

/* Fields are private to queue.c. */
struct queue {
    struct os_lock *lock;
    struct os_condition *filled;
    struct os_condition *emptied;
    uint8_t *items;
    size_t item_bytes;
    unsigned first;
    unsigned count;
    bool closed;
    struct os_wake *wake;
};

/* `wake` is set with each push and with the close, for a thread that waits for
 * something else as well and does not in queue_pop(); it must stay. Or NULL. 0 or
 * -ENOMEM. */
int queue_init(struct queue *queue, size_t item_bytes, struct os_wake *wake);

/* No other thread may use it any more. */
void queue_finish(struct queue *queue);

/* Waits while the queue is full. False when it is closed: the message, and
 * what it points to, stays the caller's. */
bool queue_push(struct queue *queue, const void *item);

/* Waits for a message until os_now_ns() is `deadline_ns`. A deadline in the past
 * still takes what is there. */
enum queue_result queue_pop(struct queue *queue, void *ret_item, int64_t deadline_ns);

/* From now on pushes fail; what is inside can still be popped. Idempotent. */
void queue_close(struct queue *queue);

#endif
