/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/sessions/sessions.h"

#include "auto-destroy.h"
#include "harness/evaluate/quality.h"
#include "harness/instrument/child.h"
#include "harness/instrument/samples.h"
#include "harness/result/csv.h"
#include "harness/result/functions.h"
#include "harness/result/result-write.h"
#include "harness/run/environment.h"
#include "harness/run/run-place.h"
#include "harness/sessions/capacity.h"
#include "harness/sessions/one-session.h"
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
#define SETTLE_SECONDS 1.0
/* Then the use of the processors is marked, which takes some time itself. */
#define MARK_SECONDS 0.5
/* Rows reach their files within half a second (samples.c); a busy machine may
 * take longer. A row that is missing then is of a frame that was late anyway. */
#define FLUSH_SECONDS 1.0
/* The sink of a case whose clients only receive, as the relay's. */
#define SINK_RECEIVE_ONLY "receive-only"

/* The search for the capacity of one case with one kind of client. */
struct search {
    const struct plan_case *c;
    struct plan_case *key; /* the case by which it is reported */
    const struct workload *workload;
    bool receive_only;
    struct result_case *result;
};

struct fleet {
    const struct layout *layout;
    const struct sessions_options *options;
    struct result *result;
    struct run_lock *lock; /* of the machine */
    GString *csv;
    GPtrArray *searches; /* struct search */
    GPtrArray *sessions; /* struct one_session: those that run */
    char *folder;        /* of the repeat, below the result's */
    unsigned started;    /* sessions of this repeat so far */
    char *limit;         /* why the smallest number that failed did; NULL: none has yet */
    double foreign_pct;  /* what others used then, of one processor; 0: not measured */
    int64_t end_us;      /* no search begins after this */
    GCancellable *cancellable;
};

static void search_destroy(struct search *search)
{
    g_free(search->key);
    g_free(search);
}

static bool add_session(struct fleet *fleet, const struct search *search, GError **error)
{
    g_autofree char *name = g_strdup_printf("session-%u", ++fleet->started);
    g_autofree char *folder = g_build_filename(fleet->result->folder, fleet->folder, name, NULL);
    struct one_session *session =
        one_session_create(fleet->layout, search->c, search->workload, search->receive_only, folder,
                           fleet->cancellable, error);
    if (session)
        g_ptr_array_add(fleet->sessions, session);
    return session != NULL;
}

/* Starts or ends sessions until there are `n`. NULL when there are; otherwise the limit,
 * to be freed. */
