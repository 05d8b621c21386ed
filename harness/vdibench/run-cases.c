/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vdibench/run-cases.h"

#include "auto-destroy.h"
#include "harness/evaluate/evaluate.h"
#include "harness/instrument/child.h"
#include "harness/plan/order.h"
#include "harness/plan/plan.h"
#include "harness/report/exports.h"
#include "harness/report/report.h"
#include "harness/report/summary.h"
#include "harness/report/table.h"
#include "harness/result/functions.h"
#include "harness/result/result-write.h"
#include "harness/run/environment.h"
#include "harness/run/pgpu.h"
#include "harness/run/pinning.h"
#include "harness/run/run-place.h"
#include "harness/run/testbed.h"
#include "harness/statistics/order-interval.h"
#include "harness/vdibench/ask.h"
#include "harness/vdibench/inputs.h"
#include "harness/vdibench/progress.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct run {
    const struct layout *layout;
    const struct run_options *options;
    struct plan *plan;
    int64_t begin_us;
    char *folder;
    struct result *result;
    struct progress *progress;
    struct pinning *pinning; /* NULL: nothing is pinned */
    struct run_lock *lock;   /* of the machine; NULL: it measures nothing */
    GCancellable *cancellable;
    GRand *random;     /* of the order */
    unsigned reported; /* TAP lines so far */
    unsigned order;    /* repeats so far */
};

static enum status status_of(const GError *error)
{
    return !error                                                     ? STATUS_PASSED
           : g_error_matches(error, CHILD_ERROR, CHILD_ERROR_SKIP)    ? STATUS_SKIPPED
           : g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? STATUS_INTERRUPTED
                                                                      : STATUS_FAILED;
}

/* With the cases that the plan has left out by now, and the function table. */
static bool write_result(struct run *run, GError **error)
{
    const GPtrArray *left_out = run->plan->left_out; /* NULL: none */

    for (unsigned i = run->result->left_out->len; left_out && i < left_out->len; i++) {
        const struct left_out *of = g_ptr_array_index((GPtrArray *)left_out, i);
        g_ptr_array_add(run->result->left_out, left_out_copy(of));
    }
    functions_fill(run->result);
    if (run->lock)
        json_object_set_boolean_member(json_node_get_object(run->result->environment),
                                       "beside_others", run_lock_is_shared(run->lock));
    return result_write(run->result, error);
}

static double seconds_since(int64_t begin_us)
{
    return (double)(g_get_monotonic_time() - begin_us) / G_USEC_PER_SEC;
}

/* Runs a case once, with its files in `below` (taken over) the run's folder. */
static struct outcome *run_case(struct run *run, const struct plan_case *c, char *below,
                                struct metrics *ret_metrics)
{
    int64_t begin_us = g_get_monotonic_time();
    g_autofree char *folder = g_build_filename(run->folder, below, NULL);
    g_autoptr(GError) error = NULL;
    auto_destroy(runtime_folder) runtime = run_place_runtime(run->layout, &error);
    const struct workload *workload = g_hash_table_lookup(run->plan->workloads, c->workload);
    auto_finish(notes) notes;
    const struct place place = {
        .programs = run->layout->programs,
        .libraries = &run->layout->libraries,
        .recording = c->drawing ? workload->film : workload->file,
        .lossless = workload->film,
        .runtime = runtime ? runtime->path : NULL,
        .folder = folder,
        .gpu = run->options->gpu,
        .guest = run->options->guest,
        .pinning = run->pinning,
        .cancellable = run->cancellable,
    };

    notes_init(&notes);
    if (runtime && g_mkdir_with_parents(folder, 0777) < 0)
        g_set_error(&error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: cannot be created: %s", folder,
                    g_strerror(errno));
    if (!error)
        testbed_run(c, &place, &notes, &error);
    g_clear_pointer(&runtime, runtime_folder_destroy);

    struct outcome *outcome = outcome_create(status_of(error), error ? error->message : NULL);
    outcome->folder = below;
    notes.status = g_strdup(status_text(outcome->status));
    notes.reason = g_strdup(outcome->reason);
    outcome->order = ++run->order;
    evaluate(c, &place, &notes, outcome, ret_metrics);
    outcome->seconds_taken = seconds_since(begin_us);
    notes_write(&notes, folder, NULL); /* who evaluates again complains when it is missing */
    return outcome;
}

