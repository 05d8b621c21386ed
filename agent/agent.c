/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/agent.h"

#include <assert.h>
#include <errno.h>

void agent_init(struct agent *agent, uint8_t supported, const struct bitrate_steps *steps)
{
    *agent = (struct agent){.supported = supported};
    bitrate_init(&agent->bitrate, steps);
    agent->running_step = agent->bitrate.step;
}

static struct agent_action *add(struct agent_actions *actions, enum agent_action_kind kind)
{
    assert(actions->count < AGENT_ACTIONS_MAX);
    struct agent_action *action = &actions->list[actions->count++];
    *action = (struct agent_action){.kind = kind};
    return action;
}

static struct agent_action *report(struct agent_actions *actions, enum agent_report what)
{
    struct agent_action *action = add(actions, AGENT_REPORT);
    action->report = what;
    return action;
}

static void drop_held_frame(struct agent *agent, struct agent_actions *actions)
{
    if (!agent->frame_held)
        return;
    agent->frame_held = false;
    add(actions, AGENT_DROP_FRAME)->frame = agent->frame;
}

/* A place owns nothing, so only a shape has to be dropped. */
static void drop_cursor(struct cursor *cursor, struct agent_actions *actions)
{
    if (cursor->has_shape)
        add(actions, AGENT_DROP_CURSOR)->cursor = *cursor;
    *cursor = (struct cursor){0};
}

/* The port is open no longer, or is about to be: nothing of the session is
 * left but a capture that advance() will stop. */
static void session_over(struct agent *agent)
{
    agent->sending = AGENT_SENDING_NOTHING;
    agent->capture_wanted = false;
    agent->restart_due = false;
    agent->capabilities_due = false;
    agent->format_due = false;
    agent->heartbeat_due = false;
    agent->agreed = 0;
}

/* The port is closed for a while: whoever looks sees the vGPU meanwhile. */
static void close_and_wait(struct agent *agent, bool for_capture, struct agent_actions *actions)
{
    if (!agent->port_wanted)
        return;
    agent->port_wanted = false;
    agent->waiting = true;
    agent->waiting_for_capture = for_capture;
    agent->wait_ms = agent->wait_ms == 0                      ? AGENT_WAIT_FIRST_MS
                     : agent->wait_ms < AGENT_WAIT_MAX_MS / 2 ? 2 * agent->wait_ms
                                                              : AGENT_WAIT_MAX_MS;
    add(actions, AGENT_WAIT)->wait_ms = agent->wait_ms;
    report(actions, AGENT_WAITING)->wait_ms = agent->wait_ms;
}

/* What could not be captured perhaps can be now. A monitor that was connected is switched on only
 * after that has been reported, so the waiting begins anew, and is short at first. */
static void wait_less(struct agent *agent, struct agent_actions *actions)
{
    if (!agent->waiting || !agent->waiting_for_capture || agent->wait_ms == AGENT_WAIT_FIRST_MS)
        return;
    agent->wait_ms = AGENT_WAIT_FIRST_MS;
    add(actions, AGENT_WAIT)->wait_ms = agent->wait_ms;
    report(actions, AGENT_WAITING_LESS)->wait_ms = agent->wait_ms;
}

/* The host names its codecs in the order of its preference. */
static uint8_t choose_codec(const struct agent *agent, const struct agent_event *event)
{
    for (unsigned i = 0; i < event->codecs_count; i++) {
        uint8_t codec = event->codecs[i];
        if (codec <= PORT_CODEC_H265 && (agent->supported >> codec & 1))
            return codec;
    }
    return 0;
}

/* The encoder of this codec is gone for good: the next START gets another one. */
static void give_up_codec(struct agent *agent, int error)
{
    uint8_t others = agent->supported & (uint8_t)~PORT_CODEC_BIT(agent->starting_codec);

    if (error == -ENOTSUP && others)
        agent->supported = others;
}

static void handle_start(struct agent *agent, const struct agent_event *event,
                         struct agent_actions *actions)
{
    uint8_t codec = choose_codec(agent, event);
    struct agent_action *started = report(actions, codec ? AGENT_STARTED : AGENT_NO_CODEC);

