/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/evaluate.h"

#include "auto-destroy.h"
#include "harness/result/functions.h"
#include "harness/result/result-read.h"
#include "harness/result/result-write.h"
#include "harness/run/notes.h"
#include "harness/vdibench/command.h"
#include "harness/vdibench/inputs.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A published run's samples, beside its result. */
#define ARCHIVE "samples.tar.xz"
/* Numbers are written with all their digits; this is far below any digit that is read. */
#define TOLERANCE 1e-9

struct again {
    const char *top;
    const struct result *stored;
    struct result *result; /* computed again */
    char *samples;         /* a folder of our own with cases/ */
    GHashTable *scenarios; /* name to struct scenario */
    unsigned numbers, differences;
};

static bool run_tool(const char *const *argv, GError **error)
{
    g_autofree char *complaint = NULL;
    int status;

    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &complaint,
                      &status, error))
        return false;
    if (g_spawn_check_wait_status(status, NULL))
        return true;
    g_strdelimit(g_strchomp(complaint), "\n", ' ');
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", argv[0], complaint);
    return false;
}

/* Evaluating writes beside the samples: a copy keeps them as they were. */
static bool take_samples(struct again *again, GError **error)
{
    g_autofree char *archive = g_build_filename(again->stored->folder, ARCHIVE, NULL);
    g_autofree char *cases = g_build_filename(again->stored->folder, "cases", NULL);

    again->samples = g_dir_make_tmp("vdibench-evaluate-XXXXXX", error);
    if (!again->samples)
        return false;
    if (g_file_test(archive, G_FILE_TEST_EXISTS))
        return run_tool(
            (const char *[]){"tar", "-xJf", archive, "-C", again->samples, "--no-same-owner", NULL},
            error);
    if (g_file_test(cases, G_FILE_TEST_IS_DIR))
        return run_tool((const char *[]){"cp", "-r", cases, again->samples, NULL}, error);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                "%s: its samples were not kept: there is neither cases nor " ARCHIVE,
                again->stored->folder);
    return false;
}

/* Only whole runs are computed again: what is in time is judged while the sessions play. */
static bool refuse_sessions(const struct result *result, GError **error)
{
    g_autofree char *file = g_build_filename(result->folder, "sessions.csv", NULL);

    if (!g_file_test(file, G_FILE_TEST_EXISTS))
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                "%s: is of vdibench sessions, which judges frames while the sessions play: its "
                "numbers cannot be computed again, sessions.csv has each measurement",
                result->folder);
    return false;
}

static void again_finish(struct again *again)
{
    if (again->samples)
        run_tool((const char *[]){"rm", "-rf", again->samples, NULL}, NULL);
    g_free(again->samples);
    result_destroy(again->result);
    g_clear_pointer(&again->scenarios, g_hash_table_unref);
}

static const struct scenario *scenario_of(struct again *again, const char *name, GError **error)
{
    struct scenario *scenario = g_hash_table_lookup(again->scenarios, name);
    if (!scenario) {
        scenario = inputs_scenario(again->stored->folder, name, error);
        if (scenario)
            g_hash_table_insert(again->scenarios, g_strdup(name), scenario);
    }
    return scenario;
}

/* The case as it was planned. */
static bool plan_again(struct again *again, const struct result_case *stored,
                       struct plan_case *ret_case, GError **error)
{
    const struct scenario *scenario = scenario_of(again, stored->scenario, error);

    if (!scenario)
        return false;
    *ret_case = (struct plan_case){
        .scenario = scenario,
        .route = stored->route,
        .sink = stored->sink,
        .drawing = stored->drawing,
        .workload = stored->workload,
        .seconds = (unsigned)stored->seconds,
        .repeats = stored->planned_repeats,
        .tries_max = stored->repeats->len,
        .twin = stored->twin,
    };
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        ret_case->axis[a] = stored->axis[a];
    for (unsigned i = 0; i < scenario->routes->len; i++) {
        const struct scenario_route *route = g_ptr_array_index(scenario->routes, i);
        if (route->route == stored->route)
            ret_case->expect = &route->expect;
    }
    if (!ret_case->expect)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: has no route %s",
                    scenario->file, stored->route->name);
    return ret_case->expect != NULL;
}

static bool evaluate_repeat(struct again *again, const struct plan_case *c,
                            const struct outcome *stored, struct result_case *one, GError **error)
{
    g_autofree char *folder = g_build_filename(again->samples, stored->folder, NULL);
    g_autofree char *recording =
        inputs_recording(again->stored, again->top, c->workload, c->drawing != NULL);
    const struct place place = {.folder = folder, .recording = recording};
    auto_finish(notes) notes;
    enum status status;
    struct metrics metrics;

    notes_init(&notes);
    if (!notes_read(&notes, folder, error))
        return false;
    if (!notes.status || !status_find(notes.status, &status)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s/" NOTES_FILE ": has no status",
                    folder);
        return false;
    }
    struct outcome *outcome = outcome_create(status, notes.reason);
    outcome->folder = g_strdup(stored->folder);
    outcome->seconds_taken = stored->seconds_taken;
    outcome->order = stored->order;
    evaluate(c, &place, &notes, outcome, &metrics);
    result_case_add_repeat(one, outcome, &metrics);
    return true;
}

