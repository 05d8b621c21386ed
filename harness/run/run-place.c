/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/run-place.h"

#include "harness/run/environment.h"
#include "harness/scenario/file-name.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>

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

static const char *runtime_fallback(const struct layout *layout)
{
    return layout->installed ? g_get_tmp_dir() : layout->programs;
}

struct runtime_folder *run_place_runtime(const struct layout *layout, GError **error)
{
    return runtime_folder_create(runtime_fallback(layout), error);
}

/* Before anything is created: each repeat will need one. */
static bool try_runtime_folder(const struct layout *layout, GError **error)
{
    runtime_folders_sweep(runtime_fallback(layout));
    auto_destroy(runtime_folder) runtime = run_place_runtime(layout, error);
    return runtime != NULL;
}

static bool create_folder(const char *folder, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(folder);

    if (g_mkdir_with_parents(parent, 0777) == 0 && g_mkdir(folder, 0777) == 0)
        return true;
    if (errno == EEXIST)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "%s: exists already and is left alone: give another folder to --output",
                    folder);
    else
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: cannot be created: %s", folder,
                    g_strerror(errno));
    return false;
}

char *results_folder_create(const struct layout *layout, const struct run_options *options,
                            struct run_lock **ret_lock, GError **error)
{
    g_autofree char *folder = options->output ? g_canonicalize_filename(options->output, NULL)
                                              : default_folder(layout, options->tap);
    const char *trouble = file_path_trouble(folder);

    if (trouble) {
        g_autofree char *shown = file_name_shown(folder);
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: the results folder's name %s", shown,
                    trouble);
        return NULL;
    }
    if (!try_runtime_folder(layout, error))
        return NULL;
    bool measures = ret_lock && !options->tap;
    auto_destroy(run_lock) lock =
        measures ? run_lock_create(folder, options->beside_others, error) : NULL;
    if ((!lock && measures) || !create_folder(folder, error))
        return NULL;
    if (ret_lock)
        *ret_lock = g_steal_pointer(&lock);
    return g_steal_pointer(&folder);
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
