/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/sessions/sessions.h"

#include "auto-destroy.h"
#include "harness/instrument/child.h"
#include "harness/instrument/folder.h"
#include "harness/instrument/samples.h"
#include "harness/result/csv.h"
#include "harness/run/environment.h"
#include "harness/run/run-place.h"
#include "harness/run/testbed.h"
#include "harness/sessions/capacity.h"
#include "harness/sessions/punctuality.h"
#include "harness/statistics/stats.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

/* The share of the frames that must be in time. */
#define IN_TIME_PCT 99.0
/* A number of sessions is too many only if it fails this often: at one attempt,
 * something else may have used the processors. */
#define ATTEMPTS 2
/* From the start of the last session until its client's decoder and the processors'
 * caches have settled. */
#define SETTLE_SECONDS 1.5
/* Rows reach their files within half a second (samples.c); a busy machine may
 * take longer. A row that is missing then is of a frame that was late anyway. */
#define FLUSH_SECONDS 1.0

/* One VM, its agent and its client. */
struct session {
    struct place place;
    struct testbed *bed;
};

/* The search for the capacity of one case with one kind of client. */
struct search {
    const struct plan_case *c;
    const struct workload *workload;
    bool receive_only;
    GArray *carried; /* double, one for each repeat */
    bool at_max;     /* in some repeat even the largest number passed */
    char *trouble;   /* why not even one session could be started; NULL if it could */
};

struct fleet {
    const struct layout *layout;
    const struct sessions_options *options;
    char *folder;
    GString *csv;
    GPtrArray *searches; /* struct search */
    GPtrArray *sessions; /* struct session: those that run */
    unsigned started;    /* sessions of all searches so far */
    GCancellable *cancellable;
};

static const char *client_kind(const struct search *search)
{
    return search->receive_only ? "receive-only" : "decoding";
}

static void search_destroy(struct search *search)
{
    g_array_unref(search->carried);
    g_free(search->trouble);
    g_free(search);
}

/* Removes the samples, too: they have been evaluated. */
static void session_destroy(struct session *session)
{
    if (session->bed)
        testbed_end(session->bed);
    folder_remove(session->place.runtime);
    folder_remove(session->place.folder);
    g_free((char *)session->place.runtime);
    g_free((char *)session->place.folder);
    g_free(session);
}

static bool add_session(struct fleet *fleet, const struct search *search, GError **error)
{
    char *runtime = runtime_folder_create(fleet->layout, error);
    if (!runtime)
        return false;
    g_autofree char *name = g_strdup_printf("session-%u", ++fleet->started);
    struct session *session = g_new0(struct session, 1);

    session->place = (struct place){
        .programs = fleet->layout->programs,
        .recording = search->c->drawing ? search->workload->film : search->workload->file,
        .runtime = runtime,
        .folder = g_build_filename(fleet->folder, name, NULL),
        .receive_only = search->receive_only,
        .cancellable = fleet->cancellable,
    };
    g_mkdir_with_parents(session->place.folder, 0777);
    session->bed = testbed_start(search->c, &session->place, error);
    if (session->bed) {
        g_ptr_array_add(fleet->sessions, session);
        return true;
    }
    session_destroy(session);
    return false;
}

/* Starts or ends sessions until there are `n`. */
static bool resize(struct fleet *fleet, const struct search *search, unsigned n, GError **error)
{
    while (fleet->sessions->len > n)
        g_ptr_array_remove_index(fleet->sessions, fleet->sessions->len - 1);
    while (fleet->sessions->len < n) {
        if (!add_session(fleet, search, error))
            return false;
    }
    return true;
}

static bool never(G_GNUC_UNUSED void *data, G_GNUC_UNUSED GError **error)
{
    return false;
}

/* Does not watch the sessions: one that dies is noticed by its missing frames. */
static void let_run(struct fleet *fleet, double seconds)
{
    child_wait(never, NULL, seconds, "", fleet->cancellable, NULL);
}

static struct join *join_of(const struct session *session, bool film)
{
    g_autofree char *player =
        g_build_filename(session->place.folder, film ? "vm.csv" : "agent.csv", NULL);
    g_autofree char *client = g_build_filename(session->place.folder, "client.csv", NULL);
    auto_destroy(rows) player_rows = rows_read(player, NULL);
    auto_destroy(rows) client_rows = rows_read(client, NULL);

    if (!player_rows || !client_rows)
        return NULL;
    return film ? join_film(player_rows, client_rows, NULL)
                : join_frames(player_rows, client_rows, NULL);
}

struct measurement {
    unsigned slots;
    double in_time_pct, worst_pct; /* of all frames; of those of the worst session */
    double p99_ms;                 /* of the frames that arrived */
};

static struct measurement measure(struct fleet *fleet, const struct search *search)
{
    const struct workload *workload = search->workload;
    g_autoptr(GArray) delays = g_array_new(false, false, sizeof(double));
    struct punctuality all = {.delays_ms = delays};
    double worst_pct = 100;
    struct slot_window window = {
        .interval_ns = INT64_C(1000000000) * workload->fps_den / workload->fps_num,
        .film = search->c->drawing != NULL,
    };

