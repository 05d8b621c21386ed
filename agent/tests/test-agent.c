/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The session's state machine: each story is a table of what happens and what
 * must follow, and a seeded walk checks what must hold after any story. */
#include "agent/agent.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define H264_ONLY (1u << PORT_CODEC_H264)

static const struct bitrate_steps two_steps = {2, {1000, 4000}};

static const char *report_name(enum agent_report report)
{
    static const char *const names[] = {
        [AGENT_OPENED] = "opened",
        [AGENT_OPEN_FAILED] = "open-failed",
        [AGENT_STARTED] = "started",
        [AGENT_NO_CODEC] = "no-codec",
        [AGENT_STOPPED] = "stopped",
        [AGENT_FORMAT] = "format",
        [AGENT_CAPTURE_BROKEN] = "broken",
        [AGENT_HOST_ERROR] = "host-error",
        [AGENT_BAD_MESSAGE] = "bad-message",
        [AGENT_DRAINED] = "drained",
        [AGENT_CLOSED] = "closed",
        [AGENT_LOST] = "lost",
        [AGENT_STEP] = "step",
        [AGENT_WAITING] = "waiting",
        [AGENT_WAITING_LESS] = "waiting-less",
    };
    return names[report];
}

static void describe(const struct agent_actions *actions, char *to, size_t room)
{
    static const char *const names[] = {
        [AGENT_OPEN_PORT] = "OPEN",         [AGENT_CLOSE_PORT] = "CLOSE",
        [AGENT_SEND_CAPABILITIES] = "CAPS", [AGENT_SEND_FORMAT] = "FORMAT",
        [AGENT_SEND_DATA] = "DATA",         [AGENT_START_CAPTURE] = "START",
        [AGENT_STOP_CAPTURE] = "STOP",      [AGENT_CAPTURE_FRAME] = "FRAME",
        [AGENT_REQUEST_KEY_FRAME] = "KEY",  [AGENT_DROP_FRAME] = "DROP",
        [AGENT_SET_STEP] = "STEP",          [AGENT_END] = "END",
        [AGENT_SEND_HEARTBEAT] = "BEAT",    [AGENT_WAIT] = "WAIT",
        [AGENT_SEND_CURSOR_SET] = "SET",    [AGENT_SEND_CURSOR_MOVE] = "MOVE",
        [AGENT_CAPTURE_CURSOR] = "CURSOR",  [AGENT_DROP_CURSOR] = "UNSET",
    };
    size_t used = 0;

    to[0] = '\0';
    for (unsigned i = 0; i < actions->count; i++) {
        const struct agent_action *action = &actions->list[i];
        const char *name = action->kind == AGENT_REPORT ? report_name(action->report)
                           : action->informed           ? "INFO+DATA"
                                                        : names[action->kind];
        used += (size_t)snprintf(to + used, room - used, "%s%s", i ? " " : "", name);
    }
}

struct step {
    struct agent_event event;
    const char *expected;
};

static const uint8_t codecs[] = {PORT_CODEC_H264, PORT_CODEC_MJPEG};
static const uint8_t foreign_codecs[] = {PORT_CODEC_VP8, 77};

/* clang-format off */
#define ON(name, follows) { { .kind = AGENT_##name }, follows }
#define START(follows) \
    { { .kind = AGENT_MESSAGE_START, .codecs = codecs, .codecs_count = 2 }, follows }
#define START_FOREIGN(follows) \
    { { .kind = AGENT_MESSAGE_START, .codecs = foreign_codecs, .codecs_count = 2 }, follows }
#define KEY_FRAME(follows) \
    { { .kind = AGENT_FRAME_ENCODED, .frame = { .key = true, .step = 1 } }, follows }
#define P_FRAME(follows) { { .kind = AGENT_FRAME_ENCODED, .frame = { .step = 1 } }, follows }
#define LOWER_FRAME(follows) { { .kind = AGENT_FRAME_ENCODED, .frame = { .key = true } }, follows }
#define SHAPE(follows) \
    { { .kind = AGENT_CURSOR_CHANGED, .cursor = { .has_shape = true } }, follows }
#define SHAPE_AND_PLACE(follows) \
    { { .kind = AGENT_CURSOR_CHANGED, .cursor = { .has_shape = true, .moved = true } }, follows }
#define PLACE(follows) \
    { { .kind = AGENT_CURSOR_CHANGED, .cursor = { .moved = true } }, follows }
#define CAPABILITIES(with, follows) \
    { { .kind = AGENT_MESSAGE_CAPABILITIES, .extensions = with }, follows }
#define QUEUE(follows) \
    { { .kind = AGENT_MESSAGE_FEEDBACK, .feedback = { .frames_in_flight = 2, \
                                                      .achieved_kbps = 900 } }, follows }
/* clang-format on */

#define OPENED ON(OPEN, "OPEN"), ON(PORT_OPENED, "opened")
#define STARTED OPENED, START("started START"), ON(CAPTURE_STARTED, "FORMAT")
#define GRANTED STARTED, ON(SENT, "format FRAME")
#define STREAMING GRANTED, KEY_FRAME("DATA")

