/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/report.h"

#include "harness/report/definitions.h"
#include "harness/report/markup.h"
#include "harness/report/noise-table.h"
#include "harness/report/report-figures.h"
#include "harness/report/summary.h"
#include "harness/report/table.h"
#include "harness/result/break-even.h"
#include "harness/result/functions.h"

#include <string.h>

static const char style[] =
    "body{font:15px/1.45 'Source Sans 3',Helvetica,Arial,sans-serif;color:#111;background:#fff;"
    "max-width:72em;margin:0 auto;padding:1em}"
    "h1{font-size:1.5em;margin:.2em 0}h2{font-size:1.2em;margin:1.8em 0 .4em;"
    "border-bottom:1px solid #999}h3{font-size:1em;margin:1.2em 0 .3em}"
    ".scroll{overflow-x:auto}"
    "table{border-collapse:collapse;font-size:.82em;font-variant-numeric:tabular-nums}"
    "th,td{padding:.2em .6em;text-align:right;vertical-align:top;white-space:nowrap}"
    "thead th{border-bottom:1.5px solid #111;font-weight:600;vertical-align:bottom}"
    "tbody th{text-align:left;font-weight:400}"
    "tbody tr{border-bottom:1px solid #ddd}"
    "tbody tr.group th{font-weight:600;padding-top:.8em;white-space:normal}"
    "table.words td,table.words th{text-align:left;white-space:normal;overflow-wrap:break-word}"
    "table.words td{overflow-wrap:anywhere;min-width:7em}"
    "td small{display:block;color:#444}"
    "figure{margin:1.2em 0;break-inside:avoid}figcaption{font-size:.85em;color:#333}"
    "svg{display:block;width:100%;max-width:56em;height:auto}"
    "svg text,svg tspan{font-family:Helvetica,Arial,sans-serif}"
    "dt{font-weight:600}dd{margin:0 0 .5em 1.2em}"
    "@media print{body{font-size:9.5pt;max-width:none;padding:0}.scroll{overflow:visible}"
    "table{font-size:6.4pt}th,td{padding:.15em .35em}h2,h3{break-after:avoid}thead{break-after:avoid}tr{break-inside:avoid}"
    "@page{size:A4;margin:14mm}}";

static void add_headline(GString *page, const struct result *result)
{
    unsigned statuses[STATUS_COUNT] = {0}, unfit = 0, repeats = 0;

    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(result->cases, i);
        statuses[one->status]++;
        unfit += result_case_unfit(one);
        repeats += one->repeats->len;
    }
    markup_printf(page, "<h1>vdibench: %s%s on %s</h1>\n<p>%s, revision %s, %s.<br>\n",
                  result->set ? result->set : "a run", result->set ? " set" : "",
                  result_known(result, "host"), result_known(result, "time"),
                  result_known(result, "revision"), result_known(result, "cpu_model"));
    g_string_append_printf(page, "%u cases, %u repeats:", result->cases->len, repeats);
    for (unsigned s = 0; s < STATUS_COUNT; s++) {
        if (statuses[s] > 0 || s == STATUS_PASSED)
            g_string_append_printf(page, "%s %u %s", s ? "," : "", statuses[s],
                                   status_text((enum status)s));
    }
    g_string_append_printf(page, "; unfit repeats: %u; cases left out: %u.</p>\n", unfit,
                           result->left_out->len);
}

/* The first cell of a function: the rows are in the order of these. */
static const struct function_cell *first_of(const struct result *result, const char *function)
{
    for (unsigned i = 0; i < result->functions->len; i++) {
        const struct function_cell *one = g_ptr_array_index(result->functions, i);
        if (g_str_equal(one->function, function))
            return one;
    }
    return NULL;
}

/* The outcomes of all routes in the column. */
static void add_function_cell(GString *page, const struct result *result, const char *function,
                              const char *column)
{
    g_string_append(page, "<td>");
    for (unsigned i = 0; i < result->functions->len; i++) {
        const struct function_cell *one = g_ptr_array_index(result->functions, i);
        if (!g_str_equal(one->function, function) || !g_str_equal(one->column, column))
            continue;
        markup_printf(page, "<b>%s</b><small>", one->outcome);
        if (one->scenario)
            markup_printf(page, "%s%s%s. ", one->scenario, one->route ? ", " : "",
                          one->route ? one->route : "");
        markup_printf(page, "%s</small>", one->evidence ? one->evidence : "");
    }
    g_string_append(page, "</td>");
}

