/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * host: the host's end of a port whose guest's end has an agent under test.
 *
 * Makes the port (or opens one that exists), starts the agent if it knows
 * how, writes messages and reads the agent's with the parser that the GPU
 * module has. Whatever breaks the protocol, and what a frame is, is known here;
 * what is to be expected when is the cases' business. One thread.
 */
#ifndef CONFORMANCE_HOST_H
#define CONFORMANCE_HOST_H

#include "auto-destroy.h"
#include "protocol/access-unit.h"
#include "protocol/port-protocol.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

struct host_options {
    const char *port;  /* pty:PATH, socket:PATH (both are made), tty:PATH (exists) */
    const char *agent; /* shell command that starts it, for each case anew; or NULL */
    int patience_ms;   /* for what must come */
    int quiet_ms;      /* in which nothing may come */
};

enum host_news {
    HOST_CAPABILITIES,
    HOST_FORMAT,      /* .format */
    HOST_INFORMATION, /* .information */
    HOST_FRAME,       /* .unit, .informed, .information: a whole DATA */
    HOST_TOLERATED,   /* passed over by the module: host_tolerated() */
    HOST_OTHER,       /* cursor, display information, a message of an unknown type */
    HOST_NOTHING,     /* the time is over */
    HOST_CLOSED,      /* the agent has closed the port, or has ended */
    HOST_VIOLATION,   /* .why */
};

struct host;

/* Before anything is made: SIGINT, SIGTERM and SIGHUP then only end what is
 * waited for, so that the session can be ended. */
void host_catch_signals(void);
/* The signal that has come; 0: none. */
int host_interrupted(void);

struct host *host_create(const struct host_options *options);
void host_destroy(struct host *host);

/* A new session: the port is made or opened, the agent started, and waited for
 * until it has opened the port. false and host_why() when it does not. */
bool host_begin(struct host *host);
/* Ends the session, and the agent if host_begin() started it. */
void host_end(struct host *host);
/* Closes the host's end, and opens it again under the same name; the agent goes
 * on running. false when it does not open the port again in time. */
bool host_reopen(struct host *host);

/* The agent's next message, in `ms` from now at most. */
enum host_news host_next(struct host *host, int ms);

/* What the last message contained. */
const struct port_format *host_format(const struct host *host);
const struct access_unit *host_unit(const struct host *host);
const struct port_frame_information *host_information(const struct host *host);
/* What the last frame lacks to be shown whole and at once; NULL: nothing. */
const char *host_frame_fault(const struct host *host);
bool host_informed(const struct host *host); /* HOST_INFORMATION came just before the frame */
/* The first thing of the session that a host passes over; NULL: none. */
const char *host_tolerated(const struct host *host);
const char *host_why(const struct host *host); /* a violation, or why there is no session */

/* What the agent has announced, since CAPABILITIES came: enum port_extension. */
unsigned host_announced(const struct host *host);
bool host_agent_has_ended(struct host *host);
/* The same, with some patience: an agent that ends closes its port first. false
 * when there is no agent of ours. */
bool host_agent_ends(struct host *host, int within_ms);

/* false when the agent does not read. */
bool host_write(struct host *host, const uint8_t *bytes, size_t size);
/* The same, a byte at a time. */
bool host_dribble(struct host *host, const uint8_t *bytes, size_t size);
bool host_capabilities(struct host *host);
bool host_start(struct host *host, const uint8_t *codecs, unsigned count);
/* START with these codecs is written by other means. */
void host_offer(struct host *host, const uint8_t *codecs, unsigned count);
bool host_stop(struct host *host);
/* A header and a body of zeros. */
bool host_message(struct host *host, unsigned type, uint32_t bytes);

DEFINE_AUTO_DESTROY(host, host_destroy)

#endif
