/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int queue_init(struct queue *queue, size_t item_bytes, int wake_fd)
{
    pthread_condattr_t clock;

    *queue = (struct queue){.item_bytes = item_bytes, .wake_fd = wake_fd};
    queue->items = calloc(QUEUE_CAPACITY, item_bytes);
    if (!queue->items)
        return -ENOMEM;
    pthread_mutex_init(&queue->mutex, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&queue->filled, &clock);
    pthread_cond_init(&queue->emptied, &clock);
    pthread_condattr_destroy(&clock);
    return 0;
}

void queue_finish(struct queue *queue)
{
    if (!queue->items)
        return;
    pthread_cond_destroy(&queue->filled);
    pthread_cond_destroy(&queue->emptied);
    pthread_mutex_destroy(&queue->mutex);
    free(queue->items);
    queue->items = NULL;
}

static void wake(const struct queue *queue)
{
    const uint64_t one = 1;

    if (queue->wake_fd >= 0)
        while (write(queue->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
            ; /* EAGAIN would mean that it is readable already */
}

bool queue_push(struct queue *queue, const void *item)
{
    pthread_mutex_lock(&queue->mutex);
    while (queue->count == QUEUE_CAPACITY && !queue->closed)
        pthread_cond_wait(&queue->emptied, &queue->mutex);
    bool open = !queue->closed;
    if (open) {
        unsigned at = (queue->first + queue->count) % QUEUE_CAPACITY;
        memcpy(queue->items + at * queue->item_bytes, item, queue->item_bytes);
        queue->count++;
        pthread_cond_signal(&queue->filled);
    }
    pthread_mutex_unlock(&queue->mutex);
    if (open)
        wake(queue);
    return open;
}

/* With the mutex held: waits until there is something to take or to report. */
static void wait_until(struct queue *queue, int64_t deadline_ns)
{
    const struct timespec deadline = {
        .tv_sec = deadline_ns / 1000000000,
        .tv_nsec = deadline_ns % 1000000000,
    };

    while (queue->count == 0 && !queue->closed) {
        if (deadline_ns == QUEUE_FOREVER)
            pthread_cond_wait(&queue->filled, &queue->mutex);
        else if (deadline_ns == QUEUE_AT_ONCE ||
                 pthread_cond_timedwait(&queue->filled, &queue->mutex, &deadline) == ETIMEDOUT)
            return;
    }
}

enum queue_result queue_pop(struct queue *queue, void *ret_item, int64_t deadline_ns)
{
    enum queue_result result;

    pthread_mutex_lock(&queue->mutex);
    wait_until(queue, deadline_ns);
    if (queue->count > 0) {
        memcpy(ret_item, queue->items + queue->first * queue->item_bytes, queue->item_bytes);
        queue->first = (queue->first + 1) % QUEUE_CAPACITY;
        queue->count--;
        pthread_cond_signal(&queue->emptied);
        result = QUEUE_GOT;
    } else {
        result = queue->closed ? QUEUE_CLOSED : QUEUE_TIMEOUT;
    }
    pthread_mutex_unlock(&queue->mutex);
    return result;
}

void queue_close(struct queue *queue)
{
    pthread_mutex_lock(&queue->mutex);
    queue->closed = true;
    pthread_cond_broadcast(&queue->filled);
    pthread_cond_broadcast(&queue->emptied);
    pthread_mutex_unlock(&queue->mutex);
    wake(queue);
}