    started->codecs = event->codecs;
    started->codecs_count = event->codecs_count;
    agent->codec = codec;
    agent->capture_wanted = codec != 0;
    /* A START while we stream asks for a new beginning: FORMAT and key frame. */
    agent->restart_due = codec != 0;
}

static bool capture_wanted(const struct agent *agent)
{
    return agent->port == AGENT_PORT_READY && agent->capture_wanted && !agent->finishing;
}

/* The frame that was under way when AGENT_FINISH came still counts. */
static bool frame_is_welcome(const struct agent *agent)
{
    return agent->port == AGENT_PORT_READY && agent->capture_wanted && !agent->frame_held &&
           !agent->format_due && !agent->restart_due &&
           (agent->capture == AGENT_CAPTURE_RUNNING ||
            (agent->capture == AGENT_CAPTURE_STOPPING && agent->finishing));
}

/* Of a stream that has begun, when nothing else shows that we are alive. */
static bool owes_heartbeat(const struct agent *agent)
{
    return agent->agreed & PORT_EXTENSION_HEARTBEAT && agent->capture_wanted &&
           agent->sending == AGENT_SENDING_NOTHING && !agent->format_due && !agent->frame_held;
}

static void request_key_frame(struct agent *agent, struct agent_actions *actions)
{
    if (agent->capture != AGENT_CAPTURE_RUNNING || agent->key_frame_requested)
        return;
    agent->key_frame_requested = true;
    add(actions, AGENT_REQUEST_KEY_FRAME);
}

static void handle_frame(struct agent *agent, const struct frame *frame,
                         struct agent_actions *actions)
{
    agent->frame_granted = false;
    if (!frame_is_welcome(agent)) {
        add(actions, AGENT_DROP_FRAME)->frame = *frame;
        return;
    }
    if (frame->key) {
        agent->key_frame_first = false;
        agent->key_frame_requested = false;
    }
    if (agent->key_frame_first) {
        add(actions, AGENT_DROP_FRAME)->frame = *frame;
        request_key_frame(agent, actions);
        return;
    }
    if (frame->step != agent->running_step)
        report(actions, AGENT_STEP)->step = frame->step;
    agent->running_step = frame->step;
    agent->frame = *frame;
    agent->frame_held = true;
}

/* The capture that has begun hands over the whole pointer: of one that ends nothing is needed. */
static void handle_cursor(struct agent *agent, const struct cursor *changed,
                          struct agent_actions *actions)
{
    struct cursor cursor = *changed;

    agent->cursor_granted = false;
    if (agent->port != AGENT_PORT_READY || agent->capture != AGENT_CAPTURE_RUNNING) {
        drop_cursor(&cursor, actions);
        return;
    }
    cursor.moved |= agent->cursor.moved;
    if (cursor.has_shape) {
        drop_cursor(&agent->cursor, actions);
        agent->cursor = cursor;
    }
    agent->cursor.moved = cursor.moved;
    agent->cursor.place = cursor.place;
}

static void send_cursor(struct agent *agent, struct agent_actions *actions)
{
    agent->sending = AGENT_SENDING_CURSOR;
    if (agent->cursor.has_shape) {
        add(actions, AGENT_SEND_CURSOR_SET)->cursor = agent->cursor;
        agent->cursor.has_shape = false;
        agent->cursor.owned = NULL; /* the action's */
    } else {
        add(actions, AGENT_SEND_CURSOR_MOVE)->cursor.place = agent->cursor.place;
        agent->cursor.moved = false;
    }
}

/* Does what the state calls for. The order is the order in which things go
 * over the port: capabilities, format, pointer, frames. */
