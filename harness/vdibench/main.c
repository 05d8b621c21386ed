/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vdibench: the command line. The table of commands is below.
 */
#include "harness/run/environment.h"
#include "harness/vdibench/command.h"

#include <libavutil/log.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *name, *arguments, *summary;
    command_fn command;
} commands[] = {
    {"list", "", "List the scenarios and their sets", command_list},
    {"show", "SCENARIO", "Show one completely: its matrix, timeline, expectations", command_show},
    {"run", "[SCENARIO...]", "Run some, or all of them", command_run},
    {"sessions", "[SCENARIO]", "Find how many sessions at once the machine carries",
     command_sessions},
    {"evaluate", "DIR", "Compute a run's numbers again from its samples, and compare them",
     command_evaluate},
    {"merge", "OUT PART...", "Make one results folder of several, of other hosts", command_merge},
    {"compare", "BASE NEW", "Judge what two runs differ in, or the routes of one", command_compare},
    {"export", "DIR", "Print a run for another program, benchstat for example", command_export},
    {"plots", "DIR", "Draw the plots of a run's folder into DIR/plots", command_plots},
    {"report", "DIR", "Write its report, DIR/report.html", command_report},
    {"summary", "DIR", "Print its summary: our route beside its rivals", command_summary},
    {"doctor", "", "Report what this machine can measure, and what would mend the rest",
     command_doctor},
    {"steps", "", "Explain the steps of a scenario's timeline", command_steps},
    {"metrics", "", "Define the metrics that a run is measured by", command_metrics},
};

static void print_usage(FILE *to)
{
    fputs("Usage:\n", to);
    for (unsigned i = 0; i < G_N_ELEMENTS(commands); i++)
        fprintf(to, "  vdibench %-8s %-13s  %s\n", commands[i].name, commands[i].arguments,
                commands[i].summary);
    fputs(
        "\n  vdibench --version\n\nEach command has a --help of its own. A scenario is a name from the list, or a file.\n",
        to);
}

static int unknown_command(const char *name)
{
    fprintf(stderr, "vdibench: %s: unknown command; allowed: ", name);
    for (unsigned i = 0; i < G_N_ELEMENTS(commands); i++)
        fprintf(stderr, "%s%s", i > 0 ? ", " : "", commands[i].name);
    fputc('\n', stderr);
    return EXIT_FAILURE;
}

/* Returns the command's own status for being called wrongly, if it has one. */
static int complain(const GError *error, int status)
{
    fprintf(stderr, "vdibench: %s\n", error->message);
    return status == EXIT_SUCCESS ? EXIT_FAILURE : status;
}

/* `status`, unless what was printed could not be written. */
static int status_if_written(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fprintf(stderr, "vdibench: cannot write to standard output: is the disk full?\n");
    return EXIT_FAILURE;
}

static bool find_layout(struct layout *layout, GError **error)
{
    g_autofree char *binary = g_file_read_link("/proc/self/exe", error);
    if (!binary)
        return false;
    layout->programs = g_path_get_dirname(binary);
    /* Installed: PREFIX/libexec/vdibench, PREFIX/share/vdibench. A tree may lie beside them. */
    g_autofree char *libexec = g_path_get_dirname(layout->programs);
    g_autofree char *prefix = g_path_get_dirname(libexec);
    g_autofree char *shared = g_build_filename(prefix, "share", "vdibench", NULL);
    if (g_str_has_suffix(layout->programs, "/vdibench") &&
        g_file_test(shared, G_FILE_TEST_IS_DIR)) {
        layout->top = g_steal_pointer(&shared);
        layout->installed = true;
        return true;
    }
    layout->top = g_path_get_dirname(layout->programs);
    /* A build of another kind lies deeper: build/asan. */
    g_autofree char *above = g_path_get_dirname(layout->top);
    g_autofree char *scenarios = g_build_filename(above, "scenarios", NULL);
    if (g_str_has_suffix(layout->top, "/build") && g_file_test(scenarios, G_FILE_TEST_IS_DIR)) {
        g_free(layout->top);
        layout->top = g_steal_pointer(&above);
    }
    return true;
}

static void print_version(const struct layout *layout)
{
    g_autofree char *revision = environment_revision(layout->top);
    g_autofree char *stock = environment_package_version("libspice-server1");
    g_autofree char *ours =
        g_build_filename(layout->programs, "spice-server", "lib", "libspice-server.so.1", NULL);

    printf("vdibench " VDIBENCH_VERSION ", revision %s\n", revision);
    printf("libspice-server: %s%s; the system's: %s\n", ours,
           g_file_test(ours, G_FILE_TEST_EXISTS) ? "" : " (not built)", stock ? stock : "unknown");
}

int main(int argc, char **argv)
{
    g_autofree char *top = NULL, *programs = NULL;
    g_autoptr(GError) error = NULL;
    struct layout layout = {0};
    int status = EXIT_SUCCESS;

    setlocale(LC_ALL, "");
    av_log_set_level(AV_LOG_QUIET); /* vdibench itself reports what is wrong, in one line */
    signal(SIGPIPE, SIG_IGN);       /* a write to a child that is gone reports an error instead */
    if (argc < 2) {
        fputs("vdibench: a command is needed\n", stderr);
        print_usage(stderr);
        return EXIT_FAILURE;
    }
    if (g_str_equal(argv[1], "--help") || g_str_equal(argv[1], "-h") ||
        g_str_equal(argv[1], "help")) {
        print_usage(stdout);
        return status_if_written(EXIT_SUCCESS);
    }
    if (!find_layout(&layout, &error))
        return complain(error, status);
    programs = layout.programs;
    top = layout.top;
    if (g_str_equal(argv[1], "--version")) {
        print_version(&layout);
        return status_if_written(EXIT_SUCCESS);
    }

    for (unsigned i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (!g_str_equal(argv[1], commands[i].name))
            continue;
        g_autofree char *name = g_strconcat("vdibench ", argv[1], NULL);
        g_set_prgname(name); /* for --help */
        if (!commands[i].command(&layout, argc - 1, argv + 1, &status, &error))
            return complain(error, status);
        return status_if_written(status);
    }
    return unknown_command(argv[1]);
}
