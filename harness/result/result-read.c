/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/result/result-read.h"

#include "auto-destroy.h"
#include "harness/result/functions.h"
#include "harness/scenario/file-name.h"

#include <gio/gio.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* A run of everything is below 5 MB. */
#define RESULT_MAX_BYTES (64 * 1024 * 1024)
/* Ours is 7 deep; the parser calls itself for each level. */
#define RESULT_MAX_DEPTH 32
#define DAMAGED "the file is damaged: take a good copy, or run again"

/* Where in the file we are, for messages; the innermost is `member`. */
struct reader {
    const char *file;
    char *at; /* "cases[3].", "" at the top */
    GError **error;
};

static bool bad(const struct reader *reader, const char *member, const char *what)
{
    g_set_error(reader->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s%s: %s: " DAMAGED,
                reader->file, reader->at, member, what);
    return false;
}

static struct reader descend(const struct reader *reader, const char *member, unsigned index)
{
    return (struct reader){reader->file, g_strdup_printf("%s%s[%u].", reader->at, member, index),
                           reader->error};
}

/* NULL when it is missing or null. */
static JsonNode *member_of(JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member(object, member);
    return node && !JSON_NODE_HOLDS_NULL(node) ? node : NULL;
}

static bool read_optional(const struct reader *reader, JsonObject *object, const char *member,
                          char **ret_text)
{
    JsonNode *node = member_of(object, member);
    if (!json_object_has_member(object, member))
        return bad(reader, member, "is missing");
    if (!node)
        return true;
    if (json_node_get_value_type(node) != G_TYPE_STRING)
        return bad(reader, member, "is no string");
    *ret_text = g_strdup(json_node_get_string(node));
    return true;
}

static bool read_string(const struct reader *reader, JsonObject *object, const char *member,
                        char **ret_text)
{
    return read_optional(reader, object, member, ret_text) &&
           (*ret_text || bad(reader, member, "is null"));
}

/* Of the project's own: letters, digits, "+-_.". */
static bool is_name(const char *text)
{
    for (const char *c = text; *c; c++) {
        if (!g_ascii_isalnum(*c) && !strchr("+-_.:", *c))
            return false;
    }
    return *text && *text != '.' && strlen(text) <= FILE_NAME_MAX_BYTES;
}

static bool read_name(const struct reader *reader, JsonObject *object, const char *member,
                      char **ret_text)
{
    return read_string(reader, object, member, ret_text) &&
           (is_name(*ret_text) || bad(reader, member, "is no name"));
}

/* A recording's or a scenario's, so of any file: but no way out of a folder. */
static bool read_file_name(const struct reader *reader, JsonObject *object, const char *member,
                           char **ret_text)
{
    return read_string(reader, object, member, ret_text) &&
           (!file_name_trouble(*ret_text) || bad(reader, member, "is no name"));
}

static bool read_number(const struct reader *reader, const char *member, JsonNode *node,
                        double *ret_value)
{
    GType type =
        node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_INVALID;
    if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
        return bad(reader, member, "is no number");
    *ret_value = json_node_get_double(node);
    return isfinite(*ret_value) || bad(reader, member, "is no finite number");
}

static bool read_count(const struct reader *reader, JsonObject *object, const char *member,
                       unsigned max, unsigned *ret_count)
{
    double value;
    if (!read_number(reader, member, member_of(object, member), &value))
        return false;
    if (value < 0 || value > max || value != floor(value))
        return bad(reader, member, "is out of range");
    *ret_count = (unsigned)value;
    return true;
}

static bool read_status(const struct reader *reader, JsonObject *object, enum status *ret_status)
{
    g_autofree char *text = NULL;
    if (!read_string(reader, object, "status", &text))
        return false;
    return status_find(text, ret_status) || bad(reader, "status", "is no status");
}

/* Each element of an array of objects by `read_one`, which appends it to
 * `list` before it reads on, so that nothing is lost when it fails. */