#define STEPS_MAX 24

static const struct story {
    const char *name;
    struct step steps[STEPS_MAX]; /* ends where .expected is NULL */
} stories[] = {
    {"frames follow one another",
     {STREAMING, ON(SENT, "FRAME"), P_FRAME("DATA"), ON(SENT, "FRAME"), P_FRAME("DATA")}},
    {"capabilities are answered, also while a frame is captured",
     {OPENED, ON(MESSAGE_CAPABILITIES, "CAPS"), ON(SENT, ""), START("started START"),
      ON(CAPTURE_STARTED, "FORMAT"), ON(SENT, "format FRAME"), ON(MESSAGE_CAPABILITIES, "CAPS"),
      KEY_FRAME(""), ON(SENT, "DATA"), ON(MESSAGE_CAPABILITIES, ""), ON(SENT, "CAPS"),
      ON(MESSAGE_CAPABILITIES, ""), ON(MESSAGE_CAPABILITIES, ""), ON(SENT, "CAPS"),
      ON(SENT, "FRAME")}},
    {"start before the capabilities have left",
     {OPENED, ON(MESSAGE_CAPABILITIES, "CAPS"), START("started START"), ON(CAPTURE_STARTED, ""),
      ON(SENT, "FORMAT"), ON(SENT, "format FRAME")}},
    {"stop while a frame is sent: it is completed, nothing follows",
     {STREAMING, ON(MESSAGE_STOP, "stopped STOP"), ON(CAPTURE_STOPPED, ""), ON(SENT, ""),
      ON(MESSAGE_STOP, "")}},
    {"stop while a frame is captured: it is dropped",
     {GRANTED, ON(MESSAGE_STOP, "stopped STOP"), KEY_FRAME("DROP"), ON(CAPTURE_STOPPED, "")}},
    {"stop while a frame waits: it is dropped",
     {GRANTED, ON(MESSAGE_CAPABILITIES, "CAPS"), KEY_FRAME(""),
      ON(MESSAGE_STOP, "stopped DROP STOP"), ON(SENT, ""), ON(CAPTURE_STOPPED, "")}},
    {"stop while the capture starts",
     {OPENED, START("started START"), ON(MESSAGE_STOP, "stopped"), ON(CAPTURE_STARTED, "STOP"),
      ON(CAPTURE_STOPPED, "")}},
    {"stop, start for a key frame: format and key frame again",
     {STREAMING, ON(MESSAGE_STOP, "stopped STOP"), START("started"), ON(CAPTURE_STOPPED, "START"),
      ON(CAPTURE_STARTED, ""), ON(SENT, "FORMAT"), ON(SENT, "format FRAME"),
      P_FRAME("DROP KEY FRAME"), P_FRAME("DROP FRAME"), KEY_FRAME("DATA")}},
    {"a second start while streaming restarts",
     {STREAMING, ON(SENT, "FRAME"), START("started START"), P_FRAME("DROP"),
      ON(CAPTURE_STARTED, "FORMAT"), ON(SENT, "format FRAME"), KEY_FRAME("DATA")}},
    {"a second start while a frame waits drops it",
     {GRANTED, ON(MESSAGE_CAPABILITIES, "CAPS"), KEY_FRAME(""), START("started DROP START"),
      ON(SENT, ""), ON(CAPTURE_STARTED, "FORMAT"), ON(SENT, "format FRAME")}},
    {"starts in a row are one restart",
     {OPENED, START("started START"), START("started"), START("started"),
      ON(CAPTURE_STARTED, "START"), ON(CAPTURE_STARTED, "FORMAT"), ON(SENT, "format FRAME")}},
    {"no codec in common",
     {OPENED, START_FOREIGN("no-codec"), START("started START"), ON(CAPTURE_STARTED, "FORMAT"),
      ON(SENT, "format FRAME"), START_FOREIGN("no-codec STOP"), ON(CAPTURE_STOPPED, "")}},
    {"resolution change: new format, key frame",
     {STREAMING, ON(RESOLUTION_CHANGED, "START"), ON(SENT, ""), ON(CAPTURE_STARTED, "FORMAT"),
      ON(SENT, "format FRAME"), KEY_FRAME("DATA")}},
    {"resolution change while the capture starts",
     {OPENED, START("started START"), ON(RESOLUTION_CHANGED, ""), ON(CAPTURE_STARTED, "START"),
      ON(CAPTURE_STARTED, "FORMAT")}},
    {"resolution change while nothing is captured",
     {ON(RESOLUTION_CHANGED, ""), OPENED, ON(RESOLUTION_CHANGED, "")}},
    {"key frame requested: once until one comes",
     {STREAMING, ON(KEY_FRAME_REQUESTED, "KEY"), ON(KEY_FRAME_REQUESTED, ""), ON(SENT, "FRAME"),
      P_FRAME("DATA"), ON(SENT, "FRAME"), KEY_FRAME("DATA"), ON(KEY_FRAME_REQUESTED, "KEY")}},
    {"frame information goes before each frame, once both know it",
     {STREAMING, CAPABILITIES(PORT_EXTENSION_FRAME_INFORMATION, ""), ON(SENT, "CAPS"),
      ON(SENT, "FRAME"), P_FRAME("INFO+DATA"), CAPABILITIES(PORT_EXTENSION_FEEDBACK, ""),
      ON(SENT, "CAPS"), ON(SENT, "FRAME"), P_FRAME("DATA")}},
    {"frame information ends with the session",
     {OPENED, CAPABILITIES(PORT_EXTENSION_FRAME_INFORMATION, "CAPS"), ON(SENT, ""),
      ON(PORT_LOST, "lost"), STREAMING}},
    {"feedback: the bitrate is lowered once, until frames of it come",
     {STREAMING, QUEUE("STEP"), QUEUE(""), ON(SENT, "FRAME"), P_FRAME("DATA"), QUEUE(""),
      ON(SENT, "FRAME"), LOWER_FRAME("step DATA"), QUEUE(""), QUEUE(""), ON(SENT, "FRAME"),
      LOWER_FRAME("DATA")}},
    {"feedback to a closed port", {QUEUE("")}},
    {"key frame requested while nothing is captured", {OPENED, ON(KEY_FRAME_REQUESTED, "")}},
    {"error of the host: stop and close, nothing it said later counts",
     {STREAMING, ON(MESSAGE_NOTIFY_ERROR, "host-error WAIT waiting CLOSE STOP"), START(""),
      ON(CAPTURE_STOPPED, ""), ON(PORT_CLOSED, "closed"), ON(WAITED, "OPEN"),
      ON(PORT_OPENED, "opened"), START("started START")}},
    {"after a fault the port is opened when the time has come, not before",
     {STREAMING, ON(MESSAGE_NOTIFY_ERROR, "host-error WAIT waiting CLOSE STOP"),
      ON(PORT_CLOSED, "closed"), ON(OPEN, ""), ON(CAPTURE_STOPPED, ""), ON(WAITED, "OPEN")}},
    {"the time comes while the port is still being closed",
     {OPENED, ON(MESSAGE_NOTIFY_ERROR, "host-error WAIT waiting CLOSE"), ON(WAITED, ""),
      ON(PORT_CLOSED, "closed OPEN")}},
    {"a close ends the waiting",
     {OPENED, ON(MESSAGE_NOTIFY_ERROR, "host-error WAIT waiting CLOSE"), ON(PORT_CLOSED, "closed"),
      ON(CLOSE, ""), ON(WAITED, ""), ON(OPEN, "OPEN")}},
    {"a quit ends the waiting",
     {OPENED, ON(MESSAGE_NOTIFY_ERROR, "host-error WAIT waiting CLOSE"), ON(PORT_CLOSED, "closed"),
      ON(QUIT, "END")}},
    {"heartbeat: of a capture that has no picture, to a host that knows it",
     {STREAMING, ON(CAPTURE_ALIVE, ""), ON(SENT, "FRAME"), ON(CAPTURE_ALIVE, ""),
      CAPABILITIES(PORT_EXTENSION_HEARTBEAT, "CAPS"), ON(CAPTURE_ALIVE, ""), ON(SENT, ""),
      ON(CAPTURE_ALIVE, "BEAT"), ON(CAPTURE_ALIVE, ""), P_FRAME(""), ON(SENT, "DATA"),
      ON(CAPTURE_ALIVE, ""), ON(SENT, "FRAME"), ON(CAPTURE_ALIVE, "BEAT"), ON(SENT, ""),
      ON(MESSAGE_STOP, "stopped STOP"), ON(CAPTURE_ALIVE, "")}},
    {"heartbeat: not before the FORMAT",
     {OPENED, CAPABILITIES(PORT_EXTENSION_HEARTBEAT, "CAPS"), START("started START"),
      ON(CAPTURE_STARTED, ""), ON(CAPTURE_ALIVE, ""), ON(SENT, "FORMAT")}},
    {"heartbeat: also of a session that is finished",
     {OPENED, CAPABILITIES(PORT_EXTENSION_HEARTBEAT, "CAPS"), ON(SENT, ""), START("started START"),
      ON(CAPTURE_STARTED, "FORMAT"), ON(SENT, "format FRAME"), ON(FINISH, "STOP"),
      ON(CAPTURE_STOPPED, "drained"), ON(CAPTURE_ALIVE, "BEAT"), ON(SENT, ""),
      ON(CAPTURE_ALIVE, "BEAT")}},
    {"pointer: its shape and place are sent, then it is asked for again",
     {GRANTED, SHAPE_AND_PLACE("SET"), ON(SENT, "MOVE"), ON(SENT, "CURSOR"), KEY_FRAME("DATA"),
      ON(SENT, "FRAME"), PLACE("MOVE"), ON(SENT, "CURSOR"), SHAPE("SET"), ON(SENT, "CURSOR")}},
    {"pointer: between two frames, before the one that waits",
     {STREAMING, SHAPE_AND_PLACE(""), ON(SENT, "SET"), P_FRAME(""), ON(SENT, "MOVE"),
      ON(SENT, "DATA"), ON(SENT, "FRAME CURSOR")}},
    {"pointer: a frame that waits comes before the pointer's next change",
     {STREAMING, PLACE(""), ON(SENT, "MOVE"), ON(SENT, "FRAME CURSOR"), P_FRAME("DATA"), PLACE(""),
      ON(SENT, "MOVE"), ON(SENT, "FRAME CURSOR")}},
    {"pointer: the newest shape replaces the one that waits",
     {STREAMING, SHAPE(""), SHAPE("UNSET"), PLACE(""), ON(SENT, "SET"), ON(SENT, "MOVE")}},
    {"pointer: not before the FORMAT",
     {STARTED, SHAPE(""), ON(SENT, "format SET"), ON(SENT, "FRAME CURSOR")}},
    {"pointer: one that waits is dropped at a stop, and comes with the next start",
     {STREAMING, SHAPE_AND_PLACE(""), ON(MESSAGE_STOP, "stopped UNSET STOP"), SHAPE("UNSET"),
      PLACE(""), ON(SENT, ""), ON(CAPTURE_STOPPED, ""), START("started START"),
      ON(CAPTURE_STARTED, "FORMAT"), SHAPE(""), ON(SENT, "format SET")}},
    {"pointer: of a capture that is being restarted it is dropped",
     {STREAMING, ON(SENT, "FRAME"), START("started START"), SHAPE("UNSET"), PLACE(""),
      ON(CAPTURE_STARTED, "FORMAT"), ON(SENT, "format FRAME")}},
    {"pointer: the port is opened again, the shape is sent again",
     {GRANTED, SHAPE("SET"), ON(PORT_LOST, "lost STOP"), ON(CAPTURE_STOPPED, ""), ON(OPEN, "OPEN"),
      ON(PORT_OPENED, "opened"), START("started START"), ON(CAPTURE_STARTED, "FORMAT"),
      ON(SENT, "format FRAME"), SHAPE("SET")}},
    {"pointer: one that waits while the port is lost is dropped",
     {STREAMING, SHAPE_AND_PLACE(""), ON(PORT_LOST, "lost UNSET STOP"), ON(CAPTURE_STOPPED, "")}},
    {"pointer: what waits is sent before a finished session is drained",
     {STREAMING, SHAPE_AND_PLACE(""), ON(FINISH, "STOP"), ON(CAPTURE_STOPPED, ""), ON(SENT, "SET"),
      ON(SENT, "MOVE"), ON(SENT, "drained")}},
    {"pointer: of a closed port", {SHAPE_AND_PLACE("UNSET"), PLACE(""), OPENED, SHAPE("UNSET")}},
    {"no message: stop and close",
     {STREAMING, ON(MESSAGE_INVALID, "bad-message WAIT waiting CLOSE STOP"),
      ON(PORT_CLOSED, "closed"), ON(CAPTURE_STOPPED, "")}},
    {"port lost in the middle of a frame, opened again",
     {STREAMING, ON(PORT_LOST, "lost STOP"), ON(CAPTURE_STOPPED, ""), ON(OPEN, "OPEN"),
      ON(PORT_OPENED, "opened"), START("started START")}},
    {"port lost while a frame is captured",
     {GRANTED, ON(PORT_LOST, "lost STOP"), KEY_FRAME("DROP"), ON(CAPTURE_STOPPED, "")}},
    {"port lost while a frame waits",
     {GRANTED, ON(MESSAGE_CAPABILITIES, "CAPS"), KEY_FRAME(""), ON(PORT_LOST, "lost DROP STOP")}},
    {"port lost while it is closed is closed",
     {OPENED, ON(CLOSE, "CLOSE"), ON(PORT_LOST, "closed")}},
    {"port cannot be opened",
     {ON(OPEN, "OPEN"), ON(PORT_OPEN_FAILED, "open-failed"), ON(OPEN, "OPEN")}},
    {"close in the middle of a frame, opened again",
     {STREAMING, ON(CLOSE, "CLOSE STOP"), ON(SENT, ""), ON(OPEN, ""),
      ON(PORT_CLOSED, "closed OPEN"), ON(PORT_OPENED, "opened"), START("started"),
      ON(CAPTURE_STOPPED, "START")}},
    {"close while the port is opened",
     {ON(OPEN, "OPEN"), ON(CLOSE, ""), ON(PORT_OPENED, "opened CLOSE"), ON(PORT_CLOSED, "closed")}},
    {"open and close say nothing twice",
     {ON(CLOSE, ""), OPENED, ON(OPEN, ""), ON(CLOSE, "CLOSE"), ON(CLOSE, "")}},
    {"messages to a closed port",
     {ON(MESSAGE_CAPABILITIES, ""), START(""), ON(MESSAGE_STOP, ""), ON(MESSAGE_NOTIFY_ERROR, ""),
      ON(MESSAGE_INVALID, ""), ON(KEY_FRAME_REQUESTED, ""), P_FRAME("DROP")}},
    {"finish while a frame is captured: it is sent, then drained",
     {STREAMING, ON(SENT, "FRAME"), ON(FINISH, "STOP"), P_FRAME("DATA"), ON(CAPTURE_STOPPED, ""),
      ON(SENT, "drained"), START("started"), ON(FINISH, "")}},
    {"finish while a frame is sent",
     {STREAMING, ON(FINISH, "STOP"), ON(SENT, ""), ON(CAPTURE_STOPPED, "drained")}},
    {"finish while nothing is captured", {OPENED, ON(FINISH, "drained"), START("started")}},
    {"finish ends with the session",
     {OPENED, ON(FINISH, "drained"), ON(CLOSE, "CLOSE"), ON(PORT_CLOSED, "closed"),
      ON(OPEN, "OPEN"), ON(PORT_OPENED, "opened"), START("started START")}},
    {"capture cannot be started",
     {OPENED, START("started START"), ON(CAPTURE_NOT_STARTED, "broken WAIT waiting CLOSE"),
      ON(PORT_CLOSED, "closed"), ON(WAITED, "OPEN"), ON(PORT_OPENED, "opened"),
      START("started START")}},
    {"capture fails",
     {STREAMING, ON(SENT, "FRAME"), ON(CAPTURE_FAILED, "broken WAIT waiting CLOSE STOP"),
      ON(CAPTURE_STOPPED, ""), ON(PORT_CLOSED, "closed"), ON(WAITED, "OPEN"),
      ON(PORT_OPENED, "opened"), START("started START")}},
    {"capture fails while it is restarted",
     {STREAMING, ON(SENT, "FRAME"), START("started START"), ON(CAPTURE_FAILED, "broken"),
      ON(CAPTURE_STARTED, "FORMAT")}},
    {"capture fails while it is stopped",
     {STREAMING, ON(SENT, "FRAME"), ON(MESSAGE_STOP, "stopped STOP"), ON(CAPTURE_FAILED, "broken"),
      ON(CAPTURE_STOPPED, "")}},
    {"quit with nothing open", {ON(QUIT, "END"), ON(OPEN, ""), ON(QUIT, "")}},
    {"quit in the middle of a frame",
     {STREAMING, ON(QUIT, "CLOSE STOP"), ON(OPEN, ""), ON(PORT_CLOSED, "closed"),
      ON(CAPTURE_STOPPED, "END")}},
    {"quit while the port is opened",
     {ON(OPEN, "OPEN"), ON(QUIT, ""), ON(PORT_OPENED, "opened CLOSE"),
      ON(PORT_CLOSED, "closed END")}},
    {"quit while the capture starts",
     {OPENED, START("started START"), ON(QUIT, "CLOSE"), ON(PORT_CLOSED, "closed"),
      ON(CAPTURE_STARTED, "STOP"), ON(CAPTURE_STOPPED, "END")}},
};

