/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * shadow-paging-run: a guest with a mediated vGPU, as a process of a run. It writes and submits,
 * as fast as it can, what its load has, and reports what each batch of submissions cost.
 *
 * Controlled by commands and notices, see harness/instrument/control.h: load SECONDS · quit.
 * Exits with 77 where the machine does not have the traps.
 */
#include "auto-destroy.h"
#include "harness/instrument/child.h"
#include "harness/instrument/control.h"
#include "harness/instrument/samples.h"
#include "shadow-paging/policy.h"
#include "shadow-paging/trap.h"
#include "shadow-paging/workloads/load-name.h"
#include "shadow-paging/workloads/mediated-vgpu.h"
#include "shadow-paging/workloads/submission-rows.h"

#include <gio/gio.h>
#include <inttypes.h>
#include <libavutil/log.h>
#include <stdlib.h>

/* A row for each submission would be more to write than most submissions are; only of a load that
 * changes each one counts by itself. */
#define BATCH_NS INT64_C(2000000)

/* The load `map`: a grid of synthetic loads, each for its share of the time. */
#define MAP_PAGES 64
static const unsigned map_writes[] = {1, 2, 4, 16, 64, 256};
static const unsigned map_churn_pct[] = {0, 2, 10, 30, 60, 100};
#define MAP_CELLS (G_N_ELEMENTS(map_writes) * G_N_ELEMENTS(map_churn_pct))
/* A policy learns, and the caches fill, before a cell is measured. */
#define WARM_UP_SUBMISSIONS 512
#define WARM_UP_NS_MAX INT64_C(100000000)
/* Then so many submissions are measured at least. */
#define CELL_SUBMISSIONS_MIN 2

struct run {
    struct mediated_vgpu_settings settings;
    struct load_shape shape;
    struct samples *samples;
    GMainLoop *loop;
    struct mediated_vgpu *vgpu; /* of this cell */
    unsigned cell;              /* of the map */
    char *load;                 /* of this cell */
    int64_t cell_end_ns;        /* or of all */
    int64_t cell_ns;            /* how long each lasts */
    uint64_t cell_submissions;
    int status;
};

static bool is_map(const struct run *run)
{
    return run->shape.kind == LOAD_MAP;
}

/* A line on standard error, and the status that stands for its kind. */
static void fail(struct run *run, const GError *error)
{
    bool lacks = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);

    control_notice("error", "reason=%s", lacks ? "traps" : "load");
    g_printerr("shadow-paging-run: %s\n", error->message);
    run->status = lacks ? CHILD_EXIT_SKIP : EXIT_FAILURE;
    if (run->loop)
        g_main_loop_quit(run->loop);
}

/* The cell's load; of other loads than the map the one that was asked for. Free it. */
static char *cell_load(const struct run *run)
{
    return is_map(run) ? g_strdup_printf("synthetic-%up-%uw-%uc", MAP_PAGES,
                                         map_writes[run->cell % G_N_ELEMENTS(map_writes)],
                                         map_churn_pct[run->cell / G_N_ELEMENTS(map_writes)])
                       : g_strdup(run->settings.load);
}

static bool begin_cell(struct run *run, GError **error)
{
    struct mediated_vgpu_settings settings = run->settings;
    struct submission_cost unused = {0};

    g_free(run->load);
    settings.load = run->load = cell_load(run);
    g_clear_pointer(&run->vgpu, mediated_vgpu_destroy);
    run->vgpu = mediated_vgpu_create(&settings, error);
    if (!run->vgpu)
        return false;
    submission_rows_exit(run->samples, is_map(run) ? run->load : "",
                         mediated_vgpu_exit_ns(run->vgpu));
    int64_t end_ns = samples_now_ns() + WARM_UP_NS_MAX;
    for (unsigned i = 0; i < WARM_UP_SUBMISSIONS && samples_now_ns() < end_ns; i++) {
        if (!mediated_vgpu_submit(run->vgpu, &unused, error))
            return false;
    }
    run->cell_submissions = 0;
    run->cell_end_ns = samples_now_ns() + run->cell_ns;
    return true;
}

static bool run_batch(struct run *run, GError **error)
{
    struct submission_cost cost = {0};
    int64_t end_ns = samples_now_ns() + BATCH_NS;

    do {
        if (!mediated_vgpu_submit(run->vgpu, &cost, error))
            return false;
    } while (run->shape.kind != LOAD_CHANGING && samples_now_ns() < end_ns);
    run->cell_submissions += cost.submissions;
    submission_rows_batch(run->samples, is_map(run) ? run->load : "", &cost);
    return true;
}

