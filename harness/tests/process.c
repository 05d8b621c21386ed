/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/tests/process.h"

#include <errno.h>
#include <poll.h>
#include <sys/pidfd.h>
#include <unistd.h>

bool process_dies(pid_t pid, double seconds)
{
    int fd = pidfd_open(pid, 0);
    if (fd < 0)
        return errno == ESRCH;                        /* reaped already */
    struct pollfd end = {.fd = fd, .events = POLLIN}; /* a zombie's is readable */
    int ready = poll(&end, 1, (int)(seconds * 1000));
    close(fd);
    return ready == 1;
}
