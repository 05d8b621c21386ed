/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/linux/port-tty.h"

#include "agent/linux/port-fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

struct port_tty {
    struct port port;
    char *path;
    int fd;
};

static struct port_tty *tty_of(struct port *port)
{
    return (struct port_tty *)port;
}

/* Otherwise the line discipline would echo what the host sends, and change
 * and interpret bytes of the frames. */
static int make_raw(int fd)
{
    struct termios mode;

    if (tcgetattr(fd, &mode) < 0)
        return -errno;
    cfmakeraw(&mode);
    mode.c_cc[VMIN] = 1;
    mode.c_cc[VTIME] = 0;
    return tcsetattr(fd, TCSANOW, &mode) < 0 ? -errno : 0;
}

static int tty_open(struct port *port)
{
    struct port_tty *tty = tty_of(port);
    int fd = open(tty->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    int result = isatty(fd) ? make_raw(fd) : 0;
    if (result < 0) {
        close(fd);
        return result;
    }
    tty->fd = fd;
    return 0;
}

static ssize_t tty_read(struct port *port, uint8_t *to, size_t room)
{
    return port_fd_read(tty_of(port)->fd, to, room);
}

static ssize_t tty_write(struct port *port, const struct port_part *parts, unsigned count)
{
    return port_fd_write(tty_of(port)->fd, parts, count);
}

static unsigned tty_wait(struct port *port, unsigned wants, struct os_wake *wake)
{
    return port_fd_wait(tty_of(port)->fd, wants, wake);
}

static void tty_close(struct port *port)
{
    struct port_tty *tty = tty_of(port);

    if (tty->fd < 0)
        return;
    /* What the host sent to this session must not greet the next one: a pty
     * keeps it for whoever opens the slave again. Fails harmlessly elsewhere. */
    tcflush(tty->fd, TCIFLUSH);
    close(tty->fd);
    tty->fd = -1;
}

static void tty_destroy(struct port *port)
{
    struct port_tty *tty = tty_of(port);

    tty_close(port);
    free(tty->path);
    free(tty);
}

static const struct port_class tty_class = {
    .open = tty_open,
    .read = tty_read,
    .write = tty_write,
    .wait = tty_wait,
    .close = tty_close,
    .destroy = tty_destroy,
};

struct port *port_tty_create(const char *path)
{
    struct port_tty *tty = calloc(1, sizeof *tty);

    if (!tty)
        return NULL;
    tty->port.class = &tty_class;
    tty->fd = -1;
    tty->path = strdup(path);
    if (!tty->path) {
        free(tty);
        return NULL;
    }
    return &tty->port;
}