static void tell_story(void **state)
{
    const struct story *story = *state;
    struct agent agent;
    char got[200];

    agent_init(&agent, H264_ONLY, &two_steps);
    for (unsigned i = 0; i < STEPS_MAX && story->steps[i].expected; i++) {
        const struct step *step = &story->steps[i];
        struct agent_actions actions;

        agent_handle(&agent, &step->event, &actions);
        describe(&actions, got, sizeof got);
        if (strcmp(got, step->expected) != 0)
            fail_msg("step %u (event %d): expected \"%s\", got \"%s\"", i, (int)step->event.kind,
                     step->expected, got);
    }
}

static void the_format_that_was_sent_is_reported(void **state)
{
    /* Expected: the report names the size that was on the wire, although the
     * capture was restarted with another size before the message had left. */
    struct agent agent;
    struct agent_actions actions;
    const struct step before[] = {OPENED, START("")};

    (void)state;
    agent_init(&agent, H264_ONLY, &two_steps);
    for (unsigned i = 0; i < 3; i++)
        agent_handle(&agent, &before[i].event, &actions);
    assert_int_equal(actions.list[1].codec, PORT_CODEC_H264);

    struct agent_event started = {.kind = AGENT_CAPTURE_STARTED,
                                  .format = {640, 480, PORT_CODEC_H264}};
    agent_handle(&agent, &started, &actions);
    assert_int_equal(actions.list[0].format.width_px, 640);
    agent_handle(&agent, &(struct agent_event){.kind = AGENT_RESOLUTION_CHANGED}, &actions);
    started.format.width_px = 800;
    agent_handle(&agent, &started, &actions);
    agent_handle(&agent, &(struct agent_event){.kind = AGENT_SENT}, &actions);
    assert_int_equal(actions.list[0].report, AGENT_FORMAT);
    assert_int_equal(actions.list[0].format.width_px, 640);
    assert_int_equal(actions.list[1].kind, AGENT_SEND_FORMAT);
    assert_int_equal(actions.list[1].format.width_px, 800);
}

