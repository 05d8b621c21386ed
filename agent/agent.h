/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * agent: the agent's session with the GPU module, as a pure state machine.
 *
 * Follows the paper's figure 1(b), sequence of messages between the GPU
 * module and the agent module: an event comes in, a list of actions goes out;
 * no I/O, no clock, no thread of its own. The instruction processing thread
 * runs it. agent_handle() is one switch over what happened, followed by
 * advance(), which does whatever the new state calls for.
 *
 * Each of the three things that take time is asked for one at a time, and the
 * next is asked for only after the answer has come:
 *
 *   action                        answered by
 *   OPEN_PORT                     PORT_OPENED or PORT_OPEN_FAILED
 *   CLOSE_PORT                    PORT_CLOSED or PORT_LOST
 *   SEND_...                      SENT ("send data completely"), PORT_CLOSED or PORT_LOST
 *   START_CAPTURE                 CAPTURE_STARTED or CAPTURE_NOT_STARTED
 *   STOP_CAPTURE                  CAPTURE_STOPPED
 *   CAPTURE_FRAME                 FRAME_ENCODED, until the capture is started or stopped
 *   START_CAPTURE, CAPTURE_CURSOR CURSOR_CHANGED, until the capture is started or stopped
 *   WAIT                          WAITED
 *
 * So the number of messages between the threads is bounded whatever the host
 * sends, at most one message is on its way to the port, and a frame is
 * captured only when the previous one has left. Likewise the pointer: what has changed of it
 * is asked for when the last change has left, so the newest place is sent and none before it
 * is kept. Each capture that begins hands over its shape anew, so each opening of the port has
 * one. A host that sends START takes the pointer; before that nothing of it is sent.
 *
 * When the host reports an error, breaks the protocol itself, or the capture
 * fails, the port is closed, so that the vGPU is shown, and opened again after a
 * while: AGENT_WAIT_FIRST_MS, twice as long after each further fault.
 */
#ifndef AGENT_H
#define AGENT_H

#include "agent/bitrate.h"
#include "agent/cursor.h"
#include "agent/frame.h"
#include "protocol/port-protocol.h"

#include <stdbool.h>
#include <stdint.h>

/* A hot-plugged monitor, a driver that is being restarted take so long. */
#define AGENT_WAIT_FIRST_MS 250
/* Somebody who mends the fault by hand is not made to wait for longer. */
#define AGENT_WAIT_MAX_MS 30000
/* Once so many frames of an opening have been sent, the fault before is over. */
#define AGENT_SETTLED_FRAMES 300

enum agent_event_kind {
    /* from whoever runs the agent */
    AGENT_OPEN,   /* open the port; after a fault when the time has come */
    AGENT_FINISH, /* capture nothing more in this session; report when all is sent */
    AGENT_CLOSE,  /* close the port, in the middle of a frame if need be */
    AGENT_QUIT,   /* close the port, stop capturing, end */
    AGENT_WAITED, /* as long as AGENT_WAIT asked for */
    /* from the transporting thread */
    AGENT_PORT_OPENED,
    AGENT_PORT_OPEN_FAILED, /* .error */
    AGENT_PORT_CLOSED,
    AGENT_PORT_LOST, /* .error */
    AGENT_SENT,      /* the last message was sent completely */
    /* messages of the GPU module */
    AGENT_MESSAGE_CAPABILITIES, /* .extensions */
    AGENT_MESSAGE_START,        /* .codecs, .codecs_count */
    AGENT_MESSAGE_STOP,
    AGENT_MESSAGE_NOTIFY_ERROR, /* .text */
    AGENT_MESSAGE_INVALID,      /* .text: why it is none */
    AGENT_MESSAGE_FEEDBACK,     /* .feedback */
    AGENT_KEY_FRAME_REQUESTED,
    /* from the capturing thread */
    AGENT_CAPTURE_STARTED,     /* .format */
    AGENT_CAPTURE_NOT_STARTED, /* .error */
    AGENT_CAPTURE_STOPPED,
    AGENT_CAPTURE_FAILED, /* .error; gives no more frames, but still has to be stopped */
    AGENT_FRAME_ENCODED,  /* .frame, now the agent's */
    AGENT_CURSOR_CHANGED, /* .cursor, now the agent's */
    AGENT_CAPTURE_ALIVE,  /* it has looked, and there was nothing to be sent */
    /* from the semaphore monitor */
    AGENT_RESOLUTION_CHANGED,
    AGENT_DISPLAYS_CHANGED,
};

struct agent_event {
    enum agent_event_kind kind;
    int error; /* negative errno */
    const uint8_t *codecs;
    unsigned codecs_count;
    const char *text;    /* one line, valid during agent_handle() and its actions */
    unsigned extensions; /* enum port_extension, among those that we know */
    struct port_feedback feedback;
    struct port_format format;
    struct frame frame;
    struct cursor cursor;
};

