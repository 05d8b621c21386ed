/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/instrument/words.h"

#include <stdbool.h>
#include <string.h>

/* Printable, and neither a blank nor the escape itself. The equals sign ends a
 * notice's key, which has none, so that a value may. */
#define PLAIN "!\"#$&'()*+,/:;<=>?@[\\]^`{|}"

static char *format_with(char separator, const char *format, va_list args) G_GNUC_PRINTF(2, 0);
static char *format_with(char separator, const char *format, va_list args)
{
    g_autofree char *separated = g_strdelimit(g_strdup(format), " ", separator);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    char *text = g_strdup_vprintf(separated, args);
#pragma GCC diagnostic pop
    return text;
}

char *words_format(const char *format, va_list args)
{
    /* Formatted with one separator and with another: where the two differ the
     * separator is the format's own, whatever bytes the arguments have. */
    va_list again;
    va_copy(again, args);
    g_autofree char *text = format_with('\1', format, args);
    g_autofree char *other = format_with('\2', format, again);
    va_end(again);

    GString *line = g_string_new(NULL);
    char *word = text;
    for (size_t i = 0, end = strlen(text); i <= end; i++) {
        if (i < end && text[i] == other[i])
            continue;
        text[i] = '\0';
        if (*word)
            g_string_append_uri_escaped(g_string_append(line, line->len ? " " : ""), word, PLAIN,
                                        false);
        word = text + i + 1;
    }
    return g_string_free(line, false);
}

char **words_split(const char *line)
{
    g_auto(GStrv) pieces = g_strsplit_set(line, " \t\r\n", -1);
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();

    for (char **piece = pieces; *piece; piece++) {
        g_autofree char *word = g_uri_unescape_string(*piece, NULL);
        if (**piece)
            g_strv_builder_add(words, word ? word : *piece);
    }
    return g_strv_builder_end(words);
}
