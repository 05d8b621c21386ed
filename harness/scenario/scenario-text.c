/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/scenario/scenario.h"

#include <stdbool.h>

/* Nothing for an empty list. */
static void append_list(GString *text, const char *key, char **list)
{
    g_autofree char *words = list ? g_strjoinv(";", list) : NULL;
    if (words && *words)
        g_string_append_printf(text, "%s=%s\n", key, words);
}

char *scenario_text(const struct scenario *scenario)
{
    GString *text = g_string_new(NULL);
    g_autofree char *workloads = g_strjoinv(";", scenario->workloads);
    g_auto(GStrv) client_transports = g_strsplit(SCENARIO_CLIENT_TRANSPORTS, " ", -1);
    g_auto(GStrv) codecs = g_strsplit(SCENARIO_CLIENT_CODECS, " ", -1);

    g_string_append_printf(text,
                           "# %s\n[scenario]\ntitle=%s\nworkloads=%s\nroutes=", scenario->file,
                           scenario->title, workloads);
    for (unsigned i = 0; i < scenario->routes->len; i++) {
        const struct scenario_route *route = g_ptr_array_index(scenario->routes, i);
        g_string_append_printf(text, "%s%s", i ? ";" : "", route->route->name);
    }
    g_string_append_c(text, '\n');
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        append_list(text, axis_definition((enum axis)a)->key, scenario->words[a]);
    append_list(text, "sets", scenario->sets);
    append_list(text, "fixed", scenario->fixed);
    if (scenario->twin)
        g_string_append_printf(text, "twin=%s\n", scenario->twin);
    if (scenario->vgpu_width_px)
        g_string_append_printf(text, "vgpu_resolution=%ux%u\n", scenario->vgpu_width_px,
                               scenario->vgpu_height_px);
    else
        g_string_append(text, "vgpu_resolution=workload\n");
    g_string_append_printf(text,
                           "vgpu_fps=%u\naudio_delay_ms=%u\ndisplays=%u\nmigration=%s\nseconds=%u\n"
                           "repeats=%u\nquick_seconds=%u\nquick_repeats=%u\ntest_seconds=%u\n"
                           "client_codecs=%s\nclient_transport=%s\nseed=%u\n",
                           scenario->vgpu_fps, scenario->audio_delay_ms, scenario->displays,
                           scenario->seamless_migration ? "seamless" : "semi-seamless",
                           scenario->seconds, scenario->repeats, scenario->quick_seconds,
                           scenario->quick_repeats, scenario->test_seconds,
                           codecs[scenario->client_codecs],
                           client_transports[scenario->client_transport], scenario->seed);
    g_string_append(text, "\n[timeline]\n");
    for (unsigned i = 0; i < scenario->steps->len; i++) {
        const struct step *step = &g_array_index(scenario->steps, struct step, i);
        g_autofree char *what = step_text(step);
        g_string_append_printf(text, "%u=%s\n", step->number, what);
    }
    for (unsigned i = 0; i < scenario->routes->len; i++) {
        const struct scenario_route *route = g_ptr_array_index(scenario->routes, i);
        g_autofree char *expect = expect_text(&route->expect);
        g_string_append_printf(text, "\n# %s\n[route %s]\n", route->route->title,
                               route->route->name);
        append_list(text, "sinks", route->sinks);
        append_list(text, "drawings", route->drawings);
        g_string_append_printf(text, "\n[expect %s]\n%s", route->route->name, expect);
    }
    return g_string_free(text, false);
}
