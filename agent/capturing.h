/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * capturing: the thread that captures frames at their slots and encodes them.
 *
 * The paper's "capturing thread". Between the slots it waits for commands; a
 * slot for which it has no permission (the previous frame has not been sent
 * completely) is reported as skipped and is gone. A live capture has no slots: the
 * thread waits for it and for commands at once.
 *
 * Where the capture had no picture it reports now and then that it is alive: by the
 * same thread, after the same call, so that one that hangs in it is silent.
 */
#ifndef AGENT_CAPTURING_H
#define AGENT_CAPTURING_H

#include "agent/capture.h"
#include "agent/observer.h"
#include "agent/os/thread.h"
#include "agent/os/wake.h"
#include "agent/queue.h"
#include "agent/slots.h"

#include <stdbool.h>
#include <stdint.h>

struct capture_command {
    enum {
        CAPTURE_START,  /* .codec; restarts a running one; permission for the pointer */
        CAPTURE_STOP,   /* .finished: the thread goes on reporting that it is alive */
        CAPTURE_FRAME,  /* permission for one frame; the first one begins the slots */
        CAPTURE_CURSOR, /* permission for one change of the pointer */
        CAPTURE_KEY_FRAME,
        CAPTURE_STEP, /* .step */
    } kind;
    uint8_t codec;
    unsigned step;
    bool finished;
};

/* Fields but `commands` are private to capturing.c. */
struct capturing {
    struct queue commands;      /* struct capture_command */
    struct queue *instructions; /* struct instruction */
    const struct observer *observer;
    struct capture *capture;
    struct os_thread *thread;
    struct os_wake *wake; /* set by each command; NULL: the capture has slots */
    bool open;
    bool mode_changed; /* reported; the capture is not waited for until it is opened again */
    bool slots_begun;
    bool permitted, cursor_permitted;
    bool finished;       /* closed, in a session that goes on */
    int64_t reported_ns; /* of a frame, or that it is alive */
    struct slots slots;
    uint32_t fps_num, fps_den;
};

/* The queue exists afterwards; the thread does not run. `capture` stays the
 * caller's. 0 or negative errno. */
int capturing_init(struct capturing *capturing, struct capture *capture, struct queue *instructions,
                   const struct observer *observer);
int capturing_start(struct capturing *capturing);

/* After its queue was closed. */
void capturing_join(struct capturing *capturing);
void capturing_finish(struct capturing *capturing);

#endif
