/*
 * vdibench: the command line.
 *
 *   vdibench list                     the scenarios
 *   vdibench show SCENARIO            one of them completely
 *   vdibench run [SCENARIO...]        runs them, see run --help
 *   vdibench sessions [SCENARIO]      how many sessions the machine carries
 *   vdibench plots DIR                draws the plots of a run
 *   vdibench report DIR               writes the report of a run
 */
#include "harness/scenario/catalog.h"
#include "harness/scenario/path.h"
#include "harness/plots/plots.h"
#include "harness/report/report.h"
#include "harness/run/run.h"
#include "harness/report/saved-result.h"
#include "harness/sessions/sessions.h"

#include <libavutil/log.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE                                                                                      \
    "Usage:\n"                                                                                     \
    "  vdibench list                 List the scenarios and their sets\n"                          \
    "  vdibench show SCENARIO        Show one completely: its matrix, timeline, expectations\n"    \
    "  vdibench run [SCENARIO...]    Run some, or all of them\n"                                   \
    "  vdibench sessions [SCENARIO]  Find how many sessions at once the machine carries\n"          \
    "  vdibench plots DIR            Draw the plots of a run's folder into DIR/plots\n"           \
    "  vdibench report DIR           Write its report, DIR/report.html\n"                         \
    "\n"                                                                                           \
    "Each command has a --help of its own. A scenario is a name from the list, or a file.\n"

static int complain(const GError *error)
{
    fprintf(stderr, "vdibench: %s\n", error->message);
    return EXIT_FAILURE;
}

/* `status`, unless what was printed could not be written. */
static int status_if_written(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fprintf(stderr, "vdibench: cannot write to standard output: is the disk full?\n");
    return EXIT_FAILURE;
}

static gboolean find_layout(Layout *layout, GError **error)
{
    g_autofree char *binary = g_file_read_link("/proc/self/exe", error);
    if (!binary)
        return FALSE;
    layout->programs = g_path_get_dirname(binary);
    layout->top = g_path_get_dirname(layout->programs);
    /* A build of another kind lies deeper: build/asan. */
    g_autofree char *above = g_path_get_dirname(layout->top);
    g_autofree char *scenarios = g_build_filename(above, "scenarios", NULL);
    if (g_str_has_suffix(layout->top, "/build") && g_file_test(scenarios, G_FILE_TEST_IS_DIR)) {
        g_free(layout->top);
        layout->top = g_steal_pointer(&above);
    }
    return TRUE;
}

