/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/capturing.h"

#include "agent/instruction.h"
#include "agent/os/clock.h"

#include <errno.h>

/* Half of what the host waits for a heartbeat at most: two slots of an unlucky
 * phase lie in it. */
#define ALIVE_INTERVAL_NS (PORT_HEARTBEAT_INTERVAL_MS * INT64_C(1000000) / 2)

static void post(struct capturing *self, enum agent_event_kind kind, int error)
{
    const struct agent_event event = {.kind = kind, .error = error};

    instruction_post(self->instructions, &event);
}

static void close_capture(struct capturing *self)
{
    if (self->open)
        self->capture->class->close(self->capture);
    self->open = false;
    self->slots_begun = false;
    self->permitted = self->cursor_permitted = false;
}

static void report_alive(struct capturing *self)
{
    int64_t now_ns = os_now_ns();

    if (now_ns - self->reported_ns < ALIVE_INTERVAL_NS)
        return;
    self->reported_ns = now_ns;
    post(self, AGENT_CAPTURE_ALIVE, 0);
}

static void open_capture(struct capturing *self, uint8_t codec)
{
    struct capture_description description;

    close_capture(self);
    self->finished = false;
    int result = self->capture->class->open(self->capture, codec);
    if (result < 0) {
        post(self, AGENT_CAPTURE_NOT_STARTED, result);
        return;
    }
    self->open = self->cursor_permitted = true;
    self->mode_changed = false;
    self->capture->class->describe(self->capture, &description);
    self->fps_num = description.fps_num;
    self->fps_den = description.fps_den;

    const struct agent_event event = {
        .kind = AGENT_CAPTURE_STARTED,
        .format = {description.width_px, description.height_px, description.codec},
    };
    instruction_post(self->instructions, &event);
}

static void permit_frame(struct capturing *self)
{
    if (!self->open)
        return;
    self->permitted = true;
    if (!self->wake && !self->slots_begun) { /* the FORMAT has been sent: the open loop begins */
        self->slots_begun = true;
        slots_init(&self->slots, os_now_ns(), self->fps_num, self->fps_den);
    }
}

static void obey(struct capturing *self, const struct capture_command *command)
{
    switch (command->kind) {
    case CAPTURE_START:
        open_capture(self, command->codec);
        return;
    case CAPTURE_STOP:
        close_capture(self);
        self->finished = command->finished;
        post(self, AGENT_CAPTURE_STOPPED, 0);
        return;
    case CAPTURE_FRAME:
        permit_frame(self);
        return;
    case CAPTURE_CURSOR:
        self->cursor_permitted = self->open;
        return;
    case CAPTURE_KEY_FRAME:
        if (self->open)
            self->capture->class->request_key_frame(self->capture);
        return;
    case CAPTURE_STEP:
        self->capture->class->set_step(self->capture, command->step);
        return;
    }
}

static void fail(struct capturing *self, int error)
{
    self->reported_ns = os_now_ns();
    close_capture(self);
    post(self, AGENT_CAPTURE_FAILED, error);
}

static void capture_frame(struct capturing *self, int64_t planned_ns)
{
    struct agent_event event = {.kind = AGENT_FRAME_ENCODED};
    int result = self->capture->class->frame(self->capture, planned_ns, &event.frame);
    if (result == -EAGAIN) {
        self->observer->slot_empty(self->observer->data, planned_ns);
        report_alive(self);
        return;
    }
    if (result < 0) {
        fail(self, result);
        return;
    }
    self->permitted = false;
    self->reported_ns = os_now_ns();
    if (!instruction_post(self->instructions, &event)) {
        self->observer->slot_empty(self->observer->data, planned_ns);
        frame_release(&event.frame);
    }
}

static void capture_cursor(struct capturing *self)
{
    struct agent_event event = {.kind = AGENT_CURSOR_CHANGED};
    int result = self->capture->class->cursor(self->capture, &event.cursor);

    if (result == -EAGAIN)
        return;
    if (result < 0) {
        fail(self, result);
        return;
    }
    self->cursor_permitted = false;
    if (!instruction_post(self->instructions, &event))
        cursor_release(&event.cursor);
}

