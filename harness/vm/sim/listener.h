/*
 * listener: a listening stream socket for SPICE clients, served in GLib's
 * default main context.
 */
#ifndef VDIBENCH_LISTENER_H
#define VDIBENCH_LISTENER_H

#include <glib.h>

typedef struct Listener Listener;

/* A connection came in; the callee owns the non-blocking `fd`. */
typedef void (*ListenerAccept)(int fd, void *data);

/* Listens on "ADDRESS:PORT" (numeric address, port 0: any free one) or
 * "unix:PATH". The path of a socket on which nobody listens any more is taken
 * over. NULL and `error` when the address is wrong or in use. */
Listener *listener_open(const char *address, GError **error);

/* The address as above with the real port. Owned by the listener. */
const char *listener_address(const Listener *listener);

/* Connections are accepted between start and stop, others wait in the queue. */
void listener_start(Listener *listener, ListenerAccept on_accept, void *data);
void listener_stop(Listener *listener);

/* Closes, removes the socket's path, frees; NULL is allowed. */
void listener_close(Listener *listener);

#endif
