/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* environment: what a result knows of its machine. */
#include "harness/run/environment.h"

#include <json-glib/json-glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The build needs each of these packages, whatever the release of Debian calls it. */
static void each_package_has_a_version(void **state)
{
    const struct libraries libraries = {0};
    const char *const command_line[] = {NULL};
    g_autofree char *dpkg = g_find_program_in_path("dpkg-query");
    g_autoptr(JsonNode) node = environment_describe(".", &libraries, command_line);
    JsonObject *versions = json_object_get_object_member(json_node_get_object(node), "versions");
    g_autoptr(GList) names = json_object_get_members(versions);

    (void)state;
    if (!dpkg) {
        print_message("no dpkg-query: this system's packages are not Debian's\n");
        skip();
    }
    for (GList *name = names; name; name = name->next) {
        if (json_object_get_null_member(versions, name->data))
            fail_msg("%s has no version", (const char *)name->data);
    }
    assert_true(g_list_length(names) >= 10);
}

static void package_that_is_not_there_has_none(void **state)
{
    (void)state;
    assert_null(environment_package_version("vdibench-no-such-package"));
    assert_null(environment_package_version("vdibench-no-such-package[0-9]*"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_package_has_a_version),
        cmocka_unit_test(package_that_is_not_there_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
