/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * guest-clock PORT PROGRAM ARGUMENT...: runs a program for which CLOCK_MONOTONIC is the host's,
 * so that all times of a run are on one clock. The kernel's time namespaces do that (Linux 5.6).
 *
 * The host is at PORT: it gets "clock" first, sends "ping", gets "pong NS" with this guest's
 * clock, as often as it likes, and sends "offset NS", what the guest's clock lacks. The program
 * has PORT as its standard input and output.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S INT64_C(1000000000)
/* What the host sends is shorter. */
#define LINE_BYTES 64
/* While the host is not there yet. */
#define AGAIN_US 10000

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Byte by byte: what follows the offset is the program's. */
static void read_line(int port, char line[static LINE_BYTES])
{
    size_t length = 0;

    while (length == 0 || line[length - 1] != '\n') {
        if (read(port, line + length, 1) == 1)
            length = length + 1 < LINE_BYTES ? length + 1 : 0;
        else
            usleep(AGAIN_US);
    }
    line[length - 1] = '\0';
}

static int64_t agree_with_host(int port)
{
    char line[LINE_BYTES];
    int64_t offset_ns;

    dprintf(port, "clock\n");
    for (;;) {
        read_line(port, line);
        if (strcmp(line, "ping") == 0)
            dprintf(port, "pong %" PRId64 "\n", now_ns());
        else if (sscanf(line, "offset %" SCNd64, &offset_ns) == 1)
            return offset_ns;
    }
}

/* For the processes that are forked from now on. */
static bool move_clock(int64_t offset_ns)
{
    int64_t seconds = offset_ns / NS_PER_S, rest_ns = offset_ns % NS_PER_S;
    FILE *offsets;

    if (rest_ns < 0) { /* the kernel takes no negative nanoseconds */
        rest_ns += NS_PER_S;
        seconds--;
    }
    if (unshare(CLONE_NEWTIME) != 0 || !(offsets = fopen("/proc/self/timens_offsets", "we")))
        return false;
    fprintf(offsets, "monotonic %" PRId64 " %" PRId64 "\n", seconds, rest_ns);
    return fclose(offsets) == 0;
}

static int run(int port, char **argv)
{
    int status;
    const pid_t pid = fork();

    if (pid < 0)
        return EXIT_FAILURE;
    if (pid == 0) {
        dup2(port, STDIN_FILENO);
        dup2(port, STDOUT_FILENO);
        execv(argv[0], argv);
        fprintf(stderr, "guest-clock: cannot run %s: %s\n", argv[0], strerror(errno));
        _exit(EXIT_FAILURE);
    }
    while (waitpid(pid, &status, 0) != pid)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    const int port = argc > 2 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;

    if (port < 0) {
        fprintf(stderr, "guest-clock: cannot open the port %s: %s\n", argc > 2 ? argv[1] : "",
                strerror(errno));
        return EXIT_FAILURE;
    }
    if (!move_clock(agree_with_host(port))) {
        fprintf(stderr, "guest-clock: cannot set the clock of a time namespace: %s\n",
                strerror(errno));
        return EXIT_FAILURE;
    }
    return run(port, argv + 2);
}
