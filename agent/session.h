/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * session: an agent that runs: the paper's four threads (figure 1(c)) and the
 * queues between them.
 *
 *   semaphore monitor ── resolution change ─┐
 *   transporting ── received, sent, lost ────┼─► instruction ─┬─► transporting: send, open, close
 *   capturing ── started, frames ────────────┘   processing   └─► capturing: start, stop, a frame
 */
#ifndef AGENT_SESSION_H
#define AGENT_SESSION_H

#include "agent/capture.h"
#include "agent/observer.h"
#include "agent/port.h"

struct session;

/* Starts the four threads; the port is not opened. `extensions` are those that
 * the agent announces (enum port_extension; PORT_EXTENSIONS_ALL). Port, capture and observer
 * (copied, its data not) must outlive the session and belong to its threads
 * until then. NULL and *ret_error (negative errno) on failure. */
struct session *session_create(struct port *port, struct capture *capture,
                               const struct observer *observer, unsigned extensions,
                               int *ret_error);

/* From any thread, in any order; what comes of it is reported. */
void session_open(struct session *session);
void session_finish(struct session *session); /* captures nothing more, sends what there is */
void session_close(struct session *session);

/* Closes the port (in the middle of a frame if need be), stops the capture,
 * ends and joins the threads, frees. NULL is allowed. Not from the observer. */
void session_destroy(struct session *session);

#endif
