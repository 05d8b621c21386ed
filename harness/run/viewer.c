#include "harness/run/viewer.h"

void viewer_init(Viewer *viewer)
{
    *viewer = (Viewer){.shown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
}

void viewer_finish(Viewer *viewer)
{
    g_clear_pointer(&viewer->shown, g_hash_table_unref);
}

static void read_notices(Viewer *viewer, const Child *client)
{
    const Notice *notice;

    while ((notice = child_next_notice(client, "shown", &viewer->cursor))) {
        const char *channel = notice_value(notice, "channel");
        g_hash_table_replace(viewer->shown, g_strdup(channel ? channel : ""),
                             g_strdup(notice_value(notice, "source")));
    }
}

gboolean viewer_shows(Viewer *viewer, const Child *client, const char *source)
{
    GHashTableIter iter;
    gpointer shown;

    read_notices(viewer, client);
    g_hash_table_iter_init(&iter, viewer->shown);
    while (g_hash_table_iter_next(&iter, NULL, &shown)) {
        if (g_strcmp0(shown, source) == 0)
            return TRUE;
    }
    return FALSE;
}

void viewer_forget(Viewer *viewer, const Child *client)
{
    read_notices(viewer, client);
    g_hash_table_remove_all(viewer->shown);
}
