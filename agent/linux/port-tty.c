/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/linux/port-tty.h"

#include "agent/linux/port-fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

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

/* A file that the port's setting names by mistake would be written over. */
static int check_device(int fd)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return -errno;
    return S_ISCHR(status.st_mode) ? 0 : -ENODEV;
}

static int open_tty(const char *path)
{
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    int result = check_device(fd);
    if (result == 0 && isatty(fd))
        result = make_raw(fd);
    if (result < 0) {
        close(fd);
        return result;
    }
    return fd;
}

/* What the host sent to this session must not greet the next one: a pty
 * keeps it for whoever opens the slave again. Fails harmlessly elsewhere. */
static void forget_unread(int fd)
{
    tcflush(fd, TCIFLUSH);
}

struct port *port_tty_create(const char *path)
{
    return port_fd_create(path, open_tty, forget_unread);
}