static bool read_objects(const struct reader *reader, JsonObject *object, const char *member,
                         unsigned max, GPtrArray *list,
                         bool (*read_one)(const struct reader *, JsonObject *, GPtrArray *))
{
    JsonNode *node = member_of(object, member);
    if (!node || !JSON_NODE_HOLDS_ARRAY(node))
        return bad(reader, member, node ? "is no array" : "is missing");
    JsonArray *array = json_node_get_array(node);
    if (json_array_get_length(array) > max)
        return bad(reader, member, "has too many elements");

    for (unsigned i = 0; i < json_array_get_length(array); i++) {
        JsonNode *element = json_array_get_element(array, i);
        struct reader inner = descend(reader, member, i);
        g_autofree char *at = inner.at;
        if (!JSON_NODE_HOLDS_OBJECT(element)) {
            at[strlen(at) - 1] = '\0'; /* its dot */
            return bad(&inner, "", "is no object");
        }
        if (!read_one(&inner, json_node_get_object(element), list))
            return false;
    }
    return true;
}

/* Below cases/, whatever else: a recording may have dots in its name. */
static bool is_repeats_folder(const char *folder)
{
    g_auto(GStrv) names = g_strsplit(folder, "/", -1);
    return g_str_equal(names[0], "cases") && !g_strv_contains((const char *const *)names, "..") &&
           strlen(folder) <= 8 * FILE_NAME_MAX_BYTES;
}

/* Only the repeats of a merged result have one of their own. */
static bool read_environment(const struct reader *reader, JsonObject *object,
                             JsonNode **ret_environment)
{
    JsonNode *environment = member_of(object, "environment");
    if (environment && !JSON_NODE_HOLDS_OBJECT(environment))
        return bad(reader, "environment", "is no object");
    if (environment)
        *ret_environment = json_node_copy(environment);
    return true;
}

static bool read_repeat(const struct reader *reader, JsonObject *object, GPtrArray *list)
{
    struct outcome *repeat = outcome_create(STATUS_PASSED, NULL);
    g_ptr_array_add(list, repeat);
    if (!read_string(reader, object, "folder", &repeat->folder))
        return false;
    if (!is_repeats_folder(repeat->folder))
        return bad(reader, "folder", "is no folder below cases/");
    return read_status(reader, object, &repeat->status) &&
           read_optional(reader, object, "reason", &repeat->reason) &&
           read_optional(reader, object, "unfit", &repeat->unfit) &&
           (!json_object_has_member(object, "limit") ||
            read_optional(reader, object, "limit", &repeat->limit)) &&
           read_count(reader, object, "order", INT_MAX, &repeat->order) &&
           read_optional(reader, object, "library", &repeat->library) &&
           read_environment(reader, object, &repeat->environment) &&
           (!json_object_has_member(object, "seconds_taken") ||
            read_number(reader, "seconds_taken", member_of(object, "seconds_taken"),
                        &repeat->seconds_taken)) &&
           read_optional(reader, object, "sources", &repeat->seen.sources) &&
           read_optional(reader, object, "other_channel", &repeat->seen.other_channel) &&
           read_optional(reader, object, "second_client", &repeat->seen.second_client);
}

/* One for each repeat; null where that one has none. */
static bool read_values(const struct reader *reader, JsonNode *node, const char *name,
                        const struct result_case *one, struct result_values *ret_values)
{
    g_autofree char *member = g_strconcat("metrics.", name, ".values", NULL);
    JsonNode *list =
        JSON_NODE_HOLDS_OBJECT(node) ? member_of(json_node_get_object(node), "values") : NULL;
    if (!list || !JSON_NODE_HOLDS_ARRAY(list))
        return bad(reader, member, list ? "is no array" : "is missing");
    JsonArray *array = json_node_get_array(list);
    unsigned n = json_array_get_length(array);
    if (n == 0 || n != one->repeats->len)
        return bad(reader, member, n ? "has not one value for each repeat" : "is empty");
    ret_values->each = g_new0(double, n);
    ret_values->values = g_new0(double, n);
    for (unsigned i = 0; i < n; i++) {
        JsonNode *element = json_array_get_element(array, i);
        ret_values->each[i] = NAN;
        if (JSON_NODE_HOLDS_NULL(element))
            continue;
        if (!read_number(reader, member, element, &ret_values->each[i]))
            return false;
        if (outcome_counts(g_ptr_array_index(one->repeats, i)))
            ret_values->values[ret_values->n++] = ret_values->each[i];
    }
    return true;
}

