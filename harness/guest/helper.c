/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/guest/helper.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

static void on_child(void *data)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(STDERR_FILENO, STDOUT_FILENO); /* standard output is the harness' */
}

GSubprocess *helper_start(const char *const *argv, int fd, const char *display, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);

    g_subprocess_launcher_set_child_setup(launcher, on_child, NULL, NULL);
    g_subprocess_launcher_take_fd(launcher, fd, HELPER_FD);
    if (display)
        g_subprocess_launcher_setenv(launcher, "DISPLAY", display, TRUE);
    return g_subprocess_launcher_spawnv(launcher, argv, error);
}

void helper_end(GSubprocess *helper)
{
    if (!helper)
        return;
    g_subprocess_send_signal(helper, SIGTERM);
    g_subprocess_wait(helper, NULL, NULL);
    g_object_unref(helper);
}
