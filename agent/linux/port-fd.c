/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/linux/port-fd.h"

#include "agent/os/linux.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

struct port_fd {
    struct port port;
    port_fd_open open;
    port_fd_forget forget;
    char *path;
    int fd; /* negative: closed */
};

ssize_t port_fd_read(int fd, uint8_t *to, size_t room)
{
    ssize_t got;

    do
        got = read(fd, to, room);
    while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

ssize_t port_fd_write(int fd, const struct port_part *parts, unsigned count)
{
    struct iovec vector[PORT_PARTS_MAX];
    ssize_t put;

    if (count > PORT_PARTS_MAX)
        return -EINVAL;
    for (unsigned i = 0; i < count; i++)
        vector[i] = (struct iovec){.iov_base = (void *)parts[i].bytes, .iov_len = parts[i].size};
    do
        put = writev(fd, vector, (int)count);
    while (put < 0 && errno == EINTR);
    /* A terminal whose buffer is full may also answer 0. */
    return put < 0 ? -errno : put == 0 ? -EAGAIN : put;
}

unsigned port_fd_wait(int fd, unsigned wants, struct os_wake *wake)
{
    struct pollfd fds[2] = {
        {.fd = os_wake_fd(wake), .events = POLLIN},
        {.fd = fd,
         .events =
             (short)((wants & PORT_READABLE ? POLLIN : 0) | (wants & PORT_WRITABLE ? POLLOUT : 0))},
    };
    unsigned conditions = 0;

    if (poll(fds, 2, -1) < 0)
        return 0; /* EINTR; nothing else can fail here */
    if (fds[0].revents)
        conditions |= PORT_WOKEN;
    if (fds[1].revents & POLLIN)
        conditions |= PORT_READABLE;
    if (fds[1].revents & POLLOUT)
        conditions |= PORT_WRITABLE;
    if (fds[1].revents & (POLLHUP | POLLERR | POLLNVAL))
        conditions |= PORT_HUNG_UP;
    return conditions;
}

static struct port_fd *self_of(struct port *port)
{
    return (struct port_fd *)port;
}

static int open_port(struct port *port)
{
    struct port_fd *self = self_of(port);

    self->fd = self->open(self->path);
    return self->fd < 0 ? self->fd : 0;
}

static ssize_t read_port(struct port *port, uint8_t *to, size_t room)
{
    return port_fd_read(self_of(port)->fd, to, room);
}

static ssize_t write_port(struct port *port, const struct port_part *parts, unsigned count)
{
    return port_fd_write(self_of(port)->fd, parts, count);
}

static unsigned wait_port(struct port *port, unsigned wants, struct os_wake *wake)
{
    return port_fd_wait(self_of(port)->fd, wants, wake);
}

static void close_port(struct port *port)
{
    struct port_fd *self = self_of(port);

    if (self->fd < 0)
        return;
    if (self->forget)
        self->forget(self->fd);
    close(self->fd);
    self->fd = -1;
}

static void destroy_port(struct port *port)
{
    struct port_fd *self = self_of(port);

    close_port(port);
    free(self->path);
    free(self);
}

static const struct port_class fd_class = {
    .open = open_port,
    .read = read_port,
    .write = write_port,
    .wait = wait_port,
    .close = close_port,
    .destroy = destroy_port,
};

struct port *port_fd_create(const char *path, port_fd_open open, port_fd_forget forget)
{
    struct port_fd *self = calloc(1, sizeof *self);

    if (!self)
        return NULL;
    *self = (struct port_fd){
        .port.class = &fd_class, .open = open, .forget = forget, .path = strdup(path), .fd = -1};
    if (!self->path) {
        free(self);
        return NULL;
    }
    return &self->port;
}
