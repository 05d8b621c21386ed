/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/evaluate.h"

#include "auto-destroy.h"
#include "harness/evaluate/join.h"
#include "harness/evaluate/quality.h"
#include "harness/evaluate/reference.h"
#include "harness/evaluate/sample-check.h"
#include "harness/evaluate/shown-quality.h"
#include "harness/evaluate/submissions.h"
#include "harness/run/processes.h"
#include "harness/scenario/link-profile.h"
#include "media/barcode.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

struct tables {
    struct rows *agent, *client, *vm, *cpu;
    struct rows *server;
    struct rows *second;      /* the second client's; NULL: there was none */
    struct rows *module;      /* of the frames in the server; NULL: it does not report them */
    struct rows *drawn;       /* what the real agent captured; NULL: there was none */
    struct rows *link;        /* what the limited link really is; NULL: there is none */
    struct rows *submissions; /* to a mediated vGPU; NULL: there is none */
};

/* A sample file of that part, which holds what is computed from it. */
static struct rows *read_table(const struct place *place, const char *name, const char *part,
                               GError **error)
{
    g_autofree char *file = g_build_filename(place->folder, name, NULL);
    auto_destroy(rows) rows = rows_read(file, error);
    return rows && sample_check(rows, part, file, error) ? g_steal_pointer(&rows) : NULL;
}

static bool read_table_if_there(const struct place *place, const char *name, const char *part,
                                struct rows **ret_rows, GError **error)
{
    g_autofree char *file = g_build_filename(place->folder, name, NULL);
    return !g_file_test(file, G_FILE_TEST_EXISTS) ||
           (*ret_rows = read_table(place, name, part, error));
}

/* The rows of all processes that played this part in the run, one after the other:
 * agent.csv, agent-2.csv, ... */
static struct rows *read_all(const struct place *place, const char *part, GError **error)
{
    g_autofree char *first = g_strconcat(part, ".csv", NULL);
    auto_destroy(rows) all = read_table(place, first, part, error);

    for (unsigned n = 2; all; n++) {
        g_autofree char *name = g_strdup_printf("%s-%u.csv", part, n);
        g_autofree char *file = g_build_filename(place->folder, name, NULL);
        if (!g_file_test(file, G_FILE_TEST_EXISTS))
            break;
        auto_destroy(rows) next = read_table(place, name, part, error);
        if (!next)
            return NULL;
        rows_append(all, next);
    }
    return g_steal_pointer(&all);
}

static bool read_tables(const struct plan_case *c, const struct place *place,
                        struct tables *ret_tables, GError **error)
{
    const struct route *route = c->route;

    return read_table_if_there(place, "client-2.csv", "client", &ret_tables->second, error) &&
           read_table_if_there(place, "module.csv", "module", &ret_tables->module, error) &&
           read_table_if_there(place, "link.csv", "link", &ret_tables->link, error) &&
           (!case_has_real_agent(c) ||
            (ret_tables->drawn = read_table(place, "drawn.csv", "drawn", error))) &&
           (ret_tables->server = read_table(place, "server.csv", "server", error)) &&
           (!route->has_agent || (ret_tables->agent = read_all(place, "agent", error))) &&
           (!case_is_mediated(c) || (ret_tables->submissions = read_table(place, "submissions.csv",
                                                                          "submissions", error))) &&
           (!route->client_program ||
            (ret_tables->client = read_table(place, "client.csv", "client", error))) &&
           (!route->has_vgpu || (ret_tables->vm = read_all(place, "vm", error))) &&
           (ret_tables->cpu = read_table(place, "cpu.csv", "cpu", error));
}

static void tables_finish(struct tables *tables)
{
    rows_destroy(tables->agent);
    rows_destroy(tables->client);
    rows_destroy(tables->vm);
    rows_destroy(tables->cpu);
    rows_destroy(tables->drawn);
    rows_destroy(tables->link);
    rows_destroy(tables->second);
    rows_destroy(tables->server);
    rows_destroy(tables->module);
    rows_destroy(tables->submissions);
}

/* The frame that the client was showing at a time; NULL if it showed none. */
static const struct frame *frame_shown_at(const struct join *join, const struct rows *client,
                                          int64_t time_ns)
{
    const struct frame *frame = NULL;
    for (unsigned i = 0; i < rows_count(client) && rows_time_ns(client, i) <= time_ns; i++) {
        if (rows_is(client, i, "shown") && *rows_text(client, i, "stream"))
            frame = join_find(join, (int)rows_number(client, i, "stream", -1),
                              (int)rows_number(client, i, "unit", -1));
    }
    return frame;
}

