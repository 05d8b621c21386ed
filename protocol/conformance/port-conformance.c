/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * port-conformance: plays the host to any agent, and reports whether the agent follows
 * docs/port-protocol.md. Prints TAP; the exit status is 0 if no case failed.
 */
#include "auto-destroy.h"
#include "protocol/conformance/cases.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(const char *text)
{
    fprintf(stderr, "port-conformance: %s: see --help\n", text);
    return 2;
}

/* The longest time that the options accept, in ms. */
#define WAIT_MAX_MS 600000

/* Prints the case's line; false when it failed. */
static bool run(const struct conformance_case *one, unsigned number,
                const struct host_options *options)
{
    auto_destroy(host) host = host_create(options);
    char reason[512] = "";
    const struct trial trial = {host, options, reason, sizeof reason};
    enum verdict verdict = one->run(&trial);

    printf("%sok %u - %s%s%s\n", verdict == FAILED ? "not " : "", number, one->name,
           verdict == SKIPPED ? " # SKIP " : "", verdict == SKIPPED ? reason : "");
    if (verdict == FAILED)
        printf("# %s\n", reason);
    if (host_tolerated(host))
        printf("# tolerated, but skipped: %s\n", host_tolerated(host));
    fflush(stdout);
    return verdict != FAILED;
}

static bool is_wanted(const char *const *wanted, const char *name)
{
    return !wanted || g_strv_contains(wanted, name);
}

/* The number of cases that failed. */
static unsigned run_all(const char *const *wanted, const struct host_options *options)
{
    unsigned number = 0, failed = 0;

    for (unsigned i = 0; i < conformance_cases_count; i++)
        number += is_wanted(wanted, conformance_cases[i].name);
    printf("1..%u\n", number);
    number = 0;
    for (unsigned i = 0; i < conformance_cases_count && !host_interrupted(); i++)
        if (is_wanted(wanted, conformance_cases[i].name))
            failed += !run(&conformance_cases[i], ++number, options);
    return failed;
}

static void list_cases(void)
{
    for (unsigned i = 0; i < conformance_cases_count; i++)
        puts(conformance_cases[i].name);
}

/* Returns `status`, or a failure if the output could not be written. */
static int status_if_written(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fputs("port-conformance: cannot write to standard output: is the disk full?\n", stderr);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct host_options options = {.patience_ms = 5000, .quiet_ms = 1000};
    g_autofree char *port = NULL, *agent = NULL, *folder = NULL;
    g_auto(GStrv) wanted = NULL;
    gboolean list = FALSE;
    const GOptionEntry entries[] = {
        {"port", 0, 0, G_OPTION_ARG_STRING, &port,
         "the port: pty: and socket: are created, tty: is opened; by default a new pty",
         "pty:PATH|socket:PATH|tty:PATH"},
        {"agent", 0, 0, G_OPTION_ARG_STRING, &agent,
         "starts the agent, for each case again; it finds the port's path in $PORT",
         "SHELL COMMAND"},
        {"patience", 0, 0, G_OPTION_ARG_INT, &options.patience_ms,
         "how long to wait for an expected message (5000)", "MS"},
        {"quiet", 0, 0, G_OPTION_ARG_INT, &options.quiet_ms,
         "how long to check that nothing comes (1000)", "MS"},
        {"case", 0, 0, G_OPTION_ARG_STRING_ARRAY, &wanted, "run only this case; may be repeated",
         "NAME"},
        {"list", 0, 0, G_OPTION_ARG_NONE, &list, "list the cases", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;

    g_option_context_set_summary(context,
                                 "Plays the host to an agent, and reports whether the agent "
                                 "follows docs/port-protocol.md.");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error))
        return usage(error->message);
    if (argc > 1)
        return usage("it takes no arguments");
    if (list) {
        list_cases();
        return status_if_written(EXIT_SUCCESS);
    }
    if (!port && !agent)
        return usage("--agent or --port is needed");
    if (options.patience_ms < 1 || options.patience_ms > WAIT_MAX_MS || options.quiet_ms < 1 ||
        options.quiet_ms > WAIT_MAX_MS)
        return usage("--patience and --quiet: 1 to " G_STRINGIFY(WAIT_MAX_MS) " ms");
    if (port && !g_str_has_prefix(port, "pty:") && !g_str_has_prefix(port, "socket:") &&
        !g_str_has_prefix(port, "tty:"))
        return usage("no port: --port pty:PATH, socket:PATH or tty:PATH");
    for (char **name = wanted; name && *name; name++) {
        unsigned i = 0;
        while (i < conformance_cases_count && !g_str_equal(conformance_cases[i].name, *name))
            i++;
        if (i == conformance_cases_count)
            return usage("no such case: see --list");
    }

    signal(SIGPIPE, SIG_IGN);
    host_catch_signals();
    if (!port) {
        folder = g_dir_make_tmp("port-conformance-XXXXXX", &error);
        if (!folder)
            return usage(error->message);
        port = g_strdup_printf("pty:%s/port", folder);
    }
    options.port = port;
    options.agent = agent;
    unsigned failed = run_all((const char *const *)wanted, &options);
    if (folder)
        g_rmdir(folder);
    if (host_interrupted())
        return 128 + host_interrupted(); /* as in a shell */
    return status_if_written(failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}