static void the_hosts_first_known_codec_is_chosen(void **state)
{
    static const uint8_t offer[] = {200, PORT_CODEC_VP9, PORT_CODEC_H265, PORT_CODEC_H264};
    struct agent agent;
    struct agent_actions actions;
    const struct step before[] = {OPENED};

    (void)state;
    agent_init(&agent, H264_ONLY | 1u << PORT_CODEC_H265, &two_steps);
    agent_handle(&agent, &before[0].event, &actions);
    agent_handle(&agent, &before[1].event, &actions);
    agent_handle(&agent,
                 &(struct agent_event){
                     .kind = AGENT_MESSAGE_START, .codecs = offer, .codecs_count = sizeof offer},
                 &actions);
    assert_int_equal(actions.list[0].codecs_count, sizeof offer);
    assert_int_equal(actions.list[1].kind, AGENT_START_CAPTURE);
    assert_int_equal(actions.list[1].codec, PORT_CODEC_H265);
}

/* --- a walk: the threads' answers in any order, the host says anything ----- */

struct world {
    struct agent agent;
    unsigned opens, closes, sends, starts, stops, grants; /* asked, not yet answered */
    unsigned steps;                 /* asked for since a frame has come of the one before */
    unsigned frames;                /* encoded and neither sent nor dropped */
    unsigned cursor_grants, shapes; /* the same of the pointer */
    bool port_open;
    bool key_needed; /* a FORMAT has been sent and no frame since */
    bool ended;
};

