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

bool message_queue_put(struct message_queue *queue, const struct queued_message *message,
                       bool *ret_wake)
{
    const uint32_t written = queue->written;

    if (written - load(&queue->read) >= MESSAGE_QUEUE_SIZE)
        return false;
    queue->ring[written % MESSAGE_QUEUE_SIZE] = *message;
    store(&queue->written, written + 1);
    *ret_wake = load(&queue->read) == written; /* all but this one was read by now */
    return true;
}

bool message_queue_take(struct message_queue *queue, struct queued_message *ret_message)
{
    const uint32_t read = queue->read;

    if (load(&queue->written) == read)
        return false;
    *ret_message = queue->ring[read % MESSAGE_QUEUE_SIZE];
    store(&queue->read, read + 1);
    return true;
}
