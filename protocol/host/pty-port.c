/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "protocol/host/pty-port.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/* Room for a good many events; what does not fit is read in the next round. */
#define EVENT_BUFFER_BYTES 4096

struct pty_port {
    int master;
    int events;       /* inotify */
    bool open;        /* a guest was reported, and not closed since */
    unsigned openers; /* who has the slave open, by the events */
    bool shared;      /* two at once, and not reported yet */
    bool linked;
    char *link;
    int lock; /* -1: not ours */
    char *lock_file;
    char *slave;
};

static void set_error(GError **error, const char *what, const char *where, int code)
{
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "%s %s: %s", what, where,
                g_strerror(code));
}

static bool create_pty(struct pty_port *port, GError **error)
{
    char slave[64];

    port->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (port->master < 0 || grantpt(port->master) < 0 || unlockpt(port->master) < 0 ||
        ptsname_r(port->master, slave, sizeof slave) != 0) {
        set_error(error, "cannot make a pty for the port", port->link, errno);
        return false;
    }
    port->slave = g_strdup(slave);

    /* The slave's line settings last as long as the master lives. Raw before
     * the guest comes, or its first bytes would be echoed back to it. And
     * only a slave that was open once lets the master report POLLHUP. */
    int fd = open(port->slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios line;
    bool ok = fd >= 0 && tcgetattr(fd, &line) == 0;
    if (ok) {
        cfmakeraw(&line);
        ok = tcsetattr(fd, TCSANOW, &line) == 0;
    }
    if (!ok)
        set_error(error, "cannot set up the pty", port->slave, errno);
    if (fd >= 0)
        close(fd);
    return ok;
}

/* A changed mask takes no second watch of a limit that all processes share: it
 * cannot fail. */
static bool watch(const struct pty_port *port, uint32_t mask)
{
    return inotify_add_watch(port->events, port->slave, mask) >= 0;
}

/* One process at a time; the lock goes with it, however it ends. *ret_left: the
 * last one was killed. */
static bool take_lock(struct pty_port *port, bool *ret_left, GError **error)
{
    struct stat ours, there;

    for (;;) {
        *ret_left = access(port->lock_file, F_OK) == 0;
        port->lock = open(port->lock_file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (port->lock < 0) {
            set_error(error, "cannot make the port's link", port->link, errno);
            return false;
        }
        if (flock(port->lock, LOCK_EX | LOCK_NB) < 0) {
            if (errno == EWOULDBLOCK)
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                            "another process has the port %s: choose another name", port->link);
            else
                set_error(error, "cannot lock", port->lock_file, errno);
            close(port->lock);
            port->lock = -1;
            return false;
        }
        /* Who had it may have removed it in between: then it locks nothing. */
        if (fstat(port->lock, &ours) == 0 && stat(port->lock_file, &there) == 0 &&
            ours.st_ino == there.st_ino && ours.st_dev == there.st_dev)
            return true;
        close(port->lock);
        port->lock = -1;
    }
}

/* Only what such a port makes, and only where one was killed. */
static bool remove_left_link(const struct pty_port *port)
{
    g_autofree char *target = g_file_read_link(port->link, NULL);
    return target && g_str_has_prefix(target, "/dev/pts/") && unlink(port->link) == 0;
}

static bool make_link(struct pty_port *port, bool left, GError **error)
{
    int code = symlink(port->slave, port->link) < 0 ? errno : 0;

    if (code == EEXIST && left && remove_left_link(port))
        code = symlink(port->slave, port->link) < 0 ? errno : 0;
    if (code != 0)
        set_error(error, "cannot make the port's link", port->link, code);
    port->linked = code == 0;
    return port->linked;
}

struct pty_port *pty_port_create(const char *link, GError **error)
{
    bool left;

    auto_destroy(pty_port) port = g_new0(struct pty_port, 1);
    port->master = port->events = port->lock = -1;
    port->link = g_strdup(link);
    port->lock_file = g_strconcat(link, ".lock", NULL);

    if (!take_lock(port, &left, error) || !create_pty(port, error))
        return NULL;
    port->events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (port->events < 0 || !watch(port, IN_OPEN | IN_CLOSE)) {
        set_error(error,
                  "cannot watch the pty (see the limits fs.inotify.max_user_instances, "
                  "fs.inotify.max_user_watches and \"ulimit -n\")",
                  port->slave, errno);
        return NULL;
    }
    return make_link(port, left, error) ? g_steal_pointer(&port) : NULL;
}

void pty_port_destroy(struct pty_port *port)
{
    if (!port)
        return;
    if (port->linked) { /* somebody may have put something else in its place */
        g_autofree char *target = g_file_read_link(port->link, NULL);
        if (g_strcmp0(target, port->slave) == 0)
            unlink(port->link);
    }
    if (port->events >= 0)
        close(port->events);
    if (port->master >= 0)
        close(port->master);
    if (port->lock >= 0) {
        unlink(port->lock_file);
        close(port->lock);
    }
    g_free(port->lock_file);
    g_free(port->slave);
    g_free(port->link);
    g_free(port);
}

int pty_port_fd(const struct pty_port *port)
{
    return port->master;
}

int pty_port_event_fd(const struct pty_port *port)
{
    return port->events;
}

const char *pty_port_slave_path(const struct pty_port *port)
{
    return port->slave;
}

/* Counts who has the slave open. true when a guest came that the caller does
 * not know of. */
static bool take_events(struct pty_port *port)
{
    char buffer[EVENT_BUFFER_BYTES] __attribute__((aligned(__alignof__(struct inotify_event))));
    bool opened = false;
    ssize_t bytes;

    while ((bytes = read(port->events, buffer, sizeof buffer)) > 0) {
        const struct inotify_event *event;
        for (char *at = buffer; at < buffer + bytes; at += sizeof *event + event->len) {
            event = (const struct inotify_event *)at;
            if (event->mask & IN_CLOSE) {
                port->openers -= port->openers > 0;
            } else if (event->mask & IN_OPEN) {
                /* An open port whose slave nobody held was closed in between. */
                opened = opened || port->openers == 0 || !port->open;
                port->shared = port->shared || port->openers > 0;
                port->openers++;
            }
        }
    }
    return opened;
}

bool pty_port_was_opened(struct pty_port *port)
{
    bool opened = take_events(port);

    port->open = port->open || opened;
    return opened;
}

bool pty_port_was_shared(struct pty_port *port)
{
    bool shared = port->shared;

    port->shared = false;
    return shared;
}

/* Somebody has the slave open, or had and left something to read. */
static bool has_guest(const struct pty_port *port)
{
    struct pollfd master = {.fd = port->master, .events = POLLIN};
    return poll(&master, 1, 0) >= 0 && (!(master.revents & POLLHUP) || master.revents & POLLIN);
}

bool pty_port_close(struct pty_port *port)
{
    /* What the guest left unread lies in the slave's line discipline, where
     * only the slave's own tcflush() reaches it: a master's does not. Our
     * opening it must not look like a guest's, hence without these events;
     * what a guest does meanwhile is seen by has_guest(). */
    watch(port, IN_DELETE_SELF);
    take_events(port);
    tcflush(port->master, TCIFLUSH);
    int fd = open(port->slave, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0) {
        tcflush(fd, TCIFLUSH);
        close(fd);
    }
    watch(port, IN_OPEN | IN_CLOSE);
    port->openers = 0;
    port->open = has_guest(port);
    /* In this order: a guest who came before the events makes none, and one who
     * came after them must not count twice. */
    port->open = take_events(port) || port->open;
    port->openers = MAX(port->openers, port->open ? 1 : 0);
    return port->open;
}
