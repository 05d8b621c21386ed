/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/sessions/sessions.h"

#include "auto-destroy.h"
#include "harness/report/exports.h"
#include "harness/report/table.h"
#include "harness/scenario/catalog.h"
#include "harness/vdibench/command.h"

#include <stdbool.h>
#include <stdio.h>

/* Nobody calls a picture in time that is later. */
#define WITHIN_MAX_MS 60000
/* A week. */
#define MINUTES_MAX (7 * 24 * 60)

/* What is made of the result, and the answer. */
static bool leave(const struct result *result, GError **error)
{
    g_autofree char *table = table_text(result);

    if (!table_write(result, error) || !exports_write(result, error))
        return false;
    printf("%s\n", table);
    fflush(stdout);
    fprintf(stderr,
            "vdibench: samples, result.json, sessions.csv and what is made of them are in "
            "%s\n",
            result->folder);
    return true;
}

bool command_sessions(const struct layout *layout, int argc, char **argv, int *ret_status,
                      GError **error)
{
    static char *default_scenario[] = {(char *)"sessions", NULL};
    g_auto(GStrv) routes = NULL, clients = NULL, transports = NULL;
    g_auto(GStrv) words = g_strdupv(argv - 1);
    g_autofree char *output = NULL, *recording = NULL;
    gboolean quick = FALSE, beside_others = FALSE;
    int repeats = NOT_GIVEN, seconds = NOT_GIVEN, max = NOT_GIVEN, within = NOT_GIVEN;
    int minutes = NOT_GIVEN;
    const GOptionEntry entries[] = {
        {"route", 'r', 0, G_OPTION_ARG_STRING_ARRAY, &routes,
         "Only this route (a list, or repeated)", "ROUTE"},
        {"client", 'c', 0, G_OPTION_ARG_STRING_ARRAY, &clients,
         "Clients that are decoding (the default) or receive-only (a list, or repeated)", "KIND"},
        {"transport", 't', 0, G_OPTION_ARG_STRING_ARRAY, &transports,
         "How the port reaches the VM, pty or socket (a list, or repeated)", "TRANSPORT"},
        {"max", 'm', 0, G_OPTION_ARG_INT, &max, "Try no more sessions than this", "N"},
        {"within", 'w', 0, G_OPTION_ARG_INT, &within,
         "How long after its slot a frame is still in time (one frame interval)", "MS"},
        {"minutes", 0, 0, G_OPTION_ARG_INT, &minutes,
         "Begin no further search after so long (" G_STRINGIFY(SESSIONS_MINUTES) ")", "N"},
        {"repeat", 'n', 0, G_OPTION_ARG_INT, &repeats, "Repeats of each search", "N"},
        {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "How long each number of sessions plays",
         "S"},
        {"quick", 'q', 0, G_OPTION_ARG_NONE, &quick, "As short as the scenario allows", NULL},
        {"beside-others", 0, 0, G_OPTION_ARG_NONE, &beside_others,
         "Also while another run measures on this machine; the result is marked", NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
         "Results folder, must not exist (results/TIME-HOST-REVISION)", "DIR"},
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, &recording, "Play this", "FILE"},
        G_OPTION_ENTRY_NULL,
    };
    g_autofree char *route_words = route_names();

    if (!command_parse("[SCENARIO] - find how many sessions the machine carries", entries, &argc,
                       &argv, error))
        return false;
    command_split_lists(&routes);
    command_split_lists(&clients);
    command_split_lists(&transports);
    if (!command_check_words("--route", routes, route_words, error) ||
        !command_check_words("--client", clients, SESSIONS_CLIENTS, error) ||
        !command_check_words("--transport", transports, "pty, socket", error) ||
        !command_check_range("--max", max, 1, SESSIONS_MAX, error) ||
        !command_check_range("--within", within, 1, WITHIN_MAX_MS, error) ||
        !command_check_range("--minutes", minutes, 1, MINUTES_MAX, error) ||
        !command_check_range("--repeat", repeats, 1, REPEATS_MAX, error) ||
        !command_check_range("--seconds", seconds, SECONDS_MIN, SECONDS_MAX, error))
        return false;
    if (argc > 2)
        return command_usage_error(error, "sessions: '%s': one scenario is enough", argv[2]);
    auto_finish(libraries) libraries = {0};
    if (!libraries_find(&libraries, layout->programs, NULL, error))
        return false;
    struct layout with_libraries = *layout;
    with_libraries.libraries = libraries;
    layout = &with_libraries;

    g_autoptr(GPtrArray) scenarios =
        catalog_load(layout->top, argc > 1 ? argv + 1 : default_scenario, error);
    if (!scenarios)
        return false;
    if (!scenario_has(g_ptr_array_index(scenarios, 0), ACTION_PLAY))
        return command_usage_error(error, "sessions: a scenario with the step 'play' is needed");
    const struct sessions_options options = {
        .run = {.scenarios = scenarios,
                .filter = {.routes = (const char *const *)routes,
                           .words[AXIS_TRANSPORT] = (const char *const *)transports,
                           .seconds = seconds == NOT_GIVEN ? 0 : (unsigned)seconds,
                           .repeats = repeats == NOT_GIVEN ? 0 : (unsigned)repeats,
                           .quick = quick},
                .output = output,
                .recording = recording,
                .beside_others = beside_others,
                .command_line = (const char *const *)words},
        .clients = (const char *const *)clients,
        .max = max == NOT_GIVEN ? SESSIONS_MAX : (unsigned)max,
        .within_ms = within == NOT_GIVEN ? 0 : (unsigned)within,
        .minutes = minutes == NOT_GIVEN ? SESSIONS_MINUTES : (unsigned)minutes,
    };
    auto_destroy(result) result = sessions(layout, &options, ret_status, error);
    return result && leave(result, error);
}