static char *display_name(const struct plan_case *c)
{
    GString *name = g_string_new(NULL);

    g_string_append_printf(name, "%s/%s/%s", c->scenario->name, c->route->name, case_way(c));
    /* The workload, too, where the scenario has several. */
    if (c->scenario->workloads[0] && c->scenario->workloads[1])
        g_string_append_printf(name, "/%s", c->workload);
    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        if (!axis_definition((enum axis)a)->always_named &&
            !g_str_equal(c->axis[a], axis_default((enum axis)a)))
            g_string_append_printf(name, " %s", c->axis[a]);
    }
    if (c->twin == 2)
        g_string_append(name, CASE_AGAIN);
    return g_string_free(name, false);
}

/* One TAP line for a case whose last repeat is over. */
static void report_tap(struct run *run, const struct plan_case *c, const struct result_case *one)
{
    g_autofree char *name = display_name(c);
    bool ok = one->status == STATUS_PASSED || one->status == STATUS_SKIPPED;

    printf("%s %u - %s%s%s\n", ok ? "ok" : "not ok", ++run->reported, name,
           one->status == STATUS_SKIPPED ? " # SKIP " : "",
           one->status == STATUS_SKIPPED && one->reason ? one->reason : "");
    if (!ok && one->reason)
        printf("# %s\n", one->reason);
    fflush(stdout);
}

/* What is to be reported of a repeat; NULL: nothing; free it. */
static char *remark_on(const char *name, const char *kind, unsigned number,
                       const struct outcome *outcome)
{
    if (outcome->status != STATUS_PASSED)
        return g_strdup_printf("%s: %s %u: %s: %s", name, kind, number,
                               status_text(outcome->status), outcome->reason);
    if (outcome->unfit)
        return g_strdup_printf("%s: %s %u: unfit: %s", name, kind, number, outcome->unfit);
    return NULL;
}

/* Whether the intervals of what the case is judged by are as narrow as was asked for. */
static bool is_precise(const struct run *run, const struct result_case *one)
{
    static const enum metric headline[] = {METRIC_LATENCY_MS_P50, METRIC_SERVER_CPU_MS_PER_FRAME};

    for (unsigned i = 0; i < G_N_ELEMENTS(headline); i++) {
        const struct result_values *of = &one->metrics[headline[i]];
        if (of->each && !(order_interval_pct(of->values, of->n) <= run->options->until_ci_pct))
            return false;
    }
    return true;
}

/* Whether the case needs no further repeat. */
static bool is_over(const struct run *run, const struct result_case *one)
{
    if (!run->options->until_ci_pct || one->status == STATUS_FAILED ||
        one->status == STATUS_SKIPPED || !result_case_is_over(one))
        return result_case_is_over(one);
    return is_precise(run, one) || one->repeats->len >= REPEATS_MAX;
}

static bool run_one(struct run *run, const struct plan_case *c, struct result_case *one,
                    GError **error)
{
    g_autofree char *name = display_name(c);
    g_autofree char *id = case_id(c);
    unsigned repeat = one->repeats->len + 1;
    struct metrics metrics;

    if (repeat > c->repeats)
        progress_extend(run->progress, plan_case_seconds(run->plan, c));
    progress_begin(run->progress, name, "repeat", repeat, MAX(c->repeats, repeat),
                   plan_case_seconds(run->plan, c));
    struct outcome *outcome =
        run_case(run, c, g_strdup_printf("cases/%s/repeat-%u", id, repeat), &metrics);
    g_autofree char *remark = remark_on(name, "repeat", repeat, outcome);
    result_case_add_repeat(one, outcome, &metrics);
    progress_end(run->progress, remark);
    if (run->options->tap && is_over(run, one))
        report_tap(run, c, one);
    /* After each repeat: nothing is lost, whatever comes. */
    return write_result(run, error);
}

