/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/definitions.h"

#include "harness/evaluate/quality.h"
#include "harness/report/markup.h"
#include "harness/scenario/metric.h"

#include <stdbool.h>

#define COLUMNS 118

static const char *direction_text(enum metric_direction direction)
{
    static const char *const texts[] = {
        [METRIC_DIRECTION_LESS] = "less is better",
        [METRIC_DIRECTION_MORE] = "more is better",
        [METRIC_DIRECTION_NEITHER] = "neither is better",
    };
    return texts[direction];
}

/* An item of a list, wrapped between words. */
static void add_item(GString *text, const char *item)
{
    g_auto(GStrv) words = g_strsplit(item, " ", -1);
    long column = 1;

    g_string_append_c(text, '-');
    for (char **word = words; *word; word++) {
        long width = g_utf8_strlen(*word, -1);
        bool fits = column + 1 + width <= COLUMNS;
        g_string_append_printf(text, "%s%s", fits ? " " : "\n  ", *word);
        column = (fits ? column + 1 : 2) + width;
    }
    g_string_append_c(text, '\n');
}

char *definitions_markdown(void)
{
    GString *text = g_string_new(NULL);

    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        const struct metric_definition *metric = metric_definition((enum metric)m);
        g_autofree char *item = g_strdup_printf("`%s` (%s, %s): %s", metric->name, metric->unit,
                                                direction_text(metric->direction), metric->meaning);
        add_item(text, item);
    }
    g_string_append_c(text, '\n');
    for (unsigned i = 0; quality_rule(i); i++)
        add_item(text, quality_rule(i));
    return g_string_free(text, false);
}

/* Text between `backticks` is code. */
static void add_code(GString *page, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "`", -1);

    for (unsigned i = 0; parts[i]; i++)
        markup_printf(page, i % 2 ? "<code>%s</code>" : "%s", parts[i]);
}

JsonNode *definitions_json(void)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_array(builder);
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        const struct metric_definition *metric = metric_definition((enum metric)m);
        json_builder_begin_object(builder);
        json_builder_set_member_name(builder, "name");
        json_builder_add_string_value(builder, metric->name);
        json_builder_set_member_name(builder, "unit");
        json_builder_add_string_value(builder, metric->unit);
        json_builder_set_member_name(builder, "decimals");
        json_builder_add_int_value(builder, metric->decimals);
        json_builder_set_member_name(builder, "direction");
        json_builder_add_string_value(builder, direction_text(metric->direction));
        json_builder_set_member_name(builder, "meaning");
        json_builder_add_string_value(builder, metric->meaning);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    return json_builder_get_root(builder);
}

void definitions_add_html(GString *page)
{
    g_string_append(page, "<h2>Definitions</h2>\n<p>results/README.md explains how each number is "
                          "measured.</p>\n<ul>\n");
    for (unsigned i = 0; quality_rule(i); i++)
        markup_printf(page, "<li>%s</li>\n", quality_rule(i));
    g_string_append(page, "</ul>\n<dl>\n");
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        const struct metric_definition *metric = metric_definition((enum metric)m);
        markup_printf(page, "<dt>%s (%s, %s)</dt><dd>", metric->name, metric->unit,
                      direction_text(metric->direction));
        add_code(page, metric->meaning);
        g_string_append(page, "</dd>\n");
    }
    g_string_append(page, "</dl>\n");
}