static void add_functions(GString *page, const struct result *result)
{
    g_string_append(page,
                    "<h2>Functions</h2>\n<div class=\"scroll\"><table class=\"words\"><thead><tr>"
                    "<th></th><th>original SPICE</th><th>upstream's stream device</th>"
                    "<th>optimised (GPU module)</th></tr></thead><tbody>\n");
    for (unsigned i = 0; i < result->functions->len; i++) {
        const struct function_cell *row = g_ptr_array_index(result->functions, i);
        if (first_of(result, row->function) != row)
            continue;
        const char *meaning = function_meaning(row->function);
        markup_printf(page, "<tr><th>%s<small>%s</small></th>", row->function,
                      meaning ? meaning : "");
        for (unsigned c = 0; function_columns[c]; c++)
            add_function_cell(page, result, row->function, function_columns[c]);
        g_string_append(page, "</tr>\n");
    }
    g_string_append(page, "</tbody></table></div>\n");
}

static bool same_group(const struct result_case *a, const struct result_case *b)
{
    return g_str_equal(a->scenario, b->scenario) && g_str_equal(a->workload, b->workload) &&
           axes_comparable(result_case_words(a), result_case_words(b));
}

/* Whether the case has numbers for this part, or a reason why it has none. */
static bool has_row(const struct result_case *one, const struct table_part *part)
{
    return table_has_row(part, one) || one->status != STATUS_PASSED;
}

static void add_row(GString *page, const struct result_case *one, const struct table_part *part)
{
    g_autofree char *label = result_case_label(one);

    markup_printf(page, "<tr><th>%s", label);
    if (one->status != STATUS_PASSED)
        markup_printf(page, " <b>(%s)</b>", status_text(one->status));
    g_string_append(page, "</th>");
    for (unsigned c = 0; c < part->n; c++) {
        const struct result_values *values = &one->metrics[part->columns[c].metric];
        g_autofree char *cell = table_cell(&part->columns[c], values->values, values->n);
        markup_printf(page, "<td>%s</td>", cell);
    }
    g_string_append(page, "</tr>\n");
}

/* All cases of the group of which `first` is the first one. */
static void add_group(GString *page, const struct result *result, unsigned first,
                      const struct table_part *part)
{
    const struct result_case *head = g_ptr_array_index(result->cases, first);
    bool any = false;

    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(result->cases, i);
        if (i < first && same_group(head, one))
            return;
        any |= same_group(head, one) && has_row(one, part);
    }
    if (!any)
        return;
    g_autofree char *caption = axes_caption(result_case_words(head));
    markup_printf(page, "<tr class=\"group\"><th colspan=\"%u\">%s, %s, %s, %u × %g s</th></tr>\n",
                  part->n + 1, head->scenario, head->workload, caption, head->repeats->len,
                  head->seconds);
    for (unsigned i = first; i < result->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(result->cases, i);
        if (same_group(head, one) && has_row(one, part))
            add_row(page, one, part);
    }
}

static void add_numbers(GString *page, const struct result *result)
{
    g_string_append(page,
                    "<h2>Numbers</h2>\n<p>Medians of the repeats (lowest..highest). " TABLE_ENCODERS
                    " " TABLE_MODELS "</p>\n");
    for (unsigned p = 0; table_part(p); p++) {
        const struct table_part *part = table_part(p);
        markup_printf(page, "<h3>%s</h3>\n<div class=\"scroll\"><table><thead><tr><th></th>",
                      part->title);
        for (unsigned c = 0; c < part->n; c++) {
            g_auto(GStrv) head = table_head(&part->columns[c]);
            markup_printf(page, "<th>%s<br>%s<br>%s</th>", head[0], head[1], head[2]);
        }
        g_string_append(page, "</tr></thead><tbody>\n");
        for (unsigned i = 0; i < result->cases->len; i++)
            add_group(page, result, i, part);
        g_string_append(page, "</tbody></table></div>\n");
    }
}

static char *full_name(const struct result_case *one)
{
    g_autofree char *label = result_case_label(one);
    g_autofree char *caption = axes_caption(result_case_words(one));
    return g_strdup_printf("%s, %s, %s, %s", one->scenario, label, one->workload, caption);
}

static void add_break_even(GString *page, const struct result *result)
{
    g_autoptr(GArray) found = break_even_find(result);

    if (found->len == 0)
        return;
    g_string_append(page, "<h2>What an encoder may cost</h2>\n<p>" TABLE_BREAK_EVEN "</p>\n"
                          "<div class=\"scroll\"><table><thead><tr><th>rival</th><th>ours</th>"
                          "<th>latency<br>ms</th><th>total CPU<br>ms/frame</th></tr></thead>"
                          "<tbody>\n");
    for (unsigned i = 0; i < found->len; i++) {
        const struct break_even *one = &g_array_index(found, struct break_even, i);
        g_autofree char *ours = result_case_label(one->ours), *rival = full_name(one->rival);
        g_autofree char *latency = table_break_even_number(one->latency_ms);
        g_autofree char *cpu = table_break_even_number(one->cpu_ms);
        markup_printf(page, "<tr><th>%s</th><th>%s</th><td>%s</td><td>%s</td></tr>\n", rival, ours,
                      latency, cpu);
    }
    g_string_append(page, "</tbody></table></div>\n");
}

