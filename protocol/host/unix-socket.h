/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * unix-socket: a socket that listens under a file's name. Any thread.
 */
#ifndef VDIBENCH_UNIX_SOCKET_H
#define VDIBENCH_UNIX_SOCKET_H

/* The file descriptor, which does not block, of a socket that listens at `path`;
 * or negative errno (ENAMETOOLONG: more than 107 bytes). A socket there at which
 * nobody answers, because its process was killed, is replaced; no other file is.
 * Who closes it removes the file. */
int unix_socket_listen(const char *path, int backlog);

#endif
