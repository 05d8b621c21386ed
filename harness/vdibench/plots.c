/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plots/plots.h"

#include "auto-destroy.h"
#include "harness/vdibench/command.h"

#include <stdbool.h>
#include <stdio.h>

bool command_plots(const struct layout *layout, int argc, char **argv, int *ret_status,
                   GError **error)
{
    auto_destroy(result) result = command_read_result(
        "plots", "DIR - draw the plots of a run into DIR/plots", argc, argv, error);
    g_autofree char *scripts = g_build_filename(layout->top, "harness", "plots", NULL);
    if (!result || !plots_draw(result, scripts, error))
        return false;
    printf("%s/plots\n", result->folder);
    return true;
}
