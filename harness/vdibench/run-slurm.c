/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vdibench/run-slurm.h"

#include "auto-destroy.h"
#include "harness/plan/order.h"
#include "harness/report/exports.h"
#include "harness/report/report.h"
#include "harness/report/summary.h"
#include "harness/report/table.h"
#include "harness/result/functions.h"
#include "harness/result/merge.h"
#include "harness/result/result-read.h"
#include "harness/result/result-write.h"
#include "harness/run/environment.h"
#include "harness/run/run-place.h"
#include "harness/slurm/job-array.h"
#include "harness/slurm/submission.h"
#include "harness/vdibench/inputs.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A task that has ended without a result, not even after Slurm has requeued it, is
 * submitted again; more often than this it has another reason than bad luck. */
#define SUBMISSIONS_MAX 2

/* One repeat of one case; its number in the array is its index and one. */
struct task {
    unsigned c; /* index in the plan */
};

struct cluster_run {
    const struct layout *layout;
    const struct run_options *options;
    const struct plan *plan;
    const char *folder;
    struct job_array array;
    GArray *tasks; /* struct task */
    unsigned complete;
    char *job; /* the last one's id; NULL: none was submitted */
    GCancellable *cancellable;
};

/* The cases that have this repeat, in a random order. */
static GPtrArray *round_of(const struct plan *plan, unsigned repeat, GRand *random)
{
    GPtrArray *round = g_ptr_array_new();

    for (unsigned i = 0; i < plan->cases->len; i++) {
        struct plan_case *c = g_ptr_array_index(plan->cases, i);
        if (repeat <= c->repeats)
            g_ptr_array_add(round, c);
    }
    order_shuffle(round, random);
    return round;
}

/* Round by round through all cases, as without Slurm. */
static GArray *list_tasks(const struct plan *plan)
{
    GArray *tasks = g_array_new(false, false, sizeof(struct task));
    g_autoptr(GRand) random = g_rand_new_with_seed(plan->seed);

    for (unsigned repeat = 1;; repeat++) {
        g_autoptr(GPtrArray) round = round_of(plan, repeat, random);
        if (round->len == 0)
            return tasks;
        for (unsigned i = 0; i < round->len; i++) {
            struct task task;
            g_ptr_array_find(plan->cases, g_ptr_array_index(round, i), &task.c);
            g_array_append_val(tasks, task);
        }
    }
}

static bool write_file(const struct cluster_run *run, const char *name, const char *text,
                       GError **error)
{
    g_autofree char *file = g_build_filename(run->folder, "slurm", name, NULL);
    return g_file_set_contents(file, text, -1, error);
}

/* What the tasks read. */
static bool prepare(const struct cluster_run *run, GError **error)
{
    g_autofree char *slurm = g_build_filename(run->folder, "slurm", NULL);
    GString *cases = g_string_new(NULL);

    if (g_mkdir(slurm, 0777) < 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: cannot be created: %s", slurm,
                    g_strerror(errno));
        g_string_free(cases, true);
        return false;
    }
    for (unsigned t = 0; t < run->tasks->len; t++) {
        const struct task *task = &g_array_index(run->tasks, struct task, t);
        g_autofree char *id = case_id(g_ptr_array_index(run->plan->cases, task->c));
        g_string_append_printf(cases, "%s\n", id);
    }
    g_autofree char *list = g_string_free(cases, false);
    return write_file(run, "cases", list, error) &&
           write_file(run, "token", run->array.token, error);
}

/* Its result, if it is complete; an interrupted one is no better than none. */
static struct result *read_part(const struct cluster_run *run, unsigned task)
{
    g_autofree char *folder = job_array_part(run->folder, task + 1);
    auto_destroy(result) part = folder ? result_read(folder, NULL) : NULL;

    if (!part || part->cases->len != 1 ||
        ((struct result_case *)g_ptr_array_index(part->cases, 0))->status == STATUS_INTERRUPTED)
        return NULL;
    return g_steal_pointer(&part);
}

