/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/exports.h"
#include "harness/report/go-benchmark.h"
#include "harness/vdibench/command.h"

#include <stdbool.h>
#include <stdio.h>

static const struct {
    const char *name;
    char *(*text)(const struct result *result);
} formats[] = {
    {"benchmark", go_benchmark_text},
    {"csv", exports_csv},
    {"junit", exports_junit},
};

bool command_export(const struct layout *layout, int argc, char **argv, int *ret_status,
                    GError **error)
{
    g_autofree char *format = NULL;
    const GOptionEntry entries[] = {
        {"format", 'f', 0, G_OPTION_ARG_STRING, &format,
         "benchmark (of Go, for benchstat), csv or junit", "FORMAT"},
        G_OPTION_ENTRY_NULL,
    };

    if (!command_parse("--format=FORMAT RUN - print a run for another program", entries, &argc,
                       &argv, error))
        return false;
    for (unsigned i = 0; format && i < G_N_ELEMENTS(formats); i++) {
        if (!g_str_equal(format, formats[i].name))
            continue;
        auto_destroy(result) result = command_read_result("export", "", argc, argv, error);
        if (!result)
            return false;
        g_autofree char *text = formats[i].text(result);
        fputs(text, stdout);
        return true;
    }
    return command_usage_error(error, "--format %s: allowed: benchmark, csv, junit",
                               format ? format : "(missing)");
}
