#include "harness/scenario/expect.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static const struct {
    const char *key;
    gsize expect, seen; /* offsets */
    gboolean least;     /* the value is a lower bound */
    const char *allowed;
} numbers[] = {
#define NUMBER(name) G_STRUCT_OFFSET(Expect, name), G_STRUCT_OFFSET(Seen, name), FALSE
    {"wrong_pixels", NUMBER(wrong_pixels), "a number from 0 (the most that is accepted) or any"},
    {"pictures_blank", NUMBER(pictures_blank),
     "a number from 0 (the most that is accepted) or any"},
    {"pictures_torn", NUMBER(pictures_torn), "a number from 0 (the most that is accepted) or any"},
    {"frames_planned", NUMBER(frames_planned),
     "a number from 0 (the most that is accepted) or any"},
    {"frames_early", NUMBER(frames_early), "a number from 0 (the most that is accepted) or any"},
    {"frames_lost", NUMBER(frames_lost), "a number from 0 (the most that is accepted) or any"},
    {"frames_dropped", NUMBER(frames_dropped),
     "a number from 0 (the most that is accepted) or any"},
    {"frames_undecoded", NUMBER(frames_undecoded),
     "a number from 0 (the most that is accepted) or any"},
    {"frames_held_back", NUMBER(frames_held_back),
     "a number from 0 (the most that is accepted) or any"},
    {"frames_behind", NUMBER(frames_behind), "a number from 0 (the most that is accepted) or any"},
    {"second_frames_broken", NUMBER(second_frames_broken),
     "a number from 0 (the most that is accepted) or any"},
    {"second_frames_unshown", NUMBER(second_frames_unshown),
     "a number from 0 (the most that is accepted) or any"},
    {"pgpu_psnr_db_min", G_STRUCT_OFFSET(Expect, pgpu_psnr_db_min),
     G_STRUCT_OFFSET(Seen, pgpu_psnr_db), TRUE, "a number of decibels from 0 or any"},
#undef NUMBER
};

static const struct {
    const char *key;
    gsize expect, seen;
} orders[] = {
    {"sources", G_STRUCT_OFFSET(Expect, sources), G_STRUCT_OFFSET(Seen, sources)},
    {"other_channel", G_STRUCT_OFFSET(Expect, other_channel), G_STRUCT_OFFSET(Seen, other_channel)},
    {"second_client", G_STRUCT_OFFSET(Expect, second_client), G_STRUCT_OFFSET(Seen, second_client)},
};

#define ALLOWED_KEYS "sources, other_channel, second_client, wrong_pixels, pictures_blank, " \
                     "pictures_torn, frames_planned, " \
                     "frames_early, frames_lost, frames_dropped, frames_undecoded, frames_held_back, " \
                     "frames_behind, second_frames_broken, second_frames_unshown, " \
                     "pgpu_psnr_db_min"

/* Each doubles the work of a comparison. */
#define OPTIONAL_MAX 8

static const char *const source_names[] = {"vgpu", "pgpu"};

void expect_init(Expect *expect)
{
    *expect = (Expect){0};
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
        G_STRUCT_MEMBER(double, expect, numbers[i].expect) = NAN;
}

void expect_copy(Expect *to, const Expect *from)
{
    *to = *from;
    to->sources = g_strdup(from->sources);
    to->other_channel = g_strdup(from->other_channel);
    to->second_client = g_strdup(from->second_client);
}

void expect_finish(Expect *expect)
{
    g_clear_pointer(&expect->sources, g_free);
    g_clear_pointer(&expect->other_channel, g_free);
    g_clear_pointer(&expect->second_client, g_free);
}

void seen_finish(Seen *seen)
{
    g_clear_pointer(&seen->sources, g_free);
    g_clear_pointer(&seen->other_channel, g_free);
    g_clear_pointer(&seen->second_client, g_free);
}

static gboolean refuse_order(GError **error, const char *format, const char *what)
{
    g_autofree char *text = g_strdup_printf(format, what);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, text);
    return FALSE;
}

/* "vgpu" or "pgpu", static; NULL when the word is neither, with or without a '?'. */
static const char *source_of(const char *word)
{
    for (guint i = 0; i < G_N_ELEMENTS(source_names); i++) {
        gsize length = strlen(source_names[i]);
        if (g_str_has_prefix(word, source_names[i]) &&
            (!word[length] || g_str_equal(word + length, "?")))
            return source_names[i];
    }
    return NULL;
}

