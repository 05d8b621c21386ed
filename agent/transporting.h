/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * transporting: the thread that sends and receives on the port.
 *
 * The paper's "transporting thread". It owns the port while it is open, moves
 * bytes, and knows nothing of what they mean: what it reads goes to the
 * instruction processing thread, one piece at a time, and what it writes
 * comes from there, one message at a time. It waits for commands and
 * for the port alike.
 */
#ifndef AGENT_TRANSPORTING_H
#define AGENT_TRANSPORTING_H

#include "agent/cursor.h"
#include "agent/frame.h"
#include "agent/observer.h"
#include "agent/os/thread.h"
#include "agent/os/wake.h"
#include "agent/port.h"
#include "agent/queue.h"
#include "protocol/port-protocol.h"

#include <stdbool.h>
#include <stdint.h>

/* A message that is not a frame, or what goes before one: frame information has
 * 32 bytes, FORMAT and what goes before a pointer's pixels 20. */
#define TRANSPORT_SMALL_BYTES 32
/* What is read and handed over in one piece. The host's messages are small. */
#define TRANSPORT_READ_BYTES 4096

struct transport_command {
    enum {
        TRANSPORT_OPEN,
        TRANSPORT_CLOSE,   /* also in the middle of a message */
        TRANSPORT_SEND,    /* .small (may be empty), then DATA with .frame if .is_frame, else
                              the pixels of .cursor, if any */
        TRANSPORT_READ_ON, /* what was received has been used */
    } kind;
    bool is_frame;
    uint8_t small[TRANSPORT_SMALL_BYTES];
    size_t small_size;
    struct frame frame;
    struct cursor cursor;
};

/* Fields but `commands` are private to transporting.c. */
struct transporting {
    struct queue commands;      /* struct transport_command */
    struct queue *instructions; /* struct instruction */
    const struct observer *observer;
    struct port *port;
    struct os_thread *thread;
    struct os_wake *wake; /* set by whoever pushes a command */

    bool open;
    bool may_read; /* nobody looks at received[] */
    bool hung_up;  /* seen while nothing could be read; nothing is awaited of it */
    uint8_t received[TRANSPORT_READ_BYTES];

    bool sending;
    struct transport_command message;
    int64_t begin_ns; /* when it was first tried to write it */
    uint8_t
        header[TRANSPORT_SMALL_BYTES + PORT_HEADER_BYTES]; /* the small message, DATA's header */
    size_t header_size;
    size_t sent; /* of header and body together */
};

/* The queue exists afterwards; the thread does not run. `port` stays the
 * caller's, and is used by the thread alone until it was joined. 0 or
 * negative errno. */
int transporting_init(struct transporting *transporting, struct port *port,
                      struct queue *instructions, const struct observer *observer);
int transporting_start(struct transporting *transporting);

/* After its queue was closed. Releases what was not sent, closes the port. */
void transporting_join(struct transporting *transporting);
void transporting_finish(struct transporting *transporting);

#endif
