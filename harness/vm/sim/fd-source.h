/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * fd-source: watches a file descriptor in the main loop, at a lower cost than GLib's.
 */
#ifndef VDIBENCH_FD_SOURCE_H
#define VDIBENCH_FD_SOURCE_H

#include <glib-unix.h>

/* Like g_unix_fd_add(), but the source is not blocked against recursion during a
 * dispatch. The callbacks here never recurse; blocking and unblocking would cost two
 * write(2), a read(2) and a poll(2) each time, which would be measured as the SPICE
 * server's work. */
unsigned fd_source_add(int fd, GIOCondition condition, GUnixFDSourceFunc function, void *data);

#endif
