#include "run.h"

#include "child.h"
#include "environment.h"
#include "evaluate.h"
#include "folder.h"
#include "progress.h"
#include "table.h"
#include "testbed.h"
#include "workload.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* What a repeat takes beside playing: starting, switching, draining, ending. */
#define BESIDE_SECONDS 3.0
/* As a shell says it of a process that SIGINT ended. */
#define STATUS_CODE_INTERRUPTED 130
/* The longest name that is put into a repeat's private folder. */
#define RUNTIME_NAME_BYTES 16

typedef struct {
    const Layout *layout;
    const RunOptions *options;
    GPtrArray *cases;       /* Case */
    GHashTable *recordings; /* workload → file */
    char *folder;
    char *fallback_workload; /* the name of options->recording */
    Result *result;
    Progress *progress;
    GCancellable *cancellable;
    guint told; /* TAP lines so far */
} Run;

static gboolean on_signal(gpointer data)
{
    g_cancellable_cancel(data);
    return G_SOURCE_CONTINUE;
}

static gboolean refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean refuse(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, text);
    return FALSE;
}

static gboolean check_program(const Run *run, const char *program, GError **error)
{
    g_autofree char *file = g_build_filename(run->layout->programs, program, NULL);
    return g_file_test(file, G_FILE_TEST_IS_EXECUTABLE) ||
           refuse(error, "%s: is not there: run make first", file);
}

/* Everything that can be known to be missing before anything is started. */
static gboolean check_case(Run *run, Case *c, GError **error)
{
    if (!check_program(run, c->path->vm_program, error) ||
        !check_program(run, c->path->client_program, error) ||
        !check_program(run, "sim-agent", error))
        return FALSE;
    if (c->path->library) {
        g_autofree char *library = g_build_filename(run->layout->programs, c->path->library, NULL);
        if (!g_file_test(library, G_FILE_TEST_IS_DIR))
            return refuse(error, "%s: our SPICE server is not built: run make first", library);
    }
    if (run->options->recording)
        c->workload = run->fallback_workload;
    if (g_hash_table_contains(run->recordings, c->workload))
        return TRUE;
    char *recording = run->options->recording
                          ? g_canonicalize_filename(run->options->recording, NULL)
                          : workload_find(c->workload, run->layout->programs, run->layout->top,
                                          error);
    if (!recording)
        return FALSE;
    g_hash_table_insert(run->recordings, g_strdup(c->workload), recording);
    return g_file_test(recording, G_FILE_TEST_IS_REGULAR) ||
           refuse(error, "%s: no such recording", recording);
}

static gboolean expand_cases(Run *run, GError **error)
{
    run->cases = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < run->options->scenarios->len; i++)
        case_expand(g_ptr_array_index(run->options->scenarios, i), &run->options->filter,
                    run->cases);
    if (run->cases->len == 0)
        return refuse(error, "nothing to run: no case of the scenarios has that path and sink");
    for (guint i = 0; i < run->cases->len; i++) {
        if (!check_case(run, g_ptr_array_index(run->cases, i), error))
            return FALSE;
    }
    return TRUE;
}

static char *default_folder(const Layout *layout, gboolean tap)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
    g_autofree char *host = environment_host();
    g_autofree char *revision = environment_revision(layout->top);
    g_autofree char *name = g_strjoin("-", time, host, revision, NULL);

    /* What a functional test leaves is for finding out why it failed, no result. */
    return tap ? g_build_filename(layout->programs, "check-runs", name, NULL)
               : g_build_filename(layout->top, "results", name, NULL);
}

static gboolean create_folder(Run *run, GError **error)
{
    run->folder = run->options->output
                      ? g_canonicalize_filename(run->options->output, NULL)
                      : default_folder(run->layout, run->options->tap);
    g_autofree char *parent = g_path_get_dirname(run->folder);

    if (g_mkdir_with_parents(parent, 0777) == 0 && g_mkdir(run->folder, 0777) == 0)
        return TRUE;
    if (errno == EEXIST)
        return refuse(error,
                      "%s: exists already and is left alone: give another folder to --output",
                      run->folder);
    return refuse(error, "%s: cannot be created: %s", run->folder, g_strerror(errno));
}

