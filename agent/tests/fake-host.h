/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * fake-host: the GPU module's end of a port, for tests: a host-session whose
 * every failure, and every wait that is too long, fails the test.
 */
#ifndef AGENT_TESTS_FAKE_HOST_H
#define AGENT_TESTS_FAKE_HOST_H

#include "protocol/host/host-session.h"

#include <stdint.h>

/* Nothing that a test waits for takes this long; then it has failed. */
#define FAKE_HOST_DEADLINE_MS 10000

struct fake_host {
    struct host_session session; /* .body of the last DATA, the last .format */
};

void fake_host_init(struct fake_host *host, int fd);
void fake_host_finish(struct fake_host *host); /* closes fd; may follow itself */

void fake_host_write(struct fake_host *host, const uint8_t *bytes, size_t size);
void fake_host_capabilities(struct fake_host *host); /* as upstream: two bytes, no bit */
void fake_host_announce(struct fake_host *host, unsigned extensions);
void fake_host_request_key_frame(struct fake_host *host);
void fake_host_start(struct fake_host *host);
void fake_host_stop(struct fake_host *host);
void fake_host_notify_error(struct fake_host *host, const char *text);

/* Waits for the next message and gives it; the test fails when there is none.
 * A DATA is given as DATA_END with its body. PORT_EVENT_NONE: the agent has
 * closed the port (ret_event->bytes: what it left of an unfinished message). */
void fake_host_read(struct fake_host *host, struct port_event *ret_event);

/* The same, and it has to be of this kind. */
void fake_host_expect(struct fake_host *host, enum port_event_kind kind,
                      struct port_event *ret_event);

/* Reads `bytes` into the present message, not to its end. */
void fake_host_read_some(struct fake_host *host, size_t bytes);

#endif
