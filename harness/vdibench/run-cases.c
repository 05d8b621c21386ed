#include "harness/vdibench/run-cases.h"

#include "harness/run/child.h"
#include "harness/run/environment.h"
#include "harness/evaluate/evaluate.h"
#include "harness/report/exports.h"
#include "harness/instrument/folder.h"
#include "harness/run/pgpu.h"
#include "harness/plan/plan.h"
#include "harness/vdibench/progress.h"
#include "harness/run/run-place.h"
#include "harness/report/table.h"
#include "harness/run/testbed.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>


typedef struct {
    const Layout *layout;
    const RunOptions *options;
    Plan *plan;
    gint64 begin_us;
    char *folder;
    Result *result;
    Progress *progress;
    GCancellable *cancellable;
    guint told; /* TAP lines so far */
} Run;

static Status status_of(const GError *error)
{
    return !error                                                          ? STATUS_PASSED
           : g_error_matches(error, CHILD_ERROR, CHILD_ERROR_SKIP)         ? STATUS_SKIPPED
           : g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)      ? STATUS_INTERRUPTED
                                                                           : STATUS_FAILED;
}

static Outcome *run_repeat(Run *run, const Case *c, guint repeat)
{
    g_autofree char *id = case_id(c);
    g_autofree char *name = g_strdup_printf("repeat-%u", repeat);
    g_autofree char *folder = g_build_filename(run->folder, "cases", id, name, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *runtime = runtime_folder_create(run->layout, &error);
    const Workload *workload = g_hash_table_lookup(run->plan->workloads, c->workload);
    g_auto(Notes) notes;
    const Place place = {
        .programs = run->layout->programs,
        .recording = c->drawing ? workload->film : workload->file,
        .runtime = runtime,
        .folder = folder,
        .cancellable = run->cancellable,
    };

    notes_init(&notes);
    if (runtime && g_mkdir_with_parents(folder, 0777) < 0)
        g_set_error(&error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: cannot be created: %s", folder,
                    g_strerror(errno));
    if (!error)
        testbed_run(c, &place, &notes, &error);
    if (runtime)
        folder_remove(runtime);

    Outcome *outcome = outcome_create(status_of(error), error ? error->message : NULL);
    evaluate(c, &place, &notes, outcome);
    return outcome;
}

static char *display_name(const Case *c)
{
    /* The workload, too, where the scenario alone does not say which. */
    gboolean one = c->scenario->workloads[0] && !c->scenario->workloads[1];
    return g_strconcat(c->scenario->name, "/", c->path->name, "/", case_way(c), one ? "" : "/",
                       one ? "" : c->workload, NULL);
}

/* One TAP line for a case whose last repeat is over. */
static void tell_tap(Run *run, const CaseResult *result)
{
    g_autofree char *name = display_name(result->c);
    const char *reason;
    Status status = case_result_status(result, &reason);

    printf("%s %u - %s%s%s\n",
           status == STATUS_PASSED || status == STATUS_SKIPPED ? "ok" : "not ok", ++run->told, name,
           status == STATUS_SKIPPED ? " # SKIP " : "",
           status == STATUS_SKIPPED && reason ? reason : "");
    if (status != STATUS_PASSED && status != STATUS_SKIPPED && reason)
        printf("# %s\n", reason);
    fflush(stdout);
}

/* True when the case has had all repeats that it will have. */
static gboolean is_over(const CaseResult *result)
{
    const char *reason;
    return result->outcomes->len >= result->c->repeats ||
           (result->outcomes->len > 0 && case_result_status(result, &reason) == STATUS_SKIPPED);
}

static gboolean run_one(Run *run, CaseResult *result, guint repeat, GError **error)
{
    g_autofree char *name = display_name(result->c);
    g_autofree char *remark = NULL;

    progress_begin(run->progress, name, repeat, result->c->repeats,
                   plan_case_seconds(run->plan, result->c));
    Outcome *outcome = run_repeat(run, result->c, repeat);
    g_ptr_array_add(result->outcomes, outcome);
    if (outcome->status != STATUS_PASSED)
        remark = g_strdup_printf("%s: repeat %u: %s: %s", name, repeat,
                                 status_text(outcome->status), outcome->reason);
    progress_end(run->progress, remark);
    if (run->options->tap && is_over(result))
        tell_tap(run, result);
    /* After each repeat: nothing is lost, whatever comes. */
    return result_write(run->result, run->folder, error);
}

static double seconds_since(gint64 begin_us)
{
    return (double)(g_get_monotonic_time() - begin_us) / G_USEC_PER_SEC;
}

/* Repeat by repeat through all cases: what drifts on the machine reaches all. */
static gboolean run_all(Run *run, GError **error)
{
    guint most = 0;

    for (guint i = 0; i < run->plan->cases->len; i++) {
        const Case *c = g_ptr_array_index(run->plan->cases, i);
        most = MAX(most, c->repeats);
    }
    run->progress = progress_create(run->plan->repeats, run->plan->seconds);
    if (run->options->tap)
        printf("1..%u\n", run->plan->cases->len);
    for (guint repeat = 1; repeat <= most; repeat++) {
        for (guint i = 0; i < run->result->cases->len; i++) {
            CaseResult *result = g_ptr_array_index(run->result->cases, i);
            if (is_over(result))
                continue;
            if (!plan_has_time(run->plan, result->c, seconds_since(run->begin_us))) {
                g_ptr_array_remove_index(run->result->cases, i--);
                continue;
            }
            if (g_cancellable_is_cancelled(run->cancellable))
                return TRUE;
            if (!run_one(run, result, repeat, error))
                return FALSE;
        }
    }
    return TRUE;
}

static gboolean leave_table(const Run *run, GError **error)
{
    g_autofree char *table = table_text(run->result);
    g_autofree char *file = g_build_filename(run->folder, "table.txt", NULL);

    if (!run->options->tap)
        printf("\n%s\n", table);
    fflush(stdout);
    fprintf(stderr, "vdibench: samples, result.json and what is made of it are in %s\n",
            run->folder);
    return g_file_set_contents(file, table, -1, error);
}

/* A host on which more could be measured than was. */
static void tell_pgpu(const Layout *layout)
{
    g_autoptr(Pgpu) pgpu = pgpu_find(PGPU_PCI_DEVICES);
    if (!pgpu)
        return;
    g_autofree char *library = g_build_filename(layout->programs, "spice-server/lib", NULL);
    g_autofree char *client = g_build_filename(layout->programs, "client", NULL);
    g_autofree char *text = pgpu_commands(pgpu, library, client);
    printf("%s\n", text);
    fflush(stdout);
}

static int exit_status(const Run *run)
{
    const char *reason;
    if (g_cancellable_is_cancelled(run->cancellable))
        return STATUS_CODE_INTERRUPTED;
    for (guint i = 0; i < run->result->cases->len; i++) {
        Status status = case_result_status(g_ptr_array_index(run->result->cases, i), &reason);
        if (status != STATUS_PASSED && status != STATUS_SKIPPED)
            return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

static void run_finish(Run *run)
{
    progress_destroy(run->progress);
    result_destroy(run->result);
    g_clear_object(&run->cancellable);
    g_free(run->folder);
}

/* What will be run, and how long it will take, before it is. */
static void announce(const Plan *plan, const RunOptions *options)
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

static gboolean leave_design(const Run *run, GError **error)
{
    if (!run->plan->design)
        return TRUE;
    g_autofree char *text = plan_text(run->plan, TRUE);
    g_autofree char *file = g_build_filename(run->folder, "design.txt", NULL);
    return g_file_set_contents(file, text, -1, error);
}

static gboolean run_in_folder(Run *run, GError **error)
{
    Interruption interruption;
    const Layout *layout = run->layout;
    g_autofree char *library =
        g_build_filename(layout->programs, "spice-server/lib/libspice-server.so.1", NULL);

    run->result = result_create(
        environment_describe(layout->top, library, run->options->command_line), run->plan->cases);
    run->result->set = run->options->set;
    run->result->left_out = run->plan->left_out;
    interruption_begin(&interruption, run->cancellable);
    gboolean ok = leave_design(run, error) && run_all(run, error);
    ok = result_write(run->result, run->folder, ok ? error : NULL) && ok;
    ok = leave_table(run, ok ? error : NULL) && ok;
    ok = exports_write(run->folder, ok ? error : NULL) && ok;
    if (!run->options->tap)
        tell_pgpu(layout);
    interruption_end(&interruption);
    return ok;
}

gboolean run_cases(const Layout *layout, const RunOptions *options, int *ret_status, GError **error)
{
    g_autoptr(Plan) plan = plan_create(layout, options, error);
    if (!plan)
        return FALSE;
    Run run = {
        .layout = layout,
        .options = options,
        .plan = plan,
        .begin_us = g_get_monotonic_time(),
        .cancellable = g_cancellable_new(),
    };
    gboolean ok = options->dry_run || (run.folder = results_folder_create(layout, options->output,
                                                                          options->tap, error));
    if (ok)
        announce(plan, options);
    if (ok && !options->dry_run) {
        ok = run_in_folder(&run, error);
        *ret_status = exit_status(&run);
    }
    run_finish(&run);
    return ok;
}