static void apply(struct world *world, const struct agent_event *event)
{
    struct agent_actions actions;

    agent_handle(&world->agent, event, &actions);
    for (unsigned i = 0; i < actions.count; i++) {
        const struct agent_action *action = &actions.list[i];
        assert_false(world->ended && action->kind != AGENT_DROP_FRAME &&
                     action->kind != AGENT_DROP_CURSOR);
        switch (action->kind) {
        case AGENT_OPEN_PORT:
            world->opens++;
            break;
        case AGENT_CLOSE_PORT:
            world->closes++;
            break;
        case AGENT_SET_STEP:
            world->steps++;
            break;
        case AGENT_SEND_FORMAT:
            world->key_needed = true;
            world->sends++;
            break;
        case AGENT_SEND_CAPABILITIES:
            world->sends++;
            break;
        case AGENT_SEND_HEARTBEAT:
        case AGENT_SEND_CURSOR_MOVE:
            world->sends++;
            break;
        case AGENT_SEND_CURSOR_SET:
            world->sends++;
            world->shapes--;
            break;
        case AGENT_DROP_CURSOR:
            world->shapes--;
            break;
        case AGENT_CAPTURE_CURSOR:
            assert_int_equal(world->sends, 0);
            world->cursor_grants++;
            break;
        case AGENT_SEND_DATA:
            assert_false(world->key_needed && !action->frame.key);
            world->key_needed = false;
            world->steps = 0;
            world->sends++;
            world->frames--;
            break;
        case AGENT_DROP_FRAME:
            world->frames--;
            break;
        case AGENT_START_CAPTURE:
            world->starts++;
            break;
        case AGENT_STOP_CAPTURE:
            world->stops++;
            break;
        case AGENT_CAPTURE_FRAME:
            assert_int_equal(world->sends, 0); /* "send data completely" comes first */
            world->grants++;
            break;
        case AGENT_END:
            assert_false(world->port_open);
            world->ended = true;
            break;
        default:
            break;
        }
    }
    assert_in_range(world->opens + world->closes, 0, 1);
    assert_in_range(world->sends, 0, 1);
    assert_in_range(world->starts + world->stops, 0, 1);
    assert_in_range(world->grants, 0, 1);
    assert_in_range(world->cursor_grants, 0, 1);
    assert_in_range(world->frames, 0, 1);
    assert_in_range(world->shapes, 0, 1);
    assert_in_range(world->steps, 0, 1);
}

