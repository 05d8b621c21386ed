/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * agent-in-guest SOCKET PROGRAM ARGUMENT...: a program that runs in the guest of `--vm qemu`, as
 * if it were this process: its standard input, output and error are this one's, it is run in
 * the same folder, and it ends as this one does: with its status, or by its signal.
 *
 * SOCKET is the host's end of the guest's port `agents` (guest/agents.c). When this process is
 * gone, the guest's program sees the end of its standard input.
 */
#include "harness/instrument/words.h"

#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM "agent-in-guest"
#define READ_BYTES 4096

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    return fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

G_GNUC_PRINTF(1, 2)
static char *word(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = words_format(format, arguments);
    va_end(arguments);
    return text;
}

static bool write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno != EINTR)
            return false;
        bytes += MAX(n, 0);
        size -= (size_t)MAX(n, 0);
    }
    return true;
}

/* What the guest is to run. */
static bool send_program(int fd, char **argv)
{
    g_autofree char *folder = g_get_current_dir(), *first = word("%s", folder);
    GString *line = g_string_new(first);

    for (char **argument = argv; *argument; argument++) {
        g_autofree char *next = word("%s", *argument);
        g_string_append_printf(line, " %s", next);
    }
    g_string_append_c(line, '\n');
    const bool sent = write_all(fd, line->str, line->len);
    g_string_free(line, true);
    return sent;
}

/* Ends as the program has. */
static int end_as(int status)
{
    const struct rlimit none = {0, 0};

    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    setrlimit(RLIMIT_CORE, &none);
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    return EXIT_FAILURE;
}

/* True at the program's end. */
static bool take_line(const char *line, bool *begun, int *ret_status)
{
    if (g_str_has_suffix(line, "#boot") && *begun) { /* behind what a guest that died began */
        fprintf(stderr, PROGRAM ": the guest has booted again: what ran in it has ended\n");
        *ret_status = W_EXITCODE(EXIT_FAILURE, 0);
        return true;
    }
    if (g_str_equal(line, "#boot") || g_str_equal(line, "#begin")) {
        *begun = g_str_equal(line, "#begin");
        return false;
    }
    if (g_str_has_prefix(line, "#end ")) {
        *ret_status = atoi(line + strlen("#end "));
        return true;
    }
    if (g_str_has_prefix(line, "#log "))
        fprintf(stderr, "%s\n", line + strlen("#log "));
    else
        printf("%s\n", line);
    fflush(stdout);
    return false;
}

static bool take_output(int fd, GString *line, bool *begun, int *ret_status)
{
    char bytes[READ_BYTES];
    const ssize_t n = read(fd, bytes, sizeof bytes);

    if (n <= 0) {
        fprintf(stderr, PROGRAM ": the VM has ended\n");
        *ret_status = W_EXITCODE(EXIT_FAILURE, 0);
        return true;
    }
    for (ssize_t i = 0; i < n; i++) {
        if (bytes[i] != '\n') {
            g_string_append_c(line, bytes[i]);
            continue;
        }
        if (take_line(line->str, begun, ret_status))
            return true;
        g_string_truncate(line, 0);
    }
    return false;
}

/* The harness' command "quit", or its end, is the program's, too. */
static void pass_input(struct pollfd *input, int fd)
{
    char bytes[READ_BYTES];
    const ssize_t n = read(input->fd, bytes, sizeof bytes);

    if (n > 0) {
        write_all(fd, bytes, (size_t)n);
        return;
    }
    write_all(fd, "quit\n", strlen("quit\n"));
    input->fd = -1;
}

static int serve(int fd)
{
    struct pollfd sets[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    g_autoptr(GString) line = g_string_new(NULL);
    bool begun = false;
    int status;

    for (;;) {
        if (poll(sets, G_N_ELEMENTS(sets), -1) < 0)
            continue;
        if (sets[1].revents && take_output(fd, line, &begun, &status))
            return end_as(status);
        if (sets[0].revents)
            pass_input(&sets[0], fd);
    }
}

int main(int argc, char **argv)
{
    const int fd = argc > 2 ? connect_to(argv[1]) : -1;

    signal(SIGPIPE, SIG_IGN);
    if (argc <= 2) {
        fprintf(stderr, PROGRAM ": give it the VM's socket, and the program with its arguments\n");
        return EXIT_FAILURE;
    }
    if (fd < 0 || !send_program(fd, argv + 2)) {
        fprintf(stderr, PROGRAM ": the VM cannot be reached: %s: %s\n", argv[1], g_strerror(errno));
        return EXIT_FAILURE;
    }
    return serve(fd);
}