    let_run(fleet, SETTLE_SECONDS);
    window.begin_ns = samples_now_ns();
    let_run(fleet, search->c->seconds);
    window.end_ns = samples_now_ns();
    let_run(fleet, FLUSH_SECONDS);
    for (unsigned i = 0; i < fleet->sessions->len; i++) {
        auto_destroy(join) join = join_of(g_ptr_array_index(fleet->sessions, i), window.film);
        g_autoptr(GArray) no_frames = g_array_new(false, false, sizeof(struct frame));
        const struct join nothing = {.frames = no_frames};
        unsigned slots = all.slots, in_time = all.in_time;

        punctuality_add(&all, join ? join : &nothing, &window);
        const struct punctuality own = {.slots = all.slots - slots,
                                        .in_time = all.in_time - in_time};
        worst_pct = fmin(worst_pct, punctuality_pct(&own));
    }
    return (struct measurement){
        .slots = all.slots,
        .in_time_pct = punctuality_pct(&all),
        .worst_pct = worst_pct,
        .p99_ms = stats_percentile((const double *)delays->data, delays->len, 99),
    };
}

/* A number as a CSV field; empty for NAN. */
static void add_number(GString *csv, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append_printf(csv, ",%s",
                           isnan(value) ? "" : g_ascii_formatd(text, sizeof text, "%.2f", value));
}

static void note(struct fleet *fleet, const struct search *search, unsigned repeat, unsigned n,
                 const struct measurement *m)
{
    const struct plan_case *c = search->c;
    g_autofree char *name = case_label(c);

    csv_add_text(fleet->csv, c->scenario->name);
    g_string_append_printf(fleet->csv, "%s,%s,%s,", c->route->name, c->sink,
                           c->drawing ? c->drawing : "");
    csv_add_text(fleet->csv, c->workload);
    g_string_append_printf(fleet->csv, "%s,%s,%u,%u,%u", c->transport, client_kind(search), repeat,
                           n, m->slots);
    add_number(fleet->csv, m->in_time_pct);
    add_number(fleet->csv, m->worst_pct);
    add_number(fleet->csv, m->p99_ms);
    g_string_append_c(fleet->csv, '\n');
    fprintf(
        stderr,
        "%s %s, repeat %u: %u sessions: %.2f %% of the frames in time (worst session: %.2f %%)\n",
        name, client_kind(search), repeat, n, m->in_time_pct, m->worst_pct);
}

static bool interrupted(const struct fleet *fleet)
{
    return g_cancellable_is_cancelled(fleet->cancellable);
}

/* Whether the machine carries `n` sessions. */
static bool carries(struct fleet *fleet, struct search *search, unsigned repeat, unsigned n)
{
    g_autoptr(GError) error = NULL;
    bool passed = false;

    if (!resize(fleet, search, n, &error)) { /* on an overloaded machine the start fails, too */
        if (interrupted(fleet))
            return false;
        fprintf(stderr, "vdibench: session %u cannot be started: %s\n", fleet->sessions->len + 1,
                error->message);
        if (n == 1 && !search->trouble)
            search->trouble = g_strdup(error->message);
        return false;
    }
    for (unsigned attempt = 0; attempt < ATTEMPTS && !passed && !interrupted(fleet); attempt++) {
        struct measurement m = measure(fleet, search);
        passed = m.in_time_pct >= IN_TIME_PCT;
        if (!interrupted(fleet))
            note(fleet, search, repeat, n, &m);
    }
    return passed;
}

/* One repeat of one search. */
static void find_capacity(struct fleet *fleet, struct search *search, unsigned repeat)
{
    struct capacity capacity = capacity_begin(fleet->options->max);
    unsigned n;

    while ((n = capacity_next(&capacity)) && !interrupted(fleet))
        capacity_report(&capacity, n, carries(fleet, search, repeat, n));
    resize(fleet, search, 0, NULL);
    if (interrupted(fleet))
        return;
    double carried = capacity.passed;
    g_array_append_val(search->carried, carried);
    search->at_max = search->at_max || capacity.passed == capacity.max;
}