static void advance(struct agent *agent, struct agent_actions *actions)
{
    if (agent->port == AGENT_PORT_READY && !agent->port_wanted) {
        agent->port = AGENT_PORT_CLOSING;
        session_over(agent);
        add(actions, AGENT_CLOSE_PORT);
    } else if (agent->port == AGENT_PORT_SHUT && agent->port_wanted) {
        agent->port = AGENT_PORT_OPENING;
        add(actions, AGENT_OPEN_PORT);
    }

    if (!agent->capture_wanted || agent->restart_due) {
        drop_held_frame(agent, actions);
        drop_cursor(&agent->cursor, actions);
    }

    bool start =
        capture_wanted(agent) && (agent->capture == AGENT_CAPTURE_IDLE ||
                                  (agent->capture == AGENT_CAPTURE_RUNNING && agent->restart_due));
    if (start) {
        agent->capture = AGENT_CAPTURE_STARTING;
        agent->restart_due = false;
        agent->format_due = false;
        agent->starting_codec = agent->codec;
        add(actions, AGENT_START_CAPTURE)->codec = agent->codec;
    } else if (agent->capture == AGENT_CAPTURE_RUNNING && !capture_wanted(agent)) {
        agent->capture = AGENT_CAPTURE_STOPPING;
        agent->format_due = false;
        add(actions, AGENT_STOP_CAPTURE)->finished = agent->capture_wanted && agent->finishing;
    }

    if (agent->port == AGENT_PORT_READY && agent->sending == AGENT_SENDING_NOTHING) {
        if (agent->capabilities_due) {
            agent->capabilities_due = false;
            agent->sending = AGENT_SENDING_CAPABILITIES;
            add(actions, AGENT_SEND_CAPABILITIES);
        } else if (agent->format_due) {
            agent->format_due = false;
            agent->sending = AGENT_SENDING_FORMAT;
            agent->sending_format = agent->format;
            add(actions, AGENT_SEND_FORMAT)->format = agent->format;
        } else if (agent->cursor.has_shape || agent->cursor.moved) {
            send_cursor(agent, actions);
        } else if (agent->frame_held) {
            agent->frame_held = false;
            agent->sending = AGENT_SENDING_FRAME;
            struct agent_action *send = add(actions, AGENT_SEND_DATA);
            send->frame = agent->frame;
            send->informed = agent->agreed & PORT_EXTENSION_FRAME_INFORMATION;
        } else if (agent->heartbeat_due) {
            agent->heartbeat_due = false;
            agent->sending = AGENT_SENDING_HEARTBEAT;
            add(actions, AGENT_SEND_HEARTBEAT);
        } else if (agent->capture == AGENT_CAPTURE_RUNNING) {
            if (!agent->frame_granted)
                add(actions, AGENT_CAPTURE_FRAME);
            if (!agent->cursor_granted)
                add(actions, AGENT_CAPTURE_CURSOR);
            agent->frame_granted = agent->cursor_granted = true;
        }
    }

    bool all_sent = agent->sending == AGENT_SENDING_NOTHING && !agent->frame_held &&
                    !agent->cursor.has_shape && !agent->cursor.moved &&
                    agent->capture == AGENT_CAPTURE_IDLE;
    if (agent->port == AGENT_PORT_READY && agent->finishing && all_sent && !agent->drained) {
        agent->drained = true;
        report(actions, AGENT_DRAINED);
    }
    if (agent->quitting && agent->port == AGENT_PORT_SHUT && !agent->ended &&
        agent->capture == AGENT_CAPTURE_IDLE) {
        agent->ended = true;
        add(actions, AGENT_END);
    }
}

/* What the host sent before the port was closed means nothing now. */
static bool is_late_message(const struct agent *agent, enum agent_event_kind kind)
{
    return kind >= AGENT_MESSAGE_CAPABILITIES && kind <= AGENT_KEY_FRAME_REQUESTED &&
           agent->port != AGENT_PORT_READY;
}

void agent_handle(struct agent *agent, const struct agent_event *event,
                  struct agent_actions *ret_actions)
{
    ret_actions->count = 0;
    if (is_late_message(agent, event->kind))
        return;