/* How many frames the agents wrote before this one: its access unit's index in their
 * stream. */
static unsigned written_before(const struct join *join, const struct frame *frame)
{
    unsigned written = 0;

    for (unsigned i = 0; &g_array_index(join->frames, struct frame, i) != frame; i++)
        written += g_array_index(join->frames, struct frame, i).fate != FATE_SKIPPED;
    return written;
}

/* What the frame's access unit should show: as the agent's encoder made it in this repeat, or
 * as it was recorded. */
static struct picture *decode_reference(const struct join *join, const struct frame *frame,
                                        const struct place *place, GError **error)
{
    g_autofree char *stream = g_build_filename(place->folder, PROCESSES_STREAM, NULL);

    return g_file_test(stream, G_FILE_TEST_EXISTS)
               ? reference_decode(stream, written_before(join, frame), error)
               : reference_decode(place->recording, frame->unit, error);
}

/* What a real agent captures is the workload's picture in the corner of a screen, with a barcode
 * that was drawn over what the recording has there. */
static void match_corner(struct picture *shown, struct picture *reference, unsigned unit)
{
    if (shown->width_px >= reference->width_px && shown->height_px >= reference->height_px)
        picture_crop(shown, reference->width_px, reference->height_px);
    if (reference->width_px >= BARCODE_WIDTH_PX && reference->height_px >= BARCODE_HEIGHT_PX)
        barcode_draw(reference->bgrx, reference->stride_bytes, BARCODE_SOURCE_RECORDING,
                     (uint16_t)unit);
}

/* The PSNR of the saved picture, or of its top left `corner`, against what it should show; as it
 * was noted, where the picture or the recording is not kept. NAN and `error` if they cannot be
 * compared. */
static double picture_psnr_db(const struct saved_picture *saved, bool corner,
                              const struct join *join, const struct rows *client,
                              const struct place *place, GError **error)
{
    const struct frame *frame = frame_shown_at(join, client, saved->time_ns);
    struct picture_difference difference;

    if (!isnan(saved->psnr_db) &&
        (!place->recording || !g_file_test(saved->file, G_FILE_TEST_EXISTS)))
        return saved->psnr_db;
    if (!frame) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "%s: no frame of the agent's was shown when it was saved", saved->file);
        return NAN;
    }
    auto_destroy(picture) shown = picture_load(saved->file, error);
    auto_destroy(picture) reference = shown ? decode_reference(join, frame, place, error) : NULL;
    if (!reference)
        return NAN;
    if (corner)
        match_corner(shown, reference, frame->unit);
    g_autofree char *file = g_strconcat(saved->file, ".reference.png", NULL);
    if (!picture_save(reference, file, error) ||
        !picture_compare(shown, reference, &difference, error))
        return NAN;
    return fmin(difference.psnr_db, 99); /* equal pictures: infinity, which JSON cannot hold */
}

static void fail(struct outcome *outcome, char *reason)
{
    if (outcome->status == STATUS_PASSED) {
        outcome->status = STATUS_FAILED;
        outcome->reason = reason;
    } else {
        g_free(reason);
    }
}

/* Of the second client one channel is reported: the vGPU's, or if it showed nothing
 * there, the other one. */
static void report_second_sources(const struct rows *second, bool real_vm, struct seen *seen)
{
    struct seen its = {0};

    measure_shown_sources(second, real_vm, &its);
    seen->second_client = g_strdup(its.sources && *its.sources ? its.sources : its.other_channel);
    seen_finish(&its);
}

/* How the agent's frames fared at the second client. */
static bool evaluate_second(const struct plan_case *c, const struct notes *notes,
                            const struct tables *tables, const struct join *join,
                            struct metrics *metrics, GError **error)
{
    if (!tables->second || !c->route->has_agent || !c->route->delivers)
        return true;
    auto_destroy(join) second = join_frames(tables->agent, tables->second, error);
    if (second)
        measure_second_client(metrics, c->route, join, second, notes->frozen_begin_ns,
                              notes->frozen_end_ns);
    return second != NULL;
}

