/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/scenario/catalog.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <string.h>

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The files of all scenarios, sorted; NULL and `error` when there are none. */
static GPtrArray *scenario_files(const char *top, GError **error)
{
    g_autofree char *folder = g_build_filename(top, "scenarios", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
    const char *name;
    if (!dir)
        return NULL;

    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    while ((name = g_dir_read_name(dir))) {
        if (g_str_has_suffix(name, ".ini"))
            g_ptr_array_add(files, g_build_filename(folder, name, NULL));
    }
    g_ptr_array_sort(files, compare_names);
    return files;
}

struct scenario *catalog_load_one(const char *top, const char *name, GError **error)
{
    if (strchr(name, '/') || g_str_has_suffix(name, ".ini"))
        return scenario_load(name, error);

    g_autofree char *base = g_strconcat(name, ".ini", NULL);
    g_autofree char *file = g_build_filename(top, "scenarios", base, NULL);
    if (!g_file_test(file, G_FILE_TEST_EXISTS)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "scenario %s: there is no %s: vdibench list shows what there is", name, file);
        return NULL;
    }
    return scenario_load(file, error);
}

GPtrArray *catalog_load(const char *top, char **names, GError **error)
{
    g_autoptr(GPtrArray) scenarios =
        g_ptr_array_new_with_free_func((GDestroyNotify)scenario_destroy);
    g_autoptr(GPtrArray) files = NULL;

    if (!names[0] && !(files = scenario_files(top, error)))
        return NULL;
    for (unsigned i = 0; files ? i < files->len : names[i] != NULL; i++) {
        struct scenario *scenario = files ? scenario_load(g_ptr_array_index(files, i), error)
                                          : catalog_load_one(top, names[i], error);
        if (!scenario)
            return NULL;
        for (unsigned k = 0; k < scenarios->len; k++) {
            if (g_str_equal(((struct scenario *)g_ptr_array_index(scenarios, k))->name,
                            scenario->name)) {
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                            "scenario %s: named twice", scenario->name);
                scenario_destroy(scenario);
                return NULL;
            }
        }
        g_ptr_array_add(scenarios, scenario);
    }
    return g_steal_pointer(&scenarios);
}

/* ", paper" for each set that some scenario declares, once; free it. */
static char *set_names(const GPtrArray *scenarios)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GString *names = g_string_new(NULL);
    for (unsigned i = 0; i < scenarios->len; i++) {
        const struct scenario *scenario = g_ptr_array_index((GPtrArray *)scenarios, i);
        for (char **set = scenario->sets; *set; set++) {
            if (g_hash_table_add(seen, *set))
                g_string_append_printf(names, "%s%s", names->len ? ", " : "", *set);
        }
    }
    return g_string_free(names, false);
}

GPtrArray *catalog_load_set(const char *top, const char *set, GError **error)
{
    static char *const none[] = {NULL};
    g_autoptr(GPtrArray) scenarios = catalog_load(top, (char **)none, error);
    if (!scenarios)
        return NULL;
    g_autofree char *names = set_names(scenarios);
    for (unsigned i = scenarios->len; i-- > 0;) {
        const struct scenario *scenario = g_ptr_array_index(scenarios, i);
        if (!g_strv_contains((const char *const *)scenario->sets, set))
            g_ptr_array_remove_index(scenarios, i);
    }
    if (scenarios->len > 0)
        return g_steal_pointer(&scenarios);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                "--set %s: no scenario declares it; there is: %s", set, *names ? names : "none");
    return NULL;
}
