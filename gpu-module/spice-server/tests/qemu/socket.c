/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/spice-server/tests/qemu/socket.h"

#include "gpu-module/spice-server/tests/bed.h"

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Between two attempts to connect. */
#define AGAIN_US 5000
#define READ_BYTES 65536

int socket_connect(const char *path)
{
    const struct timeval deadline = {.tv_sec = (time_t)DEADLINE_S};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int64_t end_us = g_get_monotonic_time() + (int64_t)(DEADLINE_S * G_USEC_PER_SEC);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_true(g_strlcpy(address.sun_path, path, sizeof address.sun_path) <
                sizeof address.sun_path);
    while (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        if (g_get_monotonic_time() > end_us)
            fail_msg("QEMU does not listen at %s", path);
        g_usleep(AGAIN_US);
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline);
    return fd;
}

void socket_write(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t put = send(fd, text, size, MSG_NOSIGNAL);
        if (put <= 0)
            fail_msg("QEMU does not take a command: it has ended, or hangs");
        text += put;
        size -= (size_t)put;
    }
}

char *socket_read_line(int fd, GString *rest)
{
    const char *end;

    while (!(end = memchr(rest->str, '\n', rest->len))) {
        size_t had = rest->len;
        g_string_set_size(rest, had + READ_BYTES);
        ssize_t got = read(fd, rest->str + had, READ_BYTES);
        g_string_set_size(rest, had + (got > 0 ? (size_t)got : 0));
        if (got <= 0)
            fail_msg("QEMU does not reply: it has ended, or hangs");
    }
    size_t length = (size_t)(end - rest->str);
    char *line = g_strndup(rest->str, length);
    g_string_erase(rest, 0, (ssize_t)length + 1);
    return g_strchomp(line);
}
