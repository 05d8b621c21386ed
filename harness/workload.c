#include "workload.h"

#include <gio/gio.h>

static const char *const extensions[] = {"mp4", "mkv", "ts", "h264", "264"};

char *workload_find(const char *name, const char *programs, const char *top, GError **error)
{
    g_autofree char *fetched = g_build_filename(programs, "recordings", NULL);
    g_autofree char *own = g_build_filename(top, "sim-agent", "captures", NULL);
    const char *folders[] = {fetched, own};

    for (guint f = 0; f < G_N_ELEMENTS(folders); f++) {
        for (guint e = 0; e < G_N_ELEMENTS(extensions); e++) {
            g_autofree char *file = g_strdup_printf("%s/%s.%s", folders[f], name, extensions[e]);
            if (g_file_test(file, G_FILE_TEST_IS_REGULAR))
                return g_steal_pointer(&file);
        }
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                "workload %s: no recording %s.mp4, .mkv, .ts, .h264 or .264 in %s or %s: make "
                "bench fetches the usual ones, --recording FILE names another",
                name, name, fetched, own);
    return NULL;
}