/* A batch, and then whatever the harness has to say. */
static gboolean go_on(void *data)
{
    struct run *run = data;
    g_autoptr(GError) error = NULL;

    if (!run_batch(run, &error)) {
        fail(run, error);
        return G_SOURCE_REMOVE;
    }
    if (samples_now_ns() < run->cell_end_ns || run->cell_submissions < CELL_SUBMISSIONS_MIN)
        return G_SOURCE_CONTINUE;
    if (!is_map(run) || ++run->cell == MAP_CELLS) {
        control_notice("loaded", "%s", "");
        return G_SOURCE_REMOVE;
    }
    if (begin_cell(run, &error))
        return G_SOURCE_CONTINUE;
    fail(run, error);
    return G_SOURCE_REMOVE;
}

static void on_command(int argc, char **argv, void *data)
{
    struct run *run = data;
    uint64_t seconds;

    if (argc == 2 && g_str_equal(argv[0], "load") &&
        g_ascii_string_to_unsigned(argv[1], 10, 1, G_MAXINT, &seconds, NULL)) {
        run->cell_ns = (int64_t)seconds * 1000000000 / (is_map(run) ? (int64_t)MAP_CELLS : 1);
        run->cell_end_ns = samples_now_ns() + run->cell_ns;
        g_idle_add(go_on, run);
    } else {
        g_printerr("shadow-paging-run: unknown command: %s: load SECONDS, quit\n", argv[0]);
    }
}

static void on_quit(void *data)
{
    g_main_loop_quit(((struct run *)data)->loop);
}

static char *describe(void)
{
    GString *text = g_string_new("Commands on standard input: load SECONDS, quit.\n\nPolicies:");
    for (unsigned i = 0; policy_kind(i); i++)
        g_string_append_printf(text, " %s", policy_kind(i));
    g_string_append(text, ", some with a number: static-200, segmented-2");
    g_string_append(text, "\nTraps:");
    for (const struct trap_ops *const *trap = trap_all(); *trap; trap++)
        g_string_append_printf(text, " %s", (*trap)->name);
    g_string_append(text, "\nLoads, all of them models:");
    for (unsigned i = 0; load_name_at(i); i++)
        g_string_append_printf(text, " %s", load_name_at(i));
    g_string_append(text, " " LOAD_PATTERN);
    return g_string_free(text, false);
}

static bool parse(struct run *run, int argc, char **argv, char **ret_samples, GError **error)
{
    const GOptionEntry entries[] = {
        {"policy", 0, 0, G_OPTION_ARG_STRING, (void *)&run->settings.policy,
         "Which pages are relaxed (auto)", "NAME"},
        {"load", 0, 0, G_OPTION_ARG_STRING, (void *)&run->settings.load,
         "What the guest's programs write (light-2d)", "NAME"},
        {"traps", 0, 0, G_OPTION_ARG_STRING, (void *)&run->settings.traps,
         "How a write traps (segv)", "NAME"},
        {"reconstruction", 0, 0, G_OPTION_ARG_STRING, (void *)&run->settings.reconstruction,
         "diff (default) or rebuild", "NAME"},
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, (void *)&run->settings.recording,
         "What transcode-N decodes", "FILE"},
        {"samples", 0, 0, G_OPTION_ARG_FILENAME, ret_samples, "Write samples", "FILE"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context =
        g_option_context_new("- a guest with a mediated vGPU, a model");
    g_autofree char *description = describe();

    g_option_context_set_description(context, description);
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, error))
        return false;
    if (argc > 1) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
                    "unexpected argument: %s: see shadow-paging-run --help", argv[1]);
        return false;
    }
    if (!run->settings.policy)
        run->settings.policy = "auto";
    if (!run->settings.load)
        run->settings.load = "light-2d";
    if (!run->settings.traps)
        run->settings.traps = "segv";
    if (!run->settings.reconstruction)
        run->settings.reconstruction = "diff";
    if (load_shape_find(run->settings.load, &run->shape))
        return true;
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                "wrong value: --load %s: see shadow-paging-run --help", run->settings.load);
    return false;
}

int main(int argc, char **argv)
{
    struct run run = {.status = EXIT_SUCCESS};
    g_autofree char *file = NULL;
    g_autoptr(GError) error = NULL;

    av_log_set_level(AV_LOG_QUIET); /* what is wrong is reported in one line */
    if (!parse(&run, argc, argv, &file, &error) ||
        (file && !(run.samples = samples_open(file, SUBMISSION_COLUMNS, &error))) ||
        !begin_cell(&run, &error)) {
        fail(&run, error);
        samples_close(run.samples);
        return run.status;
    }
    run.loop = g_main_loop_new(NULL, false);
    control_start(on_command, on_quit, &run);
    control_notice("ready", "exit_ns=%" PRId64, mediated_vgpu_exit_ns(run.vgpu));
    g_main_loop_run(run.loop);
    control_stop();
    mediated_vgpu_destroy(run.vgpu);
    g_free(run.load);
    g_main_loop_unref(run.loop);
    if (!samples_close(run.samples)) {
        g_printerr("shadow-paging-run: cannot write the samples: free some space\n");
        run.status = EXIT_FAILURE;
    }
    return run.status;
}
