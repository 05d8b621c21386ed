/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vdibench/command.h"

#include "harness/result/result-read.h"

#include <stdio.h>

bool command_parse_two(const char *summary, const GOptionEntry *entries, const GOptionEntry *more,
                       int *argc, char ***argv, GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(summary);
    if (entries)
        g_option_context_add_main_entries(context, entries, NULL);
    if (more)
        g_option_context_add_main_entries(context, more, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

bool command_parse(const char *summary, const GOptionEntry *entries, int *argc, char ***argv,
                   GError **error)
{
    return command_parse_two(summary, entries, NULL, argc, argv, error);
}

void command_print_json(JsonNode *node)
{
    g_autofree char *text = json_to_string(node, true);
    printf("%s\n", text);
    json_node_unref(node);
}

bool command_usage_error(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
    return false;
}

void command_split_lists(char ***words)
{
    if (!*words)
        return;
    g_autofree char *joined = g_strjoinv(",", *words);
    g_strfreev(*words);
    *words = g_strsplit(joined, ",", -1);
}

/* Each of `words` must be one of the names, which are separated by ", ". */
bool command_check_words(const char *option, char **words, const char *names, GError **error)
{
    g_auto(GStrv) known = g_strsplit(names, ", ", -1);
    for (; words && *words; words++) {
        if (!g_strv_contains((const char *const *)known, *words))
            return command_usage_error(error, "%s %s: unknown; allowed: %s", option, *words, names);
    }
    return true;
}

bool command_check_range(const char *option, int value, int min, int max, GError **error)
{
    return value == NOT_GIVEN || (value >= min && value <= max) ||
           command_usage_error(error, "%s %d: allowed: %d to %d", option, value, min, max);
}

/* The result of the one folder that a command is given. */
struct result *command_read_result(const char *command, const char *summary, int argc, char **argv,
                                   GError **error)
{
    if (!command_parse(summary, NULL, &argc, &argv, error))
        return NULL;
    if (argc != 2) {
        command_usage_error(error, "%s: one folder is needed, one that vdibench run has written",
                            command);
        return NULL;
    }
    return result_read(argv[1], error);
}
