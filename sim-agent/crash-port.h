/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * crash-port: a port whose agent can be made to die in the middle of a frame.
 *
 * Wraps the real port and changes nothing until it is armed; neither the
 * session nor its threads know of it. The program runs GLib's default main
 * context, which limits the time that a host may take to read the half frame.
 */
#ifndef SIM_AGENT_CRASH_PORT_H
#define SIM_AGENT_CRASH_PORT_H

#include "agent/port.h"

/* Takes `inner`, which is destroyed with it. `crash` is called by the
 * transporting thread and must not return. NULL when memory or descriptors are short; `inner`
 * is then the caller's still. */
struct port *crash_port_create(struct port *inner, void (*crash)(void *data), void *data);

/* The next frame is written to its half, and then `crash` is called. Any
 * thread. */
void crash_port_arm(struct port *port);

#endif
