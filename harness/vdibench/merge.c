/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/result/merge.h"

#include "auto-destroy.h"
#include "harness/report/exports.h"
#include "harness/report/summary.h"
#include "harness/report/table.h"
#include "harness/result/functions.h"
#include "harness/result/result-read.h"
#include "harness/result/result-write.h"
#include "harness/run/run-place.h"
#include "harness/vdibench/command.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* What is there already stays. */
static bool copy(const char *from, const char *to, GError **error)
{
    const char *const command[] = {"cp", "-a", "-n", "-T", "--", from, to, NULL};
    int status;

    if (!g_file_test(from, G_FILE_TEST_IS_DIR))
        return true; /* a run that was kept without it */
    if (g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                     &status, error) &&
        g_spawn_check_wait_status(status, error))
        return true;
    g_prefix_error(error, "%s: cannot be copied: ", from);
    return false;
}

/* The parts are left as they are. */
static bool copy_samples(const char *folder, const GPtrArray *moves, GError **error)
{
    for (unsigned i = 0; i < moves->len; i++) {
        const struct merge_move *move = g_ptr_array_index((GPtrArray *)moves, i);
        g_autofree char *to = g_build_filename(folder, move->to, NULL);
        g_autofree char *parent = g_path_get_dirname(to);

        if (g_mkdir_with_parents(parent, 0777) < 0) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: cannot be created: %s", parent,
                        g_strerror(errno));
            return false;
        }
        if (!copy(move->from, to, error))
            return false;
    }
    return true;
}

static bool merge_all(struct result *whole, char **parts, GError **error)
{
    g_autoptr(GPtrArray) moves = g_ptr_array_new_with_free_func((GDestroyNotify)merge_move_destroy);

    for (char **folder = parts; *folder; folder++) {
        auto_destroy(result) part = result_read(*folder, error);
        g_autofree char *from = g_build_filename(*folder, "scenarios", NULL);
        g_autofree char *to = g_build_filename(whole->folder, "scenarios", NULL);
        if (!part || !result_merge(whole, part, false, moves, error) || !copy(from, to, error))
            return false;
    }
    functions_fill(whole);
    return copy_samples(whole->folder, moves, error);
}

bool command_merge(const struct layout *layout, int argc, char **argv, int *ret_status,
                   GError **error)
{
    if (!command_parse("OUT PART... - make one results folder of several", NULL, &argc, &argv,
                       error))
        return false;
    if (argc < 3)
        return command_usage_error(error, "merge: give the new folder, and those to merge");
    const struct run_options options = {.output = argv[1]};
    g_autofree char *folder = results_folder_create(layout, &options, NULL, error);
    if (!folder)
        return false;
    auto_destroy(result) whole = result_create(folder);
    if (!merge_all(whole, argv + 2, error) || !result_write(whole, error) ||
        !table_write(whole, error) || !exports_write(whole, error)) {
        g_rmdir(folder); /* if nothing is in it yet, the next attempt can have its name */
        return false;
    }
    g_autofree char *summary = summary_text(whole);
    printf("%s", summary);
    fflush(stdout);
    return true;
}
