/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/guest/x-server.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

/* What it writes once it can be connected to: the display's number, and a newline. */
static char *read_display(int fd)
{
    GString *text = g_string_new(":");
    char byte;

    for (;;) {
        ssize_t got = read(fd, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got != 1 || byte == '\n')
            break;
        g_string_append_c(text, byte);
    }
    return g_string_free(text, text->len == 1);
}

struct x_server *x_server_launch(const char *const *argv, const char *package, GError **error)
{
    auto_destroy(x_server) server = g_new0(struct x_server, 1);
    int ends[2];

    if (!g_unix_open_pipe(ends, FD_CLOEXEC, error))
        return NULL;
    server->process = helper_start(argv, ends[1], NULL, error);
    server->display = server->process ? read_display(ends[0]) : NULL;
    close(ends[0]);
    if (server->display)
        return g_steal_pointer(&server);
    if (!server->process)
        g_prefix_error(error,
                       "cannot start the X server (is the package %s installed?): ", package);
    else
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "%s has ended before it could be connected to: its own lines are above",
                    argv[0]);
    return NULL;
}

struct x_server *x_server_start(unsigned width_px, unsigned height_px, GError **error)
{
    g_autofree char *screen = g_strdup_printf("%ux%ux24", width_px, height_px);
    const char *argv[] = {"Xvfb",      "-displayfd", X_SERVER_DISPLAY_FD, "-screen", "0", screen,
                          "-nolisten", "tcp",        "-noreset",          NULL};

    return x_server_launch(argv, "xvfb", error);
}

void x_server_end(struct x_server *server)
{
    if (!server)
        return;
    helper_end(server->process);
    g_free(server->display);
    g_free(server);
}
