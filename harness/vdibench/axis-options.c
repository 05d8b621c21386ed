/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vdibench/axis-options.h"

#include "harness/vdibench/command.h"

void axis_options_init(struct axis_options *options)
{
    *options = (struct axis_options){0};
    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        const struct axis_definition *axis = axis_definition((enum axis)a);
        g_autofree char *choice = axis_choice((enum axis)a);

        options->help[a] = g_strdup_printf("%s: %s (a list, or repeated)", axis->meaning, choice);
        options->argument[a] = g_ascii_strup(axis->name, -1);
        options->entries[a] = (GOptionEntry){
            axis->name,       axis->letter,        0, G_OPTION_ARG_STRING_ARRAY, &options->words[a],
            options->help[a], options->argument[a]};
    }
}

void axis_options_finish(struct axis_options *options)
{
    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        g_strfreev(options->words[a]);
        g_free(options->help[a]);
        g_free(options->argument[a]);
    }
}

bool axis_options_check(struct axis_options *options, GError **error)
{
    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        command_split_lists(&options->words[a]);
        for (char **word = options->words[a]; word && *word; word++) {
            g_autofree char *choice = axis_choice((enum axis)a);
            if (!axis_allows((enum axis)a, *word))
                return command_usage_error(error, "--%s %s: unknown; allowed: %s",
                                           axis_definition((enum axis)a)->name, *word, choice);
        }
    }
    return true;
}

void axis_options_set(const struct axis_options *options, struct case_filter *filter)
{
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        filter->words[a] = (const char *const *)options->words[a];
}
