/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/summary.h"

#include "auto-destroy.h"
#include "harness/vdibench/command.h"

#include <stdbool.h>
#include <stdio.h>

bool command_summary(const struct layout *layout, int argc, char **argv, int *ret_status,
                     GError **error)
{
    gboolean markdown = FALSE, json = FALSE;
    const GOptionEntry entries[] = {
        {"markdown", 0, 0, G_OPTION_ARG_NONE, &markdown, "As one table in Markdown", NULL},
        COMMAND_JSON_OPTION(&json),
        G_OPTION_ENTRY_NULL,
    };
    if (!command_parse("DIR - print a run's summary", entries, &argc, &argv, error))
        return false;
    auto_destroy(result) result = command_read_result("summary", "", argc, argv, error);
    if (!result)
        return false;
    if (json) {
        command_print_json(summary_json(result));
        return true;
    }
    g_autofree char *text = markdown ? summary_markdown(result) : summary_text(result);
    fputs(text, stdout);
    return true;
}
