/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * host: plays the host at one end of a port; the agent under test has the other.
 *
 * Creates the port (or opens one that exists), starts the agent if it has a command for
 * it, writes messages, and reads the agent's with the GPU module's parser. Violations of
 * the protocol are found here; the cases decide which message is expected when. One
 * thread.
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
    const char *port;  /* pty:PATH, socket:PATH (both are created), tty:PATH (exists) */
    const char *agent; /* the shell command that starts it for each case; or NULL */
    int patience_ms;   /* the time within which an expected message must come */
    int quiet_ms;      /* the time in which nothing may come */
};

enum host_news {
    HOST_CAPABILITIES,
    HOST_FORMAT,      /* .format */
    HOST_INFORMATION, /* .information */
    HOST_FRAME,       /* .unit, .informed, .information: a whole DATA */
    HOST_TOLERATED,   /* skipped by the module: host_tolerated() */
    HOST_OTHER,       /* cursor, display information, a message of an unknown type */
    HOST_NOTHING,     /* the time has passed */
    HOST_CLOSED,      /* the agent has closed the port, or has ended */
    HOST_VIOLATION,   /* .why */
};

struct host;

/* Must be called first. From then on SIGINT, SIGTERM and SIGHUP only interrupt a wait, so
 * that the session can be ended properly. */
void host_catch_signals(void);
/* The signal that was received; 0 if none was. */
int host_interrupted(void);

struct host *host_create(const struct host_options *options);
void host_destroy(struct host *host);

/* Begins a session: creates or opens the port, starts the agent, and waits until it has
 * opened the port. false and host_why() if it does not. */
bool host_begin(struct host *host);
/* Ends the session, and the agent if host_begin() started it. */
void host_end(struct host *host);
/* Closes the host's end and opens it again under the same name, while the agent goes on
 * running. false if the agent does not open the port again in time. */
bool host_reopen(struct host *host);

/* Waits at most `ms` for the agent's next message. */
enum host_news host_next(struct host *host, int ms);

/* The content of the last message. */
const struct port_format *host_format(const struct host *host);
const struct access_unit *host_unit(const struct host *host);
const struct port_frame_information *host_information(const struct host *host);
/* Why the last frame would not be shown completely and at once; NULL if it would. */
const char *host_frame_fault(const struct host *host);
bool host_informed(const struct host *host); /* HOST_INFORMATION came just before the frame */
/* The first message of the session that a host tolerates and skips; NULL if none. */
const char *host_tolerated(const struct host *host);
const char *host_why(const struct host *host); /* a violation, or why there is no session */

/* What the agent has announced in its CAPABILITIES: enum port_extension. */
unsigned host_announced(const struct host *host);
bool host_agent_has_ended(struct host *host);
/* Whether the agent has ended; waits a little, because an agent that ends closes its port
 * first. false if the tester did not start it. */
bool host_agent_ends(struct host *host, int within_ms);

/* false if the agent does not read. */
bool host_write(struct host *host, const uint8_t *bytes, size_t size);
/* The same, a byte at a time. */
bool host_dribble(struct host *host, const uint8_t *bytes, size_t size);
bool host_capabilities(struct host *host);
bool host_start(struct host *host, const uint8_t *codecs, unsigned count);
/* Must be called before a START with these codecs is written in any other way. */
void host_offer(struct host *host, const uint8_t *codecs, unsigned count);
bool host_stop(struct host *host);
/* Writes a header and a body of zeros. */
bool host_message(struct host *host, unsigned type, uint32_t bytes);

DEFINE_AUTO_DESTROY(host, host_destroy)

#endif