static void serve_slot(struct capturing *self)
{
    int64_t planned_ns = slots_next_ns(&self->slots);

    slots_advance(&self->slots);
    if (self->permitted)
        capture_frame(self, planned_ns);
    else
        self->observer->slot_skipped(self->observer->data, planned_ns);
}

/* Until the queue is closed. */
static void run_slots(struct capturing *self)
{
    for (;;) {
        struct capture_command command;
        int64_t deadline_ns = self->slots_begun ? slots_next_ns(&self->slots)
                              : self->finished  ? self->reported_ns + ALIVE_INTERVAL_NS
                                                : QUEUE_FOREVER;
        enum queue_result result = queue_pop(&self->commands, &command, deadline_ns);

        if (result == QUEUE_GOT)
            obey(self, &command);
        else if (result == QUEUE_TIMEOUT && self->slots_begun)
            serve_slot(self);
        else if (result == QUEUE_TIMEOUT)
            report_alive(self);
        else
            return;
    }
}

/* Waits once for the capture, which is open, and serves what is due. */
static void serve_live(struct capturing *self)
{
    unsigned wanted = (self->permitted ? CAPTURE_FRAME_DUE : 0u) |
                      (self->cursor_permitted ? CAPTURE_CURSOR_DUE : 0u);
    int conditions = self->capture->class->wait(self->capture, wanted,
                                                self->reported_ns + ALIVE_INTERVAL_NS, self->wake);

    if (conditions < 0) {
        fail(self, conditions);
    } else if (conditions & CAPTURE_MODE_CHANGED) {
        self->mode_changed = true;
        post(self, AGENT_RESOLUTION_CHANGED, 0);
    } else {
        if (conditions & CAPTURE_CURSOR_DUE)
            capture_cursor(self);
        if (conditions & CAPTURE_FRAME_DUE && self->open)
            capture_frame(self, os_now_ns());
        else if (self->open)
            report_alive(self);
    }
}

/* Until the queue is closed. */
static void run_live(struct capturing *self)
{
    for (;;) {
        struct capture_command command;
        bool waits_here = !self->open || self->mode_changed;
        int64_t deadline_ns = !waits_here      ? QUEUE_AT_ONCE
                              : self->finished ? self->reported_ns + ALIVE_INTERVAL_NS
                                               : QUEUE_FOREVER;

        os_wake_clear(self->wake); /* before the look at the queue, or a command is missed */
        enum queue_result result = queue_pop(&self->commands, &command, deadline_ns);
        if (result == QUEUE_GOT)
            obey(self, &command);
        else if (result == QUEUE_CLOSED)
            return;
        else if (waits_here)
            report_alive(self);
        else
            serve_live(self);
    }
}

static void run(void *data)
{
    struct capturing *self = data;

    os_thread_wait_precisely(); /* nothing may stand between a slot and its frame */
    if (self->wake)
        run_live(self);
    else
        run_slots(self);
    close_capture(self);
}

int capturing_init(struct capturing *self, struct capture *capture, struct queue *instructions,
                   const struct observer *observer)
{
    *self =
        (struct capturing){.capture = capture, .instructions = instructions, .observer = observer};
    int result = 0;

    if (capture->class->wait && !(self->wake = os_wake_create(&result)))
        return result;
    result = queue_init(&self->commands, sizeof(struct capture_command), self->wake);
    if (result < 0)
        os_wake_destroy(self->wake);
    return result;
}

int capturing_start(struct capturing *self)
{
    int error = 0;

    self->thread = os_thread_create("capturing", run, self, &error);
    return error;
}

void capturing_join(struct capturing *self)
{
    os_thread_join(self->thread);
}

void capturing_finish(struct capturing *self)
{
    queue_finish(&self->commands);
    os_wake_destroy(self->wake);
}
