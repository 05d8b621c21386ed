/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * display-events: the thread that waits for the system's display events.
 *
 * The paper's "semaphore monitor": it monitors the "resolution change" and
 * reports it to the instruction processing thread, which restarts the capture. So it does when
 * displays or cards have come or gone, which ends the wait after a failure.
 */
#ifndef AGENT_DISPLAY_EVENTS_H
#define AGENT_DISPLAY_EVENTS_H

#include "agent/capture.h"
#include "agent/os/thread.h"
#include "agent/queue.h"

/* Fields are private to display-events.c. */
struct display_events {
    struct capture *capture;
    struct queue *instructions; /* struct instruction */
    struct os_thread *thread;
};

/* 0 or negative errno. */
int display_events_start(struct display_events *events, struct capture *capture,
                         struct queue *instructions);

/* Ends the waiting and joins. */
void display_events_join(struct display_events *events);

#endif