static void judge(const struct plan_case *c, const struct tables *tables,
                  const struct metrics *metrics, struct outcome *outcome)
{
    double foreign = metrics->value[METRIC_FRAMES_FOREIGN],
           stale = metrics->value[METRIC_VGPU_STALE];
    struct seen *seen = &outcome->seen;

    if (tables->client)
        measure_shown_sources(tables->client, case_has_real_vm(c), seen);
    if (tables->second)
        report_second_sources(tables->second, case_has_real_vm(c), seen);
    char *reason = expect_judge(c->expect, seen, metrics);
    if (reason)
        fail(outcome, reason);
    else if (foreign > 0)
        fail(outcome, g_strdup_printf("the client received %g access units which the agent did not "
                                      "write",
                                      foreign));
    else if (stale > 0)
        fail(outcome, g_strdup_printf("%g stale entries in the vGPU's shadow page tables", stale));
}

static struct join *join_tables(const struct route *route, const struct tables *tables,
                                GError **error)
{
    auto_destroy(join) join = route->drawings ? join_film(tables->vm, tables->client, error)
                                              : join_frames(tables->agent, tables->client, error);

    if (!join || (tables->module && !join_module(join, tables->module, error)))
        return NULL;
    return tables->drawn ? join_drawn(join, tables->drawn, error) : g_steal_pointer(&join);
}

static void evaluate_tables(const struct plan_case *c, const struct place *place,
                            struct notes *notes, const struct tables *tables,
                            struct outcome *outcome, struct metrics *metrics)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *frames_file = g_build_filename(place->folder, "frames.csv", NULL);
    auto_destroy(join) join = join_tables(c->route, tables, &error);

    if (join && notes->undrained)
        join_end_undrained(join, c->route->shows);
    if (!join || !join_write(join, frames_file, &error)) {
        fail(outcome, g_strdup(error->message));
        return;
    }
    measure_repeat(metrics, c->route, join, tables->client, tables->vm, tables->cpu);
    measure_server(metrics, tables->server, tables->module);
    if (tables->agent)
        measure_rest(metrics, tables->server, tables->cpu, tables->agent);
    if (!evaluate_second(c, notes, tables, join, metrics, &error)) {
        fail(outcome, g_strdup_printf("of the second client: %s", error->message));
        return;
    }
    if (tables->link)
        measure_link(metrics, tables->link);
    metrics->value[METRIC_WRONG_PIXELS] = notes->wrong_pixels;
    for (unsigned i = 0; i < notes->saved->len && !error; i++) {
        struct saved_picture *saved = g_ptr_array_index(notes->saved, i);
        double *least = &metrics->value[METRIC_PGPU_PSNR_DB];
        saved->psnr_db =
            picture_psnr_db(saved, case_has_real_agent(c), join, tables->client, place, &error);
        *least = fmin(*least, saved->psnr_db);
    }
    if (!error)
        shown_quality_measure(metrics, join, tables->client, place->folder, place->lossless,
                              &error);
    if (error)
        fail(outcome, g_strdup(error->message));
    if (join->misnamed > 0)
        fail(outcome, g_strdup_printf("%u pictures carry another barcode than the access unit by "
                                      "which the client calls them",
                                      join->misnamed));
    outcome->unfit =
        g_strdup(quality_judge(metrics, c->route, link_profile_find(c->axis[AXIS_LINK])));
    judge(c, tables, metrics, outcome);
}

/* Of a route without a client, on which nothing is shown. */
static void evaluate_unshown(const struct plan_case *c, const struct tables *tables,
                             struct outcome *outcome, struct metrics *metrics)
{
    measure_foreign_cpu(metrics, tables->cpu);
    measure_server(metrics, tables->server, NULL);
    outcome->unfit =
        g_strdup(quality_judge(metrics, c->route, link_profile_find(c->axis[AXIS_LINK])));
    judge(c, tables, metrics, outcome);
}

void evaluate(const struct plan_case *c, const struct place *place, struct notes *notes,
              struct outcome *outcome, struct metrics *metrics)
{
    struct tables tables = {0};
    g_autoptr(GError) error = NULL;

    metrics_init(metrics);
    outcome->library = g_strdup(notes->library);
    bool ok =
        read_tables(c, place, &tables, &error) &&
        (outcome->status != STATUS_PASSED || sample_check_ended(tables.cpu, "cpu.csv", &error));
    if (ok && tables.submissions)
        submissions_measure(metrics, tables.submissions);
    if (!ok)
        fail(outcome, g_strdup(error->message));
    else if (c->route->client_program)
        evaluate_tables(c, place, notes, &tables, outcome, metrics);
    else
        evaluate_unshown(c, &tables, outcome, metrics);
    tables_finish(&tables);
}
