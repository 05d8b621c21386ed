/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plan/libraries.h"

#include <string.h>

char *libraries_upstream_version(const char *package_version)
{
    const char *colon = strchr(package_version, ':');
    const char *begin = colon ? colon + 1 : package_version;
    const char *dash = strrchr(begin, '-');

    return dash ? g_strndup(begin, (size_t)(dash - begin)) : g_strdup(begin);
}

/* Of the library that the dynamic loader takes; NULL when it is not known. */
static char *system_version(void)
{
    const char *const query[] = {"dpkg-query", "-W", "-f", "${Version}", "libspice-server1", NULL};
    g_autofree char *output = NULL;
    int status;

    if (!g_spawn_sync(NULL, (char **)query, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                      NULL, NULL, &output, NULL, &status, NULL) ||
        !g_spawn_check_wait_status(status, NULL) || !*output)
        return NULL;
    return libraries_upstream_version(output);
}

static bool is_built(const char *folder)
{
    g_autofree char *file = g_build_filename(folder, "libspice-server.so.1", NULL);

    return g_file_test(file, G_FILE_TEST_EXISTS);
}

bool libraries_find(struct libraries *ret_libraries, const char *programs, const char *version,
                    GError **error)
{
    g_autofree char *system = system_version();

    if (!version || g_strcmp0(version, system) == 0) {
        *ret_libraries =
            (struct libraries){.version = g_steal_pointer(&system),
                               .own = g_build_filename(programs, "spice-server", "lib", NULL)};
        return true;
    }
    g_autofree char *name = g_strconcat("spice-server-", version, NULL);
    g_autofree char *own = g_build_filename(programs, name, "lib", NULL);
    g_autofree char *stock = g_build_filename(programs, name, "stock", NULL);

    if (!is_built(own) || !is_built(stock)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "--server %s: is not built: run make spice-server SPICE_VERSION=%s first",
                    version, version);
        return false;
    }
    *ret_libraries = (struct libraries){.version = g_strdup(version),
                                        .own = g_steal_pointer(&own),
                                        .stock = g_steal_pointer(&stock)};
    return true;
}

void libraries_finish(struct libraries *libraries)
{
    g_free(libraries->version);
    g_free(libraries->own);
    g_free(libraries->stock);
    *libraries = (struct libraries){0};
}