static void tell(struct world *world, enum agent_event_kind kind)
{
    apply(world, &(struct agent_event){.kind = kind,
                                       .codecs = codecs,
                                       .codecs_count = 2,
                                       .text = "text",
                                       .error = -EIO,
                                       .feedback = {2, 900, 0},
                                       .extensions = PORT_EXTENSION_HEARTBEAT});
}

static void shut(struct world *world, enum agent_event_kind kind)
{
    world->port_open = false;
    world->sends = 0;
    world->closes = 0;
    world->key_needed = false;
    tell(world, kind);
}

/* An answer of a thread, if it owes one; true when something happened. */
static bool answer(struct world *world, unsigned dice)
{
    if (dice % 6 == 5 && world->cursor_grants) {
        world->cursor_grants = 0;
        world->shapes += dice % 4 > 0;
        apply(world, &(struct agent_event){.kind = AGENT_CURSOR_CHANGED,
                                           .cursor.has_shape = dice % 4 > 0,
                                           .cursor.moved = dice % 4 < 3});
    } else if (dice % 5 == 0 && world->opens) {
        world->opens = 0;
        world->port_open = dice % 3 != 0;
        tell(world, world->port_open ? AGENT_PORT_OPENED : AGENT_PORT_OPEN_FAILED);
    } else if (dice % 5 == 1 && world->closes) {
        shut(world, dice % 3 ? AGENT_PORT_CLOSED : AGENT_PORT_LOST);
    } else if (dice % 5 == 2 && world->sends) {
        world->sends = 0;
        tell(world, AGENT_SENT);
    } else if (dice % 5 == 3 && world->starts + world->stops) {
        bool starting = world->starts;
        world->starts = world->stops = world->grants = world->cursor_grants = 0;
        bool started = starting && dice % 7 != 0;
        tell(world, started    ? AGENT_CAPTURE_STARTED
                    : starting ? AGENT_CAPTURE_NOT_STARTED
                               : AGENT_CAPTURE_STOPPED);
        world->cursor_grants += started;
    } else if (dice % 5 == 4 && world->grants) {
        world->grants = 0;
        world->frames++;
        apply(world,
              &(struct agent_event){.kind = AGENT_FRAME_ENCODED, .frame.key = dice % 3 == 0});
    } else {
        return false;
    }
    return true;
}

