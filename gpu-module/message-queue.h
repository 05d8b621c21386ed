/*
 * message-queue: the messages of one opening of the port, from the server's main
 * loop to the display's worker.
 *
 * A ring with one writer (the main loop) and one reader (the worker), neither
 * of which ever waits for the other: a full queue is an answer, not a wait. The
 * writer learns when the reader may be asleep, and wakes it only then.
 *
 * Plain C on the caller's memory; no lock, no allocation, no I/O. What a message
 * refers to is a reference that passes from the writer to the queue to the reader.
 */
#ifndef MESSAGE_QUEUE_H
#define MESSAGE_QUEUE_H

#include "protocol/port-protocol.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Messages that fit: the frames of the credit's window, the last pointer, and
 * room for a guest that sends some formats in a row. A power of two. */
#define MESSAGE_QUEUE_SIZE 8u

enum queued_kind { QUEUED_FORMAT, QUEUED_FRAME, QUEUED_CURSOR };

struct queued_message {
    enum queued_kind kind;
    struct port_format format; /* FORMAT */
    void *body;                /* FRAME; CURSOR: the shape, or NULL when it stays */
    bool moved;                /* CURSOR: to `position` */
    struct port_cursor_move position;
};

/* A thread's part lies in a cache line of its own. Zero-initialised is empty. */
struct message_queue {
    uint32_t written; /* so far, by the main loop */
    char apart_from_read[60];
    uint32_t read; /* so far, by the worker */
    char apart_from_ring[60];
    struct queued_message ring[MESSAGE_QUEUE_SIZE];
};

/* Either side: how many messages fit now; what the other does meanwhile may only
 * make it too few for the writer, and too many for the reader. */
unsigned message_queue_room(const struct message_queue *queue);

/* Writer. False when the queue is full: nothing has been taken. `ret_wake`:
 * the reader may have found the queue empty, and must be woken. */
bool message_queue_put(struct message_queue *queue, const struct queued_message *message,
                       bool *ret_wake);

/* Reader, which may sleep once this has returned false: the queue is empty, and
 * the next message_queue_put() asks for it to be woken. */
bool message_queue_take(struct message_queue *queue, struct queued_message *ret_message);

#ifdef __cplusplus
}
#endif
#endif
