/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * x11-source: an X server's screen (agent/linux/x11.h) as a source (agent/source.h).
 */
#ifndef AGENT_LINUX_X11_SOURCE_H
#define AGENT_LINUX_X11_SOURCE_H

#include "agent/source.h"

/* `server`, `monitor`: as of x11_create(). NULL: memory is short. */
struct source *x11_source_create(const char *server, const char *monitor);

#endif
