/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * crash-port: a port whose agent can be made to die in the middle of a frame.
 *
 * Wraps the real port and changes nothing until it is armed; it is invisible to the
 * session and its threads. The program must run GLib's default main context, where a
 * timer limits how long the host may take to read the half frame.
 */
#ifndef SIM_AGENT_CRASH_PORT_H
#define SIM_AGENT_CRASH_PORT_H

#include "agent/port.h"

/* Takes ownership of `inner`. `crash` is called by the transporting thread and must not
 * return. NULL if there is no memory or no descriptor left; `inner` then still belongs to
 * the caller. */
struct port *crash_port_create(struct port *inner, void (*crash)(void *data), void *data);

/* The first half of the next frame is written, and then `crash` is called. Any thread. */
void crash_port_arm(struct port *port);

#endif
