/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/session.h"

#include "agent/capturing.h"
#include "agent/display-events.h"
#include "agent/instruction.h"
#include "agent/transporting.h"

#include <errno.h>
#include <stdlib.h>

struct session {
    struct observer observer;
    struct transporting transporting;
    struct instruction_processing instruction;
    struct capturing capturing;
    struct display_events display_events;
};

static int init(struct session *self, struct port *port, struct capture *capture,
                unsigned extensions)
{
    int result =
        transporting_init(&self->transporting, port, &self->instruction.queue, &self->observer);
    if (result < 0)
        return result;
    result = capturing_init(&self->capturing, capture, &self->instruction.queue, &self->observer);
    if (result < 0)
        goto finish_transporting;
    result = instruction_init(&self->instruction, capture, &self->transporting.commands,
                              &self->capturing.commands, &self->observer, extensions);
    if (result < 0)
        goto finish_capturing;
    return 0;

finish_capturing:
    capturing_finish(&self->capturing);
finish_transporting:
    transporting_finish(&self->transporting);
    return result;
}

static void finish(struct session *self)
{
    instruction_finish(&self->instruction);
    capturing_finish(&self->capturing);
    transporting_finish(&self->transporting);
}

static int start(struct session *self, struct capture *capture)
{
    int result = instruction_start(&self->instruction);
    if (result < 0)
        return result;
    result = transporting_start(&self->transporting);
    if (result < 0)
        goto join_instruction;
    result = capturing_start(&self->capturing);
    if (result < 0)
        goto join_transporting;
    result = display_events_start(&self->display_events, capture, &self->instruction.queue);
    if (result < 0)
        goto join_capturing;
    return 0;

    /* The instruction thread closes the queues of the others when it ends. */
join_capturing:
    queue_close(&self->instruction.queue);
    capturing_join(&self->capturing);
join_transporting:
    queue_close(&self->instruction.queue);
    transporting_join(&self->transporting);
join_instruction:
    queue_close(&self->instruction.queue);
    instruction_join(&self->instruction);
    return result;
}

struct session *session_create(struct port *port, struct capture *capture,
                               const struct observer *observer, unsigned extensions, int *ret_error)
{
    struct session *self = calloc(1, sizeof *self);

    if (!self) {
        *ret_error = -ENOMEM;
        return NULL;
    }
    self->observer = *observer;
    int result = init(self, port, capture, extensions);
    if (result < 0) {
        free(self);
        *ret_error = result;
        return NULL;
    }
    result = start(self, capture);
    if (result < 0) {
        finish(self);
        free(self);
        *ret_error = result;
        return NULL;
    }
    return self;
}

static void post(struct session *self, enum agent_event_kind kind)
{
    const struct agent_event event = {.kind = kind};

    instruction_post(&self->instruction.queue, &event);
}

void session_open(struct session *self)
{
    post(self, AGENT_OPEN);
}

void session_finish(struct session *self)
{
    post(self, AGENT_FINISH);
}

void session_close(struct session *self)
{
    post(self, AGENT_CLOSE);
}

void session_destroy(struct session *self)
{
    if (!self)
        return;
    post(self, AGENT_QUIT);
    instruction_join(&self->instruction);
    transporting_join(&self->transporting);
    capturing_join(&self->capturing);
    display_events_join(&self->display_events);
    finish(self);
    free(self);
}
