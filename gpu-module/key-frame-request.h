/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * key-frame-request: when the agent is asked for a key frame.
 *
 * At most one request is open at a time, and requests keep a distance: what is
 * wanted sooner waits, and is not lost. Any key frame answers. An agent that does
 * not answer is asked again after a time.
 *
 * Pure: the caller has the clock (ns, CLOCK_MONOTONIC), the timer and the port.
 * One thread (the server's main loop).
 */
#ifndef KEY_FRAME_REQUEST_H
#define KEY_FRAME_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Between two requests. A key frame takes about ten times the bytes of the
 * frames between: one in 15 frames (30 fps) raises the bitrate by 60 % at most,
 * whatever clients do that join, leave and lag behind. */
#define KEY_FRAME_REQUEST_INTERVAL_NS INT64_C(500000000)

/* Until a request counts as unanswered: a capture and an encoder that have to be
 * set up anew take up to a second. */
#define KEY_FRAME_REQUEST_TIMEOUT_NS INT64_C(2000000000)

#define KEY_FRAME_REQUEST_NEVER INT64_MAX

/* Fields are private; zero-initialised is the state of a port just opened. */
struct key_frame_request {
    bool wanted;      /* a client waits for one */
    bool open;        /* a request that no key frame has answered */
    bool ever_asked;  /* asked_ns is valid */
    int64_t asked_ns; /* the last request */
};

/* A client waits for a key frame. */
void key_frame_request_want(struct key_frame_request *request);

/* When the agent is to be asked: a time that may have passed, or
 * KEY_FRAME_REQUEST_NEVER. Changes with each of the other calls. */
int64_t key_frame_request_due_ns(const struct key_frame_request *request);

/* The request was written to the agent, or START, which asks for one as well. */
void key_frame_request_asked(struct key_frame_request *request, int64_t now_ns);

/* A key frame has come, or STOP was written: nothing is open. */
void key_frame_request_settled(struct key_frame_request *request);

#ifdef __cplusplus
}
#endif
#endif
