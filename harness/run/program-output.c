/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/program-output.h"

#include <glib.h>
#include <string.h>

char *program_output(const char *folder, const char *const *argv)
{
    g_autofree char *output = NULL;
    int status;

    if (!g_spawn_sync(folder, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                      NULL, NULL, &output, NULL, &status, NULL) ||
        !g_spawn_check_wait_status(status, NULL))
        return NULL;
    return g_steal_pointer(&output);
}

char *program_first_line(const char *folder, const char *const *argv)
{
    g_autofree char *output = program_output(folder, argv);

    if (!output)
        return NULL;
    output[strcspn(output, "\n")] = '\0';
    return *output ? g_steal_pointer(&output) : NULL;
}
