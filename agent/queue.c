/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int queue_init(struct queue *queue, size_t item_bytes, struct os_wake *wake)
{
    *queue = (struct queue){
        .item_bytes = item_bytes,
        .wake = wake,
        .items = calloc(QUEUE_CAPACITY, item_bytes),
        .lock = os_lock_create(),
        .filled = os_condition_create(),
        .emptied = os_condition_create(),
    };
    if (queue->items && queue->lock && queue->filled && queue->emptied)
        return 0;
    queue_finish(queue);
    return -ENOMEM;
}

void queue_finish(struct queue *queue)
{
    os_condition_destroy(queue->emptied);
    os_condition_destroy(queue->filled);
    os_lock_destroy(queue->lock);
    free(queue->items);
    *queue = (struct queue){0};
}

static void wake(const struct queue *queue)
{
    if (queue->wake)
        os_wake_set(queue->wake);
}

bool queue_push(struct queue *queue, const void *item)
{
    os_lock_take(queue->lock);
    while (queue->count == QUEUE_CAPACITY && !queue->closed)
        os_condition_wait(queue->emptied, queue->lock, OS_FOREVER);
    bool open = !queue->closed;
    if (open) {
        unsigned at = (queue->first + queue->count) % QUEUE_CAPACITY;
        memcpy(queue->items + at * queue->item_bytes, item, queue->item_bytes);
        queue->count++;
        os_condition_signal(queue->filled);
    }
    os_lock_release(queue->lock);
    if (open)
        wake(queue);
    return open;
}

/* With the lock taken: waits until there is something to take or to report. */
static void wait_until(struct queue *queue, int64_t deadline_ns)
{
    while (queue->count == 0 && !queue->closed) {
        if (deadline_ns == QUEUE_AT_ONCE ||
            !os_condition_wait(queue->filled, queue->lock, deadline_ns))
            return;
    }
}

enum queue_result queue_pop(struct queue *queue, void *ret_item, int64_t deadline_ns)
{
    enum queue_result result;

    os_lock_take(queue->lock);
    wait_until(queue, deadline_ns);
    if (queue->count > 0) {
        memcpy(ret_item, queue->items + queue->first * queue->item_bytes, queue->item_bytes);
        queue->first = (queue->first + 1) % QUEUE_CAPACITY;
        queue->count--;
        os_condition_signal(queue->emptied);
        result = QUEUE_GOT;
    } else {
        result = queue->closed ? QUEUE_CLOSED : QUEUE_TIMEOUT;
    }
    os_lock_release(queue->lock);
    return result;
}

void queue_close(struct queue *queue)
{
    os_lock_take(queue->lock);
    queue->closed = true;
    os_condition_broadcast(queue->filled);
    os_condition_broadcast(queue->emptied);
    os_lock_release(queue->lock);
    wake(queue);
}
