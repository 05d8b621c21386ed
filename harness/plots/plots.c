/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plots/plots.h"

#include "auto-destroy.h"
#include "harness/instrument/folder.h"
#include "harness/plots/drawings.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct drawing {
    const char *folder, *scripts;
    unsigned drawn;
};

static bool fail(GError **error, const char *file, const char *what)
{
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s: %s", file, what,
                g_strerror(errno));
    return false;
}

/* Takes ownership of the figure. */
static bool draw(struct drawing *drawing, struct figure *taken, GError **error)
{
    auto_destroy(figure) figure = taken;
    if (!figure)
        return false;
    if (figure->series->len == 0)
        return true;
    drawing->drawn++;
    return figure_draw(figure, drawing->folder, drawing->scripts, error);
}

static bool draw_group(struct drawing *drawing, struct plot_group *group, GError **error)
{
    bool ok = plot_group_read(group, error);
    if (group->is_largest)
        ok = ok && draw(drawing, drawing_latency(group), error) &&
             draw(drawing, drawing_traffic(group), error) &&
             draw(drawing, drawing_cpu(group), error) &&
             draw(drawing, drawing_cpu_per_frame(group), error);
    ok = ok && draw(drawing, drawing_switch(group, error), error);
    plot_group_forget(group);
    return ok;
}

static bool draw_all(struct drawing *drawing, const struct result *result, GError **error)
{
    g_autoptr(GPtrArray) groups = plot_groups(result);
    for (unsigned i = 0; i < groups->len; i++) {
        struct plot_group *group = g_ptr_array_index(groups, i);
        if (!draw(drawing, drawing_links(groups, i), error) ||
            !draw(drawing, drawing_policies(groups, i), error) ||
            !draw(drawing, drawing_regimes(group, error), error) ||
            !draw(drawing, drawing_display(group), error) ||
            (plot_group_is_shown(group) && !draw_group(drawing, group, error)))
            return false;
    }
    if (drawing->drawn > 0)
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                "%s: no case of it has samples that could be drawn: give a run in which one passed",
                result->folder);
    return false;
}

/* `made` replaces `plots`, whatever was there. */
static bool put_in_place(const char *made, const char *plots, GError **error)
{
    if (g_rename(made, plots) == 0)
        return true;
    if (errno != EEXIST && errno != ENOTEMPTY)
        return fail(error, plots, "cannot be created");
    if (renameat2(AT_FDCWD, made, AT_FDCWD, plots, RENAME_EXCHANGE) != 0)
        return fail(error, plots, "cannot be replaced: remove it");
    folder_remove(made); /* which now holds the old plots */
    return true;
}

bool plots_draw(const struct result *result, const char *scripts, GError **error)
{
    g_autofree char *plots = g_build_filename(result->folder, "plots", NULL);
    g_autofree char *made = g_build_filename(result->folder, "plots.XXXXXX", NULL);

    if (!g_mkdtemp_full(made, 0777)) {
        return fail(error, made, "cannot be created");
    }
    struct drawing drawing = {.folder = made, .scripts = scripts};
    if (draw_all(&drawing, result, error) && put_in_place(made, plots, error))
        return true;
    folder_remove(made);
    return false;
}
