/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "auto-destroy.h"
#include "harness/doctor/given-gpu.h"
#include "harness/scenario/catalog.h"
#include "harness/vdibench/axis-options.h"
#include "harness/vdibench/command.h"
#include "harness/vdibench/run-cases.h"
#include "harness/vdibench/run-slurm.h"

#include <stdbool.h>

static const char *const *sinks_of(const struct route *route)
{
    return route->sinks;
}

static const char *const *drawings_of(const struct route *route)
{
    return route->drawings;
}

/* All that the routes have in that list, each once, for messages; free it. */
static char *words_of_routes(const char *const *(*list_of)(const struct route *route))
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (unsigned i = 0; route_at(i); i++) {
        const char *const *list = list_of(route_at(i));
        for (; list && *list; list++) {
            if (g_hash_table_add(seen, (char *)*list))
                g_strv_builder_add(words, *list);
        }
    }
    g_auto(GStrv) all = g_strv_builder_end(words);
    return g_strjoinv(", ", all);
}

/* A day. */
#define BUDGET_MAX_MINUTES (24 * 60)
/* More tasks than Slurm's default MaxArraySize lets an array have. */
#define SLURM_JOBS_MAX 1000
/* With more the interval says nothing. */
#define UNTIL_CI_MAX_PCT 50