static char *describe(const struct fleet *fleet)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text,
                           "How many sessions (VM, agent, client) this machine carries with %g %% "
                           "of the frames within one frame interval of their slot: received, or of "
                           "a vGPU drawn.\nMedian of the repeats (lowest..highest).\n\n"
                           "%-34s %-13s %-14s %-9s %s\n",
                           IN_TIME_PCT, "route", "client", "recording", "port", "sessions");
    for (unsigned i = 0; i < fleet->searches->len; i++) {
        const struct search *search = g_ptr_array_index(fleet->searches, i);
        const double *values = (const double *)search->carried->data;
        unsigned n = search->carried->len;
        g_autofree char *name = case_label(search->c);
        g_string_append_printf(text, "%-34s %-13s %-14s %-9s ", name, client_kind(search),
                               search->c->workload, search->c->transport);
        if (n == 0)
            g_string_append(text, "not run\n");
        else
            g_string_append_printf(text, "%g (%g..%g)%s%s\n", stats_median(values, n),
                                   stats_min(values, n), stats_max(values, n),
                                   search->at_max ? ", the most that was tried" : "",
                                   search->trouble ? ", one could not be started" : "");
    }
    g_string_append(
        text,
        "\nA receive-only client decodes key frames only. The vGPU has none: its clients draw "
        "whatever they\nreceive.\n");
    return g_string_free(text, false);
}

static bool leave_results(const struct fleet *fleet, GError **error)
{
    g_autofree char *text = describe(fleet);
    g_autofree char *text_file = g_build_filename(fleet->folder, "sessions.txt", NULL);
    g_autofree char *csv_file = g_build_filename(fleet->folder, "sessions.csv", NULL);
    g_autofree char *environment_file = g_build_filename(fleet->folder, "environment.json", NULL);
    g_autofree char *library =
        g_build_filename(fleet->layout->programs, "spice-server/lib/libspice-server.so.1", NULL);
    g_autoptr(JsonNode) environment =
        environment_describe(fleet->layout->top, library, fleet->options->run.command_line);
    g_autofree char *json = json_to_string(environment, true);

    printf("%s\n", text);
    fflush(stdout);
    fprintf(stderr, "vdibench: sessions.csv, sessions.txt and environment.json are in %s\n",
            fleet->folder);
    return g_file_set_contents(text_file, text, -1, error) &&
           g_file_set_contents(csv_file, fleet->csv->str, -1, error) &&
           g_file_set_contents(environment_file, json, -1, error);
}

/* Case by case, receive-only first. A client of the vGPU can only decode. */
static GPtrArray *searches_of(const struct plan *plan, const struct sessions_options *options)
{
    GPtrArray *searches = g_ptr_array_new_with_free_func((GDestroyNotify)search_destroy);
    for (unsigned i = 0; i < plan->cases->len; i++) {
        const struct plan_case *c = g_ptr_array_index(plan->cases, i);
        for (unsigned decoding = c->drawing != NULL; decoding < 2; decoding++) {
            struct search search = {.c = c, .receive_only = !decoding};
            if (!case_filter_admits(options->clients, client_kind(&search)))
                continue;
            search.workload = g_hash_table_lookup(plan->workloads, c->workload);
            search.carried = g_array_new(false, false, sizeof(double));
            g_ptr_array_add(searches, g_memdup2(&search, sizeof search));
        }
    }
    return searches;
}

/* Each session needs a dozen of this process's files. */
static void allow_many_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

static void search_all(struct fleet *fleet)
{
    unsigned repeats = 0;
    for (unsigned i = 0; i < fleet->searches->len; i++)
        repeats =
            MAX(repeats, ((struct search *)g_ptr_array_index(fleet->searches, i))->c->repeats);
    for (unsigned repeat = 1; repeat <= repeats; repeat++) {
        for (unsigned i = 0; i < fleet->searches->len && !interrupted(fleet); i++)
            find_capacity(fleet, g_ptr_array_index(fleet->searches, i), repeat);
    }
}

static int exit_status(const struct fleet *fleet)
{
    if (interrupted(fleet))
        return STATUS_CODE_INTERRUPTED;
    for (unsigned i = 0; i < fleet->searches->len; i++) {
        if (((struct search *)g_ptr_array_index(fleet->searches, i))->trouble)
            return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

bool sessions(const struct layout *layout, const struct sessions_options *options, int *ret_status,
              GError **error)
{
    auto_destroy(plan) plan = plan_create(layout, &options->run, error);
    if (!plan)
        return false;
    struct interruption interruption;
    g_autoptr(GPtrArray) searches = searches_of(plan, options);
    g_autoptr(GPtrArray) running = g_ptr_array_new_with_free_func((GDestroyNotify)session_destroy);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autofree char *folder = NULL;

    if (searches->len == 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "nothing to run: a vGPU's client cannot be receive-only");
        return false;
    }
    if (!(folder = results_folder_create(layout, options->run.output, false, error)))
        return false;
    struct fleet fleet = {
        .layout = layout,
        .options = options,
        .folder = folder,
        .csv = g_string_new("scenario,route,sink,drawing,workload,transport,client,repeat,sessions,"
                            "slots,in_time_pct,worst_session_in_time_pct,p99_ms\n"),
        .searches = searches,
        .sessions = running,
        .cancellable = cancellable,
    };

    allow_many_files();
    interruption_begin(&interruption, cancellable);
    search_all(&fleet);
    bool ok = leave_results(&fleet, error);
    interruption_end(&interruption);
    *ret_status = exit_status(&fleet);
    g_string_free(fleet.csv, true);
    return ok;
}
