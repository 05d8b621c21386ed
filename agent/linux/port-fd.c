/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/linux/port-fd.h"

#include "agent/os/linux.h"

#include <errno.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

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
