/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/tests/small-disk.h"

#include <glib/gstdio.h>

#define MOUNT "mount -t tmpfs -o size=\"$KIB\"k,mode=700 tmpfs \"$DISK\""

static bool run(const char *folder, unsigned kib, const char *script, int *ret_status,
                char **ret_complaint)
{
    g_autofree char *size = g_strdup_printf("%u", kib);
    g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "DISK", folder, true);
    char *argv[] = {(char *)"unshare", (char *)"-rm",  (char *)"/bin/sh",
                    (char *)"-c",      (char *)script, NULL};

    environment = g_environ_setenv(environment, "KIB", size, true);
    return g_spawn_sync(NULL, argv, environment, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL,
                        NULL, NULL, NULL, ret_complaint, ret_status, NULL);
}

bool small_disk_run(unsigned kib, const char *script, int *ret_status, char **ret_complaint)
{
    g_autofree char *folder = g_dir_make_tmp("small-disk-XXXXXX", NULL);
    g_autofree char *whole = g_strconcat(MOUNT " && { ", script, "\n}", NULL);
    g_autofree char *refusal = NULL;
    int status;

    bool can = run(folder, kib, MOUNT, &status, &refusal) &&
               g_spawn_check_wait_status(status, NULL) &&
               run(folder, kib, whole, ret_status, ret_complaint);
    g_rmdir(folder);
    return can;
}
