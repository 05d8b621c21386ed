/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/report.h"

#include "auto-destroy.h"
#include "harness/vdibench/command.h"

#include <stdbool.h>
#include <stdio.h>

bool command_report(const struct layout *layout, int argc, char **argv, int *ret_status,
                    GError **error)
{
    auto_destroy(result) result = command_read_result(
        "report", "DIR - write the report of a run, DIR/report.html", argc, argv, error);
    g_autofree char *scripts = g_build_filename(layout->top, "harness", "plots", NULL);
    if (!result || !report_write(result, scripts, error))
        return false;
    printf("%s/report.html\n", result->folder);
    return true;
}
