/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/markup.h"

#include <gio/gio.h>
#include <stdarg.h>
#include <string.h>

/* The characters that XML 1.0 allows: section 2.2. */
static bool is_xml_character(gunichar c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) ||
           (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

/* A copy in valid UTF-8 without characters that XML forbids; free it. */
static char *clean(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *cleaned = g_string_new(NULL);
    for (const char *c = valid; *c; c = g_utf8_next_char(c)) {
        gunichar character = g_utf8_get_char(c);
        g_string_append_unichar(cleaned, is_xml_character(character) ? character : 0xfffd);
    }
    return g_string_free(cleaned, false);
}

void markup_add(GString *document, const char *text)
{
    g_autofree char *cleaned = clean(text);
    g_autofree char *escaped = g_markup_escape_text(cleaned, -1);
    g_string_append(document, escaped);
}

void markup_printf(GString *document, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_markup_vprintf_escaped(format, args);
    va_end(args);
    g_autofree char *cleaned = clean(text);
    /* XML forbids a control character even if it is escaped. */
    g_autoptr(GRegex) forbidden = g_regex_new("&#x[0-9a-f]+;", 0, 0, NULL);
    g_autofree char *replaced =
        g_regex_replace_literal(forbidden, cleaned, -1, 0, "\357\277\275", 0, NULL);
    g_string_append(document, replaced);
}

static const char *const svg_elements[] = {
    "svg",      "g",      "title",    "desc",    "defs",        "path", "polygon",
    "polyline", "line",   "rect",     "circle",  "use",         "text", "tspan",
    "pattern",  "filter", "clipPath", "feFlood", "feComposite", NULL,
};

struct svg {
    GString *out;
    const char *prefix;
};

static bool refuse(GError **error, const char *what, const char *name)
{
    g_set_error(error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "%s '%s' has no place in it",
                what, name);
    return false;
}

/* References must be to the same document; their ids get the prefix. */
static bool add_value(const struct svg *svg, const char *name, const char *value, GError **error)
{
    g_autoptr(GString) changed = g_string_new(value);

    if (g_str_equal(name, "id")) {
        g_string_prepend(changed, svg->prefix);
    } else if (g_str_equal(name, "href") || g_str_equal(name, "xlink:href")) {
        if (*value != '#')
            return refuse(error, "reference", value);
        g_string_insert(changed, 1, svg->prefix);
    } else if (strstr(value, "(")) {
        g_autofree char *reference = g_strconcat("url(#", svg->prefix, NULL);
        g_autofree char *lower = g_ascii_strdown(value, -1);
        unsigned all = 0, own = 0;
        for (const char *c = lower; (c = strstr(c, "url")); c++)
            all++;
        own = g_string_replace(changed, "url(#", reference, 0);
        if (own != all || strstr(lower, "\\"))
            return refuse(error, "reference", value);
    }
    markup_add(svg->out, changed->str);
    return true;
}

static void on_start(GMarkupParseContext *context, const char *element, const char **names,
                     const char **values, void *data, GError **error)
{
    const struct svg *svg = data;
    bool outermost = svg->out->len == 0;

    if (!g_strv_contains(svg_elements, element) || outermost != g_str_equal(element, "svg")) {
        refuse(error, "element", element);
        return;
    }
    g_string_append_printf(svg->out, "<%s", element);
    for (unsigned i = 0; names[i]; i++) {
        if (g_ascii_strncasecmp(names[i], "on", 2) == 0) {
            refuse(error, "attribute", names[i]);
            return;
        }
        if (outermost && (g_str_equal(names[i], "width") || g_str_equal(names[i], "height")))
            continue; /* the page sets the size */
        g_string_append_printf(svg->out, " %s=\"", names[i]);
        if (!add_value(svg, names[i], values[i], error))
            return;
        g_string_append_c(svg->out, '"');
    }
    g_string_append_c(svg->out, '>');
}

static void on_end(GMarkupParseContext *context, const char *element, void *data, GError **error)
{
    g_string_append_printf(((struct svg *)data)->out, "</%s>", element);
}

static void on_text(GMarkupParseContext *context, const char *text, size_t length, void *data,
                    GError **error)
{
    g_autofree char *copy = g_strndup(text, length);
    /* Comments and the like are for readers of gnuplot's file. */
    if (copy[strspn(copy, " \t\r\n")])
        markup_add(((struct svg *)data)->out, copy);
}

bool markup_add_svg(GString *page, const char *text, const char *prefix, GError **error)
{
    static const GMarkupParser parser = {
        .start_element = on_start,
        .end_element = on_end,
        .text = on_text,
    };
    g_autoptr(GString) out = g_string_new(NULL);
    struct svg svg = {out, prefix};
    g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, &svg, NULL);

    if (!g_markup_parse_context_parse(context, text, -1, error) ||
        !g_markup_parse_context_end_parse(context, error))
        return false;
    g_string_append(page, out->str);
    return true;
}