/* The numbers of the tasks that have no result (yet). */
static GArray *missing_tasks(const struct cluster_run *run)
{
    GArray *missing = g_array_new(false, false, sizeof(unsigned));
    for (unsigned t = 0; t < run->tasks->len; t++) {
        auto_destroy(result) part = read_part(run, t);
        unsigned number = t + 1;
        if (!part)
            g_array_append_val(missing, number);
    }
    return missing;
}

static void announce_progress(void *data)
{
    struct cluster_run *run = data;
    unsigned complete = 0;

    for (unsigned t = 0; t < run->tasks->len; t++) {
        g_autofree char *part = job_array_part(run->folder, t + 1);
        complete += part != NULL;
    }
    if (complete != run->complete)
        fprintf(stderr, "vdibench: %u of %u repeats have a result\n", complete, run->tasks->len);
    run->complete = complete;
}

static bool submit(struct cluster_run *run, const GArray *tasks, GError **error)
{
    run->array.submission++;
    g_autofree char *script = job_array_script(&run->array);
    g_auto(GStrv) command = job_array_command(&run->array, tasks);
    int status;

    g_clear_pointer(&run->job, g_free);
    if (!write_file(run, "job", script, error) ||
        !submission_run((const char *const *)command, run->cancellable, announce_progress, run,
                        &run->job, &status, error))
        return false;
    if (status == JOB_ARRAY_EXIT_NOT_SHARED) {
        g_set_error(
            error, G_IO_ERROR, G_IO_ERROR_FAILED,
            "%s: a node does not see this folder, or not %s: give --output a folder that all "
            "nodes share, and install vdibench on all of them in the same place",
            run->folder, run->array.program);
        return false;
    }
    return true;
}

/* Until every task has a result, or has had its chances. */
static bool submit_all(struct cluster_run *run, GError **error)
{
    for (unsigned s = 1; s <= SUBMISSIONS_MAX; s++) {
        g_autoptr(GArray) missing = missing_tasks(run);
        if (missing->len == 0 || g_cancellable_is_cancelled(run->cancellable))
            return true;
        if (s > 1)
            fprintf(stderr, "vdibench: %u repeats have no result and are submitted again\n",
                    missing->len);
        if (!submit(run, missing, error))
            return false;
    }
    return true;
}

static char *why_missing(const struct cluster_run *run, unsigned task)
{
    g_autofree char *name = g_strdup_printf("task-%u.log", task + 1);
    g_autofree char *file = g_build_filename(run->folder, "slurm", name, NULL);
    g_autofree char *log = NULL;

    if (g_cancellable_is_cancelled(run->cancellable))
        return g_strdup("interrupted");
    if (g_file_get_contents(file, &log, NULL, NULL))
        g_strchomp(log);
    const char *newline = log ? strrchr(log, '\n') : NULL;
    const char *last = newline ? newline + 1 : log;
    return g_strdup_printf("its job %s_%u has given no result%s%s", run->job ? run->job : "?",
                           task + 1, last && *last ? ": " : "", last ? last : "");
}

static void add_missing(const struct cluster_run *run, unsigned t, struct result_case *one)
{
    g_autofree char *why = why_missing(run, t);
    struct outcome *outcome = outcome_create(STATUS_INTERRUPTED, why);
    struct metrics metrics;

    metrics_init(&metrics);
    outcome->folder = g_strdup_printf("cases/%s/repeat-%u", one->id, one->repeats->len + 1);
    result_case_add_repeat(one, outcome, &metrics);
}

/* The samples of a part are moved to where those of any run are. */
static bool move_samples(const struct cluster_run *run, const GPtrArray *moves, GError **error)
{
    for (unsigned i = 0; i < moves->len; i++) {
        const struct merge_move *move = g_ptr_array_index((GPtrArray *)moves, i);
        g_autofree char *to = g_build_filename(run->folder, move->to, NULL);
        g_autofree char *parent = g_path_get_dirname(to);
        if (g_mkdir_with_parents(parent, 0777) < 0 || g_rename(move->from, to) < 0) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: cannot become %s: %s",
                        move->from, to, g_strerror(errno));
            return false;
        }
    }
    return true;
}