static void a_codec_whose_encoder_is_gone_is_not_chosen_again(void **state)
{
    static const uint8_t listed[] = {PORT_CODEC_H265, PORT_CODEC_H264};
    const struct agent_event open = {.kind = AGENT_OPEN}, opened = {.kind = AGENT_PORT_OPENED};
    const struct agent_event start = {
        .kind = AGENT_MESSAGE_START, .codecs = listed, .codecs_count = 2};
    static const struct {
        int error;
        uint8_t next;
    } cases[] = {{-EIO, PORT_CODEC_H265}, {-ENOTSUP, PORT_CODEC_H264}, {-ENOTSUP, PORT_CODEC_H264}};
    struct agent agent;
    struct agent_actions actions;

    (void)state;
    agent_init(&agent, H264_ONLY | 1u << PORT_CODEC_H265, &two_steps);
    agent_handle(&agent, &open, &actions);
    agent_handle(&agent, &opened, &actions);
    agent_handle(&agent, &start, &actions);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct agent_event not_started = {.kind = AGENT_CAPTURE_NOT_STARTED,
                                                .error = cases[i].error};
        const struct agent_event closed = {.kind = AGENT_PORT_CLOSED},
                                 waited = {.kind = AGENT_WAITED};
        agent_handle(&agent, &not_started, &actions);
        agent_handle(&agent, &closed, &actions);
        agent_handle(&agent, &waited, &actions);
        agent_handle(&agent, &opened, &actions);
        agent_handle(&agent, &start, &actions);
        assert_int_equal(actions.list[actions.count - 1].kind, AGENT_START_CAPTURE);
        assert_int_equal(actions.list[actions.count - 1].codec, cases[i].next);
    }
}

static void any_order_of_events_keeps_the_rules(void **state)
{
    static const enum agent_event_kind said[] = {
        AGENT_OPEN,
        AGENT_OPEN,
        AGENT_OPEN,
        AGENT_FINISH,
        AGENT_CLOSE,
        AGENT_MESSAGE_CAPABILITIES,
        AGENT_MESSAGE_START,
        AGENT_MESSAGE_START,
        AGENT_MESSAGE_START,
        AGENT_MESSAGE_STOP,
        AGENT_MESSAGE_NOTIFY_ERROR,
        AGENT_MESSAGE_INVALID,
        AGENT_KEY_FRAME_REQUESTED,
        AGENT_RESOLUTION_CHANGED,
        AGENT_DISPLAYS_CHANGED,
        AGENT_MESSAGE_FEEDBACK,
        AGENT_WAITED,
        AGENT_CAPTURE_ALIVE,
    };

    (void)state;
    for (unsigned seed = 1; seed <= 300; seed++) {
        struct world world = {0};
        unsigned dice = seed;

        agent_init(&world.agent, H264_ONLY, &two_steps);
        for (unsigned i = 0; i < 1000; i++) {
            dice = dice * 1103515245u + 12345u;
            unsigned roll = dice >> 16;
            if (roll % 97 == 0 && world.port_open)
                shut(&world, AGENT_PORT_LOST);
            else if (roll % 4 == 0)
                tell(&world, said[roll / 4 % (sizeof said / sizeof *said)]);
            else
                answer(&world, roll / 4);
        }
        /* Once everybody has answered, a quit has ended it, with nothing left. */
        tell(&world, AGENT_QUIT);
        for (unsigned i = 0; i < 10000 && !world.ended; i++) {
            dice = dice * 1103515245u + 12345u;
            answer(&world, dice >> 16);
        }
        assert_true(world.ended);
        assert_int_equal(world.frames, 0);
        assert_int_equal(world.shapes, 0);
    }
}

/* The milliseconds of AGENT_WAIT; 0: there is none. */
static unsigned wait_of(const struct agent_actions *actions)
{
    for (unsigned i = 0; i < actions->count; i++)
        if (actions->list[i].kind == AGENT_WAIT)
            return actions->list[i].wait_ms;
    return 0;
}

/* The milliseconds for which the port stays closed after one more fault. */
static unsigned fault(struct agent *agent)
{
    static const struct agent_event opened = {.kind = AGENT_PORT_OPENED},
                                    error = {.kind = AGENT_MESSAGE_NOTIFY_ERROR, .text = "text"},
                                    closed = {.kind = AGENT_PORT_CLOSED},
                                    waited = {.kind = AGENT_WAITED};
    struct agent_actions actions;

    agent_handle(agent, &opened, &actions);
    agent_handle(agent, &error, &actions);
    const unsigned wait_ms = wait_of(&actions);
    agent_handle(agent, &closed, &actions);
    agent_handle(agent, &waited, &actions);
    return wait_ms;
}

