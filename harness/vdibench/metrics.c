/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/definitions.h"
#include "harness/vdibench/command.h"

#include <stdbool.h>
#include <stdio.h>

bool command_metrics(const struct layout *layout, int argc, char **argv, int *ret_status,
                     GError **error)
{
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        COMMAND_JSON_OPTION(&json),
        G_OPTION_ENTRY_NULL,
    };
    if (!command_parse("- define the metrics, in Markdown", entries, &argc, &argv, error))
        return false;
    if (argc > 1)
        return command_usage_error(error, "metrics: '%s': it takes no arguments", argv[1]);
    if (json) {
        command_print_json(definitions_json());
        return true;
    }
    g_autofree char *text = definitions_markdown();
    fputs(text, stdout);
    return true;
}
