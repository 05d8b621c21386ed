/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/instruction.h"

#include "agent/capturing.h"
#include "agent/os/clock.h"
#include "agent/transporting.h"

#include <assert.h>
#include <string.h>

bool instruction_post(struct queue *instructions, const struct agent_event *event)
{
    const struct instruction instruction = {.kind = INSTRUCTION_EVENT, .event = *event};

    return queue_push(instructions, &instruction);
}

static void drop_frame(struct instruction_processing *self, const struct frame *frame)
{
    self->observer->slot_empty(self->observer->data, frame->planned_ns);
    frame_release(frame);
}

static void to_transport(struct instruction_processing *self,
                         const struct transport_command *command)
{
    if (queue_push(self->transport, command))
        return;
    if (command->is_frame)
        drop_frame(self, &command->frame);
    else
        cursor_release(&command->cursor);
}

static void to_capture(struct instruction_processing *self, const struct capture_command *command)
{
    queue_push(self->capture_commands, command);
}

static void send_capabilities(struct instruction_processing *self)
{
    struct transport_command command = {.kind = TRANSPORT_SEND};

    command.small_size =
        (size_t)port_compose_extensions(command.small, sizeof command.small, self->extensions);
    port_parser_announced(&self->parser, self->extensions);
    to_transport(self, &command);
}

static void send_frame(struct instruction_processing *self, const struct agent_action *action)
{
    const struct frame *frame = &action->frame;
    struct transport_command command = {.kind = TRANSPORT_SEND, .is_frame = true, .frame = *frame};

    if (action->informed) {
        const struct port_frame_information information = {
            .id = frame_id(frame),
            .capture_ns = (uint64_t)frame->planned_ns,
            .key_frame = frame->key,
        };
        command.small_size = (size_t)port_compose_frame_information(
            command.small, sizeof command.small, &information);
    }
    to_transport(self, &command);
}

static void send_format(struct instruction_processing *self, const struct port_format *format)
{
    struct transport_command command = {.kind = TRANSPORT_SEND};

    command.small_size = (size_t)port_compose_format(command.small, sizeof command.small, format);
    to_transport(self, &command);
}

static void send_cursor_set(struct instruction_processing *self, const struct cursor *cursor)
{
    struct transport_command command = {.kind = TRANSPORT_SEND, .cursor = *cursor};
    int size = cursor_compose(command.small, sizeof command.small, &cursor->shape);

    assert(size > 0); /* capture.h */
    command.small_size = (size_t)size;
    to_transport(self, &command);
}

static void send_cursor_move(struct instruction_processing *self,
                             const struct port_cursor_move *place)
{
    struct transport_command command = {.kind = TRANSPORT_SEND};

    command.small_size =
        (size_t)port_compose_cursor_move(command.small, sizeof command.small, place);
    to_transport(self, &command);
}

static void send_heartbeat(struct instruction_processing *self)
{
    struct transport_command command = {.kind = TRANSPORT_SEND};

    command.small_size =
        (size_t)port_compose_header(command.small, sizeof command.small, PORT_HEARTBEAT, 0);
    to_transport(self, &command);
}

static void act(struct instruction_processing *self, const struct agent_action *action)
{
    switch (action->kind) {
    case AGENT_OPEN_PORT:
        to_transport(self, &(struct transport_command){.kind = TRANSPORT_OPEN});
        return;
    case AGENT_CLOSE_PORT:
        to_transport(self, &(struct transport_command){.kind = TRANSPORT_CLOSE});
        return;
    case AGENT_SEND_CAPABILITIES:
        send_capabilities(self);
        return;
    case AGENT_SEND_FORMAT:
        send_format(self, &action->format);
        return;
    case AGENT_SEND_DATA:
        send_frame(self, action);
        return;
    case AGENT_SEND_CURSOR_SET:
        send_cursor_set(self, &action->cursor);
        return;
    case AGENT_SEND_CURSOR_MOVE:
        send_cursor_move(self, &action->cursor.place);
        return;
    case AGENT_SEND_HEARTBEAT:
        send_heartbeat(self);
        return;
    case AGENT_START_CAPTURE:
        to_capture(self, &(struct capture_command){.kind = CAPTURE_START, .codec = action->codec});
        return;
    case AGENT_STOP_CAPTURE:
        to_capture(self,
                   &(struct capture_command){.kind = CAPTURE_STOP, .finished = action->finished});
        return;
    case AGENT_CAPTURE_FRAME:
        to_capture(self, &(struct capture_command){.kind = CAPTURE_FRAME});
        return;
    case AGENT_CAPTURE_CURSOR:
        to_capture(self, &(struct capture_command){.kind = CAPTURE_CURSOR});
        return;
    case AGENT_REQUEST_KEY_FRAME:
        to_capture(self, &(struct capture_command){.kind = CAPTURE_KEY_FRAME});
        return;
    case AGENT_SET_STEP:
        to_capture(self, &(struct capture_command){.kind = CAPTURE_STEP, .step = action->step});
        return;
    case AGENT_DROP_FRAME:
        drop_frame(self, &action->frame);
        return;
    case AGENT_DROP_CURSOR:
        cursor_release(&action->cursor);
        return;
    case AGENT_WAIT:
        self->wait_ns = os_now_ns() + action->wait_ms * INT64_C(1000000);
        return;
    case AGENT_REPORT:
        self->observer->report(self->observer->data, action);
        return;
    case AGENT_END:
        self->ended = true;
        return;
    }
}

