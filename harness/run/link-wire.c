/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/link-wire.h"

#include "harness/instrument/child.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A filter in the middle of a dpipe has its left neighbour at standard input and output, and its
 * right one at these. */
#define FROM_RIGHT_FD 3
#define TO_LEFT_FD 4

struct link_wire {
    pid_t pids[LINK_WIRE_PROCESSES];
};

static void set_up_process(G_GNUC_UNUSED void *data)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static bool check_program(const char *program, const char *package, GError **error)
{
    g_autofree char *file = g_find_program_in_path(program);
    if (!file)
        g_set_error(error, CHILD_ERROR, CHILD_ERROR_SKIP,
                    "the kernel has no netem, and in its place %s is not installed: install %s",
                    program, package);
    return file != NULL;
}

/* Starts `argv` with `n` of this process's files as those `targets`; more than two are
 * announced as dpipe does. */
static bool start(struct link_wire *wire, unsigned index, const char *const *argv,
                  const int *sources, const int *targets, unsigned n, GError **error)
{
    g_auto(GStrv) environment = g_get_environ();

    environment =
        g_environ_setenv(environment, "ALTERNATE_STDIN", G_STRINGIFY(FROM_RIGHT_FD), true);
    environment = g_environ_setenv(environment, "ALTERNATE_STDOUT", G_STRINGIFY(TO_LEFT_FD), true);
    return g_spawn_async_with_pipes_and_fds(
        NULL, argv, (const char *const *)environment,
        G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
        set_up_process, NULL, sources[0], sources[1], -1, n > 2 ? sources + 2 : NULL,
        n > 2 ? targets + 2 : NULL, n > 2 ? n - 2 : 0, &wire->pids[index], NULL, NULL, NULL, error);
}

static bool start_plug(struct link_wire *wire, unsigned index, char **prefix, const char *tap,
                       int in, int out, GError **error)
{
    g_autofree char *address = g_strconcat("tap://", tap, NULL);
    const char *argv[] = {prefix[0], prefix[1], "vde_plug", address, NULL};
    const int sources[] = {in, out};
    return start(wire, index, argv, sources, NULL, 2, error);
}

static bool start_filter(struct link_wire *wire, const int *sources, double delay_ms,
                         double loss_pct, GError **error)
{
    static const int targets[] = {STDIN_FILENO, STDOUT_FILENO, FROM_RIGHT_FD, TO_LEFT_FD};
    char delay[G_ASCII_DTOSTR_BUF_SIZE], percent[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(delay, sizeof delay, "%.3f", delay_ms);
    g_ascii_formatd(percent, sizeof percent, "%.3f", loss_pct);
    g_autofree char *loss = g_strconcat("LR", percent, NULL); /* the server is at the left */
    const char *argv[] = {"wirefilter", "-d", delay, "-l", loss, NULL};
    return start(wire, 2, argv, sources, targets, G_N_ELEMENTS(targets), error);
}

struct link_wire *link_wire_create(char **const prefixes[2], const char *tap, double delay_ms,
                                   double loss_pct, GError **error)
{
    auto_destroy(link_wire) wire = g_new0(struct link_wire, 1);
    int pipes[4][2]; /* from an end, to it; the server's first */
    bool ok = check_program("wirefilter", "vde-wirefilter", error) &&
              check_program("vde_plug", "vdeplug", error);
    unsigned made = 0;

    while (ok && made < G_N_ELEMENTS(pipes)) {
        ok = g_unix_open_pipe(pipes[made], FD_CLOEXEC, error);
        made += ok;
    }
    ok = ok && start_plug(wire, 0, prefixes[0], tap, pipes[1][0], pipes[0][1], error) &&
         start_plug(wire, 1, prefixes[1], tap, pipes[3][0], pipes[2][1], error) &&
         start_filter(wire, (const int[]){pipes[0][0], pipes[1][1], pipes[2][0], pipes[3][1]},
                      delay_ms, loss_pct, error);
    for (unsigned i = 0; i < made; i++) {
        close(pipes[i][0]);
        close(pipes[i][1]);
    }
    return ok ? g_steal_pointer(&wire) : NULL;
}

void link_wire_destroy(struct link_wire *wire)
{
    if (!wire)
        return;
    for (unsigned i = 0; i < LINK_WIRE_PROCESSES; i++) {
        if (wire->pids[i] <= 0)
            continue;
        kill(wire->pids[i], SIGKILL);
        waitpid(wire->pids[i], NULL, 0);
    }
    g_free(wire);
}

const pid_t *link_wire_pids(const struct link_wire *wire)
{
    return wire->pids;
}
