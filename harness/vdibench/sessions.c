/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/sessions/sessions.h"

#include "harness/scenario/catalog.h"
#include "harness/vdibench/command.h"

#include <stdbool.h>

bool command_sessions(const struct layout *layout, int argc, char **argv, int *ret_status,
                      GError **error)
{
    static char *default_scenario[] = {(char *)"sessions", NULL};
    g_auto(GStrv) routes = NULL, clients = NULL, transports = NULL;
    g_auto(GStrv) words = g_strdupv(argv - 1);
    g_autofree char *output = NULL, *recording = NULL;
    gboolean quick = FALSE;
    int repeats = NOT_GIVEN, seconds = NOT_GIVEN, max = NOT_GIVEN;
    const GOptionEntry entries[] = {
        {"route", 'r', 0, G_OPTION_ARG_STRING_ARRAY, &routes, "Only this route (may be repeated)",
         "ROUTE"},
        {"client", 'c', 0, G_OPTION_ARG_STRING_ARRAY, &clients,
         "Only clients that are receive-only or decoding (may be repeated)", "KIND"},
        {"transport", 't', 0, G_OPTION_ARG_STRING_ARRAY, &transports,
         "How the port reaches the VM, pty or socket (may be repeated)", "TRANSPORT"},
        {"max", 'm', 0, G_OPTION_ARG_INT, &max, "Try no more sessions than this (64)", "N"},
        {"repeat", 'n', 0, G_OPTION_ARG_INT, &repeats, "Repeats of each search", "N"},
        {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "How long each number of sessions plays",
         "S"},
        {"quick", 'q', 0, G_OPTION_ARG_NONE, &quick, "As short as the scenario allows", NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
         "Results folder, must not exist (results/TIME-HOST-REVISION)", "DIR"},
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, &recording, "Play this", "FILE"},
        G_OPTION_ENTRY_NULL,
    };
    g_autofree char *route_words = route_names();

    if (!command_parse("[SCENARIO] - find how many sessions the machine carries", entries, &argc,
                       &argv, error) ||
        !command_check_words("--route", routes, route_words, error) ||
        !command_check_words("--client", clients, SESSIONS_CLIENTS, error) ||
        !command_check_words("--transport", transports, "pty, socket", error) ||
        !command_check_range("--max", max, 1, SESSIONS_MAX, error) ||
        !command_check_range("--repeat", repeats, 1, REPEATS_MAX, error) ||
        !command_check_range("--seconds", seconds, SECONDS_MIN, SECONDS_MAX, error))
        return false;
    if (argc > 2)
        return command_usage_error(error, "sessions: '%s': one scenario is enough", argv[2]);
    g_autoptr(GPtrArray) scenarios =
        catalog_load(layout->top, argc > 1 ? argv + 1 : default_scenario, error);
    if (!scenarios)
        return false;
    if (!scenario_has(g_ptr_array_index(scenarios, 0), ACTION_PLAY))
        return command_usage_error(error, "sessions: a scenario with the step 'play' is needed");
    const struct sessions_options options = {
        .run = {.scenarios = scenarios,
                .filter = {.routes = (const char *const *)routes,
                           .transports = (const char *const *)transports,
                           .seconds = seconds == NOT_GIVEN ? 0 : (unsigned)seconds,
                           .repeats = repeats == NOT_GIVEN ? 0 : (unsigned)repeats,
                           .quick = quick},
                .output = output,
                .recording = recording,
                .command_line = (const char *const *)words},
        .clients = (const char *const *)clients,
        .max = max == NOT_GIVEN ? 64 : (unsigned)max,
    };
    return sessions(layout, &options, ret_status, error);
}