static bool collect(const struct cluster_run *run, struct result *whole, GError **error)
{
    g_autoptr(GPtrArray) moves = g_ptr_array_new_with_free_func((GDestroyNotify)merge_move_destroy);

    for (unsigned t = 0; t < run->tasks->len; t++) {
        const struct task *task = &g_array_index(run->tasks, struct task, t);
        auto_destroy(result) part = read_part(run, t);
        if (!part)
            add_missing(run, t, g_ptr_array_index(whole->cases, task->c));
        else if (!result_merge(whole, part, true, moves, error))
            return false;
    }
    functions_fill(whole);
    return move_samples(run, moves, error);
}

static bool leave(const struct cluster_run *run, const struct result *whole, GError **error)
{
    g_autofree char *scripts = g_build_filename(run->layout->top, "harness", "plots", NULL);

    if (!result_write(whole, error) || !table_write(whole, error) || !exports_write(whole, error) ||
        (run->options->report && !report_write(whole, scripts, error)))
        return false;
    g_autofree char *summary = summary_text(whole);
    printf("\n%s", summary);
    fflush(stdout);
    return true;
}

static int exit_status(const struct cluster_run *run, const struct result *whole)
{
    int status = EXIT_SUCCESS;

    if (g_cancellable_is_cancelled(run->cancellable))
        return STATUS_CODE_INTERRUPTED;
    for (unsigned i = 0; i < whole->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(whole->cases, i);
        if (one->status != STATUS_PASSED && one->status != STATUS_SKIPPED)
            return EXIT_FAILURE;
        if (result_case_is_short(one))
            status = STATUS_CODE_UNFIT;
    }
    return status;
}

/* The parts' environments are with their repeats; this is where they were merged. */
static struct result *begin_result(const struct cluster_run *run)
{
    struct result *whole = result_create(run->folder);

    whole->environment =
        environment_describe(run->layout->top, &run->layout->libraries, run->options->command_line);
    whole->set = g_strdup(run->options->set);
    whole->seed = run->plan->seed;
    for (unsigned i = 0; i < run->plan->cases->len; i++)
        result_add_case(whole, g_ptr_array_index(run->plan->cases, i));
    return whole;
}

bool run_slurm(const struct layout *layout, const struct run_options *options,
               const struct slurm_options *how, int *ret_status, GError **error)
{
    auto_destroy(plan) plan = plan_create(layout, options, error);
    if (!plan)
        return false;
    g_autofree char *folder = results_folder_create(layout, options, NULL, error);
    g_autofree char *program = folder ? g_file_read_link("/proc/self/exe", error) : NULL;
    if (!program)
        return false;
    g_autofree char *token = g_uuid_string_random();
    g_autoptr(GArray) tasks = list_tasks(plan);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    struct interruption interruption;
    struct cluster_run run = {
        .layout = layout,
        .options = options,
        .plan = plan,
        .folder = folder,
        .array = {.folder = folder,
                  .program = program,
                  .words = options->command_line + 1,
                  .token = token,
                  .options = how->options,
                  .jobs_max = how->jobs_max},
        .tasks = tasks,
        .cancellable = cancellable,
    };

    fprintf(stderr, "vdibench: %u repeats of %u cases, each a task of Slurm's\n", tasks->len,
            plan->cases->len);
    interruption_begin(&interruption, cancellable);
    auto_destroy(result) whole = begin_result(&run);
    bool ok = inputs_keep(plan, whole, error) && prepare(&run, error) && submit_all(&run, error) &&
              collect(&run, whole, error) && leave(&run, whole, error);
    interruption_end(&interruption);
    *ret_status = exit_status(&run, whole);
    g_free(run.job);
    return ok;
}