static void each_further_fault_is_waited_for_longer_until_it_is_over(void **state)
{
    (void)state;
    static const struct step stream[] = {ON(PORT_OPENED, ""), START(""), ON(CAPTURE_STARTED, ""),
                                         ON(SENT, "")};
    static const struct step frame[] = {KEY_FRAME(""), ON(SENT, "")};
    static const struct step end[] = {ON(MESSAGE_NOTIFY_ERROR, ""), ON(CAPTURE_STOPPED, ""),
                                      ON(PORT_CLOSED, ""), ON(WAITED, "")};
    struct agent_actions actions;
    struct agent agent;

    agent_init(&agent, H264_ONLY, &two_steps);
    agent_handle(&agent, &(struct agent_event){.kind = AGENT_OPEN}, &actions);
    unsigned wait_ms = AGENT_WAIT_FIRST_MS;
    for (; wait_ms < AGENT_WAIT_MAX_MS; wait_ms *= 2)
        assert_int_equal(fault(&agent), wait_ms);
    assert_int_equal(fault(&agent), AGENT_WAIT_MAX_MS);
    assert_int_equal(fault(&agent), AGENT_WAIT_MAX_MS);

    for (unsigned frames = AGENT_SETTLED_FRAMES - 1; frames <= AGENT_SETTLED_FRAMES; frames++) {
        for (unsigned i = 0; i < sizeof stream / sizeof *stream; i++)
            agent_handle(&agent, &stream[i].event, &actions);
        for (unsigned i = 0; i < 2 * frames; i++)
            agent_handle(&agent, &frame[i % 2].event, &actions);
        assert_int_equal(agent.wait_ms, frames < AGENT_SETTLED_FRAMES ? AGENT_WAIT_MAX_MS : 0);
        for (unsigned i = 0; i < sizeof end / sizeof *end; i++)
            agent_handle(&agent, &end[i].event, &actions);
    }
    assert_int_equal(agent.wait_ms, AGENT_WAIT_FIRST_MS);
}

/* A monitor is connected: what failed to be captured is tried again soon, and only that. */
static void a_changed_display_ends_a_long_wait(void **state)
{
    (void)state;
    static const struct step failure[] = {ON(PORT_OPENED, ""), START(""),
                                          ON(CAPTURE_NOT_STARTED, ""), ON(PORT_CLOSED, "")};
    const struct agent_event changed = {.kind = AGENT_DISPLAYS_CHANGED},
                             waited = {.kind = AGENT_WAITED};
    struct agent_actions actions;
    struct agent agent;

    agent_init(&agent, H264_ONLY, &two_steps);
    agent_handle(&agent, &changed, &actions);
    assert_int_equal(actions.count, 0);
    agent_handle(&agent, &(struct agent_event){.kind = AGENT_OPEN}, &actions);
    for (unsigned failures = 1; failures <= 3; failures++) {
        for (unsigned i = 0; i < sizeof failure / sizeof *failure; i++)
            agent_handle(&agent, &failure[i].event, &actions);
        agent_handle(&agent, failures < 3 ? &waited : &changed, &actions);
    }
    assert_int_equal(wait_of(&actions), AGENT_WAIT_FIRST_MS);
    assert_int_equal(actions.list[1].report, AGENT_WAITING_LESS);
    agent_handle(&agent, &changed, &actions); /* more of the same postpone nothing */
    assert_int_equal(actions.count, 0);
    agent_handle(&agent, &waited, &actions);
    assert_int_equal(actions.list[0].kind, AGENT_OPEN_PORT);

    fault(&agent);
    agent.wait_ms = AGENT_WAIT_MAX_MS;
    agent_handle(&agent, &(struct agent_event){.kind = AGENT_PORT_OPENED}, &actions);
    agent_handle(&agent, &(struct agent_event){.kind = AGENT_MESSAGE_INVALID, .text = "text"},
                 &actions);
    agent_handle(&agent, &changed, &actions); /* the host's fault */
    assert_int_equal(actions.count, 0);
}

#define STORIES (sizeof stories / sizeof *stories)

int main(void)
{
    struct CMUnitTest tests[STORIES + 6];
    size_t count = 0;

    for (; count < STORIES; count++)
        tests[count] = (struct CMUnitTest){.name = stories[count].name,
                                           .test_func = tell_story,
                                           .initial_state = (void *)&stories[count]};
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(the_format_that_was_sent_is_reported);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(the_hosts_first_known_codec_is_chosen);
    tests[count++] =
        (struct CMUnitTest)cmocka_unit_test(a_codec_whose_encoder_is_gone_is_not_chosen_again);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(any_order_of_events_keeps_the_rules);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(a_changed_display_ends_a_long_wait);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(
        each_further_fault_is_waited_for_longer_until_it_is_over);
    return _cmocka_run_group_tests("agent", tests, count, NULL, NULL);
}
