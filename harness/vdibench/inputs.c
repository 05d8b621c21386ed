/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vdibench/inputs.h"

#include "harness/run/environment.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

static char *scenario_file(const char *folder, const char *name)
{
    g_autofree char *base = g_strconcat(name, ".ini", NULL);
    return g_build_filename(folder, "scenarios", base, NULL);
}

static bool keep_scenario(const struct scenario *scenario, const char *folder, GError **error)
{
    g_autofree char *file = scenario_file(folder, scenario->name);
    g_autofree char *parent = g_path_get_dirname(file);
    g_autofree char *text = NULL;

    if (g_file_test(file, G_FILE_TEST_EXISTS))
        return true; /* of another case */
    if (g_mkdir_with_parents(parent, 0777) < 0) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: cannot be created: %s",
                    parent, g_strerror(errno));
        return false;
    }
    return g_file_get_contents(scenario->file, &text, NULL, error) &&
           g_file_set_contents(file, text, -1, error);
}

static void set_file(JsonObject *object, const char *member, const char *sum_member,
                     const char *file)
{
    g_autofree char *valid = g_utf8_make_valid(file, -1);
    g_autofree char *sum = environment_sha256(file);
    json_object_set_string_member(object, member, valid);
    if (sum)
        json_object_set_string_member(object, sum_member, sum);
    else
        json_object_set_null_member(object, sum_member);
}

static JsonObject *recordings(const struct plan *plan)
{
    JsonObject *object = json_object_new();
    GHashTableIter iter;
    void *name, *value;

    g_hash_table_iter_init(&iter, plan->workloads);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        const struct workload *workload = value;
        JsonObject *one = json_object_new();
        if (!workload->file)
            continue; /* could not be played */
        set_file(one, "file", "sha256", workload->file);
        if (workload->film && !g_str_equal(workload->film, workload->file))
            set_file(one, "film", "film_sha256", workload->film);
        json_object_set_object_member(object, name, one);
    }
    return object;
}

bool inputs_keep(const struct plan *plan, struct result *result, GError **error)
{
    for (unsigned i = 0; i < plan->cases->len; i++) {
        const struct plan_case *c = g_ptr_array_index(plan->cases, i);
        if (!keep_scenario(c->scenario, result->folder, error))
            return false;
    }
    json_object_set_object_member(json_node_get_object(result->environment), "recordings",
                                  recordings(plan));
    return true;
}

struct scenario *inputs_scenario(const char *folder, const char *name, GError **error)
{
    g_autofree char *file = scenario_file(folder, name);

    if (g_file_test(file, G_FILE_TEST_EXISTS))
        return scenario_load(file, error);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                "%s: is not there: the run was made before scenarios were kept, or not all of it "
                "was copied",
                file);
    return NULL;
}

static const char *string_member(JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member(object, member);
    return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : NULL;
}

char *inputs_recording(const struct result *result, const char *top, const char *workload,
                       bool film)
{
    JsonObject *environment = json_node_get_object(result->environment);
    JsonNode *all = json_object_get_member(environment, "recordings");
    JsonNode *one = all && JSON_NODE_HOLDS_OBJECT(all)
                        ? json_object_get_member(json_node_get_object(all), workload)
                        : NULL;
    if (!one || !JSON_NODE_HOLDS_OBJECT(one))
        return NULL;
    JsonObject *object = json_node_get_object(one);
    bool own_film = film && string_member(object, "film");
    const char *name = string_member(object, own_film ? "film" : "file");
    const char *sum = string_member(object, own_film ? "film_sha256" : "sha256");
    g_autofree char *file = name ? g_canonicalize_filename(name, top) : NULL;
    g_autofree char *is = file ? environment_sha256(file) : NULL;
    return is && g_strcmp0(is, sum) == 0 ? g_steal_pointer(&file) : NULL;
}
