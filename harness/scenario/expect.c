/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/scenario/expect.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static const struct {
    const char *key;
    size_t expect, seen; /* offsets */
} orders[] = {
    {"sources", G_STRUCT_OFFSET(struct expect, sources), G_STRUCT_OFFSET(struct seen, sources)},
    {"other_channel", G_STRUCT_OFFSET(struct expect, other_channel),
     G_STRUCT_OFFSET(struct seen, other_channel)},
    {"second_client", G_STRUCT_OFFSET(struct expect, second_client),
     G_STRUCT_OFFSET(struct seen, second_client)},
};

#define ALLOWED_KEYS                                                                            \
    "sources, other_channel, second_client, or a metric (vdibench metrics shows them) with =, " \
    "<= or >="
#define ALLOWED_BOUND "a number from 0"

/* Each doubles the work of a comparison. */
#define OPTIONAL_MAX 8

static const char *const source_names[] = {"vgpu", "pgpu"};

void expect_init(struct expect *expect)
{
    *expect = (struct expect){0};
    for (unsigned i = 0; i < METRIC_COUNT; i++)
        expect->bounds[i] = (struct bound){NAN, NAN};
}

void expect_copy(struct expect *to, const struct expect *from)
{
    *to = *from;
    to->sources = g_strdup(from->sources);
    to->other_channel = g_strdup(from->other_channel);
    to->second_client = g_strdup(from->second_client);
}

void expect_finish(struct expect *expect)
{
    g_clear_pointer(&expect->sources, g_free);
    g_clear_pointer(&expect->other_channel, g_free);
    g_clear_pointer(&expect->second_client, g_free);
}

void seen_finish(struct seen *seen)
{
    g_clear_pointer(&seen->sources, g_free);
    g_clear_pointer(&seen->other_channel, g_free);
    g_clear_pointer(&seen->second_client, g_free);
}

static bool refuse_order(GError **error, const char *format, const char *what)
{
    g_autofree char *text = g_strdup_printf(format, what);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, text);
    return false;
}

/* "vgpu" or "pgpu", static; NULL when the word is neither, with or without a '?'. */
static const char *source_of(const char *word)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(source_names); i++) {
        size_t length = strlen(source_names[i]);
        if (g_str_has_prefix(word, source_names[i]) &&
            (!word[length] || g_str_equal(word + length, "?")))
            return source_names[i];
    }
    return NULL;
}

static bool set_order(char **order, const char *value, GError **error)
{
    if (g_str_equal(value, "any")) {
        g_clear_pointer(order, g_free);
        return true;
    }
    g_auto(GStrv) sources = g_strsplit(value, ";", -1);
    unsigned optional = 0;
    for (unsigned i = 0; sources[i] && *value; i++) {
        const char *source = source_of(g_strstrip(sources[i]));
        if (!source)
            return refuse_order(error,
                                "'%s' is no source; allowed: vgpu and pgpu in the order expected, "
                                "separated by ';', a '?' after one that may be missing, nothing "
                                "for no picture, or any",
                                sources[i]);
        if (i > 0 && source == source_of(sources[i - 1]))
            return refuse_order(
                error, "'%s' twice in a row; only changes of the source are counted", source);
        optional += strchr(sources[i], '?') != NULL;
    }
    if (optional > OPTIONAL_MAX)
        return refuse_order(error, "'%s' has too many '?'", value);
    g_free(*order);
    *order = g_strjoinv(";", sources);
    return true;
}

/* True when `was` is one of the orders which `words` stand for: each word with
 * a '?' may be missing, and of what is then twice in a row one is seen. `last`
 * is the source before. */
static bool order_fits(char *const *words, const char *was, const char *last)
{
    if (!*words)
        return !*was;
    const char *source = source_of(*words);
    if (strchr(*words, '?') && order_fits(words + 1, was, last))
        return true;
    if (source == last)
        return order_fits(words + 1, was, last);
    if (!source || !g_str_has_prefix(was, source))
        return false;
    was += strlen(source);
    return (!*was || *was == ';') && order_fits(words + 1, was + (*was == ';'), source);
}

static bool order_met(const char *order, const char *was)
{
    g_auto(GStrv) words = g_strsplit(order, ";", -1);
    return *order ? order_fits(words, was, NULL) : !*was;
}

