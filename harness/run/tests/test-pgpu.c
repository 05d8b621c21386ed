/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* pgpu: the card of the paper is found among what the kernel lists. */
#include "auto-destroy.h"
#include "harness/run/pgpu.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define DEVICES_MAX 4

struct device {
    const char *address, *vendor, *device, *class;
};

static const struct device bridge = {"0000:00:00.0", "0x8086", "0x1237", "0x060000"};
static const struct device intel = {"0000:00:02.0", "0x8086", "0x5912", "0x030000"};
static const struct device wx4100 = {"0000:41:00.0", "0x1002", "0x67e3", "0x030000"};
static const struct device wx4100_sound = {"0000:41:00.1", "0x1002", "0xaae0", "0x040300"};
static const struct device other_amd = {"0000:03:00.0", "0x1002", "0x731f", "0x038000"};
static const struct device third_amd = {"0000:02:00.0", "0x1002", "0x1636", "0x030000"};
static const struct device same_number = {"0000:01:00.0", "0x10de", "0x67e3", "0x030000"};

static void put(const char *folder, const char *address, const char *name, const char *text)
{
    g_autofree char *file = g_build_filename(folder, address, name, NULL);
    g_autofree char *line = g_strconcat(text, "\n", NULL);
    assert_true(g_file_set_contents(file, line, -1, NULL));
}

/* The kernel's list of these devices, in a folder of our own; free it. */
static char *make_devices(const struct device *const *devices)
{
    char *folder = g_dir_make_tmp("test-pgpu-XXXXXX", NULL);
    for (; *devices; devices++) {
        g_autofree char *one = g_build_filename(folder, (*devices)->address, NULL);
        assert_int_equal(g_mkdir(one, 0755), 0);
        put(folder, (*devices)->address, "vendor", (*devices)->vendor);
        put(folder, (*devices)->address, "device", (*devices)->device);
        put(folder, (*devices)->address, "class", (*devices)->class);
    }
    return folder;
}

static void remove_devices(const char *folder)
{
    const char *argv[] = {"rm", "-rf", folder, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

static void the_best_card_is_found(void **state)
{
    static const struct {
        const char *name;
        const struct device *devices[DEVICES_MAX];
        const char *expected; /* NULL: none */
    } cases[] = {
        {"no devices", {NULL}, NULL},
        {"none of AMD's", {&bridge, &intel}, NULL},
        {"another vendor's device of that number", {&same_number}, NULL},
        {"only the card's sound", {&wx4100_sound}, NULL},
        {"the card",
         {&bridge, &wx4100_sound, &wx4100},
         "Radeon Pro WX4100 (PCI 1002:67e3) at 0000:41:00.0"},
        {"the card after another",
         {&other_amd, &wx4100, &third_amd},
         "Radeon Pro WX4100 (PCI 1002:67e3) at 0000:41:00.0"},
        {"the first of two others",
         {&other_amd, &third_amd},
         "display controller of AMD (PCI 1002:1636) at 0000:02:00.0"},
        {"one that is no VGA controller",
         {&other_amd},
         "display controller of AMD (PCI 1002:731f) at 0000:03:00.0"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *folder = make_devices(cases[i].devices);
        auto_destroy(pgpu) pgpu = pgpu_find(folder);
        g_autofree char *text = pgpu ? pgpu_text(pgpu) : NULL;
        remove_devices(folder);
        if (g_strcmp0(text, cases[i].expected) != 0)
            fail_msg("%s: expected '%s', got '%s'", cases[i].name, cases[i].expected, text);
    }
}

static void no_list_is_no_card(void **state)
{
    assert_null(pgpu_find("/nowhere"));
}

static void the_commands_name_the_card(void **state)
{
    static const struct pgpu pgpu = {(char *)"0000:41:00.0", 0x1002, 0x67e3, true};
    static const char *const expected[] = {
        "Radeon Pro WX4100",
        "LD_LIBRARY_PATH=/lib/ours ",
        "-device vfio-pci,host=0000:41:00.0 ",
        "name=org.spice-space.pgpu.0",
        "/bin/client --uri spice://",
    };
    g_autofree char *text = pgpu_commands(&pgpu, "/lib/ours", "/bin/client");
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
        assert_non_null(strstr(text, expected[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_card_is_found),
        cmocka_unit_test(no_list_is_no_card),
        cmocka_unit_test(the_commands_name_the_card),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
