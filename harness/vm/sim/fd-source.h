/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * fd-source: a file descriptor in the main loop, without GLib's toll.
 */
#ifndef VDIBENCH_FD_SOURCE_H
#define VDIBENCH_FD_SOURCE_H

#include <glib-unix.h>

/* As g_unix_fd_add(), but a dispatch does not block the source against
 * recursion, which our callbacks never do: blocking and unblocking would cost
 * two write(2), a read(2) and a round of poll(2) each time, and would count as
 * the SPICE server's work. */
unsigned fd_source_add(int fd, GIOCondition condition, GUnixFDSourceFunc function, void *data);

#endif
