/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "protocol/host/unix-socket.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int new_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* A socket's file outlives a process that was killed; then nobody answers there.
 * Nor does anybody at a file of another kind, which must not be removed. */
static bool remove_left(const struct sockaddr_un *address)
{
    struct stat status;
    bool left = false;

    if (lstat(address->sun_path, &status) < 0 || !S_ISSOCK(status.st_mode))
        return false;
    int probe = new_socket();
    if (probe >= 0) {
        left = connect(probe, (const struct sockaddr *)address, sizeof *address) < 0 &&
               errno == ECONNREFUSED;
        close(probe);
    }
    return left && unlink(address->sun_path) == 0;
}

int unix_socket_listen(const char *path, int backlog)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (!*path || strlen(path) >= sizeof address.sun_path)
        return *path ? -ENAMETOOLONG : -EINVAL;
    memcpy(address.sun_path, path, strlen(path));

    int fd = new_socket();
    if (fd < 0)
        return -errno;
    int bound = bind(fd, (struct sockaddr *)&address, sizeof address);
    int code = errno;
    if (bound < 0 && code == EADDRINUSE && remove_left(&address)) {
        bound = bind(fd, (struct sockaddr *)&address, sizeof address);
        code = errno;
    }
    if (bound == 0 && listen(fd, backlog) == 0)
        return fd;
    if (bound == 0) {
        code = errno;
        unlink(path);
    }
    close(fd);
    return -code;
}
