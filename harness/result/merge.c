/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/result/merge.h"

#include <gio/gio.h>
#include <math.h>

void merge_move_destroy(struct merge_move *move)
{
    g_free(move->from);
    g_free(move->to);
    g_free(move);
}

static bool refuse(GError **error, const struct result *part, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
static bool refuse(GError **error, const struct result *part, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: cannot be merged: %s",
                part->folder, text);
    return false;
}

/* Numbers of different programs do not belong into one median. */
static bool check_environment(const struct result *whole, const struct result *part, GError **error)
{
    const char *revision = whole->environment ? result_known(whole, "revision") : NULL;

    return !revision || g_str_equal(revision, result_known(part, "revision")) ||
           refuse(error, part, "it is of the revision %s, and what was merged before of %s",
                  result_known(part, "revision"), revision);
}

static struct result_case *find_case(const struct result *result, const char *id)
{
    for (unsigned i = 0; i < result->cases->len; i++) {
        struct result_case *one = g_ptr_array_index(result->cases, i);
        if (g_strcmp0(one->id, id) == 0)
            return one;
    }
    return NULL;
}

/* The repeat is the case's `number`th from now on. */
static void add_move(const struct result *part, const struct result_case *one,
                     struct outcome *outcome, unsigned number, GPtrArray *moves)
{
    struct merge_move *move = g_new0(struct merge_move, 1);

    move->from = g_build_filename(part->folder, outcome->folder, NULL);
    move->to = g_strdup_printf("cases/%s/repeat-%u", one->id, number);
    g_ptr_array_add(moves, move);
    g_free(outcome->folder);
    outcome->folder = g_strdup(move->to);
    outcome->order = 0; /* the parts have none among each other */
    if (!outcome->environment)
        outcome->environment = json_node_copy(part->environment);
}

static bool merge_case(struct result_case *one, struct result_case *more, const struct result *part,
                       bool planned, GPtrArray *moves, GError **error)
{
    if (one->seconds != more->seconds)
        return refuse(error, part, "%s plays %g s, and what was merged before %g s", one->id,
                      more->seconds, one->seconds);
    if (!planned) {
        one->planned_repeats += more->planned_repeats;
        one->tries_max += more->tries_max;
    }
    for (unsigned r = 0; r < more->repeats->len; r++) {
        struct outcome *outcome = g_ptr_array_index(more->repeats, r);
        struct metrics metrics;

        result_case_metrics(more, r, &metrics);
        add_move(part, one, outcome, one->repeats->len + 1, moves);
        result_case_add_repeat(one, outcome, &metrics);
    }
    g_ptr_array_set_free_func(more->repeats, NULL); /* the outcomes were taken */
    return true;
}

static void take_case(struct result *whole, struct result *part, struct result_case *one,
                      GPtrArray *moves)
{
    g_ptr_array_add(whole->cases, one);
    for (unsigned r = 0; r < one->repeats->len; r++)
        add_move(part, one, g_ptr_array_index(one->repeats, r), r + 1, moves);
}

bool result_merge(struct result *whole, struct result *part, bool planned, GPtrArray *moves,
                  GError **error)
{
    if (!check_environment(whole, part, error))
        return false;
    if (!whole->environment)
        whole->environment = json_node_copy(part->environment);
    if (!whole->set)
        whole->set = g_strdup(part->set);
    while (part->cases->len > 0) {
        struct result_case *more = g_ptr_array_index(part->cases, 0);
        struct result_case *one = more->id ? find_case(whole, more->id) : NULL;
        if (one && !merge_case(one, more, part, planned, moves, error))
            return false;
        if (one || !more->id) /* without an id it has no repeats */
            g_ptr_array_remove_index(part->cases, 0);
        else
            take_case(whole, part, g_ptr_array_steal_index(part->cases, 0), moves);
    }
    for (unsigned i = 0; i < part->left_out->len; i++)
        g_ptr_array_add(whole->left_out, left_out_copy(g_ptr_array_index(part->left_out, i)));
    return true;
}
