/*
 * guest-port: the port at which the relay hears the guest, either kind.
 *
 *   pty:LINK      a pty, its slave under the symbolic link LINK
 *   socket:PATH   a listening unix socket; one guest at a time
 *
 * Nothing blocks. One thread.
 */
#ifndef VDIBENCH_GUEST_PORT_H
#define VDIBENCH_GUEST_PORT_H

#include <glib.h>

typedef struct GuestPort GuestPort;

/* Neither LINK nor PATH may exist yet; destroying removes it. NULL and
 * `error` on failure; the message names what could not be used. */
GuestPort *guest_port_create(const char *kind_and_path, GError **error);
void guest_port_destroy(GuestPort *port);

/* Where a guest's coming shows: poll for POLLIN, then guest_port_opened().
 * May be -1 while the port is open. */
int guest_port_event_fd(const GuestPort *port);

/* TRUE when a guest has opened the port. A port that was open is then another
 * guest's: it was closed between. */
gboolean guest_port_opened(GuestPort *port);

/* Where bytes are read and written while the port is open, otherwise -1. The
 * guest has closed it when read() gives 0 or fails with anything but EAGAIN. */
int guest_port_fd(const GuestPort *port);

/* Follows on such a read. TRUE when a guest has opened it again meanwhile. */
gboolean guest_port_close(GuestPort *port);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuestPort, guest_port_destroy)

#endif