/* A metric that this program does not know is left out: a newer one may
 * measure more without changing what there was. */
static bool read_metrics(const struct reader *reader, JsonObject *object, struct result_case *one)
{
    JsonNode *node = member_of(object, "metrics");
    if (!node || !JSON_NODE_HOLDS_OBJECT(node))
        return bad(reader, "metrics", node ? "is no object" : "is missing");
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        const char *name = metric_name((enum metric)m);
        JsonNode *metric = member_of(json_node_get_object(node), name);
        if (metric && !read_values(reader, metric, name, one, &one->metrics[m]))
            return false;
    }
    return true;
}

static bool read_route(const struct reader *reader, JsonObject *object,
                       const struct route **ret_route)
{
    g_autofree char *name = NULL;
    if (!read_name(reader, object, "route", &name))
        return false;
    *ret_route = route_find(name);
    if (*ret_route)
        return true;
    g_set_error(reader->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "%s: %sroute: this vdibench has no route %s: use the revision that the file names",
                reader->file, reader->at, name);
    return false;
}

/* Any words: those of a newer vdibench can be shown, too. An axis that is younger than the
 * file had its default. */
static bool read_axes(const struct reader *reader, JsonObject *object, struct result_case *one)
{
    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        const char *name = axis_definition((enum axis)a)->name;
        if (a >= AXIS_AGENT && !json_object_has_member(object, name))
            one->axis[a] = g_strdup(axis_default((enum axis)a));
        else if (!read_name(reader, object, name, &one->axis[a]))
            return false;
    }
    return true;
}

/* The folder of its first repeat, cases/ID/..., has it. */
static char *id_of(const struct result_case *one)
{
    if (one->repeats->len == 0)
        return NULL;
    const struct outcome *first = g_ptr_array_index(one->repeats, 0);
    g_auto(GStrv) names = g_strsplit(first->folder, "/", 3);
    return g_strdup(names[1]);
}

static bool read_case(const struct reader *reader, JsonObject *object, GPtrArray *list)
{
    struct result_case *one = result_case_create();
    g_ptr_array_add(list, one);
    return read_file_name(reader, object, "scenario", &one->scenario) &&
           read_route(reader, object, &one->route) &&
           read_file_name(reader, object, "workload", &one->workload) &&
           read_axes(reader, object, one) && read_name(reader, object, "sink", &one->sink) &&
           read_optional(reader, object, "drawing", &one->drawing) &&
           (!one->drawing || is_name(one->drawing) || bad(reader, "drawing", "is no name")) &&
           read_number(reader, "seconds", member_of(object, "seconds"), &one->seconds) &&
           read_count(reader, object, "twin", 2, &one->twin) &&
           read_count(reader, object, "planned_repeats", REPEATS_MAX, &one->planned_repeats) &&
           read_status(reader, object, &one->status) &&
           read_optional(reader, object, "reason", &one->reason) &&
           read_objects(reader, object, "repeats", REPEATS_MAX, one->repeats, read_repeat) &&
           read_metrics(reader, object, one) &&
           (one->tries_max = one->repeats->len, one->id = id_of(one), true);
}

static bool read_omission(const struct reader *reader, JsonObject *object, GPtrArray *list)
{
    struct left_out *omission = g_new0(struct left_out, 1);
    g_ptr_array_add(list, omission);
    return read_string(reader, object, "case", &omission->id) &&
           read_string(reader, object, "reason", &omission->reason);
}

static bool read_function(const struct reader *reader, JsonObject *object, GPtrArray *list)
{
    struct function_cell *function = g_new0(struct function_cell, 1);
    g_ptr_array_add(list, function);
    return read_string(reader, object, "function", &function->function) &&
           read_string(reader, object, "column", &function->column) &&
           read_string(reader, object, "outcome", &function->outcome) &&
           read_optional(reader, object, "scenario", &function->scenario) &&
           read_optional(reader, object, "route", &function->route) &&
           read_optional(reader, object, "evidence", &function->evidence);
}

