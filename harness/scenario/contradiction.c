/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/scenario/contradiction.h"

#include <gio/gio.h>

G_GNUC_PRINTF(5, 6)
static bool refuse(GError **error, const struct scenario *scenario, const struct route *route,
                   const char *key, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: [expect %s] %s: %s",
                scenario->file, route->name, key, what);
    return false;
}

/* Whether the order demands the source, rather than only allowing it. */
static bool demands(const char *order, const char *source)
{
    g_auto(GStrv) sources = g_strsplit(order ? order : "", ";", -1);
    return g_strv_contains((const char *const *)sources, source);
}

static bool has_h264(const struct scenario *scenario)
{
    return scenario->client_codecs == CLIENT_CODECS_ALL;
}

static bool has_step(const struct scenario *scenario, const struct route *route, enum action action)
{
    return scenario_has(scenario, action) && action_applies(action, route, has_h264(scenario));
}

bool contradiction_check(const struct scenario *scenario, const struct scenario_route *route,
                         GError **error)
{
    const struct expect *expect = &route->expect;
    const struct route *way = route->route;
    bool can_vgpu = way->has_vgpu && way->shows, can_pgpu = way->delivers && way->shows;
    bool second = has_step(scenario, way, ACTION_SECOND_CONNECT);
    const struct {
        const char *key, *order;
        bool can_vgpu, can_pgpu;
    } orders[] = {
        {"sources", expect->sources, can_vgpu, can_pgpu && has_h264(scenario)},
        {"other_channel", expect->other_channel, can_vgpu, can_pgpu && has_h264(scenario)},
        {"second_client", expect->second_client, can_vgpu && second, can_pgpu && second},
    };
    static const struct {
        enum metric metric;
        enum action action; /* without which the metric does not exist */
    } measured_by[] = {
        {METRIC_WRONG_PIXELS, ACTION_COMPARE_VGPU},
        {METRIC_PGPU_PSNR_DB, ACTION_COMPARE_PGPU},
        {METRIC_SECOND_FRAMES_MISSED, ACTION_SECOND_CONNECT},
        {METRIC_SECOND_FRAMES_BROKEN, ACTION_SECOND_CONNECT},
        {METRIC_SECOND_FRAMES_UNSHOWN, ACTION_SECOND_CONNECT},
        {METRIC_SERVER_WAKEUPS_PER_S, ACTION_REST},
        {METRIC_INPUT_MS_P50, ACTION_PRESS_KEYS},
        {METRIC_INPUT_MS_P99, ACTION_PRESS_KEYS},
        {METRIC_INPUT_UNANSWERED, ACTION_PRESS_KEYS},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(orders); i++) {
        bool pgpu = demands(orders[i].order, "pgpu") && !orders[i].can_pgpu;
        bool vgpu = demands(orders[i].order, "vgpu") && !orders[i].can_vgpu;
        if (pgpu || vgpu)
            return refuse(error, scenario, way, orders[i].key,
                          "'%s' contradicts the route, on which no such client is shown the %s",
                          orders[i].order, pgpu ? "pgpu" : "vgpu");
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(measured_by); i++) {
        if (expect_judges(expect, measured_by[i].metric) &&
            !has_step(scenario, way, measured_by[i].action))
            return refuse(error, scenario, way, metric_name(measured_by[i].metric),
                          "contradicts the timeline, which has no '%s' on this route: add the "
                          "step, or expect any",
                          action_text(measured_by[i].action));
    }
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        if (expect_is_impossible(expect, (enum metric)m))
            return refuse(error, scenario, way, metric_name((enum metric)m),
                          "%g at least and %g at most: no number is both", expect->bounds[m].min,
                          expect->bounds[m].max);
    }
    return true;
}
