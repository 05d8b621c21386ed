/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/go-benchmark.h"

#include <math.h>
#include <stdbool.h>

/* "key: value", the value in one line. */
static void add_key(GString *text, const char *key, const char *value)
{
    g_autofree char *line = g_strdelimit(g_strdup(value), "\r\n", ' ');
    g_string_append_printf(text, "%s: %s\n", key, line);
}

static bool has_metric(const struct result *result, enum metric metric)
{
    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(result->cases, i);
        if (one->metrics[metric].n > 0)
            return true;
    }
    return false;
}

static void add_units(GString *text, const struct result *result)
{
    static const char *const better[] = {
        [METRIC_DIRECTION_LESS] = " better=lower",
        [METRIC_DIRECTION_MORE] = " better=higher",
        [METRIC_DIRECTION_NEITHER] = NULL,
    };
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        const char *direction = better[metric_definition((enum metric)m)->direction];
        if (direction && has_metric(result, (enum metric)m))
            g_string_append_printf(text, "Unit %s%s\n", metric_name((enum metric)m), direction);
    }
}

/* "/key=value": blanks would end the name, and a slash the value. */
static void add_part(GString *name, const char *key, const char *value)
{
    g_string_append_printf(name, "/%s=", key);
    for (const char *c = value; *c; c = g_utf8_next_char(c)) {
        gunichar letter = g_utf8_get_char(c);
        if (g_unichar_isspace(letter) || letter == '/')
            g_string_append_c(name, '_');
        else
            g_string_append_unichar(name, letter);
    }
}

/* The seconds are last: a number after a hyphen at the end would be taken for the number
 * of processors. */
static char *name_of(const struct result_case *one)
{
    GString *name = g_string_new("BenchmarkVdibench");
    g_autofree char *seconds = g_strdup_printf("%g", one->seconds);

    add_part(name, "scenario", one->scenario);
    add_part(name, "route", one->route->name);
    add_part(name, "sink", one->sink);
    add_part(name, "drawing", one->drawing ? one->drawing : "none");
    add_part(name, "workload", one->workload);
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        add_part(name, axis_definition((enum axis)a)->name, one->axis[a]);
    add_part(name, "twin", one->twin == 2 ? "2" : "1");
    add_part(name, "seconds", seconds);
    return g_string_free(name, false);
}

static void add_repeat(GString *text, const char *name, const struct result_case *one,
                       unsigned repeat)
{
    char value[G_ASCII_DTOSTR_BUF_SIZE];
    size_t begin = text->len;
    bool any = false;

    g_string_append_printf(text, "%s 1", name);
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        const struct result_values *values = &one->metrics[m];
        if (!values->each || isnan(values->each[repeat]))
            continue;
        g_string_append_printf(text, " %s %s",
                               g_ascii_formatd(value, sizeof value, "%.9g", values->each[repeat]),
                               metric_name((enum metric)m));
        any = true;
    }
    if (any)
        g_string_append_c(text, '\n');
    else
        g_string_truncate(text, begin);
}

char *go_benchmark_text(const struct result *result)
{
    GString *text = g_string_new(NULL);

    /* benchstat keeps apart what differs in one of these; what it shall ignore is a comment. */
    add_key(text, "pkg", "vdibench");
    add_key(text, "host", result_known(result, "host"));
    add_key(text, "cpu", result_known(result, "cpu_model"));
    add_key(text, "# kernel", result_known(result, "kernel"));
    add_key(text, "# revision", result_known(result, "revision"));
    g_string_append_c(text, '\n');
    add_units(text, result);
    g_string_append_c(text, '\n');
    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(result->cases, i);
        g_autofree char *name = name_of(one);
        for (unsigned r = 0; r < one->repeats->len; r++) {
            if (outcome_counts(g_ptr_array_index(one->repeats, r)))
                add_repeat(text, name, one, r);
        }
    }
    return g_string_free(text, false);
}
