/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/summary.h"

#include "harness/report/difference-table.h"
#include "harness/report/markup.h"
#include "harness/report/table.h"
#include "harness/result/comparison.h"
#include "harness/result/difference.h"
#include "harness/result/json-member.h"
#include "harness/result/noise.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* A column's head: two lines of the metric's label, and the unit. */
#define HEAD_LINES 3
/* Of the processor's name: it must fit into its line. */
#define CPU_MODEL_COLUMNS 80
/* Above the comparisons: four lines and the head. Below: what is not shown, what the
 * figures do not include, what traffic is for, and two lines about the files. */
#define OTHER_LINES (4 + HEAD_LINES + 5)
/* A comparison needs at least these: its name, our route with its intervals, a rival. */
#define COMPARISON_LINES_MIN 4

#define LEGEND_RATIO \
    "Medians of the fit repeats. 0.50x is half of the best rival's in that column; less is better."
#define LEGEND_INTERVAL \
    "Below: its 95 % interval; + better, - worse, ~ no difference shown (chance, or below A/A noise)."

/* The columns: the metrics by which a run is judged. */
static const struct column {
    enum metric metric;
    const char *unit; /* NULL: the metric's */
    double divisor;
    int decimals; /* -1: the metric's */
} columns[] = {
    {METRIC_LATENCY_MS_P50, NULL, 1, -1},          {METRIC_LATENCY_MS_P99, NULL, 1, -1},
    {METRIC_SERVER_CPU_MS_PER_FRAME, NULL, 1, -1}, {METRIC_TOTAL_CPU_MS_PER_FRAME, NULL, 1, -1},
    {METRIC_TRAFFIC_KBPS, "Mbit/s", 1000, 1},
};

static double median_of(const struct result_case *one, const struct column *column)
{
    return result_case_median(one, column->metric) / column->divisor;
}

static bool is_rival(const struct result_case *one)
{
    return one->route->shows && !one->route->ours;
}

bool summary_has_metric(enum metric metric)
{
    bool any = false;
    for (unsigned c = 0; c < G_N_ELEMENTS(columns); c++)
        any = any || columns[c].metric == metric;
    return any;
}

/* Whether the case has any metric, even one that is not shown here, or did not pass. */
static bool has_row(const struct result_case *one)
{
    bool any = one->status != STATUS_PASSED;
    for (unsigned m = 0; m < METRIC_COUNT; m++)
        any = any || one->metrics[m].each;
    return any;
}

static unsigned count_rivals(const struct comparison *comparison)
{
    unsigned rivals = 0;
    for (unsigned i = 0; i < comparison->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(comparison->cases, i);
        rivals += is_rival(one) && has_row(one);
    }
    return rivals;
}

static unsigned count_repeats(const struct comparison *comparison)
{
    unsigned repeats = 0;
    for (unsigned i = 0; i < comparison->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(comparison->cases, i);
        if (has_row(one))
            repeats = MAX(repeats, one->planned_repeats);
    }
    return repeats;
}

static int most_rivals_first(const void *a, const void *b)
{
    unsigned x = count_rivals(*(struct comparison *const *)a);
    unsigned y = count_rivals(*(struct comparison *const *)b);
    return (x < y) - (x > y);
}

/* The comparisons to show, in order. */
static GPtrArray *choose(GPtrArray *all)
{
    GPtrArray *chosen = g_ptr_array_new();
    unsigned repeats = 1;

    for (unsigned i = 0; i < all->len; i++)
        repeats = MAX(repeats, count_repeats(g_ptr_array_index(all, i)));
    for (unsigned i = 0; i < all->len; i++) {
        struct comparison *one = g_ptr_array_index(all, i);
        if (one->is_largest && count_repeats(one) == repeats)
            g_ptr_array_add(chosen, one);
    }
    g_ptr_array_sort(chosen, most_rivals_first); /* stable */
    return chosen;
}

static bool has_encoder(const struct result_case *one)
{
    return !g_str_equal(one->axis[AXIS_ENCODER], axis_default(AXIS_ENCODER));
}

/* The order of the rows: our routes with an encoder, the others, the rivals, the floor. */
static int rank(const struct result_case *one)
{
    if (one->route->ours)
        return has_encoder(one) ? 0 : 1;
    return is_rival(one) ? 2 : 3;
}

static int compare_rows(const void *a, const void *b)
{
    const struct result_case *x = *(struct result_case *const *)a,
                             *y = *(struct result_case *const *)b;
    double p50_x = median_of(x, &columns[0]), p50_y = median_of(y, &columns[0]);

    if (rank(x) != rank(y))
        return rank(x) - rank(y);
    if (isnan(p50_x) || isnan(p50_y))
        return isnan(p50_x) - isnan(p50_y);
    return (p50_x > p50_y) - (p50_x < p50_y);
}