static char *create_runtime(const Layout *layout, GError **error)
{
    const char *base = g_getenv("XDG_RUNTIME_DIR");
    g_autofree char *runtime = g_build_filename(
        base && g_file_test(base, G_FILE_TEST_IS_DIR) ? base : layout->programs, "run-XXXXXX",
        NULL);

    if (strlen(runtime) + RUNTIME_NAME_BYTES > sizeof((struct sockaddr_un *)NULL)->sun_path) {
        refuse(error, "%s: too long for a socket's name: set XDG_RUNTIME_DIR to a shorter folder",
               runtime);
        return NULL;
    }
    if (!g_mkdtemp_full(runtime, 0700)) {
        refuse(error, "%s: cannot be created: %s", runtime, g_strerror(errno));
        return NULL;
    }
    return g_steal_pointer(&runtime);
}

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
    g_autofree char *runtime = create_runtime(run->layout, &error);
    g_auto(Notes) notes;
    const Place place = {
        .programs = run->layout->programs,
        .recording = g_hash_table_lookup(run->recordings, c->workload),
        .runtime = runtime,
        .folder = folder,
        .cancellable = run->cancellable,
    };

    notes_init(&notes);
    if (runtime && g_mkdir_with_parents(folder, 0777) < 0)
        refuse(&error, "%s: cannot be created: %s", folder, g_strerror(errno));
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
                   result->c->seconds + BESIDE_SECONDS);
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

/* Repeat by repeat through all cases: what drifts on the machine reaches all. */
static gboolean run_all(Run *run, GError **error)
{
    guint most = 0, total = 0;
    double seconds = 0;

    for (guint i = 0; i < run->cases->len; i++) {
        const Case *c = g_ptr_array_index(run->cases, i);
        most = MAX(most, c->repeats);
        total += c->repeats;
        seconds += c->repeats * (c->seconds + BESIDE_SECONDS);
    }
    run->progress = progress_create(total, seconds);
    if (run->options->tap)
        printf("1..%u\n", run->cases->len);
    for (guint repeat = 1; repeat <= most; repeat++) {
        for (guint i = 0; i < run->result->cases->len; i++) {
            CaseResult *result = g_ptr_array_index(run->result->cases, i);
            if (is_over(result))
                continue;
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
    fprintf(stderr, "vdibench: samples, result.json and table.txt are in %s\n", run->folder);
    return g_file_set_contents(file, table, -1, error);
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
    g_clear_pointer(&run->cases, g_ptr_array_unref);
    g_clear_pointer(&run->recordings, g_hash_table_unref);
    g_clear_object(&run->cancellable);
    g_free(run->folder);
    g_free(run->fallback_workload);
}

gboolean run(const Layout *layout, const RunOptions *options, int *ret_status, GError **error)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    guint sources[G_N_ELEMENTS(signals)];
    Run run = {
        .layout = layout,
        .options = options,
        .recordings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
        .cancellable = g_cancellable_new(),
    };
    if (options->recording)
        run.fallback_workload = g_path_get_basename(options->recording);
    if (!expand_cases(&run, error) || !create_folder(&run, error)) {
        run_finish(&run);
        return FALSE;
    }

    g_autofree char *library =
        g_build_filename(layout->programs, "spice-server/lib/libspice-server.so.1", NULL);
    run.result = result_create(environment_describe(layout->top, library, options->command_line),
                               run.cases);
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
        sources[i] = g_unix_signal_add(signals[i], on_signal, run.cancellable);
    gboolean ok = run_all(&run, error);
    ok = result_write(run.result, run.folder, ok ? error : NULL) && ok;
    ok = leave_table(&run, ok ? error : NULL) && ok;
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
        g_source_remove(sources[i]);
    *ret_status = exit_status(&run);
    run_finish(&run);
    return ok;
}
