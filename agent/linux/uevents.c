/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
#include "agent/linux/uevents.h"

#include "agent/os/linux.h"

#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The kernel's own messages; udev's are another group. */
#define KERNEL_GROUP 1
/* The kernel's have 2 kB (UEVENT_BUFFER_SIZE) and a path. What is longer is cut. */
#define MESSAGE_BYTES 8192

struct uevents {
    struct display_watch watch;
    int fd;
};

static struct uevents *self_of(struct display_watch *watch)
{
    return (struct uevents *)watch;
}

bool uevents_is_of_displays(const char *message, size_t bytes)
{
    static const char wanted[] = "SUBSYSTEM=drm";

    for (const char *end = message + bytes; message < end;) {
        const size_t length = strnlen(message, (size_t)(end - message));
        if (length == sizeof wanted - 1 && memcmp(message, wanted, length) == 0)
            return true;
        message += length + 1;
    }
    return false;
}

/* Takes all that has come. Messages that were lost may have been on displays. */
static bool take(int fd)
{
    bool changed = false;

    for (;;) {
        char message[MESSAGE_BYTES];
        struct sockaddr_nl sender = {.nl_pid = 0};
        socklen_t sender_bytes = sizeof sender;
        const ssize_t bytes = recvfrom(fd, message, sizeof message, MSG_DONTWAIT,
                                       (struct sockaddr *)&sender, &sender_bytes);
        if (bytes < 0 && errno == ENOBUFS)
            changed = true;
        else if (bytes < 0)
            return changed;
        else if (sender.nl_pid == 0) /* of the kernel: anybody's process has a number */
            changed = changed || uevents_is_of_displays(message, (size_t)bytes);
    }
}

static bool uevents_wait(struct display_watch *watch, struct os_wake *wake)
{
    const int fd = self_of(watch)->fd;
    struct pollfd set[] = {{.fd = os_wake_fd(wake), .events = POLLIN},
                           {.fd = fd, .events = POLLIN}};

    for (;;) {
        if (poll(set, 2, -1) < 0)
            continue; /* by a signal */
        if (set[1].revents && take(fd))
            return true;
        if (set[0].revents)
            return false;
    }
}

static void uevents_destroy(struct display_watch *watch)
{
    close(self_of(watch)->fd);
    free(watch);
}

struct display_watch *uevents_create(int *ret_error)
{
    static const struct display_watch_class class = {
        .wait = uevents_wait,
        .destroy = uevents_destroy,
    };
    const struct sockaddr_nl group = {.nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP};
    struct uevents *self = calloc(1, sizeof *self);

    *ret_error = -ENOMEM;
    if (!self)
        return NULL;
    self->watch.class = &class;
    self->fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
    if (self->fd >= 0 && bind(self->fd, (const struct sockaddr *)&group, sizeof group) == 0)
        return &self->watch;
    *ret_error = -errno;
    if (self->fd >= 0)
        close(self->fd);
    free(self);
    return NULL;
}
