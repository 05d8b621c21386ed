/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * guest-agents PORT: runs in the guest what agent-in-guest on the host asks for, one program at
 * a time.
 *
 * A line from the host begins a program: its folder, its file and its arguments, as words
 * (harness/instrument/words.h). What the host sends then is the program's standard input; its
 * standard output comes back line by line between "#begin" and "#end STATUS", STATUS being that of
 * waitpid(), its standard error as lines "#log TEXT". A host that is gone is the end of the
 * program's input. "#boot" is what a guest sends first: no program of before runs any more.
 */
#include "harness/instrument/words.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Between two looks for a host; poll() would return at once while there is none. */
#define HOST_AWAITED_US 50000
#define READ_BYTES 4096

/* What a program writes, and how it is passed on. */
struct output {
    int fd; /* -1: ended */
    const char *prefix;
    GString *line;
};

struct agent {
    pid_t pid; /* 0: none */
    int input; /* -1: ended */
    struct output outputs[2];
};

static void write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno != EINTR)
            return;
        bytes += MAX(n, 0);
        size -= (size_t)MAX(n, 0);
    }
}

static void send_line(int port, const char *prefix, const char *text)
{
    g_autofree char *line = g_strconcat(prefix, text, "\n", NULL);

    write_all(port, line, strlen(line));
}

static void end_input(struct agent *agent)
{
    if (agent->input >= 0)
        close(agent->input);
    agent->input = -1;
}

/* The folder is one of the host's, which a guest on a disk may not have. */
static void in_child(void *data)
{
    if (chdir(data) != 0 && chdir("/") != 0)
        _exit(EXIT_FAILURE);
}

/* The program of that name beside this one, where this guest has not the host's files. */
static void find_program(char **file)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(self ? self : ".");
    g_autofree char *name = g_path_get_basename(*file);

    if (g_file_test(*file, G_FILE_TEST_IS_EXECUTABLE))
        return;
    g_free(*file);
    *file = g_build_filename(folder, name, NULL);
}

static void begin(int port, struct agent *agent, const char *line)
{
    g_auto(GStrv) words = words_split(line);
    g_autoptr(GError) error = NULL;

    if (g_strv_length(words) < 2)
        return;
    find_program(&words[1]);
    send_line(port, "#begin", "");
    if (!g_spawn_async_with_pipes(NULL, words + 1, NULL, G_SPAWN_DO_NOT_REAP_CHILD, in_child,
                                  words[0], &agent->pid, &agent->input, &agent->outputs[0].fd,
                                  &agent->outputs[1].fd, &error)) {
        send_line(port, "#log ", error->message);
        send_line(port, "#end ", "256"); /* as of exit(1) */
        agent->pid = 0;
    }
}

/* What the host sends: a line that begins a program, or the program's input. */
static void take_input(int port, struct agent *agent, GString *begun)
{
    char bytes[READ_BYTES];
    const ssize_t n = read(port, bytes, agent->pid ? sizeof bytes : 1);

    if (n <= 0) {
        end_input(agent);
        g_string_truncate(begun, 0);
        g_usleep(HOST_AWAITED_US);
    } else if (agent->pid) {
        if (agent->input >= 0)
            write_all(agent->input, bytes, (size_t)n);
    } else if (bytes[0] != '\n') {
        g_string_append_c(begun, bytes[0]);
    } else {
        begin(port, agent, begun->str);
        g_string_truncate(begun, 0);
    }
}

static void take_output(int port, struct output *output)
{
    char bytes[READ_BYTES];
    const ssize_t n = read(output->fd, bytes, sizeof bytes);

    if (n <= 0) {
        if (output->line->len)
            send_line(port, output->prefix, output->line->str);
        g_string_truncate(output->line, 0);
        close(output->fd);
        output->fd = -1;
        return;
    }
    for (ssize_t i = 0; i < n; i++) {
        if (bytes[i] != '\n') {
            g_string_append_c(output->line, bytes[i]);
            continue;
        }
        send_line(port, output->prefix, output->line->str);
        g_string_truncate(output->line, 0);
    }
}

static void end(int port, struct agent *agent)
{
    char text[16];
    int status;

    end_input(agent);
    while (waitpid(agent->pid, &status, 0) != agent->pid)
        ;
    g_snprintf(text, sizeof text, "%d", status);
    send_line(port, "#end ", text);
    agent->pid = 0;
}

static void serve(int port)
{
    struct agent agent = {
        .input = -1,
        .outputs = {{-1, "", g_string_new(NULL)}, {-1, "#log ", g_string_new(NULL)}},
    };
    g_autoptr(GString) begun = g_string_new(NULL);

    for (;;) {
        struct pollfd sets[] = {{.fd = port, .events = POLLIN},
                                {.fd = agent.outputs[0].fd, .events = POLLIN},
                                {.fd = agent.outputs[1].fd, .events = POLLIN}};

        poll(sets, G_N_ELEMENTS(sets), -1);
        for (unsigned i = 0; i < G_N_ELEMENTS(agent.outputs); i++)
            if (agent.outputs[i].fd >= 0 && sets[1 + i].revents)
                take_output(port, &agent.outputs[i]);
        if (agent.pid && agent.outputs[0].fd < 0 && agent.outputs[1].fd < 0)
            end(port, &agent);
        if (sets[0].revents)
            take_input(port, &agent, begun);
    }
}

int main(int argc, char **argv)
{
    const int port = argc == 2 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;

    if (port < 0) {
        fprintf(stderr, "guest-agents: cannot open the port %s: %s\n", argc == 2 ? argv[1] : "",
                strerror(errno));
        return EXIT_FAILURE;
    }
    signal(SIGPIPE, SIG_IGN); /* a program that reads no more */
    send_line(port, "#boot", "");
    serve(port);
    return EXIT_SUCCESS;
}