static gboolean set_order(char **order, const char *value, GError **error)
{
    if (g_str_equal(value, "any")) {
        g_clear_pointer(order, g_free);
        return TRUE;
    }
    g_auto(GStrv) sources = g_strsplit(value, ";", -1);
    guint optional = 0;
    for (guint i = 0; sources[i] && *value; i++) {
        const char *source = source_of(g_strstrip(sources[i]));
        if (!source)
            return refuse_order(error,
                                "'%s' is no source; allowed: vgpu and pgpu in the order expected, "
                                "separated by ';', a '?' after one that may be missing, nothing "
                                "for no picture, or any",
                                sources[i]);
        if (i > 0 && source == source_of(sources[i - 1]))
            return refuse_order(error,
                                "'%s' twice in a row; only changes of the source are counted",
                                source);
        optional += strchr(sources[i], '?') != NULL;
    }
    if (optional > OPTIONAL_MAX)
        return refuse_order(error, "'%s' has too many '?'", value);
    g_free(*order);
    *order = g_strjoinv(";", sources);
    return TRUE;
}

/* True when `was` is one of the orders which `words` stand for: each word with
 * a '?' may be missing, and of what is then twice in a row one is seen. `last`
 * is the source before. */
static gboolean order_fits(char *const *words, const char *was, const char *last)
{
    if (!*words)
        return !*was;
    const char *source = source_of(*words);
    if (strchr(*words, '?') && order_fits(words + 1, was, last))
        return TRUE;
    if (source == last)
        return order_fits(words + 1, was, last);
    if (!source || !g_str_has_prefix(was, source))
        return FALSE;
    was += strlen(source);
    return (!*was || *was == ';') && order_fits(words + 1, was + (*was == ';'), source);
}

static gboolean order_met(const char *order, const char *was)
{
    g_auto(GStrv) words = g_strsplit(order, ";", -1);
    return *order ? order_fits(words, was, NULL) : !*was;
}

gboolean expect_set(Expect *expect, const char *key, const char *value, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(orders); i++) {
        if (g_str_equal(orders[i].key, key))
            return set_order(&G_STRUCT_MEMBER(char *, expect, orders[i].expect), value, error);
    }
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (!g_str_equal(numbers[i].key, key))
            continue;
        char *end;
        double number = g_str_equal(value, "any") ? NAN : g_ascii_strtod(value, &end);
        if (!isnan(number) && (end == value || *end || number < 0 || isinf(number)))
            number = -1;
        if (number < 0 || (isnan(number) && !g_str_equal(value, "any"))) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "'%s' is not allowed; allowed: %s", value, numbers[i].allowed);
            return FALSE;
        }
        G_STRUCT_MEMBER(double, expect, numbers[i].expect) = number;
        return TRUE;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "unknown key; allowed: " ALLOWED_KEYS);
    return FALSE;
}

char *expect_text(const Expect *expect)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(orders); i++) {
        const char *order = G_STRUCT_MEMBER(char *, expect, orders[i].expect);
        if (order)
            g_string_append_printf(text, "%s=%s\n", orders[i].key, order);
    }
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        double number = G_STRUCT_MEMBER(double, expect, numbers[i].expect);
        if (!isnan(number))
            g_string_append_printf(text, "%s=%g\n", numbers[i].key, number);
    }
    return g_string_free(text, FALSE);
}

char *expect_judge(const Expect *expect, const Seen *seen)
{
    for (guint i = 0; i < G_N_ELEMENTS(orders); i++) {
        const char *order = G_STRUCT_MEMBER(char *, expect, orders[i].expect);
        const char *was = G_STRUCT_MEMBER(char *, seen, orders[i].seen);
        if (order && !order_met(order, was ? was : ""))
            return g_strdup_printf("%s: expected '%s', the client showed '%s'", orders[i].key,
                                   order, was ? was : "");
    }
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        double number = G_STRUCT_MEMBER(double, expect, numbers[i].expect);
        double was = G_STRUCT_MEMBER(double, seen, numbers[i].seen);
        if (isnan(number))
            continue;
        if (isnan(was))
            return g_strdup_printf("%s: expected, but the run says nothing about it",
                                   numbers[i].key);
        if (numbers[i].least ? was < number : was > number)
            return g_strdup_printf("%s: expected at %s %g, it was %g", numbers[i].key,
                                   numbers[i].least ? "least" : "most", number, was);
    }
    return NULL;
}
