/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/transporting.h"

#include "agent/instruction.h"
#include "agent/os/clock.h"

#include <errno.h>
#include <string.h>

static void post(struct transporting *self, enum agent_event_kind kind, int error)
{
    const struct agent_event event = {.kind = kind, .error = error};

    instruction_post(self->instructions, &event);
}

static void forget_frame(struct transporting *self, const struct frame *frame, bool begun)
{
    if (!begun)
        self->observer->slot_empty(self->observer->data, frame->planned_ns);
    frame_release(frame);
}

static void forget_message(struct transporting *self)
{
    if (self->sending && self->message.is_frame)
        forget_frame(self, &self->message.frame, self->sent > 0);
    else if (self->sending)
        cursor_release(&self->message.cursor);
    self->sending = false;
}

static void close_port(struct transporting *self)
{
    forget_message(self);
    if (self->open)
        self->port->class->close(self->port);
    self->open = false;
}

/* Reported to the session once, in answer to whatever it asked for. */
static void lose_port(struct transporting *self, int error)
{
    close_port(self);
    post(self, AGENT_PORT_LOST, error);
}

static void open_port(struct transporting *self)
{
    int result = self->port->class->open(self->port);

    if (result < 0) {
        post(self, AGENT_PORT_OPEN_FAILED, result);
        return;
    }
    self->open = true;
    self->hung_up = false;
    post(self, AGENT_PORT_OPENED, 0);
}

/* What follows the header; may be empty. */
static struct port_part body_of(const struct transport_command *message)
{
    if (message->is_frame)
        return (struct port_part){message->frame.bytes, message->frame.size};
    return (struct port_part){message->cursor.shape.pixels, message->cursor.shape.pixels_bytes};
}

static size_t message_size(const struct transporting *self)
{
    return self->header_size + body_of(&self->message).size;
}

/* What is left of the message: the header's rest and the body's rest in one
 * gathered write, so that the body is not copied. */
static unsigned parts_left(const struct transporting *self, struct port_part parts[PORT_PARTS_MAX])
{
    const struct port_part body = body_of(&self->message);
    unsigned count = 0;
    size_t body_sent = 0;

    if (self->sent < self->header_size)
        parts[count++] =
            (struct port_part){self->header + self->sent, self->header_size - self->sent};
    else
        body_sent = self->sent - self->header_size;
    if (body.size > 0)
        parts[count++] = (struct port_part){body.bytes + body_sent, body.size - body_sent};
    return count;
}

static void message_sent(struct transporting *self)
{
    int64_t now_ns = os_now_ns();

    if (self->message.is_frame)
        self->observer->frame_sent(self->observer->data, &self->message.frame, now_ns);
    forget_message(self);
    post(self, AGENT_SENT, 0);
}

/* Writes as much as the port takes. */
static void write_on(struct transporting *self)
{
    while (self->sending) {
        struct port_part parts[PORT_PARTS_MAX];
        unsigned count = parts_left(self, parts);
        bool begins = self->sent == 0 && self->message.is_frame;
        ssize_t put = self->port->class->write(self->port, parts, count);

        if (put == -EAGAIN)
            return;
        if (put < 0) {
            lose_port(self, (int)put);
            return;
        }
        self->sent += (size_t)put;
        if (begins)
            self->observer->frame_begun(self->observer->data, &self->message.frame, self->begin_ns);
        if (self->sent == message_size(self))
            message_sent(self);
    }
}

static void begin_message(struct transporting *self, const struct transport_command *command)
{
    if (!self->open) { /* lost meanwhile, which has been reported instead */
        if (command->is_frame)
            forget_frame(self, &command->frame, false);
        else
            cursor_release(&command->cursor);
        return;
    }
    self->message = *command;
    self->sending = true;
    self->sent = 0;
    self->begin_ns = os_now_ns();
    memcpy(self->header, command->small, command->small_size);
    self->header_size = command->small_size;
    if (command->is_frame)
        self->header_size +=
            (size_t)port_compose_header(self->header + self->header_size, PORT_HEADER_BYTES,
                                        PORT_DATA, (uint32_t)command->frame.size);
    write_on(self);
}

