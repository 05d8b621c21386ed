/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * pty-port: a VirtIO port as the host sees it, made of a pseudo-terminal.
 *
 * The host holds the master; the guest opens, writes, reads and closes the
 * slave, which it finds under a symbolic link of a name of our choice. An
 * object belongs to one thread. Both file descriptors do not block, are owned
 * by the object, and stay the same for as long as it lives.
 *
 * A pty's master reports that the guest is gone (POLLHUP; read()
 * gives the bytes that are left, then EIO), but not that it has come: while
 * nobody has the slave open, poll() returns at once. So a port is either
 * closed, and only the event fd is polled, or open, and the master is too:
 *
 *   closed -> open    the event fd is readable and pty_port_was_opened()
 *   open -> closed    read() from the master failed with EIO (all that the
 *                     guest wrote has been read by then): pty_port_close()
 */
#ifndef VDIBENCH_PTY_PORT_H
#define VDIBENCH_PTY_PORT_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>

struct pty_port;

/* Makes a pty in raw mode and the symbolic link `link` to its slave. The link
 * must not exist yet, and is never overwritten; but what a process left that was
 * killed is taken over: LINK.lock beside the link is locked for as long as the
 * port lives, and goes with it. NULL and `error` on failure; the message names
 * the link. */
struct pty_port *pty_port_create(const char *link, GError **error);

/* Removes the link, if it is still ours, with its lock, and closes the pty. NULL
 * is allowed. */
void pty_port_destroy(struct pty_port *port);

/* The master: what the host reads and writes. */
int pty_port_fd(const struct pty_port *port);

/* Readable when somebody opened or closed the slave. Poll it always: for
 * POLLIN, then call pty_port_was_opened(). */
int pty_port_event_fd(const struct pty_port *port);

/* The slave's path, /dev/pts/N. */
const char *pty_port_slave_path(const struct pty_port *port);

/* Takes the events away. In the closed state: true when a guest has opened
 * the port since (it may even have closed it again; then reading shows it). In
 * the open state: true when it was closed and at once opened again, so fast
 * that read() saw no EIO; the caller does then as if it had closed between. */
bool pty_port_was_opened(struct pty_port *port);

/* After pty_port_was_opened(): true once when somebody opened the slave while
 * somebody else had it. A VirtIO port refuses the second (EBUSY), a pty cannot:
 * no opening is reported for it, and the two take each other's bytes. The second
 * may be the right one: the kernel gives a pty's number again, so an agent that
 * was left behind with the link of a port that is gone opens the next port of
 * that number. */
bool pty_port_was_shared(struct pty_port *port);

/* The guest has closed the port, and the host is done with what it wrote:
 * read() has given EIO, or the host wants no more. Throws away what neither
 * side has read, so that the next guest does not find it. true when the port
 * has been opened again meanwhile. */
bool pty_port_close(struct pty_port *port);

DEFINE_AUTO_DESTROY(pty_port, pty_port_destroy)

#endif
