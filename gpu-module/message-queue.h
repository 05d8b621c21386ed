/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * message-queue: the order of the messages of one opening of the port, from the
 * server's main loop to the display's worker.
 *
 * A ring with one writer (the main loop) and one reader (the worker), neither
 * of which ever waits for the other: a full queue is an answer, not a wait. The
 * writer learns when the reader may be asleep, and wakes it only then.
 *
 * Plain C on the caller's memory; no lock, no allocation, no I/O. The messages
 * themselves are the caller's: an array of MESSAGE_QUEUE_SIZE slots, each of which
 * belongs to the writer or to the reader, as these functions return it.
 */
#ifndef MESSAGE_QUEUE_H
#define MESSAGE_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Messages that fit: the frames of the credit's window, the last pointer, and
 * room for a guest that sends some formats in a row. A power of two. */
#define MESSAGE_QUEUE_SIZE 8u

#define MESSAGE_QUEUE_NO_SLOT (-1)

/* A thread's part lies in a cache line of its own. Zero-initialised is empty. */
struct message_queue {
    uint32_t written; /* so far, by the main loop */
    char apart_from_read[60];
    uint32_t read; /* so far, by the worker */
    char apart_from_slots[60];
};

/* Either side: how many messages fit now; what the other does meanwhile may only
 * make it too few for the writer, and too many for the reader. */
unsigned message_queue_room(const struct message_queue *queue);

/* Writer: the slot for the next message, or MESSAGE_QUEUE_NO_SLOT when the queue
 * is full. The slot is the writer's until message_queue_put(). */
int message_queue_free_slot(const struct message_queue *queue);

/* Writer: that slot has been filled, and is the reader's from now on. True when
 * the reader may have found the queue empty, and must be woken. */
bool message_queue_put(struct message_queue *queue);

/* Reader: the slot of the oldest message, or MESSAGE_QUEUE_NO_SLOT. Then the reader
 * may sleep: the next message_queue_put() asks for it to be woken. */
int message_queue_first_slot(const struct message_queue *queue);

/* Reader: that message has been taken out of its slot, which is the writer's from
 * now on. */
void message_queue_taken(struct message_queue *queue);

#ifdef __cplusplus
}
#endif
#endif