static void read_port(struct transporting *self, bool hung_up)
{
    ssize_t got = self->port->class->read(self->port, self->received, sizeof self->received);

    if (got > 0) {
        const struct instruction received = {
            .kind = INSTRUCTION_RECEIVED,
            .bytes = self->received,
            .size = (size_t)got,
        };
        self->may_read = false;
        queue_push(self->instructions, &received);
    } else if (got == 0 || got != -EAGAIN) {
        lose_port(self, got == 0 ? -EPIPE : (int)got);
    } else if (hung_up) {
        lose_port(self, -EPIPE);
    }
}

static void obey(struct transporting *self, const struct transport_command *command)
{
    switch (command->kind) {
    case TRANSPORT_OPEN:
        open_port(self);
        return;
    case TRANSPORT_CLOSE:
        if (self->open) {
            close_port(self);
            post(self, AGENT_PORT_CLOSED, 0);
        }
        return;
    case TRANSPORT_SEND:
        begin_message(self, command);
        return;
    case TRANSPORT_READ_ON:
        self->may_read = true;
        self->hung_up = false;
        return;
    }
}

/* False when the queue is closed. */
static bool obey_all(struct transporting *self)
{
    struct transport_command command;
    enum queue_result result;

    os_wake_clear(self->wake);
    while ((result = queue_pop(&self->commands, &command, QUEUE_AT_ONCE)) == QUEUE_GOT)
        obey(self, &command);
    return result != QUEUE_CLOSED;
}

static void serve_port(struct transporting *self, unsigned conditions)
{
    bool hung_up = conditions & PORT_HUNG_UP;

    /* What the host sent last is read before the loss is noticed, so a hung-up
     * port is left alone until it may be read. */
    if (hung_up && !self->may_read)
        self->hung_up = true;
    else if (hung_up || conditions & PORT_READABLE)
        read_port(self, hung_up);
    if (self->open && !self->hung_up && conditions & PORT_WRITABLE)
        write_on(self);
}

/* Bits of enum port_condition. A port that has hung up is left out, or the
 * waiting would return at once. */
static unsigned wait_for_something(struct transporting *self)
{
    unsigned wants = (self->may_read ? PORT_READABLE : 0u) | (self->sending ? PORT_WRITABLE : 0u);

    if (self->open && !self->hung_up)
        return self->port->class->wait(self->port, wants, self->wake);
    os_wake_wait(self->wake, OS_FOREVER);
    return PORT_WOKEN;
}

static void run(void *data)
{
    struct transporting *self = data;

    for (;;) {
        unsigned conditions = wait_for_something(self);

        if (conditions & ~(unsigned)PORT_WOKEN)
            serve_port(self, conditions);
        if (conditions & PORT_WOKEN && !obey_all(self))
            break;
    }
    close_port(self);
}

int transporting_init(struct transporting *self, struct port *port, struct queue *instructions,
                      const struct observer *observer)
{
    *self = (struct transporting){
        .port = port, .instructions = instructions, .observer = observer, .may_read = true};
    int result = 0;

    self->wake = os_wake_create(&result);
    if (!self->wake)
        return result;
    result = queue_init(&self->commands, sizeof(struct transport_command), self->wake);
    if (result < 0)
        os_wake_destroy(self->wake);
    return result;
}

int transporting_start(struct transporting *self)
{
    int error = 0;

    self->thread = os_thread_create("transporting", run, self, &error);
    return error;
}

void transporting_join(struct transporting *self)
{
    os_thread_join(self->thread);
}

void transporting_finish(struct transporting *self)
{
    queue_finish(&self->commands);
    os_wake_destroy(self->wake);
}
