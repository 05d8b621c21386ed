#include "harness/plots/plots.h"

#include "harness/plots/drawings.h"
#include "harness/instrument/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *folder, *scripts;
    guint drawn;
} Drawing;

static gboolean fail(GError **error, const char *file, const char *what)
{
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s: %s", file, what,
                g_strerror(errno));
    return FALSE;
}

/* Takes the figure. */
static gboolean draw(Drawing *drawing, Figure *taken, GError **error)
{
    g_autoptr(Figure) figure = taken;
    if (!figure)
        return FALSE;
    if (figure->series->len == 0)
        return TRUE;
    drawing->drawn++;
    return figure_draw(figure, drawing->folder, drawing->scripts, error);
}

static gboolean draw_group(Drawing *drawing, PlotGroup *group, GError **error)
{
    gboolean ok = plot_group_read(group, error);
    if (group->comparison)
        ok = ok && draw(drawing, drawing_latency(group), error) &&
             draw(drawing, drawing_traffic(group), error) &&
             draw(drawing, drawing_cpu(group), error) &&
             draw(drawing, drawing_cpu_per_frame(group), error);
    ok = ok && draw(drawing, drawing_switch(group, error), error);
    plot_group_forget(group);
    return ok;
}

static gboolean draw_all(Drawing *drawing, const SavedResult *result, GError **error)
{
    g_autoptr(GPtrArray) groups = plot_groups(result);
    for (guint i = 0; i < groups->len; i++) {
        if (!draw_group(drawing, g_ptr_array_index(groups, i), error))
            return FALSE;
    }
    if (drawing->drawn > 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                "%s: no case of it has samples that could be drawn: give a run in which one passed",
                result->folder);
    return FALSE;
}

/* `made` takes the place of `plots`, whatever was there. */
static gboolean put_in_place(const char *made, const char *plots, GError **error)
{
    if (g_rename(made, plots) == 0)
        return TRUE;
    if (errno != EEXIST && errno != ENOTEMPTY)
        return fail(error, plots, "cannot be made");
    if (renameat2(AT_FDCWD, made, AT_FDCWD, plots, RENAME_EXCHANGE) != 0)
        return fail(error, plots, "cannot be replaced: remove it");
    folder_remove(made); /* the old ones */
    return TRUE;
}

gboolean plots_draw(const SavedResult *result, const char *scripts, GError **error)
{
    g_autofree char *plots = g_build_filename(result->folder, "plots", NULL);
    g_autofree char *made = g_build_filename(result->folder, "plots.XXXXXX", NULL);

    if (!g_mkdtemp_full(made, 0777)) {
        return fail(error, made, "cannot be created");
    }
    Drawing drawing = {.folder = made, .scripts = scripts};
    if (draw_all(&drawing, result, error) && put_in_place(made, plots, error))
        return TRUE;
    folder_remove(made);
    return FALSE;
}