static GPtrArray *rows_of(const struct comparison *comparison)
{
    GPtrArray *rows = g_ptr_array_new();
    for (unsigned i = 0; i < comparison->cases->len; i++) {
        struct result_case *one = g_ptr_array_index(comparison->cases, i);
        if (has_row(one) && one->twin != 2) /* the A/A pair's second says nothing of a route */
            g_ptr_array_add(rows, one);
    }
    g_ptr_array_sort(rows, compare_rows);
    return rows;
}

/* A rival that passed, and whose agent, if it has one, has the same encoder. */
static bool is_rival_of(const struct result_case *rival, const struct result_case *one)
{
    return is_rival(rival) && rival->status == STATUS_PASSED &&
           (!rival->route->has_agent ||
            g_str_equal(rival->axis[AXIS_ENCODER], one->axis[AXIS_ENCODER]));
}

/* The rival with the lowest value; NULL if none has one. */
static const struct result_case *best_rival(const GPtrArray *rows, const struct result_case *of,
                                            const struct column *column)
{
    const struct result_case *best = NULL;
    for (unsigned i = 0; i < rows->len; i++) {
        const struct result_case *one = g_ptr_array_index((GPtrArray *)rows, i);
        if (is_rival_of(one, of) && (best ? median_of(one, column) < median_of(best, column)
                                          : !isnan(median_of(one, column))))
            best = one;
    }
    return best;
}

/* A total without its encoder is none that a rival could be held against. */
static bool lacks_encoder(const struct result_case *one, const struct column *column)
{
    return column->metric == METRIC_TOTAL_CPU_MS_PER_FRAME && one->route->has_agent &&
           one->metrics[METRIC_ENCODER_CPU_MS_PER_FRAME].n == 0;
}

/* What the summary claims: each of our cases against the best rival, in each column. They
 * are judged together (struct difference). */
static GArray *claims_of(const struct result *result, const GPtrArray *comparisons)
{
    GArray *claims = g_array_new(false, false, sizeof(struct difference));

    for (unsigned i = 0; i < comparisons->len; i++) {
        g_autoptr(GPtrArray) rows = rows_of(g_ptr_array_index((GPtrArray *)comparisons, i));
        for (unsigned r = 0; r < rows->len; r++) {
            const struct result_case *one = g_ptr_array_index(rows, r);
            for (unsigned c = 0; c < G_N_ELEMENTS(columns) && one->route->ours; c++) {
                const struct result_case *rival = best_rival(rows, one, &columns[c]);
                struct difference claim;
                if (one->twin == 2 || !rival || lacks_encoder(one, &columns[c]) ||
                    !difference_measure(&claim, columns[c].metric, rival, one))
                    continue;
                claim.floor = noise_floor(result, one, columns[c].metric, claim.relative);
                g_array_append_val(claims, claim);
            }
        }
    }
    differences_judge(claims);
    return claims;
}

/* NULL: nothing is claimed. */
static const struct difference *find_claim(const GArray *claims, const struct result_case *one,
                                           const struct column *column)
{
    for (unsigned i = 0; i < claims->len; i++) {
        const struct difference *claim = &g_array_index(claims, struct difference, i);
        if (claim->one == one && claim->metric == column->metric)
            return claim;
    }
    return NULL;
}

static bool has_claim(const GArray *claims, const struct result_case *one)
{
    bool any = false;
    for (unsigned c = 0; c < G_N_ELEMENTS(columns); c++)
        any = any || find_claim(claims, one, &columns[c]);
    return any;
}

static char *value_text(const struct result_case *one, const struct column *column)
{
    int decimals =
        column->decimals < 0 ? metric_definition(column->metric)->decimals : column->decimals;
    double value = median_of(one, column);
    return isnan(value) ? g_strdup("-") : g_strdup_printf("%.*f", decimals, value);
}

/* Our value over the best rival's, "0.82x"; "" where nothing is claimed. */
static char *ratio_text(const struct difference *claim)
{
    return claim ? difference_estimate_text(claim) : g_strdup("");
}

/* "0.80..0.85 +"; "" where nothing is claimed. */
static char *interval_text(const struct difference *claim)
{
    static const char signs[VERDICT_COUNT] = {'+', '-', '~'};
    g_autofree char *interval = claim ? difference_interval_text(claim) : NULL;
    return claim ? g_strdup_printf("%s %c", interval, signs[claim->verdict]) : g_strdup("");
}

