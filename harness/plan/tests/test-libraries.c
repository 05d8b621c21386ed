/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "auto-destroy.h"
#include "harness/plan/libraries.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void a_packages_version_has_upstreams(void **state)
{
    static const char *const cases[][2] = {
        {"0.15.1-1", "0.15.1"},
        {"0.16.0-3+deb14u1", "0.16.0"},
        {"1:0.15.2-1~bpo12-1", "0.15.2-1~bpo12"},
        {"0.16.0", "0.16.0"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *version = libraries_upstream_version(cases[i][0]);
        assert_string_equal(version, cases[i][1]);
    }
}

static void put_library(const char *programs, const char *folder)
{
    g_autofree char *path = g_build_filename(programs, folder, NULL);
    g_autofree char *file = g_build_filename(path, "libspice-server.so.1", NULL);

    assert_int_equal(g_mkdir_with_parents(path, 0700), 0);
    assert_true(g_file_set_contents(file, "", 0, NULL));
}

/* A version needs both: the rivals must not be measured with another version than ours. */
static void another_version_has_both_libraries(void **state)
{
    g_autofree char *programs = g_dir_make_tmp("vdibench-libraries-XXXXXX", NULL);
    g_autoptr(GError) error = NULL;
    auto_finish(libraries) libraries = {0};

    put_library(programs, "spice-server-9.9.9/lib");
    assert_false(libraries_find(&libraries, programs, "9.9.9", &error));
    assert_string_equal(error->message, "--server 9.9.9: is not built: run make spice-server "
                                        "SPICE_VERSION=9.9.9 first");
    put_library(programs, "spice-server-9.9.9/stock");
    assert_true(libraries_find(&libraries, programs, "9.9.9", NULL));
    assert_string_equal(libraries.version, "9.9.9");
    assert_true(g_str_has_suffix(libraries.own, "/spice-server-9.9.9/lib"));
    assert_true(g_str_has_suffix(libraries.stock, "/spice-server-9.9.9/stock"));

    const char *const remove[] = {"rm", "-rf", programs, NULL};
    g_spawn_sync(NULL, (char **)remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

static void without_a_version_it_is_the_systems(void **state)
{
    auto_finish(libraries) libraries = {0};

    assert_true(libraries_find(&libraries, "/nowhere", NULL, NULL));
    assert_string_equal(libraries.own, "/nowhere/spice-server/lib");
    assert_null(libraries.stock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packages_version_has_upstreams),
        cmocka_unit_test(another_version_has_both_libraries),
        cmocka_unit_test(without_a_version_it_is_the_systems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