    switch (event->kind) {
    case AGENT_OPEN:
        agent->port_wanted = !agent->quitting && !agent->waiting;
        break;
    case AGENT_FINISH:
        agent->finishing = true;
        break;
    case AGENT_CLOSE:
        agent->port_wanted = agent->waiting = false;
        break;
    case AGENT_QUIT:
        agent->quitting = true;
        agent->port_wanted = agent->waiting = false;
        break;
    case AGENT_WAITED:
        agent->port_wanted = agent->port_wanted || agent->waiting;
        agent->waiting = false;
        break;

    case AGENT_PORT_OPENED:
        agent->port = AGENT_PORT_READY;
        agent->finishing = false;
        agent->drained = false;
        agent->frames_sent = 0;
        report(ret_actions, AGENT_OPENED);
        break;
    case AGENT_PORT_OPEN_FAILED:
        agent->port = AGENT_PORT_SHUT;
        agent->port_wanted = false;
        report(ret_actions, AGENT_OPEN_FAILED)->error = event->error;
        break;
    case AGENT_PORT_CLOSED:
        agent->port = AGENT_PORT_SHUT;
        report(ret_actions, AGENT_CLOSED);
        break;
    case AGENT_PORT_LOST:
        /* Lost while it was being closed is closed; it may be wanted again. */
        if (agent->port == AGENT_PORT_CLOSING) {
            report(ret_actions, AGENT_CLOSED);
        } else {
            agent->port_wanted = false;
            report(ret_actions, AGENT_LOST)->error = event->error;
        }
        agent->port = AGENT_PORT_SHUT;
        session_over(agent);
        break;
    case AGENT_SENT:
        if (agent->sending == AGENT_SENDING_FORMAT)
            report(ret_actions, AGENT_FORMAT)->format = agent->sending_format;
        if (agent->sending == AGENT_SENDING_FRAME && ++agent->frames_sent == AGENT_SETTLED_FRAMES)
            agent->wait_ms = 0;
        agent->sending = AGENT_SENDING_NOTHING;
        break;

    case AGENT_MESSAGE_CAPABILITIES:
        agent->capabilities_due = true;
        agent->agreed = event->extensions;
        break;
    case AGENT_MESSAGE_START:
        handle_start(agent, event, ret_actions);
        break;
    case AGENT_MESSAGE_STOP:
        if (agent->capture_wanted)
            report(ret_actions, AGENT_STOPPED);
        agent->capture_wanted = false;
        agent->restart_due = false;
        break;
    case AGENT_MESSAGE_NOTIFY_ERROR:
    case AGENT_MESSAGE_INVALID:
        report(ret_actions,
               event->kind == AGENT_MESSAGE_INVALID ? AGENT_BAD_MESSAGE : AGENT_HOST_ERROR)
            ->text = event->text;
        close_and_wait(agent, false, ret_actions);
        break;
    case AGENT_MESSAGE_FEEDBACK:
        if (bitrate_feedback(&agent->bitrate, &event->feedback, agent->running_step))
            add(ret_actions, AGENT_SET_STEP)->step = agent->bitrate.step;
        break;
    case AGENT_KEY_FRAME_REQUESTED:
        request_key_frame(agent, ret_actions);
        break;

    case AGENT_CAPTURE_STARTED:
        agent->capture = AGENT_CAPTURE_RUNNING;
        agent->format = event->format;
        agent->format_due = true;
        agent->key_frame_first = true;
        agent->key_frame_requested = false;
        agent->frame_granted = false;
        agent->cursor_granted = true; /* with the start */
        break;
    case AGENT_CAPTURE_NOT_STARTED:
        agent->capture = AGENT_CAPTURE_IDLE;
        give_up_codec(agent, event->error);
        report(ret_actions, AGENT_CAPTURE_BROKEN)->error = event->error;
        agent->capture_wanted = false;
        agent->restart_due = false;
        close_and_wait(agent, true, ret_actions);
        break;
    case AGENT_CAPTURE_FAILED:
        report(ret_actions, AGENT_CAPTURE_BROKEN)->error = event->error;
        /* While it is being restarted this was the end of the old one. */
        if (agent->capture == AGENT_CAPTURE_RUNNING) {
            agent->capture_wanted = false;
            close_and_wait(agent, true, ret_actions);
        }
        break;
    case AGENT_CAPTURE_ALIVE:
        agent->heartbeat_due = owes_heartbeat(agent);
        break;
    case AGENT_CAPTURE_STOPPED:
        agent->capture = AGENT_CAPTURE_IDLE;
        agent->frame_granted = false;
        break;
    case AGENT_FRAME_ENCODED:
        handle_frame(agent, &event->frame, ret_actions);
        break;
    case AGENT_CURSOR_CHANGED:
        handle_cursor(agent, &event->cursor, ret_actions);
        break;

    case AGENT_RESOLUTION_CHANGED:
        agent->restart_due = agent->capture_wanted;
        break;
    case AGENT_DISPLAYS_CHANGED:
        wait_less(agent, ret_actions);
        break;
    }
    advance(agent, ret_actions);
}