/* Those of all repeats, also of those that do not count. */
static char *values_text(const struct result_values *values, unsigned repeats)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; values->each && i < repeats; i++) {
        if (!isnan(values->each[i]))
            g_string_append_printf(text, "%s%.10g", text->len ? " " : "", values->each[i]);
    }
    return g_string_free(text, false);
}

static bool same_values(const struct result_values *a, const struct result_values *b,
                        unsigned repeats)
{
    for (unsigned i = 0; i < repeats; i++) {
        double x = a->each ? a->each[i] : NAN, y = b->each ? b->each[i] : NAN;
        if (isnan(x) != isnan(y) || fabs(x - y) > TOLERANCE * fmax(fabs(x), 1))
            return false;
    }
    return true;
}

static void differ(struct again *again, const char *label, const char *what, const char *stored,
                   const char *now)
{
    printf("%s: %s: stored %s, computed %s\n", label, what, stored && *stored ? stored : "nothing",
           now && *now ? now : "nothing");
    again->differences++;
}

static void compare_outcomes(struct again *again, const char *label, unsigned repeat,
                             const struct outcome *stored, const struct outcome *now)
{
    const struct {
        const char *what, *stored, *now;
    } texts[] = {
        {"status", status_text(stored->status), status_text(now->status)},
        {"reason", stored->reason, now->reason},
        {"unfit", stored->unfit, now->unfit},
        {"library", stored->library, now->library},
        {"sources", stored->seen.sources, now->seen.sources},
        {"other_channel", stored->seen.other_channel, now->seen.other_channel},
        {"second_client", stored->seen.second_client, now->seen.second_client},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *what = g_strdup_printf("repeat %u: %s", repeat, texts[i].what);
        if (g_strcmp0(texts[i].stored ? texts[i].stored : "", texts[i].now ? texts[i].now : ""))
            differ(again, label, what, texts[i].stored, texts[i].now);
    }
}

static void compare_case(struct again *again, const char *label, const struct result_case *stored,
                         const struct result_case *now)
{
    for (unsigned i = 0; i < stored->repeats->len; i++)
        compare_outcomes(again, label, i + 1, g_ptr_array_index(stored->repeats, i),
                         g_ptr_array_index(now->repeats, i));
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        const struct result_values *was = &stored->metrics[m], *is = &now->metrics[m];
        unsigned repeats = stored->repeats->len;
        for (unsigned i = 0; is->each && i < repeats; i++)
            again->numbers += !isnan(is->each[i]);
        if (same_values(was, is, repeats))
            continue;
        g_autofree char *was_text = values_text(was, repeats);
        g_autofree char *is_text = values_text(is, repeats);
        differ(again, label, metric_name((enum metric)m), was_text, is_text);
    }
}

static bool evaluate_case(struct again *again, const struct result_case *stored, GError **error)
{
    struct plan_case c;

    if (!plan_again(again, stored, &c, error))
        return false;
    g_autofree char *label = case_id(&c);
    struct result_case *one = result_add_case(again->result, &c);
    for (unsigned i = 0; i < stored->repeats->len; i++) {
        if (!evaluate_repeat(again, &c, g_ptr_array_index(stored->repeats, i), one, error))
            return false;
    }
    compare_case(again, label, stored, one);
    return true;
}

static bool evaluate_all(struct again *again, GError **error)
{
    again->result->set = g_strdup(again->stored->set);
    again->result->seed = again->stored->seed;
    again->result->environment = json_node_copy(again->stored->environment);
    again->scenarios =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)scenario_destroy);
    if (!take_samples(again, error))
        return false;
    for (unsigned i = 0; i < again->stored->cases->len; i++) {
        if (!evaluate_case(again, g_ptr_array_index(again->stored->cases, i), error))
            return false;
    }
    for (unsigned i = 0; i < again->stored->left_out->len; i++)
        g_ptr_array_add(again->result->left_out,
                        left_out_copy(g_ptr_array_index(again->stored->left_out, i)));
    functions_fill(again->result);
    printf("%u cases, %u numbers computed again: ", again->result->cases->len, again->numbers);
    if (again->differences)
        printf("%u differ from what is stored\n", again->differences);
    else
        printf("all are as stored\n");
    return true;
}

static bool write_folder(const struct result *result, GError **error)
{
    if (g_mkdir(result->folder, 0777) == 0)
        return result_write(result, error);
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: cannot be created: %s",
                result->folder, g_strerror(errno));
    return false;
}

bool command_evaluate(const struct layout *layout, int argc, char **argv, int *ret_status,
                      GError **error)
{
    g_autofree char *output = NULL;
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
         "Write what was computed to OUTPUT/result.json; the folder must not exist", "OUTPUT"},
        G_OPTION_ENTRY_NULL,
    };
    if (!command_parse("DIR - compute a run's numbers again from its samples", entries, &argc,
                       &argv, error))
        return false;
    if (argc != 2)
        return command_usage_error(error, "evaluate: one folder is needed, of a run or a published "
                                          "one");
    auto_destroy(result) stored = result_read(argv[1], error);
    if (!stored || !refuse_sessions(stored, error))
        return false;
    auto_finish(again) again = {
        .top = layout->top, .stored = stored, .result = result_create(output ? output : argv[1])};
    bool ok = evaluate_all(&again, error) && (!output || write_folder(again.result, error));
    if (again.differences)
        *ret_status = EXIT_FAILURE;
    return ok;
}
