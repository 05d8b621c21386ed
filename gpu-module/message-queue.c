/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/message-queue.h"

_Static_assert((MESSAGE_QUEUE_SIZE & (MESSAGE_QUEUE_SIZE - 1)) == 0, "the counts wrap around");

/* All in one order for both threads: each stores its own count and then looks
 * at the other's, so of two that do so at once at least one sees the other. */
static uint32_t load(const uint32_t *count)
{
    return __atomic_load_n(count, __ATOMIC_SEQ_CST);
}

static void store(uint32_t *count, uint32_t value)
{
    __atomic_store_n(count, value, __ATOMIC_SEQ_CST);
}

unsigned message_queue_room(const struct message_queue *queue)
{
    return MESSAGE_QUEUE_SIZE - (load(&queue->written) - load(&queue->read));
}

int message_queue_free_slot(const struct message_queue *queue)
{
    if (queue->written - load(&queue->read) >= MESSAGE_QUEUE_SIZE)
        return MESSAGE_QUEUE_NO_SLOT;
    return queue->written % MESSAGE_QUEUE_SIZE;
}

bool message_queue_put(struct message_queue *queue)
{
    const uint32_t written = queue->written;

    store(&queue->written, written + 1);
    return load(&queue->read) == written; /* all but this one was read by now */
}

int message_queue_first_slot(const struct message_queue *queue)
{
    if (load(&queue->written) == queue->read)
        return MESSAGE_QUEUE_NO_SLOT;
    return queue->read % MESSAGE_QUEUE_SIZE;
}

void message_queue_taken(struct message_queue *queue)
{
    store(&queue->read, queue->read + 1);
}
