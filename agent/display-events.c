/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/display-events.h"

#include "agent/instruction.h"

static void run(void *data)
{
    struct display_events *self = data;
    const struct agent_event changed = {.kind = AGENT_RESOLUTION_CHANGED};

    while (self->capture->class->wait_display_event(self->capture)) {
        if (!instruction_post(self->instructions, &changed))
            break;
    }
}

int display_events_start(struct display_events *self, struct capture *capture,
                         struct queue *instructions)
{
    *self = (struct display_events){.capture = capture, .instructions = instructions};
    int error = 0;

    self->thread = os_thread_create("display-events", run, self, &error);
    return error;
}

void display_events_join(struct display_events *self)
{
    self->capture->class->end_display_events(self->capture);
    os_thread_join(self->thread);
}
