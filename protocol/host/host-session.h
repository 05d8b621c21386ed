/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * host-session: one opening of a port as the host sees it: reads the agent's
 * messages with the parser that the GPU module has, and writes the host's.
 *
 * For test programs and testers; the module itself, which must not wait for
 * anybody, composes and parses in gpu-device. Knows nothing of what carries the
 * bytes and of what is to be expected when. An object belongs to one thread.
 */
#ifndef PROTOCOL_HOST_SESSION_H
#define PROTOCOL_HOST_SESSION_H

#include "protocol/port-protocol.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fields but `signals` are read by whoever uses it, and written here alone. */
struct host_session {
    int fd;                  /* the caller's */
    const sigset_t *signals; /* the signal mask while something is waited for; NULL: as it is */
    struct port_parser parser;
    struct port_format format; /* the last one that came */
    uint8_t *body;             /* of the last DATA or CURSOR_SET, of the event's size */
};

/* Begins with the first byte that `fd` gives. Blocking or not is the same. */
void host_session_init(struct host_session *session, int fd);
/* Frees what was received; `fd` stays open. May follow itself, and an all-zero object. */
void host_session_finish(struct host_session *session);

/* Waits, `wait_ms` at most (-1: for ever), for bytes of the agent and takes
 * `room_bytes` at most of them, less where a part of a message ends. 1 and *ret_event,
 * which is PORT_EVENT_NONE where nothing is complete yet (a DATA or CURSOR_SET is reported
 * once, at its end); 0 when the agent has closed the port; -EAGAIN
 * when nothing came, -EINTR when a signal did. */
int host_session_take(struct host_session *session, size_t room_bytes, int wait_ms,
                      struct port_event *ret_event);

/* The same up to the next event, `wait_ms` being for all of it. */
int host_session_next(struct host_session *session, int wait_ms, struct port_event *ret_event);

/* True when the last byte that was read ended a message. */
bool host_session_at_boundary(const struct host_session *session);

/* The bytes are written whole, in `wait_ms` at most (0: what does not fit at once
 * is lost). 0, -EAGAIN when the agent does not read in that time, -EINTR when a
 * signal came, another negative errno when the port is lost. So do all that
 * follow. */
int host_session_write(struct host_session *session, const void *bytes, size_t size, int wait_ms);

/* CAPABILITIES with these extensions (enum port_extension; 0: an empty body), which
 * the agent may use from then on. */
int host_session_announce(struct host_session *session, unsigned extensions, int wait_ms);
/* START_STOP with these codecs (enum port_codec); none: the agent has to stop. */
int host_session_start(struct host_session *session, const uint8_t *codecs, unsigned count,
                       int wait_ms);
int host_session_stop(struct host_session *session, int wait_ms);
int host_session_request_key_frame(struct host_session *session, int wait_ms);
int host_session_notify_error(struct host_session *session, const char *text, int wait_ms);

/* A START of these codecs is written by other means: frames of them are expected. */
void host_session_offered(struct host_session *session, const uint8_t *codecs, unsigned count);

#endif
