/*
 * virtio-port: a VirtIO port between the guest and libspice-server, as QEMU's
 * virtio-serial with a "spiceport" chardev is (SpiceCharDeviceInterface of
 * <spice.h>).
 *
 * Bytes are not buffered here: the server reads the guest's end when it is
 * told that there is something, and what it leaves stays with the guest, which
 * then blocks. Main loop only.
 */
#ifndef VDIBENCH_VIRTIO_PORT_H
#define VDIBENCH_VIRTIO_PORT_H

#include <glib.h>
#include <spice.h>

#include "harness/vm/sim/port-transport.h"

typedef struct VirtioPort VirtioPort;

/* The guest opened or closed the port at `time_ns`, just before the server was
 * told so. */
typedef void (*VirtioPortState)(gboolean is_open, gint64 time_ns, void *data);

/* Adds the port `name` to the server and begins to wait for the guest. Takes
 * over `transport`. */
VirtioPort *virtio_port_create(SpiceServer *server, const char *name, PortTransport *transport,
                               VirtioPortState on_state, void *data);

/* The server has been destroyed with the port in it. Only virtio_port_destroy()
 * may follow. */
void virtio_port_server_gone(VirtioPort *port);

/* Removes it from the server, where that still exists. NULL is allowed. */
void virtio_port_destroy(VirtioPort *port);

#endif