/* " (0.82x, 0.80..0.85: better)"; "" where nothing is claimed. */
static char *claim_text(const struct difference *claim)
{
    if (!claim)
        return g_strdup("");
    g_autofree char *ratio = difference_estimate_text(claim);
    g_autofree char *interval = difference_interval_text(claim);
    return g_strdup_printf(" (%s, %s: %s)", ratio, interval, verdict_text(claim->verdict));
}

/* "1/5", the unfit repeats of all, with "!" if fewer were fit than planned; or, if the
 * case did not pass, its status. */
static char *unfit_text(const struct result_case *one)
{
    return one->status == STATUS_PASSED
               ? g_strdup_printf("%u/%u%s", result_case_unfit(one), one->repeats->len,
                                 result_case_is_short(one) ? "!" : "")
               : g_strdup(status_text(one->status));
}

static char **column_head(const struct column *column)
{
    const struct metric_definition *metric = metric_definition(column->metric);
    g_autofree char *lines =
        g_strconcat(metric->label, "\n", column->unit ? column->unit : metric->unit, NULL);
    return g_strsplit(lines, "\n", HEAD_LINES);
}

static char *extent(const struct comparison *comparison)
{
    const struct result_case *first = g_ptr_array_index(comparison->cases, 0);
    return g_strdup_printf("%u x %g s", count_repeats(comparison), first->seconds);
}

/* Ends the line, without trailing blanks. */
static void end_line(GString *text)
{
    while (text->len > 0 && text->str[text->len - 1] == ' ')
        g_string_truncate(text, text->len - 1);
    g_string_append_c(text, '\n');
}

static void add_heads(GString *text, int label_width)
{
    for (unsigned line = 0; line < HEAD_LINES; line++) {
        g_string_append_printf(text, "%*s", label_width, "");
        for (unsigned c = 0; c < G_N_ELEMENTS(columns); c++) {
            g_auto(GStrv) head = column_head(&columns[c]);
            g_string_append_printf(text, "%8s%5s", head[line], "");
        }
        g_string_append(text, line == HEAD_LINES - 1 ? " unfit" : "");
        end_line(text);
    }
}

static void add_row(GString *text, const GArray *claims, const struct result_case *one,
                    int label_width)
{
    g_autofree char *label = result_case_label(one);
    g_autofree char *unfit = unfit_text(one);

    g_string_append_printf(text, "  %-*s", label_width - 2, label);
    for (unsigned c = 0; c < G_N_ELEMENTS(columns); c++) {
        g_autofree char *value = value_text(one, &columns[c]);
        g_autofree char *ratio = ratio_text(find_claim(claims, one, &columns[c]));
        g_string_append_printf(text, "%7s %-5s", value, ratio);
    }
    g_string_append_printf(text, " %s", unfit);
    end_line(text);
    if (!has_claim(claims, one))
        return;
    g_string_append_printf(text, "%*s", label_width, "");
    for (unsigned c = 0; c < G_N_ELEMENTS(columns); c++) {
        g_autofree char *interval = interval_text(find_claim(claims, one, &columns[c]));
        g_string_append_printf(text, "%12s ", interval);
    }
    end_line(text);
}

static int label_width_of(const struct result *result)
{
    size_t width = 0;
    for (unsigned i = 0; i < result->cases->len; i++) {
        g_autofree char *label = result_case_label(g_ptr_array_index(result->cases, i));
        width = MAX(width, strlen(label));
    }
    return (int)width + 2;
}

/* Of the rows, and the name above. */
static unsigned lines_of(const GPtrArray *rows, const GArray *claims)
{
    unsigned lines = 1;
    for (unsigned i = 0; i < rows->len; i++)
        lines += has_claim(claims, g_ptr_array_index((GPtrArray *)rows, i)) ? 2 : 1;
    return lines;
}

/* Returns the number of rows for which there was no room. */
static unsigned add_comparison(GString *text, const struct comparison *comparison,
                               const GArray *claims, int label_width, unsigned lines)
{
    g_autoptr(GPtrArray) rows = rows_of(comparison);
    g_autofree char *of = extent(comparison);
    unsigned left_out = 0, used = 1;

    g_string_append_printf(text, "%s: %s, %s\n", comparison->name, comparison->scenario, of);
    for (unsigned i = 0; i < rows->len; i++) {
        const struct result_case *one = g_ptr_array_index(rows, i);
        unsigned needed = has_claim(claims, one) ? 2 : 1;
        if (used + needed > lines) { /* but a rival of one line may have room */
            left_out++;
            continue;
        }
        used += needed;
        add_row(text, claims, one, label_width);
    }
    return left_out;
}