/* One repeat that is not counted: its samples are kept, and what went wrong is reported. */
static void warm_up(struct run *run, const struct plan_case *c, unsigned number)
{
    g_autofree char *name = display_name(c);
    g_autofree char *id = case_id(c);
    struct metrics metrics;

    progress_begin(run->progress, name, "warm-up", number, run->options->warm_ups,
                   plan_case_seconds(run->plan, c));
    auto_destroy(outcome) outcome =
        run_case(run, c, g_strdup_printf("cases/%s/warm-up-%u", id, number), &metrics);
    g_autofree char *remark = remark_on(name, "warm-up", number, outcome);
    progress_end(run->progress, remark);
}

/* The case's index, by its result. */
static unsigned index_of(const struct run *run, const struct result_case *one)
{
    unsigned index = 0;
    g_ptr_array_find(run->result->cases, one, &index);
    return index;
}

/* The cases that need a further repeat (struct result_case), in the order in which they
 * get one. As tests they keep the scenarios' order, unless another is asked for. */
static GPtrArray *next_round(struct run *run)
{
    GPtrArray *round = g_ptr_array_new();

    for (unsigned i = 0; i < run->result->cases->len; i++) {
        struct result_case *one = g_ptr_array_index(run->result->cases, i);
        if (!is_over(run, one))
            g_ptr_array_add(round, one);
    }
    if (!run->options->tap || run->options->shuffle)
        order_shuffle(round, run->random);
    return round;
}

static bool is_late(const struct run *run)
{
    return run->options->time_limit_minutes &&
           seconds_since(run->begin_us) >= run->options->time_limit_minutes * 60.0;
}

/* Before the rounds that count: files are in the page cache then, and a processor that was
 * at rest has its frequency. */
static void warm_all_up(struct run *run)
{
    g_autoptr(GPtrArray) cases = g_ptr_array_new();

    for (unsigned i = 0; i < run->plan->cases->len; i++)
        g_ptr_array_add(cases, g_ptr_array_index(run->plan->cases, i));
    for (unsigned number = 1; number <= run->options->warm_ups; number++) {
        order_shuffle(cases, run->random);
        for (unsigned i = 0; i < cases->len; i++) {
            if (g_cancellable_is_cancelled(run->cancellable) || is_late(run))
                return;
            warm_up(run, g_ptr_array_index(cases, i), number);
        }
    }
}

/* Round by round through all cases: what drifts on the machine reaches all. */
static bool run_all(struct run *run, GError **error)
{
    run->progress = progress_create(run->plan->repeats, run->plan->seconds);
    if (run->options->tap)
        printf("1..%u\n", run->plan->cases->len);
    warm_all_up(run);
    for (;;) {
        g_autoptr(GPtrArray) round = next_round(run);
        if (round->len == 0)
            return true;
        for (unsigned i = 0; i < round->len; i++) {
            struct result_case *one = g_ptr_array_index(round, i);
            unsigned index = index_of(run, one);
            const struct plan_case *c = g_ptr_array_index(run->plan->cases, index);
            if (g_cancellable_is_cancelled(run->cancellable) || is_late(run))
                return true;
            if (!plan_has_time(run->plan, c, seconds_since(run->begin_us))) {
                g_ptr_array_remove_index(run->result->cases, index);
                g_ptr_array_remove_index(run->plan->cases, index); /* they go in step */
            } else if (!run_one(run, c, one, error)) {
                return false;
            }
        }
    }
}

/* The answer, last of all; as a test only where everything is. */
static void print_summary(const struct run *run)
{
    g_autofree char *summary = summary_text(run->result);

    if (run->options->tap)
        fprintf(stderr, "vdibench: samples, result.json and what is made of it are in %s\n",
                run->folder);
    else
        printf("\n%s", summary);
    fflush(stdout);
}

/* A host on which more could be measured than was. */
static void announce_pgpu(const struct layout *layout)
{
    auto_destroy(pgpu) pgpu = pgpu_find(PGPU_PCI_DEVICES);
    if (!pgpu)
        return;
    g_autofree char *client = g_build_filename(layout->programs, "client", NULL);
    g_autofree char *text = pgpu_commands(pgpu, layout->libraries.own, client);
    printf("%s\n", text);
    fflush(stdout);
}

