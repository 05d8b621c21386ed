/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * port-serial: a port of Windows: a VirtIO serial port by its name, or a COM port.
 *
 * Overlapped, with at most one read and one write on their way. write returns the size only
 * once the other end's device has taken the bytes, so that a slow host holds back captures:
 * first -EAGAIN, and the size when it is called again with the same bytes. Between the two
 * they lie in a buffer of the port's own; closing takes them back.
 *
 * While no host has a VirtIO port open, reads and writes of it fail at once: the port is
 * lost, and opened again later by the session, with its pause.
 *
 * The COM port was run under Wine; a VirtIO port has not been run on Windows.
 */
#ifndef AGENT_WINDOWS_PORT_SERIAL_H
#define AGENT_WINDOWS_PORT_SERIAL_H

#include "agent/port.h"

/* `name` (UTF-8): "COM5", a whole path that begins with two backslashes, or a VirtIO port's
 * name ("org.spice-space.pgpu.0"). Opened by port->class->open(): -ENOENT: there is no such
 * port; -EBUSY: another program has it. NULL when memory is short. */
struct port *port_serial_create(const char *name);

#endif