static void add_counts(GString *text, const struct result *result)
{
    unsigned statuses[STATUS_COUNT] = {0}, unfit = 0, repeats = 0, are_short = 0;

    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(result->cases, i);
        statuses[one->status]++;
        unfit += result_case_unfit(one);
        are_short += result_case_is_short(one);
        repeats += one->repeats->len;
    }
    g_string_append_printf(text, "%u cases:", result->cases->len);
    for (unsigned s = 0; s < STATUS_COUNT; s++) {
        if (statuses[s] > 0 || s == STATUS_PASSED)
            g_string_append_printf(text, "%s %u %s", s ? "," : "", statuses[s],
                                   status_text((enum status)s));
    }
    g_string_append_printf(text, ". %u of %u repeats unfit", unfit, repeats);
    if (are_short > 0)
        g_string_append_printf(text, ", in %u cases (!) too many", are_short);
    g_string_append_printf(text, ". %u cases left out.\n", result->left_out->len);
}

/* The files in the folder, and the command for those that are missing. */
static void add_files(GString *text, const char *folder)
{
    static const char *const names[] = {"report.html", "table.txt", "result.json",
                                        "result.csv",  "junit.xml", "plots"};
    bool report = false, any = false;

    g_string_append_printf(text, "Everything else is in %s:\n", folder);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *file = g_build_filename(folder, names[i], NULL);
        bool there = g_file_test(file, G_FILE_TEST_EXISTS);
        report = report || (there && i == 0);
        if (there)
            g_string_append_printf(text, "%s%s", any ? " " : "", names[i]);
        any = any || there;
    }
    g_string_append(text, report ? "\n" : "; `vdibench report` adds report.html and plots\n");
}

char *summary_text(const struct result *result)
{
    g_autoptr(GPtrArray) all = comparisons_find(result);
    g_autoptr(GPtrArray) chosen = choose(all);
    g_autoptr(GArray) claims = claims_of(result, chosen);
    GString *text = g_string_new(NULL);
    int label_width = label_width_of(result);
    unsigned lines = SUMMARY_LINES_MAX - OTHER_LINES, rows_left_out = 0, shown = 0;

    /* Each comparison has its share; what one does not need is the next ones'. */
    add_counts(text, result);
    g_string_append(text, LEGEND_RATIO "\n" LEGEND_INTERVAL "\n");
    g_autofree char *server = result_spice_server(result);
    g_string_append_printf(text, "CPU: %.*s; spice-server %s\n", CPU_MODEL_COLUMNS,
                           result_known(result, "cpu_model"), server);
    add_heads(text, label_width);
    for (; shown < chosen->len; shown++) {
        const struct comparison *one = g_ptr_array_index(chosen, shown);
        g_autoptr(GPtrArray) rows = rows_of(one);
        unsigned needed = lines_of(rows, claims);
        unsigned share = MAX(lines / (chosen->len - shown), COMPARISON_LINES_MIN);
        if (lines < MIN(needed, COMPARISON_LINES_MIN))
            break;
        share = MIN(share, lines);
        rows_left_out += add_comparison(text, one, claims, label_width, share);
        lines -= MIN(needed, share);
    }
    if (shown < all->len || rows_left_out > 0)
        g_string_append_printf(text,
                               "Not shown, for fewer repeats or lack of room: %u more comparisons, "
                               "%u more rows.\n",
                               all->len - shown, rows_left_out);
    g_string_append(text, TABLE_ENCODERS "\n" TABLE_QUALITY "\n");
    add_files(text, result->folder);
    return g_string_free(text, false);
}

/* Calls `add_one` for each row of each comparison. */
static void for_each_row(GString *text, const struct result *result,
                         void (*add_one)(GString *text, const struct comparison *comparison,
                                         const GArray *claims, const struct result_case *one,
                                         bool is_first))
{
    g_autoptr(GPtrArray) all = comparisons_find(result);
    g_autoptr(GPtrArray) chosen = choose(all);
    g_autoptr(GArray) claims = claims_of(result, chosen);

    for (unsigned i = 0; i < chosen->len; i++) {
        g_autoptr(GPtrArray) rows = rows_of(g_ptr_array_index(chosen, i));
        for (unsigned r = 0; r < rows->len; r++)
            add_one(text, g_ptr_array_index(chosen, i), claims, g_ptr_array_index(rows, r), r == 0);
    }
}

