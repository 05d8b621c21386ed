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

bool command_steps(const struct layout *layout, int argc, char **argv, int *ret_status,
                   GError **error)
{
    if (!command_parse("- explain the steps of a scenario's timeline", NULL, &argc, &argv, error))
        return false;
    if (argc > 1)
        return command_usage_error(error, "steps: '%s': it takes no arguments", argv[1]);
    for (int i = 0; i < ACTION_COUNT; i++)
        print_step((enum action)i);
    printf(
        "\nA scenario's [timeline] numbers its steps: 1=vm desktop, 2=client connect and so on. One timeline\n"
        "serves all routes of the scenario: where a route lacks what a step needs, the step is left out.\n");
    return true;
}
