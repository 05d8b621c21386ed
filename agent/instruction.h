/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * instruction: the thread that decides.
 *
 * The paper's "instruction processing": it decodes the messages of the GPU
 * module and the semaphores of the operating system, runs the session's state
 * machine (agent.h), and sends commands to the other threads.
 */
#ifndef AGENT_INSTRUCTION_H
#define AGENT_INSTRUCTION_H

#include "agent/agent.h"
#include "agent/capture.h"
#include "agent/observer.h"
#include "agent/os/thread.h"
#include "agent/queue.h"
#include "protocol/port-protocol.h"

#include <stdbool.h>
#include <stdint.h>

/* A message to this thread. */
struct instruction {
    enum {
        INSTRUCTION_EVENT,    /* .event */
        INSTRUCTION_RECEIVED, /* .bytes of .size: the transporting thread's, until READ_ON */
    } kind;
    struct agent_event event;
    const uint8_t *bytes;
    size_t size;
};

/* Fields but `queue` are private to instruction.c. */
struct instruction_processing {
    struct queue queue;             /* struct instruction */
    struct queue *transport;        /* struct transport_command */
    struct queue *capture_commands; /* struct capture_command */
    struct capture *capture;
    const struct observer *observer;
    unsigned extensions; /* that this agent knows: enum port_extension */
    struct os_thread *thread;
    struct agent agent;
    struct port_parser parser;
    int64_t wait_ns; /* AGENT_WAITED is due then; QUEUE_FOREVER: never */
    bool ended;
};

/* `extensions`: those that the agent announces (enum port_extension). The queue
 * exists afterwards; the thread does not run. 0 or negative errno. */
int instruction_init(struct instruction_processing *self, struct capture *capture,
                     struct queue *transport, struct queue *capture_commands,
                     const struct observer *observer, unsigned extensions);
int instruction_start(struct instruction_processing *self);

/* The thread ends after an AGENT_QUIT, when the port is closed and the capture
 * stopped, or when its queue is closed. It then closes the queues of all. */
void instruction_join(struct instruction_processing *self);
void instruction_finish(struct instruction_processing *self);

/* For the other threads: queues an event for it. False when it has ended; a
 * frame or pointer in the event is then still the caller's. */
bool instruction_post(struct queue *instructions, const struct agent_event *event);

#endif
