/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "auto-destroy.h"
#include "harness/scenario/catalog.h"
#include "harness/vdibench/command.h"

#include <stdbool.h>
#include <stdio.h>

/* An object for each group of the complete scenario, its keys' values as in the file. */
static JsonNode *as_json(const char *text)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(JsonBuilder) builder = json_builder_new();

    g_key_file_load_from_data(file, text, (gsize)-1, G_KEY_FILE_NONE, NULL);
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    json_builder_begin_object(builder);
    for (char **group = groups; *group; group++) {
        g_auto(GStrv) keys = g_key_file_get_keys(file, *group, NULL, NULL);
        json_builder_set_member_name(builder, *group);
        json_builder_begin_object(builder);
        for (char **key = keys; *key; key++) {
            g_autofree char *value = g_key_file_get_value(file, *group, *key, NULL);
            json_builder_set_member_name(builder, *key);
            json_builder_add_string_value(builder, value);
        }
        json_builder_end_object(builder);
    }
    json_builder_end_object(builder);
    return json_builder_get_root(builder);
}

bool command_show(const struct layout *layout, int argc, char **argv, int *ret_status,
                  GError **error)
{
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        COMMAND_JSON_OPTION(&json),
        G_OPTION_ENTRY_NULL,
    };
    if (!command_parse("SCENARIO - show a scenario completely", entries, &argc, &argv, error))
        return false;
    if (argc != 2)
        return command_usage_error(
            error, "show: one scenario is needed: vdibench list shows what there is");
    auto_destroy(scenario) scenario = catalog_load_one(layout->top, argv[1], error);
    if (!scenario)
        return false;
    g_autofree char *text = scenario_text(scenario);
    if (json)
        command_print_json(as_json(text));
    else
        fputs(text, stdout);
    return true;
}