/* What is wrong comes before what is not good enough. */
static int exit_status(const struct run *run)
{
    int status = EXIT_SUCCESS;

    if (g_cancellable_is_cancelled(run->cancellable))
        return STATUS_CODE_INTERRUPTED;
    for (unsigned i = 0; i < run->result->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(run->result->cases, i);
        if (one->status != STATUS_PASSED && one->status != STATUS_SKIPPED)
            return EXIT_FAILURE;
        if (!run->options->tap && (result_case_is_short(one) || !is_over(run, one)))
            status = STATUS_CODE_UNFIT;
    }
    return status;
}

static void run_finish(struct run *run)
{
    progress_destroy(run->progress);
    result_destroy(run->result);
    pinning_destroy(run->pinning);
    run_lock_destroy(run->lock);
    g_clear_object(&run->cancellable);
    g_clear_pointer(&run->random, g_rand_free);
    g_free(run->folder);
}

/* What will be run, and how long it will take, before it is. */
static void announce(const struct plan *plan, const struct run_options *options)
{
    g_autofree char *text = plan_text(plan, options->dry_run);
    if (options->dry_run || plan->design) {
        printf("%s%s", text, options->dry_run ? "" : "\n");
        fflush(stdout);
    } else if (!options->tap) {
        fprintf(stderr, "vdibench: %u repeats of %u cases, about %.0f min\n", plan->repeats,
                plan->cases->len, ceil(plan->seconds / 60));
    }
}

static bool leave_design(const struct run *run, GError **error)
{
    if (!run->plan->design)
        return true;
    g_autofree char *text = plan_text(run->plan, true);
    g_autofree char *file = g_build_filename(run->folder, "design.txt", NULL);
    return g_file_set_contents(file, text, -1, error);
}

/* Before any folder is there: with too few processors nothing can be pinned. */
static bool pin(struct run *run, GError **error)
{
    return !run->options->pin || run->options->dry_run ||
           (run->pinning = pinning_begin(error)) != NULL;
}

static bool run_in_folder(struct run *run, GError **error)
{
    struct interruption interruption;
    const struct layout *layout = run->layout;
    g_autofree char *scripts = g_build_filename(layout->top, "harness", "plots", NULL);

    run->result = result_create(run->folder);
    run->result->environment =
        environment_describe(layout->top, &layout->libraries, run->options->command_line);
    if (run->pinning)
        json_object_set_object_member(json_node_get_object(run->result->environment), "pinned",
                                      pinning_describe(run->pinning));
    run->result->set = g_strdup(run->options->set);
    run->result->seed = run->plan->seed;
    for (unsigned i = 0; i < run->plan->cases->len; i++)
        result_add_case(run->result, g_ptr_array_index(run->plan->cases, i));
    interruption_begin(&interruption, run->cancellable);
    bool ok = inputs_keep(run->plan, run->result, error) && leave_design(run, error) &&
              run_all(run, error);
    ok = write_result(run, ok ? error : NULL) && ok;
    ok = table_write(run->result, ok ? error : NULL) && ok;
    ok = exports_write(run->result, ok ? error : NULL) && ok;
    if (run->options->report)
        ok = report_write(run->result, scripts, ok ? error : NULL) && ok;
    if (!run->options->tap)
        announce_pgpu(layout);
    print_summary(run);
    interruption_end(&interruption);
    return ok;
}

bool run_cases(const struct layout *layout, const struct run_options *options, int *ret_status,
               GError **error)
{
    auto_destroy(plan) plan = plan_create(layout, options, error);
    if (!plan)
        return false;
    bool ask = options->ask && ask_is_possible();
    if (ask) {
        announce(plan, options);
        if (!ask_to_go_on()) {
            *ret_status = EXIT_FAILURE;
            return true;
        }
    }
    struct run run = {
        .layout = layout,
        .options = options,
        .plan = plan,
        .begin_us = g_get_monotonic_time(),
        .cancellable = g_cancellable_new(),
        .random = g_rand_new_with_seed(plan->seed),
    };
    bool ok = pin(&run, error);
    ok = ok && (options->dry_run ||
                (run.folder = results_folder_create(layout, options, &run.lock, error)));
    if (ok && !ask)
        announce(plan, options);
    if (ok && !options->dry_run) {
        ok = run_in_folder(&run, error);
        *ret_status = exit_status(&run);
    }
    run_finish(&run);
    return ok;
}
