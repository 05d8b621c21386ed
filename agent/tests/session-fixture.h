/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * session-fixture: a session between a fake capture and a fake host, joined by
 * a socketpair whose reads and writes can be cut into pieces. A test changes
 * the fields that it is about, then calls begin() or start().
 */
#ifndef AGENT_TESTS_SESSION_FIXTURE_H
#define AGENT_TESTS_SESSION_FIXTURE_H

#include "agent/agent.h"
#include "agent/queue.h"
#include "agent/session.h"
#include "agent/tests/fake-host.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* More than a socket's buffer takes: the agent stays in the middle of it. */
#define LARGE_BYTES (4u * 1024 * 1024)

struct fixture {
    /* the port: the agent's end of the socketpair */
    struct port port;
    int fds[2];     /* [0] the agent's */
    int spare[2];   /* the same, for when the port is opened a second time */
    size_t cuts[2]; /* offsets in the host's bytes at which a read ends; 0 = none */
    size_t read_bytes;
    size_t read_limit, write_limit; /* of one call; 0 = none */
    int open_error;
    bool port_is_open;

    /* the capture */
    struct capture capture;
    unsigned extensions; /* that the agent announces */
    struct queue changes;
    struct queue cursors; /* struct cursor: what the pointer does next, of a live capture */
    struct os_wake *cursors_wake;
    uint8_t *pixels;
    size_t frame_bytes;
    unsigned frame_number;
    unsigned fps;
    atomic_int capture_open_error, frame_error;
    atomic_bool still; /* there is no picture in any slot */
    atomic_uint width_px;
    atomic_uint captured, released;
    atomic_bool capture_open;

    struct queue reports; /* enum agent_report */
    atomic_uint begun, sent, skipped, empty;
    struct queue skips, empties; /* of int64_t: the first two slots */
    struct fake_host host;
    struct session *session;
};

/* Of the present test: one at a time. */
extern struct fixture *fixture;

/* cmocka's set-up and tear-down, which also checks that nothing has leaked:
 * port and capture are closed, every frame was released. (A pointer's pixels are of malloc():
 * the sanitizers look for them.) */
int fixture_set_up(void **state);
int fixture_tear_down(void **state);

void fixture_begin(void); /* a session that opens its port */
void fixture_start(void); /* the same, up to the FORMAT */
/* The host has the port that the agent opened after it had closed the first. */
void fixture_second_port(void);
void fixture_end(void); /* destroys the session; the tear-down does it too */

/* The capture is a live one with a pointer, which fixture->cursors moves; before the begin. */
void fixture_live(void);

/* The next report is this one. */
void fixture_expect_report(enum agent_report expected);

/* The next message is a whole frame of the capture. */
void fixture_expect_frame(void);

#endif
