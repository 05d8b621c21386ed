/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "auto-destroy.h"
#include "harness/scenario/catalog.h"
#include "harness/vdibench/command.h"

#include <stdbool.h>
#include <stdio.h>

bool command_show(const struct layout *layout, int argc, char **argv, int *ret_status,
                  GError **error)
{
    if (!command_parse("SCENARIO - show a scenario completely", NULL, &argc, &argv, error))
        return false;
    if (argc != 2)
        return command_usage_error(
            error, "show: one scenario is needed: vdibench list shows what there is");
    auto_destroy(scenario) scenario = catalog_load_one(layout->top, argv[1], error);
    if (!scenario)
        return false;
    g_autofree char *text = scenario_text(scenario);
    fputs(text, stdout);
    return true;
}
