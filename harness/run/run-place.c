/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/run-place.h"

#include "harness/run/environment.h"
#include "harness/scenario/file-name.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The longest name that is put into a repeat's private folder. */
#define RUNTIME_NAME_BYTES 16

static char *default_folder(const struct layout *layout, bool tap)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
    g_autofree char *host = environment_host();
    g_autofree char *revision = environment_revision(layout->top);
    g_autofree char *name = g_strjoin("-", time, host, revision, NULL);

    if (layout->installed)
        return g_build_filename("results", name, NULL);
    /* What a functional test leaves is for finding out why it failed, no result. */
    return tap ? g_build_filename(layout->programs, "check-runs", name, NULL)
               : g_build_filename(layout->top, "results", name, NULL);
}

char *runtime_folder_create(const struct layout *layout, GError **error)
{
    const char *base = g_getenv("XDG_RUNTIME_DIR");
    const char *fallback = layout->installed ? g_get_tmp_dir() : layout->programs;
    g_autofree char *runtime = g_build_filename(
        base && g_file_test(base, G_FILE_TEST_IS_DIR) ? base : fallback, "run-XXXXXX", NULL);

    if (strlen(runtime) + RUNTIME_NAME_BYTES > sizeof((struct sockaddr_un *)NULL)->sun_path) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "%s: too long for a socket's name: set XDG_RUNTIME_DIR to a shorter folder",
                    runtime);
        return NULL;
    }
    if (!g_mkdtemp_full(runtime, 0700)) {
        g_set_error(
            error, G_IO_ERROR, G_IO_ERROR_FAILED,
            "%s: cannot be created: %s: set XDG_RUNTIME_DIR to a folder in which one can be",
            runtime, g_strerror(errno));
        return NULL;
    }
    return g_steal_pointer(&runtime);
}

/* Before anything is created: each repeat will need one. */
static bool try_runtime_folder(const struct layout *layout, GError **error)
{
    g_autofree char *runtime = runtime_folder_create(layout, error);
    return runtime && rmdir(runtime) == 0;
}

char *results_folder_create(const struct layout *layout, const char *output, bool tap,
                            GError **error)
{
    g_autofree char *folder =
        output ? g_canonicalize_filename(output, NULL) : default_folder(layout, tap);
    g_autofree char *parent = g_path_get_dirname(folder);
    const char *trouble = file_path_trouble(folder);

    if (trouble) {
        g_autofree char *shown = file_name_shown(folder);
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: the results folder's name %s", shown,
                    trouble);
        return NULL;
    }
    if (!try_runtime_folder(layout, error))
        return NULL;
    if (g_mkdir_with_parents(parent, 0777) == 0 && g_mkdir(folder, 0777) == 0)
        return g_steal_pointer(&folder);
    if (errno == EEXIST)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "%s: exists already and is left alone: give another folder to --output",
                    folder);
    else
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: cannot be created: %s", folder,
                    g_strerror(errno));
    return NULL;
}

static gboolean on_signal(void *data)
{
    g_cancellable_cancel(data);
    return G_SOURCE_CONTINUE;
}

void interruption_begin(struct interruption *interruption, GCancellable *cancellable)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (unsigned i = 0; i < G_N_ELEMENTS(signals); i++)
        interruption->sources[i] = g_unix_signal_add(signals[i], on_signal, cancellable);
}

void interruption_end(struct interruption *interruption)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(interruption->sources); i++)
        g_source_remove(interruption->sources[i]);
}
