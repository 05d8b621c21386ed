/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/scenario/timeline.h"
#include "harness/vdibench/command.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Of the two columns, so that a line fits an ordinary terminal. */
#define NAME_COLUMNS 26
#define TEXT_COLUMNS 70

/* Breaks the text between its words, the later lines below the first one. */
static void print_wrapped(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    size_t column = 0;

    for (unsigned i = 0; words[i]; i++) {
        size_t length = strlen(words[i]);
        if (column > 0 && column + 1 + length > TEXT_COLUMNS) {
            printf("\n%*s", NAME_COLUMNS, "");
            column = 0;
        }
        column += (size_t)printf("%s%s", column > 0 ? " " : "", words[i]);
    }
    printf("\n");
}

/* `name` stands before the step's first sentence only. */
static void print_sentence(const char **name, const char *begin, const char *text, const char *end)
{
    g_autofree char *sentence = g_strconcat(begin, text, end, NULL);

    printf("%-*s", NAME_COLUMNS, *name);
    *name = "";
    print_wrapped(sentence);
}

static void print_step(enum action action)
{
    g_autofree char *usage = action_usage(action);
    g_autofree char *about = action_about(action);
    const char *name = usage;

    if (action_does(action))
        print_sentence(&name, "", action_does(action), "");
    if (action_waits_for(action))
        print_sentence(&name, "Waits for ", action_waits_for(action), ".");
    if (*about)
        print_sentence(&name, "Needs ", about, ".");
}

static void add_member(JsonBuilder *builder, const char *name, const char *text)
{
    json_builder_set_member_name(builder, name);
    if (text && *text)
        json_builder_add_string_value(builder, text);
    else
        json_builder_add_null_value(builder);
}

static JsonNode *as_json(void)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_array(builder);
    for (int i = 0; i < ACTION_COUNT; i++) {
        enum action action = (enum action)i;
        g_autofree char *usage = action_usage(action);
        g_autofree char *about = action_about(action);
        json_builder_begin_object(builder);
        add_member(builder, "step", usage);
        add_member(builder, "does", action_does(action));
        add_member(builder, "waits_for", action_waits_for(action));
        add_member(builder, "needs", about);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    return json_builder_get_root(builder);
}

bool command_steps(const struct layout *layout, int argc, char **argv, int *ret_status,
                   GError **error)
{
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        COMMAND_JSON_OPTION(&json),
        G_OPTION_ENTRY_NULL,
    };
    if (!command_parse("- explain the steps of a scenario's timeline", entries, &argc, &argv,
                       error))
        return false;
    if (argc > 1)
        return command_usage_error(error, "steps: '%s': it takes no arguments", argv[1]);
    if (json) {
        command_print_json(as_json());
        return true;
    }
    for (int i = 0; i < ACTION_COUNT; i++)
        print_step((enum action)i);
    printf(
        "\nA scenario's [timeline] numbers its steps: 1=vm desktop, 2=client connect and so on. One timeline\n"
        "serves all routes of the scenario: where a route lacks what a step needs, the step is left out.\n");
    return true;
}
