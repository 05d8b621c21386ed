/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * listener: a listening stream socket for SPICE clients, served in GLib's
 * default main context.
 */
#ifndef VDIBENCH_LISTENER_H
#define VDIBENCH_LISTENER_H

#include <glib.h>

struct listener;

/* A connection came in; the callee owns the non-blocking `fd`. */
typedef void (*listener_accept_fn)(int fd, void *data);

/* Listens on "ADDRESS:PORT" (numeric address, port 0: any free one) or
 * "unix:PATH". The path of a socket on which no process listens any more is
 * replaced. NULL and `error` when the address is wrong or in use. */
struct listener *listener_open(const char *address, GError **error);

/* The address as above with the real port. Owned by the listener. */
const char *listener_address(const struct listener *listener);

/* Connections are accepted between start and stop; at other times they are queued. */
void listener_start(struct listener *listener, listener_accept_fn on_accept, void *data);
void listener_stop(struct listener *listener);

/* Closes, removes the socket's path, frees; NULL is allowed. */
void listener_close(struct listener *listener);

#endif