enum agent_action_kind {
    /* to the transporting thread */
    AGENT_OPEN_PORT,
    AGENT_CLOSE_PORT,
    AGENT_SEND_CAPABILITIES,
    AGENT_SEND_FORMAT,      /* .format */
    AGENT_SEND_DATA,        /* .frame, with frame information before it if .informed */
    AGENT_SEND_CURSOR_SET,  /* .cursor.shape, with what it owns */
    AGENT_SEND_CURSOR_MOVE, /* .cursor.place */
    AGENT_SEND_HEARTBEAT,
    /* to the capturing thread */
    AGENT_START_CAPTURE, /* .codec; also restarts one that runs */
    AGENT_STOP_CAPTURE, /* .finished: in a session that goes on; it still reports that it is alive */
    AGENT_CAPTURE_FRAME,  /* permission to capture one frame at its slot */
    AGENT_CAPTURE_CURSOR, /* permission to hand over one change of the pointer */
    AGENT_REQUEST_KEY_FRAME,
    AGENT_SET_STEP, /* .step: the bitrate step to go to */
    /* done at once by the instruction processing thread */
    AGENT_DROP_FRAME,  /* .frame is to be released unsent */
    AGENT_DROP_CURSOR, /* .cursor likewise */
    AGENT_WAIT,        /* .wait_ms, in place of what it waited for before */
    AGENT_REPORT,      /* .report, with .error, .codecs, .text, .format where they fit */
    AGENT_END,         /* port closed, capture stopped: the threads may end */
};

enum agent_report {
    AGENT_OPENED,
    AGENT_OPEN_FAILED, /* .error */
    AGENT_STARTED,     /* .codecs: what the host asked for */
    AGENT_NO_CODEC,    /* .codecs: the host wants none of ours; nothing is captured */
    AGENT_STOPPED,
    AGENT_FORMAT,         /* .format was sent */
    AGENT_STEP,           /* .step: frames are of this bitrate step from now on */
    AGENT_CAPTURE_BROKEN, /* .error; the port is closed */
    AGENT_WAITING,        /* the port is closed, and opened again in .wait_ms */
    AGENT_WAITING_LESS,   /* the same: the displays have changed */
    AGENT_HOST_ERROR,     /* .text: NOTIFY_ERROR of the GPU module; the port is closed */
    AGENT_BAD_MESSAGE,    /* .text: what the host sent is no message; the port is closed */
    AGENT_DRAINED,        /* after AGENT_FINISH: the last frame has left */
    AGENT_CLOSED,
    AGENT_LOST, /* .error */
};

struct agent_action {
    enum agent_action_kind kind;
    enum agent_report report;
    int error;
    uint8_t codec;
    bool informed;
    bool finished;
    unsigned step;
    unsigned wait_ms;
    const uint8_t *codecs;
    unsigned codecs_count;
    const char *text;
    struct port_format format;
    struct frame frame;
    struct cursor cursor;
};

/* One event gives one or two reports, drops one or two frames and a pointer, and asks one
 * thing of each of port, transport and capture, or two of the capture. */
#define AGENT_ACTIONS_MAX 9

struct agent_actions {
    unsigned count;
    struct agent_action list[AGENT_ACTIONS_MAX];
};

/* Fields are private to agent.c. */
struct agent {
    uint8_t supported;      /* codecs of the capture: bit n = enum port_codec n */
    uint8_t starting_codec; /* that the capture was started for last */

    enum { AGENT_PORT_SHUT, AGENT_PORT_OPENING, AGENT_PORT_READY, AGENT_PORT_CLOSING } port;
    enum {
        AGENT_CAPTURE_IDLE,
        AGENT_CAPTURE_STARTING,
        AGENT_CAPTURE_RUNNING,
        AGENT_CAPTURE_STOPPING,
    } capture;
    enum {
        AGENT_SENDING_NOTHING,
        AGENT_SENDING_CAPABILITIES,
        AGENT_SENDING_FORMAT,
        AGENT_SENDING_FRAME,
        AGENT_SENDING_CURSOR,
        AGENT_SENDING_HEARTBEAT,
    } sending;

    /* What should be; advance() works towards it. */
    bool port_wanted;
    bool waiting;             /* AGENT_WAIT has not been answered; then the port is wanted */
    bool waiting_for_capture; /* which was the fault that it waits after */
    bool capture_wanted;      /* between START and STOP */
    bool restart_due;
    bool capabilities_due;
    bool format_due;
    bool heartbeat_due;
    bool finishing; /* sticks until the port is opened again */
    bool drained;   /* and was reported */
    bool quitting;
    bool ended;

    unsigned wait_ms;     /* of the last fault; 0: it is over */
    unsigned frames_sent; /* since the port was opened */

    unsigned agreed; /* enum port_extension: both ends announced it */
    struct bitrate bitrate;
    unsigned running_step; /* of the frames that come */

    uint8_t codec;
    struct port_format format;         /* of the capture that runs */
    struct port_format sending_format; /* of the message that is being sent */
    bool key_frame_first;              /* nothing but a key frame may follow the FORMAT */
    bool key_frame_requested;          /* and none has come since */
    bool frame_granted;                /* AGENT_CAPTURE_FRAME has not been answered */
    bool frame_held;                   /* encoded while another message was on its way */
    struct frame frame;
    bool cursor_granted;  /* the capture may hand over a change of the pointer */
    struct cursor cursor; /* what of it is unsent: .has_shape, .moved */
};

/* `supported`, `steps`: struct capture's; `steps` must stay. */
void agent_init(struct agent *agent, uint8_t supported, const struct bitrate_steps *steps);

/* What follows from the event. Events that cannot happen in the present state
 * change nothing (a frame or pointer is then dropped, never forgotten). */
void agent_handle(struct agent *agent, const struct agent_event *event,
                  struct agent_actions *ret_actions);

#endif
