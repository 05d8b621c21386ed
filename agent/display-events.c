/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/display-events.h"

#include "agent/instruction.h"

static void run(void *data)
{
    struct display_events *self = data;
    struct capture *capture = self->capture;

    for (;;) {
        const enum capture_display_event what = capture->class->wait_display_event(capture);
        const struct agent_event event = {.kind = what == CAPTURE_RESOLUTION_CHANGED
                                                      ? AGENT_RESOLUTION_CHANGED
                                                      : AGENT_DISPLAYS_CHANGED};
        if (what == CAPTURE_EVENTS_ENDED || !instruction_post(self->instructions, &event))
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
