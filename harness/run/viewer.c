/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/viewer.h"

void viewer_init(struct viewer *viewer)
{
    *viewer =
        (struct viewer){.shown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
}

void viewer_finish(struct viewer *viewer)
{
    g_clear_pointer(&viewer->shown, g_hash_table_unref);
}

static void read_notices(struct viewer *viewer, const struct child *client)
{
    const struct notice *notice;

    while ((notice = child_next_notice(client, "shown", &viewer->cursor))) {
        const char *channel = notice_value(notice, "channel");
        g_hash_table_replace(viewer->shown, g_strdup(channel ? channel : ""),
                             g_strdup(notice_value(notice, "source")));
    }
}

bool viewer_shows(struct viewer *viewer, const struct child *client, const char *source)
{
    GHashTableIter iter;
    void *shown;

    read_notices(viewer, client);
    g_hash_table_iter_init(&iter, viewer->shown);
    while (g_hash_table_iter_next(&iter, NULL, &shown)) {
        if (g_strcmp0(shown, source) == 0)
            return true;
    }
    return false;
}

void viewer_forget(struct viewer *viewer, const struct child *client)
{
    read_notices(viewer, client);
    g_hash_table_remove_all(viewer->shown);
}