/* What limits the numbers: cases that failed, were skipped or left out, unfit repeats, and
 * the limits that a search for the most sessions has met. */
static void add_remarks(GString *page, const struct result *result)
{
    GString *rows = g_string_new(NULL);

    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(result->cases, i);
        g_autofree char *name = full_name(one);
        if (one->status != STATUS_PASSED)
            markup_printf(rows, "<tr><th>%s</th><td>%s</td><td>%s</td></tr>\n", name,
                          status_text(one->status), one->reason ? one->reason : "");
        for (unsigned r = 0; r < one->repeats->len; r++) {
            const struct outcome *repeat = g_ptr_array_index(one->repeats, r);
            if (repeat->unfit)
                markup_printf(rows, "<tr><th>%s</th><td>repeat %u unfit</td><td>%s</td></tr>\n",
                              name, r + 1, repeat->unfit);
            if (repeat->limit)
                markup_printf(rows, "<tr><th>%s</th><td>limit of repeat %u</td><td>%s</td></tr>\n",
                              name, r + 1, repeat->limit);
        }
    }
    for (unsigned i = 0; i < result->left_out->len; i++) {
        const struct left_out *omission = g_ptr_array_index(result->left_out, i);
        markup_printf(rows, "<tr><th>%s</th><td>left out</td><td>%s</td></tr>\n", omission->id,
                      omission->reason);
    }
    g_string_append(page, "<h2>Failed, skipped, unfit, left out</h2>\n");
    if (rows->len == 0)
        g_string_append(page, "<p>Nothing.</p>\n");
    else
        g_string_append_printf(page,
                               "<div class=\"scroll\"><table class=\"words\"><thead><tr>"
                               "<th>case</th><th>what</th><th>why</th></tr></thead><tbody>\n"
                               "%s</tbody></table></div>\n",
                               rows->str);
    g_string_free(rows, true);
}

/* One row for each value; a nested one is named "libraries.own.file". The depth was
 * limited when the file was read. */
static void add_environment_node(GString *page, const char *name, JsonNode *node)
{
    g_autofree char *text = NULL;

    if (JSON_NODE_HOLDS_OBJECT(node)) {
        g_autoptr(GList) members = json_object_get_members(json_node_get_object(node));
        for (GList *member = members; member; member = member->next) {
            g_autofree char *inner =
                g_strconcat(name, *name ? "." : "", (const char *)member->data, NULL);
            add_environment_node(page, inner,
                                 json_object_get_member(json_node_get_object(node), member->data));
        }
        return;
    }
    text = json_node_get_value_type(node) == G_TYPE_STRING ? json_node_dup_string(node)
                                                           : json_to_string(node, false);
    markup_printf(page, "<tr><th>%s</th><td>%s</td></tr>\n", name,
                  g_str_equal(text, "null") ? "unknown" : text);
}

static void add_environment(GString *page, const struct result *result)
{
    g_string_append(page, "<h2>Environment</h2>\n<div class=\"scroll\"><table class=\"words\">"
                          "<tbody>\n");
    add_environment_node(page, "", result->environment);
    g_string_append(page, "</tbody></table></div>\n");
}

bool report_write(const struct result *result, const char *scripts, GError **error)
{
    g_autofree char *file = g_build_filename(result->folder, "report.html", NULL);
    GString *page = g_string_new("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                                 "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                                 "content=\"width=device-width, initial-scale=1\">\n");

    markup_printf(page, "<title>vdibench: %s, %s</title>\n", result_known(result, "host"),
                  result_known(result, "time"));
    g_string_append_printf(page, "<style>%s</style>\n</head>\n<body>\n", style);
    add_headline(page, result);
    summary_add_html(page, result);
    noise_table_add_html(page, result);
    add_functions(page, result);
    add_numbers(page, result);
    add_break_even(page, result);
    bool ok = report_figures_add(page, result, scripts, error);
    add_remarks(page, result);
    add_environment(page, result);
    definitions_add_html(page);
    g_string_append(page, "</body>\n</html>\n");
    /* g_file_set_contents() writes a temporary file and renames it. */
    ok = ok && g_file_set_contents(file, page->str, (ssize_t)page->len, error);
    g_string_free(page, true);
    return ok;
}
