/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* axis: the table is complete, and names what it is to name. */
#include "harness/scenario/axis.h"
#include "harness/scenario/file-name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* In the order of enum axis. */
static const char *const defaults[AXIS_COUNT] = {"pty", "sim",  "loopback", "replay", "sim",
                                                 "qxl", "none", "none",     "diff"};
static const char *const others[AXIS_COUNT] = {"socket",      "qemu",    "3m",   "x264",   "x11",
                                               "shadow:auto", "massive", "segv", "rebuild"};

static void each_word_can_be_part_of_a_folders_name(void **state)
{
    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        const struct axis_definition *axis = axis_definition((enum axis)a);
        assert_non_null(axis->name);
        assert_non_null(axis->key);
        assert_non_null(axis->meaning);
        assert_non_null(axis->caption);
        assert_string_equal(axis_default((enum axis)a), defaults[a]);
        for (unsigned i = 0; axis->word_at(i); i++) {
            assert_null(file_name_trouble(axis->word_at(i)));
            assert_null(strpbrk(axis->word_at(i), ",; "));
            assert_true(axis_allows((enum axis)a, axis->word_at(i)));
        }
        assert_false(axis_allows((enum axis)a, "pigeon"));
    }
}

static void a_default_is_named_only_where_it_always_was(void **state)
{
    GString *name = g_string_new("case"), *label = g_string_new("route");
    axes_append_name(name, defaults, ",");
    axes_append_label(label, defaults);
    assert_string_equal(name->str, "case,pty");
    assert_string_equal(label->str, "route");
    axes_append_name(name, others, ",");
    axes_append_label(label, others);
    assert_string_equal(name->str,
                        "case,pty,socket,qemu,3m,x264,x11,shadow:auto,massive,segv,rebuild");
    assert_string_equal(label->str, "route x264 x11 shadow:auto");
    g_string_free(name, true);
    g_string_free(label, true);

    g_autofree char *plain = axes_caption(defaults);
    g_autofree char *full = axes_caption(others);
    assert_string_equal(plain, "port on pty");
    assert_string_equal(full, "port on socket, VM qemu, link 3m, load massive, traps by segv, "
                              "reconstruction by rebuild");
}

static void encoders_agents_and_vgpus_are_compared(void **state)
{
    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        const char *words[AXIS_COUNT];
        memcpy(words, defaults, sizeof words);
        words[a] = others[a];
        assert_int_equal(axes_comparable(defaults, words),
                         a == AXIS_ENCODER || a == AXIS_AGENT || a == AXIS_VGPU);
    }
}

static void a_port_and_an_encoder_need_an_agent(void **state)
{
    const struct route *module = route_find("gpu-module"), *vgpu = route_find("vgpu-lz4"),
                       *relay = route_find("relay");
    assert_true(axes_all_apply(module));
    assert_false(axis_applies(AXIS_VGPU, module));
    assert_true(axis_applies(AXIS_VGPU, vgpu));
    assert_false(axis_applies(AXIS_TRANSPORT, vgpu));
    assert_false(axis_applies(AXIS_ENCODER, vgpu));
    assert_true(axis_applies(AXIS_LINK, vgpu));
    assert_true(axis_applies(AXIS_TRANSPORT, relay));
    assert_false(axis_applies(AXIS_VM, relay)); /* it takes the VM's place */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_word_can_be_part_of_a_folders_name),
        cmocka_unit_test(a_default_is_named_only_where_it_always_was),
        cmocka_unit_test(encoders_agents_and_vgpus_are_compared),
        cmocka_unit_test(a_port_and_an_encoder_need_an_agent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
