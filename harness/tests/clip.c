/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/tests/clip.h"

#include <gio/gio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

char *clip_make(const char *folder, const char *name, const char *arguments)
{
    g_autofree char *file = g_build_filename(folder, name, NULL);
    g_autofree char *line = g_strdup_printf("ffmpeg -v error -nostdin -y %s %s", arguments, file);
    g_autoptr(GError) error = NULL;
    int status;

    if (!g_spawn_command_line_sync(line, NULL, NULL, &status, &error))
        fail_msg("%s: %s", line, error->message);
    if (status != 0)
        fail_msg("%s: status %d", line, status);
    return g_steal_pointer(&file);
}
