/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/scenario/catalog.h"
#include "harness/vdibench/command.h"

#include <stdbool.h>
#include <stdio.h>

bool command_list(const struct layout *layout, int argc, char **argv, int *ret_status,
                  GError **error)
{
    if (!command_parse("- list the scenarios", NULL, &argc, &argv, error))
        return false;
    if (argc > 1)
        return command_usage_error(error, "list: '%s': it takes no arguments", argv[1]);
    g_autoptr(GPtrArray) scenarios = catalog_load(layout->top, argv + argc, error);
    if (!scenarios)
        return false;
    printf("%-24s %-16s %s\n", "SCENARIO", "SETS", "TITLE");
    for (unsigned i = 0; i < scenarios->len; i++) {
        const struct scenario *scenario = g_ptr_array_index(scenarios, i);
        g_autofree char *sets = g_strjoinv(",", scenario->sets);
        printf("%-24s %-16s %s\n", scenario->name, *sets ? sets : "-", scenario->title);
    }
    return true;
}