static void add_markdown_row(GString *text, const struct comparison *comparison,
                             const GArray *claims, const struct result_case *one, bool is_first)
{
    g_autofree char *label = result_case_label(one);
    g_autofree char *unfit = unfit_text(one);
    const char *strong = one->route->ours ? "**" : "";

    g_string_append_printf(text, "| %s | %s%s%s |", is_first ? comparison->name : "", strong, label,
                           strong);
    for (unsigned c = 0; c < G_N_ELEMENTS(columns); c++) {
        g_autofree char *value = value_text(one, &columns[c]);
        g_autofree char *claim = claim_text(find_claim(claims, one, &columns[c]));
        g_string_append_printf(text, " %s%s |", value, claim);
    }
    g_string_append_printf(text, " %s |\n", unfit);
}

char *summary_markdown(const struct result *result)
{
    GString *text = g_string_new("| workload | route |");

    for (unsigned c = 0; c < G_N_ELEMENTS(columns); c++) {
        g_auto(GStrv) head = column_head(&columns[c]);
        g_autofree char *words = g_strjoinv(" ", head);
        g_string_append_printf(text, " %s |", g_strchug(words));
    }
    g_string_append(text, " unfit |\n|---|---|---:|---:|---:|---:|---:|---:|\n");
    for_each_row(text, result, add_markdown_row);
    return g_string_free(text, false);
}

static void add_json_row(JsonBuilder *builder, const struct comparison *comparison,
                         const struct result_case *one)
{
    g_autofree char *label = result_case_label(one);

    json_builder_begin_object(builder);
    json_member_string(builder, "comparison", comparison->name);
    json_member_string(builder, "label", label);
    json_builder_set_member_name(builder, "ours");
    json_builder_add_boolean_value(builder, one->route->ours);
    for (unsigned c = 0; c < G_N_ELEMENTS(columns); c++) {
        json_member_number(builder, metric_name(columns[c].metric),
                           result_case_median(one, columns[c].metric));
    }
    json_builder_end_object(builder);
}

JsonNode *summary_json(const struct result *result)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(GPtrArray) all = comparisons_find(result);
    g_autoptr(GPtrArray) chosen = choose(all);

    json_builder_begin_array(builder);
    for (unsigned i = 0; i < chosen->len; i++) {
        const struct comparison *comparison = g_ptr_array_index(chosen, i);
        g_autoptr(GPtrArray) rows = rows_of(comparison);
        for (unsigned r = 0; r < rows->len; r++)
            add_json_row(builder, comparison, g_ptr_array_index(rows, r));
    }
    json_builder_end_array(builder);
    return json_builder_get_root(builder);
}

static void add_html_row(GString *page, const struct comparison *comparison, const GArray *claims,
                         const struct result_case *one, bool is_first)
{
    g_autofree char *label = result_case_label(one);
    g_autofree char *unfit = unfit_text(one);
    const char *tag = one->route->ours ? "b" : "span";

    if (is_first) {
        g_autofree char *of = extent(comparison);
        g_autofree char *caption = axes_caption(comparison->axis);
        markup_printf(page, "<tr class=\"group\"><th colspan=\"%u\">%s: %s, %s, %s</th></tr>\n",
                      (unsigned)G_N_ELEMENTS(columns) + 2, comparison->workload,
                      comparison->scenario, caption, of);
    }
    markup_printf(page, "<tr><th><%s>%s</%s></th>", tag, label, tag);
    for (unsigned c = 0; c < G_N_ELEMENTS(columns); c++) {
        g_autofree char *value = value_text(one, &columns[c]);
        g_autofree char *claim = claim_text(find_claim(claims, one, &columns[c]));
        markup_printf(page, "<td>%s%s</td>", value, claim);
    }
    markup_printf(page, "<td>%s</td></tr>\n", unfit);
}

void summary_add_html(GString *page, const struct result *result)
{
    g_string_append(page, "<p>" LEGEND_RATIO " " TABLE_ENCODERS " " TABLE_QUALITY "</p>\n"
                          "<p>" DIFFERENCE_METHOD "</p>\n"
                          "<div class=\"scroll\"><table><thead><tr><th></th>");
    for (unsigned c = 0; c < G_N_ELEMENTS(columns); c++) {
        g_auto(GStrv) head = column_head(&columns[c]);
        markup_printf(page, "<th>%s<br>%s<br>%s</th>", head[0], head[1], head[2]);
    }
    g_string_append(page, "<th>unfit<br>repeats</th></tr></thead><tbody>\n");
    for_each_row(page, result, add_html_row);
    g_string_append(page, "</tbody></table></div>\n");
}
