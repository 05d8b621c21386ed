/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* comparison: which cases can be held against each other, and what that is called. */
#include "auto-destroy.h"
#include "harness/result/comparison.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct scenario scenario = {.name = (char *)"one"};

/* Of the words those that are given; the others are the defaults. */
struct words {
    const char *route, *transport, *vm, *link, *encoder;
};

static void add_case(struct result *result, const struct words *words)
{
    const char *given[AXIS_COUNT] = {words->transport, words->vm, words->link, words->encoder};
    struct plan_case c = {.scenario = &scenario,
                          .route = route_find(words->route),
                          .sink = "any",
                          .workload = "hello",
                          .repeats = 1};
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        c.axis[a] = given[a] ? given[a] : axis_default((enum axis)a);
    result_add_case(result, &c);
}

/* "NAME: ROUTE ROUTE; NAME: ..."; an asterisk after the name of those that are the largest. */
static char *describe(const struct result *result)
{
    g_autoptr(GPtrArray) all = comparisons_find(result);
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < all->len; i++) {
        const struct comparison *one = g_ptr_array_index(all, i);
        g_string_append_printf(text, "%s%s%s:", i ? "; " : "", one->name,
                               one->is_largest ? "*" : "");
        for (unsigned c = 0; c < one->cases->len; c++) {
            const struct result_case *of = g_ptr_array_index(one->cases, c);
            g_autofree char *label = result_case_label(of);
            g_string_append_printf(text, " %s,", label);
        }
    }
    return g_string_free(text, false);
}

static void cases_are_compared_on_the_same_vm_port_and_link(void **state)
{
    static const struct {
        const char *name;
        struct words words[4];
        const char *expected;
    } cases[] = {
        {"one comparison has the workload's name",
         {{.route = "gpu-module"}, {.route = "vgpu-lz4"}},
         "hello*: gpu-module any, vgpu-lz4 any,"},
        {"several VMs",
         {{.route = "gpu-module"},
          {.route = "gpu-module", .vm = "qemu"},
          {.route = "vgpu-lz4", .vm = "qemu"}},
         "hello-sim*: gpu-module any,; hello-qemu*: gpu-module any, vgpu-lz4 any,"},
        {"several links",
         {{.route = "vgpu-lz4", .link = "3m"}, {.route = "gpu-module"}, {.route = "vgpu-lz4"}},
         "hello-loopback*: gpu-module any, vgpu-lz4 any,; hello-3m*: vgpu-lz4 any,"},
        {"the vGPU has no port: it is compared with each",
         {{.route = "vgpu-lz4"},
          {.route = "gpu-module"},
          {.route = "gpu-module", .transport = "socket"}},
         "hello-pty*: vgpu-lz4 any, gpu-module any,; hello-socket*: vgpu-lz4 any, gpu-module "
         "any,"},
        {"nor does its port make a comparison",
         {{.route = "vgpu-lz4"}, {.route = "gpu-module", .transport = "socket"}},
         "hello*: vgpu-lz4 any, gpu-module any,"},
        {"encoders are compared with each other, and with the vGPU",
         {{.route = "gpu-module"},
          {.route = "gpu-module", .encoder = "x264"},
          {.route = "vgpu-lz4"}},
         "hello*: gpu-module any, gpu-module any x264, vgpu-lz4 any,"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        auto_destroy(result) result = result_create("x");
        for (unsigned w = 0; w < 4 && cases[i].words[w].route; w++)
            add_case(result, &cases[i].words[w]);
        g_autofree char *text = describe(result);
        if (!g_str_equal(text, cases[i].expected))
            fail_msg("%s: %s", cases[i].name, text);
    }
}

/* Expected: the largest of each link. The VM was once left out of the key, so that of two VMs
 * only one had a largest comparison. */
static void the_largest_is_one_of_its_own_words(void **state)
{
    static struct scenario other = {.name = (char *)"other"};
    auto_destroy(result) result = result_create("x");

    add_case(result, &(struct words){.route = "gpu-module"});
    add_case(result, &(struct words){.route = "gpu-module", .link = "3m"});
    const struct plan_case c = {
        .scenario = &other,
        .route = route_find("gpu-module"),
        .sink = "any",
        .workload = "hello",
        .axis = {"pty", "sim", "3m", "replay", "sim", "qxl", "none", "none", "diff"},
        .repeats = 1};
    result_add_case(result, &c);
    g_autofree char *text = describe(result);
    assert_string_equal(text, "hello-loopback*: gpu-module any,; hello-3m*: gpu-module any,; "
                              "hello-3m: gpu-module any,");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_are_compared_on_the_same_vm_port_and_link),
        cmocka_unit_test(the_largest_is_one_of_its_own_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
