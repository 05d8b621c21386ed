/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plan/real-vm.h"
#include "harness/scenario/catalog.h"
#include "harness/vdibench/command.h"

#include <stdbool.h>
#include <stdio.h>

static JsonNode *as_json(const GPtrArray *scenarios)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_array(builder);
    for (unsigned i = 0; i < scenarios->len; i++) {
        const struct scenario *scenario = g_ptr_array_index((GPtrArray *)scenarios, i);
        json_builder_begin_object(builder);
        json_builder_set_member_name(builder, "scenario");
        json_builder_add_string_value(builder, scenario->name);
        json_builder_set_member_name(builder, "sets");
        json_builder_begin_array(builder);
        for (char **set = scenario->sets; *set; set++)
            json_builder_add_string_value(builder, *set);
        json_builder_end_array(builder);
        json_builder_set_member_name(builder, "title");
        json_builder_add_string_value(builder, scenario->title);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    return json_builder_get_root(builder);
}

bool command_list(const struct layout *layout, int argc, char **argv, int *ret_status,
                  GError **error)
{
    gboolean json = FALSE, real_vm = FALSE;
    const GOptionEntry entries[] = {
        COMMAND_JSON_OPTION(&json),
        {"real-vm", 0, 0, G_OPTION_ARG_NONE, &real_vm,
         "Which of their routes run with --vm " VM_QEMU ", and why the others do not", NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!command_parse("- list the scenarios", entries, &argc, &argv, error))
        return false;
    if (argc > 1)
        return command_usage_error(error, "list: '%s': it takes no arguments", argv[1]);
    g_autoptr(GPtrArray) scenarios = catalog_load(layout->top, argv + argc, error);
    if (!scenarios)
        return false;
    if (json) {
        command_print_json(as_json(scenarios));
        return true;
    }
    if (real_vm) {
        g_autofree char *table = real_vm_table(scenarios);
        fputs(table, stdout);
        return true;
    }
    printf("%-24s %-16s %s\n", "SCENARIO", "SETS", "TITLE");
    for (unsigned i = 0; i < scenarios->len; i++) {
        const struct scenario *scenario = g_ptr_array_index(scenarios, i);
        g_autofree char *sets = g_strjoinv(",", scenario->sets);
        printf("%-24s %-16s %s\n", scenario->name, *sets ? sets : "-", scenario->title);
    }
    return true;
}
