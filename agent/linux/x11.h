/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * x11: the screen and the cursor of an X server on this machine, as a source (agent/source.h).
 *
 * XDamage reports that something was drawn, and only those rows of the screen are fetched
 * (MIT-SHM) into one picture that is kept. XFixes gives the cursor, which is not in the
 * picture; XInput 2 reports that it was moved, and where it does not, a look at it ten times a
 * second; RandR reports that a monitor has changed. What is captured is one monitor, without
 * its last column or row where their number is odd: H.264 has one colour for two pixels.
 *
 * While it is closed there is no connection. -ECONNREFUSED: there is no server or it refuses;
 * -ENODEV: no such monitor; -EOPNOTSUPP: an extension is missing, the server is remote, or its
 * colours are not 8:8:8; -ENOTCONN: the server is gone.
 */
#ifndef AGENT_LINUX_X11_H
#define AGENT_LINUX_X11_H

#include "agent/source.h"

/* `server`: as in DISPLAY, NULL: DISPLAY. `monitor`: its name in RandR, NULL: the primary
 * one, or the first. Both are copied. NULL: memory is short. */
struct source *x11_create(const char *server, const char *monitor);

#endif