static char *resize(struct fleet *fleet, const struct search *search, unsigned n)
{
    while (fleet->sessions->len > n)
        g_ptr_array_remove_index(fleet->sessions, fleet->sessions->len - 1);
    while (fleet->sessions->len < n) {
        g_autoptr(GError) error = NULL;
        char *limit = limit_of_memory();
        if (limit)
            return limit;
        if (!add_session(fleet, search, &error)) {
            g_autofree char *why = g_strdup_printf("session %u cannot be started: %s",
                                                   fleet->sessions->len + 1, error->message);
            return limit_of_start(why);
        }
    }
    return NULL;
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

static void mark_all(struct fleet *fleet, bool begin)
{
    for (unsigned i = 0; i < fleet->sessions->len; i++)
        one_session_mark(g_ptr_array_index(fleet->sessions, i), begin);
}

struct measurement {
    struct punctuality sum; /* of all sessions */
    double worst_pct;       /* of the frames of the worst session */
    struct load load;
};

static double within_ms(const struct fleet *fleet, const struct search *search)
{
    return fleet->options->within_ms ? fleet->options->within_ms
                                     : 1e3 * search->workload->fps_den / search->workload->fps_num;
}

/* The processors are the machine's, and the harness is one for all: both are in each
 * session's samples. */
static void add_load(struct load *sum, const struct load *one, bool first)
{
    if (first) {
        *sum = *one;
        return;
    }
    for (unsigned p = 0; p < PART_COUNT; p++)
        sum->part_pct[p] += p == PART_HARNESS ? 0 : one->part_pct[p];
}

/* `delays` is to hold those of all frames. */
static struct measurement measure(struct fleet *fleet, const struct search *search, GArray *delays)
{
    const struct workload *workload = search->workload;
    struct measurement m = {.sum = {.delays_ms = delays}, .worst_pct = 100};
    struct slot_window window = {
        .interval_ns = INT64_C(1000000000) * workload->fps_den / workload->fps_num,
        .within_ns = (int64_t)(1e6 * within_ms(fleet, search)),
        .receive_only = search->receive_only,
    };

    let_run(fleet, SETTLE_SECONDS);
    mark_all(fleet, true);
    let_run(fleet, MARK_SECONDS);
    window.begin_ns = samples_now_ns();
    let_run(fleet, search->c->seconds);
    window.end_ns = samples_now_ns();
    let_run(fleet, FLUSH_SECONDS);
    mark_all(fleet, false);
    for (unsigned i = 0; i < fleet->sessions->len; i++) {
        const struct one_session *session = g_ptr_array_index(fleet->sessions, i);
        auto_destroy(join) join = one_session_join(session);
        struct punctuality own = {.slots = m.sum.slots, .in_time = m.sum.in_time};
        struct load load = one_session_load(session);

        punctuality_add(&m.sum, join, &window);
        own = (struct punctuality){.slots = m.sum.slots - own.slots,
                                   .in_time = m.sum.in_time - own.in_time};
        m.worst_pct = fmin(m.worst_pct, punctuality_pct(&own));
        add_load(&m.load, &load, i == 0);
    }
    return m;
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
    const struct plan_case *c = search->key;
    g_autofree char *name = case_label(c);
    const GArray *delays = m->sum.delays_ms;

    csv_add_text(fleet->csv, c->scenario->name);
    g_string_append_printf(fleet->csv, "%s,%s,%s,", c->route->name, c->sink,
                           c->drawing ? c->drawing : "");
    csv_add_text(fleet->csv, c->workload);
    g_string_append_printf(fleet->csv, "%s,%u,%u,%u,%u", c->axis[AXIS_TRANSPORT], repeat, n,
                           m->sum.slots, m->sum.late);
    add_number(fleet->csv, within_ms(fleet, search));
    add_number(fleet->csv, punctuality_pct(&m->sum));
    add_number(fleet->csv, m->worst_pct);
    add_number(fleet->csv, stats_percentile((const double *)delays->data, delays->len, 99));
    add_number(fleet->csv, m->load.busy_pct);
    for (unsigned p = 0; p < PART_COUNT; p++)
        add_number(fleet->csv, m->load.part_pct[p]);
    g_string_append_c(fleet->csv, '\n');
    fprintf(stderr,
            "%s, repeat %u: %u sessions: %.2f %% of the frames in time (worst session: %.2f %%), "
            "processors %.0f %% busy\n",
            name, repeat, n, punctuality_pct(&m->sum), m->worst_pct, m->load.busy_pct);
}

static bool interrupted(const struct fleet *fleet)
{
    return g_cancellable_is_cancelled(fleet->cancellable);
}

static void set_limit(struct fleet *fleet, char *limit, double foreign_pct)
{
    g_free(fleet->limit);
    fleet->limit = limit;
    fleet->foreign_pct = foreign_pct;
}

/* Whether the machine carries `n` sessions; if not, the limit is known. */
static bool carries(struct fleet *fleet, struct search *search, unsigned repeat, unsigned n)
{
    char *limit = resize(fleet, search, n); /* on an overloaded machine the start fails, too */

    if (limit) {
        if (!interrupted(fleet))
            fprintf(stderr, "vdibench: %s\n", limit);
        set_limit(fleet, limit, 0);
        return false;
    }
    for (unsigned attempt = 0; attempt < ATTEMPTS && !interrupted(fleet); attempt++) {
        g_autoptr(GArray) delays = g_array_new(false, false, sizeof(double));
        struct measurement m = measure(fleet, search, delays);
        if (interrupted(fleet))
            break;
        note(fleet, search, repeat, n, &m);
        if (punctuality_pct(&m.sum) >= IN_TIME_PCT)
            return true;
        set_limit(fleet, limit_of_load(&m.load, &m.sum, within_ms(fleet, search)),
                  limit_foreign_pct(&m.load, g_get_num_processors()));
    }
    return false;
}

/* The one bound that this command can judge. */
static void judge(const struct search *search, const struct metrics *metrics,
                  struct outcome *outcome)
{
    struct expect own;

    expect_init(&own);
    own.bounds[METRIC_SESSIONS_MAX] = search->c->expect->bounds[METRIC_SESSIONS_MAX];
    outcome->reason = expect_judge(&own, &outcome->seen, metrics);
    if (outcome->reason)
        outcome->status = STATUS_FAILED;
    expect_finish(&own);
}

/* One repeat of one search. False and `error` if the result could not be written. */
static bool find_capacity(struct fleet *fleet, struct search *search, unsigned repeat,
                          GError **error)
{
    struct capacity capacity = capacity_begin(fleet->options->max);
    g_autofree char *id = case_id(search->key);
    struct metrics metrics;
    unsigned n;

    fleet->folder = g_strdup_printf("cases/%s/repeat-%u", id, repeat);
    fleet->started = 0;
    set_limit(fleet, NULL, 0);
    while ((n = capacity_next(&capacity)) && !interrupted(fleet))
        capacity_report(&capacity, n, carries(fleet, search, repeat, n));
    g_free(resize(fleet, search, 0));
    if (capacity.passed == capacity.max)
        set_limit(fleet, g_strdup_printf("max: more than %u sessions were not tried", capacity.max),
                  0);

    struct outcome *outcome =
        outcome_create(interrupted(fleet) ? STATUS_INTERRUPTED : STATUS_PASSED,
                       interrupted(fleet) ? "interrupted" : NULL);
    metrics_init(&metrics);
    outcome->folder = g_steal_pointer(&fleet->folder);
    outcome->limit = g_steal_pointer(&fleet->limit);
    if (!interrupted(fleet)) {
        metrics.value[METRIC_SESSIONS_MAX] = capacity.passed;
        if (fleet->foreign_pct > QUALITY_FOREIGN_CPU_MAX_PCT)
            outcome->unfit = g_strdup("something else used the processors");
        judge(search, &metrics, outcome);
    }
    result_case_add_repeat(search->result, outcome, &metrics);
    json_object_set_boolean_member(json_node_get_object(fleet->result->environment),
                                   "beside_others", run_lock_is_shared(fleet->lock));
    return result_write(fleet->result, error);
}

static bool leave_measurements(const struct fleet *fleet, GError **error)
{
    g_autofree char *file = g_build_filename(fleet->result->folder, "sessions.csv", NULL);
    return g_file_set_contents(file, fleet->csv->str, -1, error);
}

/* Case by case, decoding first. A client of the vGPU draws what it receives, so it cannot
 * be receive-only; and to one that is the sinks are all alike. */
static GPtrArray *searches_of(const struct plan *plan, const struct sessions_options *options)
{
    static const char *const decoding[] = {"decoding", NULL};
    const char *const *clients = options->clients ? options->clients : decoding;
    GPtrArray *searches = g_ptr_array_new_with_free_func((GDestroyNotify)search_destroy);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (unsigned i = 0; i < 2 * plan->cases->len; i++) {
        const struct plan_case *c = g_ptr_array_index(plan->cases, i / 2);
        bool receive_only = i % 2 == 1;
        struct plan_case key = *c;
        if (receive_only)
            key.sink = SINK_RECEIVE_ONLY;
        if (!case_filter_admits(clients, receive_only ? "receive-only" : "decoding") ||
            (receive_only && c->drawing) || !g_hash_table_add(seen, case_id(&key)))
            continue;
        const struct search search = {
            .c = c,
            .key = g_memdup2(&key, sizeof key),
            .workload = g_hash_table_lookup(plan->workloads, c->workload),
            .receive_only = receive_only,
        };
        g_ptr_array_add(searches, g_memdup2(&search, sizeof search));
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

static bool has_time(const struct fleet *fleet)
{
    if (g_get_monotonic_time() < fleet->end_us)
        return true;
    fprintf(stderr, "vdibench: %u minutes are over: no further search begins (--minutes)\n",
            fleet->options->minutes);
    return false;
}

static bool search_all(struct fleet *fleet, GError **error)
{
    unsigned repeats = 0;
    for (unsigned i = 0; i < fleet->searches->len; i++)
        repeats =
            MAX(repeats, ((struct search *)g_ptr_array_index(fleet->searches, i))->c->repeats);
    for (unsigned repeat = 1; repeat <= repeats; repeat++) {
        for (unsigned i = 0; i < fleet->searches->len; i++) {
            if (interrupted(fleet) || !has_time(fleet))
                return true;
            if (!find_capacity(fleet, g_ptr_array_index(fleet->searches, i), repeat, error))
                return false;
        }
    }
    return true;
}

static int exit_status(const struct fleet *fleet)
{
    int status = EXIT_SUCCESS;

    if (interrupted(fleet))
        return STATUS_CODE_INTERRUPTED;
    for (unsigned i = 0; i < fleet->searches->len; i++) {
        const struct search *search = g_ptr_array_index(fleet->searches, i);
        if (search->result->status != STATUS_PASSED)
            return EXIT_FAILURE;
        if (result_case_is_short(search->result))
            status = STATUS_CODE_UNFIT;
    }
    return status;
}

static struct result *begin_result(const struct layout *layout, const struct run_options *run,
                                   const char *folder, GPtrArray *searches)
{
    struct result *result = result_create(folder);

    result->environment = environment_describe(layout->top, &layout->libraries, run->command_line);
    for (unsigned i = 0; i < searches->len; i++) {
        struct search *search = g_ptr_array_index(searches, i);
        search->result = result_add_case(result, search->key);
        /* A search takes minutes: one that was unfit is marked, and not made again. */
        search->result->tries_max = search->result->planned_repeats;
    }
    functions_fill(result);
    return result;
}

struct result *sessions(const struct layout *layout, const struct sessions_options *options,
                        int *ret_status, GError **error)
{
    auto_destroy(plan) plan = plan_create(layout, &options->run, error);
    if (!plan)
        return NULL;
    struct interruption interruption;
    g_autoptr(GPtrArray) searches = searches_of(plan, options);
    g_autoptr(GPtrArray) running =
        g_ptr_array_new_with_free_func((GDestroyNotify)one_session_destroy);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();

    if (searches->len == 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "nothing to run: a vGPU's client cannot be receive-only");
        return NULL;
    }
    auto_destroy(run_lock) lock = NULL;
    g_autofree char *folder = results_folder_create(layout, &options->run, &lock, error);
    if (!folder)
        return NULL;
    auto_destroy(result) result = begin_result(layout, &options->run, folder, searches);
    struct fleet fleet = {
        .layout = layout,
        .options = options,
        .result = result,
        .lock = lock,
        .csv = g_string_new("scenario,route,sink,drawing,workload,transport,repeat,sessions,slots,"
                            "late,within_ms,in_time_pct,worst_session_in_time_pct,p99_ms,busy_pct,"
                            "server_pct,client_pct,agent_pct,drawing_pct,harness_pct\n"),
        .searches = searches,
        .sessions = running,
        .end_us = g_get_monotonic_time() + (int64_t)options->minutes * 60 * G_USEC_PER_SEC,
        .cancellable = cancellable,
    };

    allow_many_files();
    interruption_begin(&interruption, cancellable);
    bool ok = search_all(&fleet, error);
    ok = leave_measurements(&fleet, ok ? error : NULL) && ok;
    interruption_end(&interruption);
    *ret_status = exit_status(&fleet);
    g_string_free(fleet.csv, true);
    return ok ? g_steal_pointer(&result) : NULL;
}