static void handle(struct instruction_processing *self, const struct agent_event *event)
{
    struct agent_actions actions;

    if (event->kind == AGENT_PORT_OPENED)
        port_parser_init(&self->parser, PORT_READER_GUEST);
    agent_handle(&self->agent, event, &actions);
    for (unsigned i = 0; i < actions.count; i++)
        act(self, &actions.list[i]);
}

static void handle_notify_error(struct instruction_processing *self,
                                const struct port_event *message)
{
    char text[PORT_NOTIFY_ERROR_MAX_BYTES + 1];
    uint32_t length = 0;

    for (; length < message->bytes && length < PORT_NOTIFY_ERROR_MAX_BYTES; length++) {
        uint8_t byte = message->body[length];
        if (byte == 0)
            break;
        text[length] = byte >= 0x20 && byte < 0x7f ? (char)byte : '?';
    }
    text[length] = '\0';
    handle(self, &(struct agent_event){.kind = AGENT_MESSAGE_NOTIFY_ERROR, .text = text});
}

/* False when the rest of what was received is not worth reading. */
static bool handle_message(struct instruction_processing *self, const struct port_event *message)
{
    struct agent_event event = {0};

    switch (message->kind) {
    case PORT_EVENT_CAPABILITIES:
        event.kind = AGENT_MESSAGE_CAPABILITIES;
        event.extensions = message->announced & self->extensions;
        break;
    case PORT_EVENT_KEY_FRAME_REQUEST:
        event.kind = AGENT_KEY_FRAME_REQUESTED;
        break;
    case PORT_EVENT_FEEDBACK:
        event.kind = AGENT_MESSAGE_FEEDBACK;
        event.feedback = message->feedback;
        break;
    case PORT_EVENT_START_STOP:
        event.kind = message->bytes > 0 ? AGENT_MESSAGE_START : AGENT_MESSAGE_STOP;
        event.codecs = message->body;
        event.codecs_count = message->bytes;
        break;
    case PORT_EVENT_NOTIFY_ERROR:
        handle_notify_error(self, message);
        return true;
    case PORT_EVENT_ERROR:
        event.kind = AGENT_MESSAGE_INVALID;
        event.text = message->error;
        handle(self, &event);
        return false;
    default: /* incomplete, or without use for us */
        return true;
    }
    handle(self, &event);
    return true;
}

static void decode(struct instruction_processing *self, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        struct port_event message;
        uint8_t *where;
        size_t wanted;

        port_parser_want(&self->parser, &where, &wanted);
        if (wanted > size)
            wanted = size;
        memcpy(where, bytes, wanted);
        bytes += wanted;
        size -= wanted;
        port_parser_got(&self->parser, wanted, &message);
        if (!handle_message(self, &message))
            break;
    }
    to_transport(self, &(struct transport_command){.kind = TRANSPORT_READ_ON});
}

static void run(void *data)
{
    struct instruction_processing *self = data;
    struct instruction instruction;

    while (!self->ended) {
        enum queue_result result = queue_pop(&self->queue, &instruction, self->wait_ns);
        if (result == QUEUE_CLOSED)
            break;
        if (result == QUEUE_TIMEOUT) {
            self->wait_ns = QUEUE_FOREVER;
            handle(self, &(struct agent_event){.kind = AGENT_WAITED});
        } else if (instruction.kind == INSTRUCTION_EVENT) {
            handle(self, &instruction.event);
        } else {
            decode(self, instruction.bytes, instruction.size);
        }
    }
    queue_close(&self->queue);
    queue_close(self->capture_commands);
    queue_close(self->transport);
    self->capture->class->end_display_events(self->capture);
}

int instruction_init(struct instruction_processing *self, struct capture *capture,
                     struct queue *transport, struct queue *capture_commands,
                     const struct observer *observer, unsigned extensions)
{
    *self = (struct instruction_processing){
        .transport = transport,
        .capture_commands = capture_commands,
        .capture = capture,
        .observer = observer,
        .extensions = extensions,
        .wait_ns = QUEUE_FOREVER,
    };
    agent_init(&self->agent, capture->codecs, &capture->steps);
    port_parser_init(&self->parser, PORT_READER_GUEST);
    return queue_init(&self->queue, sizeof(struct instruction), NULL);
}

int instruction_start(struct instruction_processing *self)
{
    int error = 0;

    self->thread = os_thread_create("instruction", run, self, &error);
    return error;
}

void instruction_join(struct instruction_processing *self)
{
    os_thread_join(self->thread);
}

void instruction_finish(struct instruction_processing *self)
{
    queue_finish(&self->queue);
}