static gboolean parse(const char *summary, const GOptionEntry *entries, int *argc, char ***argv,
                      GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(summary);
    if (entries)
        g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

static gboolean usage_error(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean usage_error(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
    return FALSE;
}

static gboolean command_list(const Layout *layout, int argc, char **argv, int *ret_status,
                             GError **error)
{
    if (!parse("- list the scenarios", NULL, &argc, &argv, error))
        return FALSE;
    if (argc > 1)
        return usage_error(error, "list: '%s': it takes no arguments", argv[1]);
    g_autoptr(GPtrArray) scenarios = catalog_load(layout->top, argv + argc, error);
    if (!scenarios)
        return FALSE;
    printf("%-24s %-16s %s\n", "SCENARIO", "SETS", "TITLE");
    for (guint i = 0; i < scenarios->len; i++) {
        const Scenario *scenario = g_ptr_array_index(scenarios, i);
        g_autofree char *sets = g_strjoinv(",", scenario->sets);
        printf("%-24s %-16s %s\n", scenario->name, *sets ? sets : "-", scenario->title);
    }
    return TRUE;
}

static gboolean command_show(const Layout *layout, int argc, char **argv, int *ret_status,
                             GError **error)
{
    if (!parse("SCENARIO - show a scenario completely", NULL, &argc, &argv, error))
        return FALSE;
    if (argc != 2)
        return usage_error(error,
                           "show: one scenario is needed: vdibench list shows what there is");
    g_autoptr(Scenario) scenario = catalog_load_one(layout->top, argv[1], error);
    if (!scenario)
        return FALSE;
    g_autofree char *text = scenario_text(scenario);
    fputs(text, stdout);
    return TRUE;
}

/* Each of `words` must be one of the names, which are separated by ", ". */
static gboolean check_words(const char *option, char **words, const char *names, GError **error)
{
    g_auto(GStrv) known = g_strsplit(names, ", ", -1);
    for (; words && *words; words++) {
        if (!g_strv_contains((const char *const *)known, *words))
            return usage_error(error, "%s %s: unknown; allowed: %s", option, *words, names);
    }
    return TRUE;
}

static const char *const *sinks_of(const Path *path)
{
    return path->sinks;
}

static const char *const *drawings_of(const Path *path)
{
    return path->drawings;
}

/* All that the paths have in that list, each once, for messages; free it. */
static char *words_of_paths(const char *const *(*list_of)(const Path *path))
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; path_at(i); i++) {
        const char *const *list = list_of(path_at(i));
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
/* An option that was not given keeps this value. */
#define NOT_GIVEN G_MININT

static gboolean check_range(const char *option, int value, int min, int max, GError **error)
{
    return value == NOT_GIVEN || (value >= min && value <= max) ||
           usage_error(error, "%s %d: allowed: %d to %d", option, value, min, max);
}

static gboolean command_run(const Layout *layout, int argc, char **argv, int *ret_status,
                            GError **error)
{
    g_auto(GStrv) paths = NULL, sinks = NULL, drawings = NULL, transports = NULL;
    g_auto(GStrv) words = g_strdupv(argv - 1);
    g_autofree char *output = NULL, *recording = NULL, *set = NULL;
    gboolean quick = FALSE, tap = FALSE, all = FALSE, dry_run = FALSE;
    int repeats = NOT_GIVEN, seconds = NOT_GIVEN, budget = NOT_GIVEN;
    const GOptionEntry entries[] = {
        {"set", 0, 0, G_OPTION_ARG_STRING, &set, "The scenarios that declare this set", "SET"},
        {"all", 0, 0, G_OPTION_ARG_NONE, &all,
         "Every sink, drawing, recording and transport, as far as --budget allows", NULL},
        {"budget", 0, 0, G_OPTION_ARG_INT, &budget, "How long --all may take", "MINUTES"},
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "Say what would be run, and stop", NULL},
        {"path", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &paths, "Only this path (may be repeated)",
         "PATH"},
        {"sink", 's', 0, G_OPTION_ARG_STRING_ARRAY, &sinks, "Only this sink (may be repeated)",
         "SINK"},
        {"drawing", 'd', 0, G_OPTION_ARG_STRING_ARRAY, &drawings,
         "Only this way of drawing the workload on the vGPU (may be repeated)", "DRAWING"},
        {"transport", 't', 0, G_OPTION_ARG_STRING_ARRAY, &transports,
         "How the port reaches the VM, pty or socket (may be repeated)", "TRANSPORT"},
        {"repeat", 'n', 0, G_OPTION_ARG_INT, &repeats, "Repeats of each case", "N"},
        {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "How long each one plays", "S"},
        {"quick", 'q', 0, G_OPTION_ARG_NONE, &quick, "As short as the scenario allows", NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
         "Results folder, must not exist (results/TIME-HOST-REVISION)", "DIR"},
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, &recording, "Play this for every workload",
         "FILE"},
        {"tap", 0, 0, G_OPTION_ARG_NONE, &tap,
         "As functional tests: short, once, TAP on standard output", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autofree char *path_words = path_names();
    g_autofree char *sink_words = words_of_paths(sinks_of);
    g_autofree char *drawing_words = words_of_paths(drawings_of);

    if (!parse("[SCENARIO...] - run scenarios, all by default", entries, &argc, &argv, error) ||
        !check_words("--path", paths, path_words, error) ||
        !check_words("--sink", sinks, sink_words, error) ||
        !check_words("--drawing", drawings, drawing_words, error) ||
        !check_words("--transport", transports, "pty, socket", error) ||
        !check_range("--repeat", repeats, 1, REPEATS_MAX, error) ||
        !check_range("--seconds", seconds, SECONDS_MIN, SECONDS_MAX, error) ||
        !check_range("--budget", budget, 1, BUDGET_MAX_MINUTES, error))
        return FALSE;
    if (set && argc > 1)
        return usage_error(error, "--set %s: and scenario %s: give one of them", set, argv[1]);
    if (all != (budget != NOT_GIVEN))
        return usage_error(error, "--all and --budget MINUTES need each other");
    if (all && (repeats != NOT_GIVEN || tap))
        return usage_error(error, "--all: runs each case once: leave --repeat and --tap out");

    g_autoptr(GPtrArray) scenarios =
        set ? catalog_load_set(layout->top, set, error) : catalog_load(layout->top, argv + 1, error);
    if (!scenarios)
        return FALSE;
    const RunOptions options = {
        .scenarios = scenarios,
        .filter = {.paths = (const char *const *)paths,
                   .sinks = (const char *const *)sinks,
                   .drawings = (const char *const *)drawings,
                   .transports = (const char *const *)transports,
                   .seconds = seconds == NOT_GIVEN ? 0 : (guint)seconds,
                   .repeats = repeats == NOT_GIVEN ? 0 : (guint)repeats,
                   .quick = quick,
                   .test = tap},
        .set = set,
        .budget_minutes = all ? (guint)budget : 0,
        .dry_run = dry_run,
        .output = output,
        .recording = recording,
        .command_line = (const char *const *)words,
        .tap = tap,
    };
    return run(layout, &options, ret_status, error);
}

static gboolean command_sessions(const Layout *layout, int argc, char **argv, int *ret_status,
                                 GError **error)
{
    static char *default_scenario[] = {(char *)"sessions", NULL};
    g_auto(GStrv) paths = NULL, clients = NULL, transports = NULL;
    g_auto(GStrv) words = g_strdupv(argv - 1);
    g_autofree char *output = NULL, *recording = NULL;
    gboolean quick = FALSE;
    int repeats = NOT_GIVEN, seconds = NOT_GIVEN, max = NOT_GIVEN;
    const GOptionEntry entries[] = {
        {"path", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &paths, "Only this path (may be repeated)",
         "PATH"},
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
    g_autofree char *path_words = path_names();

    if (!parse("[SCENARIO] - find how many sessions the machine carries", entries, &argc, &argv,
               error) ||
        !check_words("--path", paths, path_words, error) ||
        !check_words("--client", clients, SESSIONS_CLIENTS, error) ||
        !check_words("--transport", transports, "pty, socket", error) ||
        !check_range("--max", max, 1, SESSIONS_MAX, error) ||
        !check_range("--repeat", repeats, 1, REPEATS_MAX, error) ||
        !check_range("--seconds", seconds, SECONDS_MIN, SECONDS_MAX, error))
        return FALSE;
    if (argc > 2)
        return usage_error(error, "sessions: '%s': one scenario is enough", argv[2]);
    g_autoptr(GPtrArray) scenarios =
        catalog_load(layout->top, argc > 1 ? argv + 1 : default_scenario, error);
    if (!scenarios)
        return FALSE;
    if (!scenario_has(g_ptr_array_index(scenarios, 0), ACTION_PLAY))
        return usage_error(error, "sessions: a scenario with the step 'play' is needed");
    const SessionsOptions options = {
        .run = {.scenarios = scenarios,
                .filter = {.paths = (const char *const *)paths,
                           .transports = (const char *const *)transports,
                           .seconds = seconds == NOT_GIVEN ? 0 : (guint)seconds,
                           .repeats = repeats == NOT_GIVEN ? 0 : (guint)repeats,
                           .quick = quick},
                .output = output,
                .recording = recording,
                .command_line = (const char *const *)words},
        .clients = (const char *const *)clients,
        .max = max == NOT_GIVEN ? 64 : (guint)max,
    };
    return sessions(layout, &options, ret_status, error);
}

/* The result of the one folder that a command is given. */
static SavedResult *read_result(const char *command, const char *summary, int argc, char **argv,
                                GError **error)
{
    if (!parse(summary, NULL, &argc, &argv, error))
        return NULL;
    if (argc != 2) {
        usage_error(error, "%s: one folder is needed, one that vdibench run has written", command);
        return NULL;
    }
    return saved_result_read(argv[1], error);
}

static gboolean command_plots(const Layout *layout, int argc, char **argv, int *ret_status,
                              GError **error)
{
    g_autoptr(SavedResult) result =
        read_result("plots", "DIR - draw the plots of a run into DIR/plots", argc, argv, error);
    g_autofree char *scripts = g_build_filename(layout->top, "harness", "plots", NULL);
    if (!result || !plots_draw(result, scripts, error))
        return FALSE;
    printf("%s/plots\n", result->folder);
    return TRUE;
}

static gboolean command_report(const Layout *layout, int argc, char **argv, int *ret_status,
                               GError **error)
{
    g_autoptr(SavedResult) result =
        read_result("report", "DIR - write the report of a run, DIR/report.html", argc, argv, error);
    g_autofree char *scripts = g_build_filename(layout->top, "harness", "plots", NULL);
    if (!result || !report_write(result, scripts, error))
        return FALSE;
    printf("%s/report.html\n", result->folder);
    return TRUE;
}

static const struct {
    const char *name;
    gboolean (*command)(const Layout *layout, int argc, char **argv, int *ret_status,
                        GError **error);
} commands[] = {
    {"list", command_list},
    {"show", command_show},
    {"run", command_run},
    {"sessions", command_sessions},
    {"plots", command_plots},
    {"report", command_report},
};

int main(int argc, char **argv)
{
    g_autofree char *top = NULL, *programs = NULL;
    g_autoptr(GError) error = NULL;
    Layout layout = {0};
    int status = EXIT_SUCCESS;

    setlocale(LC_ALL, "");
    av_log_set_level(AV_LOG_QUIET); /* we say ourselves what is wrong, in one line */
    signal(SIGPIPE, SIG_IGN); /* a child that is gone is told by the write's error */
    if (argc < 2) {
        fputs("vdibench: a command is needed\n" USAGE, stderr);
        return EXIT_FAILURE;
    }
    if (g_str_equal(argv[1], "--help") || g_str_equal(argv[1], "-h") ||
        g_str_equal(argv[1], "help")) {
        fputs(USAGE, stdout);
        return status_if_written(EXIT_SUCCESS);
    }
    if (!find_layout(&layout, &error))
        return complain(error);
    programs = layout.programs;
    top = layout.top;

    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (!g_str_equal(argv[1], commands[i].name))
            continue;
        g_autofree char *name = g_strconcat("vdibench ", argv[1], NULL);
        g_set_prgname(name); /* for --help */
        if (!commands[i].command(&layout, argc - 1, argv + 1, &status, &error))
            return complain(error);
        return status_if_written(status);
    }
    fprintf(stderr, "vdibench: %s: unknown command; allowed: list, show, run, sessions, "
                    "plots, report\n", argv[1]);
    return EXIT_FAILURE;
}
