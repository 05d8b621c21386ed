/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/linux/port-socket.h"

#include "agent/linux/port-fd.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct port_socket {
    struct port port;
    char *path;
    int fd;
};

static struct port_socket *socket_of(struct port *port)
{
    return (struct port_socket *)port;
}

static int socket_open(struct port *port)
{
    struct port_socket *self = socket_of(port);
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(self->path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    strcpy(address.sun_path, self->path);

    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    /* A unix socket connects at once or not at all, also without blocking. */
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    self->fd = fd;
    return 0;
}

static ssize_t socket_read(struct port *port, uint8_t *to, size_t room)
{
    return port_fd_read(socket_of(port)->fd, to, room);
}

static ssize_t socket_write(struct port *port, const struct port_part *parts, unsigned count)
{
    return port_fd_write(socket_of(port)->fd, parts, count);
}

static unsigned socket_wait(struct port *port, unsigned wants, struct os_wake *wake)
{
    return port_fd_wait(socket_of(port)->fd, wants, wake);
}

static void socket_close(struct port *port)
{
    struct port_socket *self = socket_of(port);

    if (self->fd < 0)
        return;
    close(self->fd);
    self->fd = -1;
}

static void socket_destroy(struct port *port)
{
    struct port_socket *self = socket_of(port);

    socket_close(port);
    free(self->path);
    free(self);
}

static const struct port_class socket_class = {
    .open = socket_open,
    .read = socket_read,
    .write = socket_write,
    .wait = socket_wait,
    .close = socket_close,
    .destroy = socket_destroy,
};

struct port *port_socket_create(const char *path)
{
    struct port_socket *self = calloc(1, sizeof *self);

    if (!self)
        return NULL;
    self->port.class = &socket_class;
    self->fd = -1;
    self->path = strdup(path);
    if (!self->path) {
        free(self);
        return NULL;
    }
    return &self->port;
}