/* Splits "frames_lost <" into the metric and '<'; '=' where nothing follows its
 * name. False when there is no such metric. */
static bool read_key(const char *key, enum metric *ret_metric, char *ret_side)
{
    size_t length = strlen(key);
    char last = length > 0 ? key[length - 1] : '\0';
    bool one_sided = last == '<' || last == '>';
    g_autofree char *name = g_strchomp(g_strndup(key, one_sided ? length - 1 : length));

    *ret_side = one_sided ? last : '=';
    return metric_find(name, ret_metric);
}

static bool refuse_bound(GError **error, const char *value, const char *allowed)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "'%s' is not allowed; allowed: %s",
                value, allowed);
    return false;
}

bool expect_set(struct expect *expect, const char *key, const char *value, GError **error)
{
    enum metric metric;
    char side, *end;

    for (unsigned i = 0; i < G_N_ELEMENTS(orders); i++) {
        if (g_str_equal(orders[i].key, key))
            return set_order(&G_STRUCT_MEMBER(char *, expect, orders[i].expect), value, error);
    }
    if (!read_key(key, &metric, &side)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "unknown key; allowed: " ALLOWED_KEYS);
        return false;
    }
    struct bound *bound = &expect->bounds[metric];
    if (side == '=' && g_str_equal(value, "any")) {
        *bound = (struct bound){NAN, NAN};
        return true;
    }
    double number = g_ascii_strtod(value, &end);
    if (end == value || *end || !isfinite(number) || number < 0)
        return refuse_bound(error, value, side == '=' ? ALLOWED_BOUND " or any" : ALLOWED_BOUND);
    if (side != '<')
        bound->min = number;
    if (side != '>')
        bound->max = number;
    return true;
}

bool expect_keys_collide(const char *one, const char *other)
{
    enum metric metric, other_metric;
    char side, other_side;

    return read_key(one, &metric, &side) && read_key(other, &other_metric, &other_side) &&
           metric == other_metric && (side == other_side || side == '=' || other_side == '=');
}

bool expect_is_impossible(const struct expect *expect, enum metric metric)
{
    return expect->bounds[metric].min > expect->bounds[metric].max;
}

bool expect_judges(const struct expect *expect, enum metric metric)
{
    return !isnan(expect->bounds[metric].min) || !isnan(expect->bounds[metric].max);
}

char *expect_text(const struct expect *expect)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(orders); i++) {
        const char *order = G_STRUCT_MEMBER(char *, expect, orders[i].expect);
        if (order)
            g_string_append_printf(text, "%s=%s\n", orders[i].key, order);
    }
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        const struct bound *bound = &expect->bounds[m];
        const char *name = metric_name((enum metric)m);
        if (bound->min == bound->max) {
            g_string_append_printf(text, "%s=%g\n", name, bound->min);
            continue;
        }
        if (!isnan(bound->min))
            g_string_append_printf(text, "%s>=%g\n", name, bound->min);
        if (!isnan(bound->max))
            g_string_append_printf(text, "%s<=%g\n", name, bound->max);
    }
    return g_string_free(text, false);
}

static char *judge_bound(const struct bound *bound, const char *name, double was)
{
    if (isnan(was))
        return g_strdup_printf("%s: expected, but the run has no such number", name);
    if (!(was < bound->min) && !(was > bound->max)) /* NAN: neither */
        return NULL;
    return g_strdup_printf("%s: expected %s%g, it was %g", name,
                           bound->min == bound->max ? ""
                           : was < bound->min       ? "at least "
                                                    : "at most ",
                           was < bound->min ? bound->min : bound->max, was);
}

char *expect_judge(const struct expect *expect, const struct seen *seen,
                   const struct metrics *metrics)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(orders); i++) {
        const char *order = G_STRUCT_MEMBER(char *, expect, orders[i].expect);
        const char *was = G_STRUCT_MEMBER(char *, seen, orders[i].seen);
        if (order && !order_met(order, was ? was : ""))
            return g_strdup_printf("%s: expected '%s', the client showed '%s'", orders[i].key,
                                   order, was ? was : "");
    }
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        char *reason =
            expect_judges(expect, (enum metric)m)
                ? judge_bound(&expect->bounds[m], metric_name((enum metric)m), metrics->value[m])
                : NULL;
        if (reason)
            return reason;
    }
    return NULL;
}