static bool check_schema(const struct reader *reader, JsonObject *root)
{
    double schema;
    if (!read_number(reader, "schema", member_of(root, "schema"), &schema))
        return false;
    if (schema == RESULT_SCHEMA)
        return true;
    g_set_error(reader->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "%s: schema %g is %s than what this vdibench reads (%d): use the revision that the "
                "file names, or run again",
                reader->file, schema, schema < RESULT_SCHEMA ? "older" : "newer", RESULT_SCHEMA);
    return false;
}

/* Before the parser sees it, for that one has no limit of its own. */
static bool check_depth(const struct reader *reader, const char *text, size_t bytes)
{
    unsigned depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < bytes; i++) {
        if (in_string) {
            if (text[i] == '\\')
                i++;
            in_string = text[i] != '"' || i >= bytes;
        } else if (text[i] == '"') {
            in_string = true;
        } else if (text[i] == '[' || text[i] == '{') {
            if (++depth > RESULT_MAX_DEPTH)
                return bad(reader, "JSON", "is nested too deeply");
        } else if ((text[i] == ']' || text[i] == '}') && depth > 0) {
            depth--;
        }
    }
    return true;
}

static bool read_result(const struct reader *reader, JsonNode *root_node, struct result *result)
{
    if (!root_node || !JSON_NODE_HOLDS_OBJECT(root_node))
        return bad(reader, "JSON", "is no object");
    JsonObject *root = json_node_get_object(root_node);
    if (!check_schema(reader, root))
        return false;
    JsonNode *environment = member_of(root, "environment");
    if (!environment || !JSON_NODE_HOLDS_OBJECT(environment))
        return bad(reader, "environment", environment ? "is no object" : "is missing");
    result->environment = json_node_copy(environment);
    return read_optional(reader, root, "set", &result->set) &&
           read_count(reader, root, "seed", INT_MAX, &result->seed) &&
           read_objects(reader, root, "cases", UINT_MAX, result->cases, read_case) &&
           read_objects(reader, root, "left_out", UINT_MAX, result->left_out, read_omission) &&
           read_objects(reader, root, "functions", UINT_MAX, result->functions, read_function);
}

struct result *result_parse(const char *text, size_t bytes, const char *folder, GError **error)
{
    g_autofree char *file = g_build_filename(folder, "result.json", NULL);
    auto_destroy(result) result = result_create(folder);
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(GError) why = NULL;
    char at[] = "";
    const struct reader reader = {file, at, error};

    if (bytes == 0) {
        bad(&reader, "JSON", "the file is empty");
        return NULL;
    }
    if (!g_utf8_validate_len(text, bytes, NULL)) {
        bad(&reader, "JSON", "is no UTF-8 text");
        return NULL;
    }
    if (!check_depth(&reader, text, bytes))
        return NULL;
    if (!json_parser_load_from_data(parser, text, (ssize_t)bytes, &why)) {
        g_strdelimit(why->message, "\n", ' ');
        bad(&reader, "JSON", why->message);
        return NULL;
    }
    return read_result(&reader, json_parser_get_root(parser), result) ? g_steal_pointer(&result)
                                                                      : NULL;
}

struct result *result_read(const char *where, GError **error)
{
    bool is_file = g_str_has_suffix(where, ".json") && g_file_test(where, G_FILE_TEST_IS_REGULAR);
    g_autofree char *folder = is_file ? g_path_get_dirname(where) : g_strdup(where);
    g_autofree char *path =
        is_file ? g_strdup(where) : g_build_filename(folder, "result.json", NULL);
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GFileInfo) info =
        g_file_query_info(file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                          G_FILE_QUERY_INFO_NONE, NULL, NULL);
    g_autofree char *text = NULL;
    size_t bytes;

    if (!info || g_file_info_get_file_type(info) != G_FILE_TYPE_REGULAR) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "%s: no such file: give a folder that vdibench run has written", path);
        return NULL;
    }
    if (g_file_info_get_size(info) > RESULT_MAX_BYTES) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "%s: is larger than any result: give a folder that vdibench run has written",
                    path);
        return NULL;
    }
    if (!g_file_get_contents(path, &text, &bytes, error))
        return NULL;
    return result_parse(text, bytes, folder, error);
}
