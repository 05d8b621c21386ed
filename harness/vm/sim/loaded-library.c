/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/loaded-library.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LIBRARY_NAME "libspice-server.so.1"

static char *mapped_path(const char *maps)
{
    g_auto(GStrv) lines = g_strsplit(maps, "\n", -1);

    for (char **line = lines; *line; line++) {
        const char *path = strchr(*line, '/');
        const char *name = path ? strrchr(path, '/') + 1 : "";
        if (g_str_has_prefix(name, LIBRARY_NAME))
            return g_strdup(path);
    }
    return NULL;
}

char *loaded_library_find(const char *expected, GError **error)
{
    g_autofree char *maps = NULL;
    if (!g_file_get_contents("/proc/self/maps", &maps, NULL, error))
        return NULL;

    g_autofree char *path = mapped_path(maps);
    if (!path) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "no " LIBRARY_NAME " is loaded: /proc/self/maps: link with it");
        return NULL;
    }
    if (!expected)
        return g_steal_pointer(&path);

    /* The kernel shows the mapped file with all links resolved. */
    g_autofree char *name = g_build_filename(expected, LIBRARY_NAME, NULL);
    char *resolved = realpath(name, NULL);
    bool same = resolved && g_str_equal(resolved, path);
    free(resolved);
    if (!same) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "wrong " LIBRARY_NAME ": %s is loaded: set LD_LIBRARY_PATH=%s", path, expected);
        return NULL;
    }
    return g_steal_pointer(&path);
}
