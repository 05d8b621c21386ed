/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * socket: one of QEMU's sockets, line by line, for a test.
 */
#ifndef GPU_MODULE_TESTS_SOCKET_H
#define GPU_MODULE_TESTS_SOCKET_H

#include <glib.h>

/* QEMU makes its sockets some time after it was started: waits for this one. A
 * file descriptor that reads and writes wait DEADLINE_S for at most. */
int socket_connect(const char *path);
void socket_write(int fd, const char *text, size_t size);
/* The next line, without its end; `rest` is what was read beyond it. */
char *socket_read_line(int fd, GString *rest);

#endif