bool command_run(const struct layout *layout, int argc, char **argv, int *ret_status,
                 GError **error)
{
    g_auto(GStrv) routes = NULL, sinks = NULL, drawings = NULL;
    auto_finish(axis_options) axes;
    g_auto(GStrv) words = g_strdupv(argv - 1);
    g_auto(GStrv) slurm_options = NULL;
    g_autofree char *output = NULL, *recording = NULL, *set = NULL, *only_case = NULL;
    g_autofree char *server = NULL, *gpu = NULL, *guest = NULL, *functions = NULL;
    gboolean quick = FALSE, tap = FALSE, all = FALSE, dry_run = FALSE, report = FALSE,
             beside_others = FALSE, slurm = FALSE, shuffle = FALSE, no_twin = FALSE, yes = FALSE,
             pin = FALSE;
    int until_ci = NOT_GIVEN, time_limit = NOT_GIVEN, seed = NOT_GIVEN, warm_ups = NOT_GIVEN;
    int repeats = NOT_GIVEN, seconds = NOT_GIVEN, budget = NOT_GIVEN, slurm_jobs = NOT_GIVEN;
    const GOptionEntry entries[] = {
        {"set", 0, 0, G_OPTION_ARG_STRING, &set, "The scenarios that declare this set", "SET"},
        {"all", 0, 0, G_OPTION_ARG_NONE, &all,
         "Every sink, drawing, recording and transport, as far as --budget allows", NULL},
        {"budget", 0, 0, G_OPTION_ARG_INT, &budget, "How long --all may take", "MINUTES"},
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "Print what would be run, and stop", NULL},
        {"route", 'r', 0, G_OPTION_ARG_STRING_ARRAY, &routes,
         "Only this route (a list, or repeated)", "ROUTE"},
        {"sink", 's', 0, G_OPTION_ARG_STRING_ARRAY, &sinks, "Only this sink (a list, or repeated)",
         "SINK"},
        {"drawing", 'd', 0, G_OPTION_ARG_STRING_ARRAY, &drawings,
         "Only this way of drawing the workload on the vGPU (a list, or repeated)", "DRAWING"},
        {"repeat", 'n', 0, G_OPTION_ARG_INT, &repeats, "Repeats of each case", "N"},
        {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "How long each one plays", "S"},
        {"quick", 'q', 0, G_OPTION_ARG_NONE, &quick, "As short as the scenario allows", NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
         "Results folder, must not exist (results/TIME-HOST-REVISION)", "DIR"},
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, &recording, "Play this for every workload",
         "FILE"},
        {"until-ci", 0, 0, G_OPTION_ARG_INT, &until_ci,
         "Repeat until the 95 % intervals of latency p50 and server CPU are within ±PCT", "PCT"},
        {"time-limit", 0, 0, G_OPTION_ARG_INT, &time_limit, "How long --until-ci may take",
         "MINUTES"},
        {"warm-up", 0, 0, G_OPTION_ARG_INT, &warm_ups,
         "Repeats of each case that are kept but not counted, before all others", "N"},
        {"seed", 0, 0, G_OPTION_ARG_INT, &seed, "Of the random order of the cases (the scenario's)",
         "N"},
        {"shuffle", 0, 0, G_OPTION_ARG_NONE, &shuffle,
         "A random order also with --tap, which keeps the scenarios' otherwise", NULL},
        {"no-twin", 0, 0, G_OPTION_ARG_NONE, &no_twin,
         "Do not measure a route twice for the noise floor", NULL},
        {"report", 0, 0, G_OPTION_ARG_NONE, &report, "Write the report and its plots, too", NULL},
        {"beside-others", 0, 0, G_OPTION_ARG_NONE, &beside_others,
         "Also while another run measures on this machine; the result is marked", NULL},
        {"slurm", 0, 0, G_OPTION_ARG_NONE, &slurm,
         "On the nodes of a Slurm cluster, which share the results folder", NULL},
        {"slurm-option", 0, 0, G_OPTION_ARG_STRING_ARRAY, &slurm_options,
         "For sbatch, --partition=fast for example (may be repeated)", "OPTION"},
        {"slurm-jobs", 0, 0, G_OPTION_ARG_INT, &slurm_jobs, "At most so many jobs at once", "N"},
        {"only-case", 0, 0, G_OPTION_ARG_STRING, &only_case,
         "One repeat of this case, as --dry-run names it", "CASE"},
        {"server", 0, 0, G_OPTION_ARG_STRING, &server,
         "With this version of spice-server, ours and upstream's (the system's)", "VERSION"},
        {"gpu", 0, 0, G_OPTION_ARG_STRING, &gpu,
         "Give the real VM this graphics card (see doctor --gpu)", "PCI"},
        {"guest", 0, 0, G_OPTION_ARG_FILENAME, &guest,
         "The real VM's guest is on this disk (docs/wx4100.md), which is not written", "DISK"},
        {"pin", 0, 0, G_OPTION_ARG_NONE, &pin,
         "VM, client, agent and harness have processors of their own", NULL},
        {"yes", 'y', 0, G_OPTION_ARG_NONE, &yes,
         "Run everything without asking, if neither a scenario nor a set is given", NULL},
        {"tap", 0, 0, G_OPTION_ARG_NONE, &tap,
         "As functional tests: short, once, TAP on standard output", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autofree char *route_words = route_names();
    g_autofree char *sink_words = words_of_routes(sinks_of);
    g_autofree char *drawing_words = words_of_routes(drawings_of);

    axis_options_init(&axes);
    if (!command_parse_two("[SCENARIO...] - run scenarios, all by default", entries, axes.entries,
                           &argc, &argv, error))
        return false;
    command_split_lists(&routes);
    command_split_lists(&sinks);
    command_split_lists(&drawings);
    if (!command_check_words("--route", routes, route_words, error) ||
        !command_check_words("--sink", sinks, sink_words, error) ||
        !command_check_words("--drawing", drawings, drawing_words, error) ||
        !axis_options_check(&axes, error) ||
        !command_check_range("--repeat", repeats, 1, REPEATS_MAX, error) ||
        !command_check_range("--warm-up", warm_ups, 0, REPEATS_MAX, error) ||
        !command_check_range("--seconds", seconds, SECONDS_MIN, SECONDS_MAX, error) ||
        !command_check_range("--slurm-jobs", slurm_jobs, 1, SLURM_JOBS_MAX, error) ||
        !command_check_range("--until-ci", until_ci, 1, UNTIL_CI_MAX_PCT, error) ||
        !command_check_range("--time-limit", time_limit, 1, BUDGET_MAX_MINUTES, error) ||
        !command_check_range("--seed", seed, 0, INT_MAX, error) ||
        !command_check_range("--budget", budget, 1, BUDGET_MAX_MINUTES, error))
        return false;
    if (set && argc > 1)
        return command_usage_error(error, "--set %s: and scenario %s: give one of them", set,
                                   argv[1]);
    if (all != (budget != NOT_GIVEN))
        return command_usage_error(error, "--all and --budget MINUTES need each other");
    if ((until_ci == NOT_GIVEN) != (time_limit == NOT_GIVEN))
        return command_usage_error(error,
                                   "--until-ci PCT and --time-limit MINUTES need each other");
    if (until_ci != NOT_GIVEN && (all || tap))
        return command_usage_error(error, "--until-ci: leave --all and --tap out");
    if (all && (repeats != NOT_GIVEN || tap))
        return command_usage_error(error,
                                   "--all: runs each case once: leave --repeat and --tap out");
    if (warm_ups != NOT_GIVEN && (all || tap || slurm))
        return command_usage_error(error, "--warm-up: leave --all, --tap and --slurm out");
    if (!slurm && (slurm_options || slurm_jobs != NOT_GIVEN))
        return command_usage_error(error, "--slurm-option and --slurm-jobs need --slurm");
    if (slurm && (all || tap || dry_run))
        return command_usage_error(error, "--slurm: leave --all, --tap and --dry-run out");
    if (slurm && g_strv_contains((const char *const *)words, "--"))
        return command_usage_error(error, "--slurm: leave -- out");

    if (gpu && !(functions = given_gpu_functions("/", gpu, error)))
        return false;
    if (guest && !g_file_test(guest, G_FILE_TEST_IS_REGULAR))
        return command_usage_error(error, "--guest %s: there is no such file", guest);

    auto_finish(libraries) libraries = {0};
    if (!libraries_find(&libraries, layout->programs, server, error))
        return false;
    struct layout with_libraries = *layout;
    with_libraries.libraries = libraries;
    layout = &with_libraries;

    g_autoptr(GPtrArray) scenarios = set ? catalog_load_set(layout->top, set, error)
                                         : catalog_load(layout->top, argv + 1, error);
    if (!scenarios)
        return false;
    struct run_options options = {
        .scenarios = scenarios,
        .filter = {.routes = (const char *const *)routes,
                   .sinks = (const char *const *)sinks,
                   .drawings = (const char *const *)drawings,
                   .seconds = seconds == NOT_GIVEN ? 0 : (unsigned)seconds,
                   .repeats = repeats == NOT_GIVEN ? 0 : (unsigned)repeats,
                   .quick = quick,
                   .test = tap},
        .set = set,
        .budget_minutes = all ? (unsigned)budget : 0,
        .only_case = only_case,
        .until_ci_pct = until_ci == NOT_GIVEN ? 0 : (unsigned)until_ci,
        .time_limit_minutes = time_limit == NOT_GIVEN ? 0 : (unsigned)time_limit,
        .warm_ups = warm_ups == NOT_GIVEN ? 0 : (unsigned)warm_ups,
        .no_twin = no_twin,
        .shuffle = shuffle,
        .seed = seed == NOT_GIVEN ? -1 : seed,
        .dry_run = dry_run,
        .output = output,
        .recording = recording,
        .gpu = functions,
        .guest = guest,
        .command_line = (const char *const *)words,
        .tap = tap,
        .report = report && !(slurm && only_case),
        .pin = pin,
        .ask = argc == 1 && !set && !all && !dry_run && !tap && !yes,
        .beside_others = beside_others,
    };
    axis_options_set(&axes, &options.filter);
    if (slurm && !only_case) { /* with a case it is one of the tasks */
        const struct slurm_options how = {
            .options = (const char *const *)slurm_options,
            .jobs_max = slurm_jobs == NOT_GIVEN ? 0 : (unsigned)slurm_jobs,
        };
        return run_slurm(layout, &options, &how, ret_status, error);
    }
    return run_cases(layout, &options, ret_status, error);
}
