/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* What QEMU is given beside the small guest: a card by passthrough, a guest on a disk. */
#include "harness/vm/qemu/arguments.h"
#include "harness/vm/qemu/disk-guest.h"
#include "harness/vm/qemu/passthrough.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static char *joined(GPtrArray *argv)
{
    g_ptr_array_add(argv, NULL);
    return g_strjoinv(" ", (char **)argv->pdata);
}

static GPtrArray *begin(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

/* The words of docs/wx4100.md. */
static void card_is_one_card_in_the_vm(void **state)
{
    g_autoptr(GPtrArray) argv = begin();

    (void)state;
    passthrough_add(argv, "0000:03:00.0,0000:03:00.1");
    g_autofree char *text = joined(argv);
    assert_string_equal(text,
                        "-device pcie-root-port,id=gpu,chassis=1 "
                        "-device vfio-pci,host=0000:03:00.0,bus=gpu,addr=0.0,multifunction=on "
                        "-device vfio-pci,host=0000:03:00.1,bus=gpu,addr=0.1");
}

static void card_of_one_function_is_not_multifunction(void **state)
{
    g_autoptr(GPtrArray) argv = begin();

    (void)state;
    passthrough_add(argv, "0001:65:00.0");
    g_autofree char *text = joined(argv);
    assert_string_equal(text, "-device pcie-root-port,id=gpu,chassis=1 "
                              "-device vfio-pci,host=0001:65:00.0,bus=gpu,addr=0.0");
}

static void comma_in_a_path_begins_no_option(void **state)
{
    g_autofree char *quoted = arguments_quote("/a,b,,c");

    (void)state;
    assert_string_equal(quoted, "/a,,b,,,,c");
}

static char *contents_of(const char *folder, const char *name)
{
    g_autofree char *file = g_build_filename(folder, name, NULL);
    char *text = NULL;

    assert_true(g_file_get_contents(file, &text, NULL, NULL));
    return text;
}

static void guest_on_a_disk_is_given_its_own_variables(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("test-qemu-arguments-XXXXXX", NULL);
    g_autofree char *disk = g_build_filename(folder, "my,guest.qcow2", NULL);
    g_autofree char *own = g_build_filename(folder, "my,guest" DISK_GUEST_VARIABLES, NULL);
    const struct qemu_settings settings = {.guest = disk,
                                           .folder = folder,
                                           .recordings = "/var/films",
                                           .width_px = 1280,
                                           .height_px = 720,
                                           .fps = 10};
    g_autoptr(GPtrArray) argv = begin();
    g_autoptr(GError) error = NULL;
    const char *const remove[] = {"rm", "-rf", folder, NULL};

    (void)state;
    assert_true(g_file_set_contents(own, "its own", -1, NULL));
    if (!disk_guest_prepare(&settings, &error)) {
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
        assert_non_null(strstr(error->message, "apt-get install ovmf"));
        g_spawn_sync(NULL, (char **)remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                     NULL);
        print_message("%s\n", error->message);
        skip();
    }
    disk_guest_add(argv, &settings);
    g_autofree char *text = joined(argv);
    g_autofree char *variables = contents_of(folder, "firmware-variables.fd");
    g_autofree char *arguments = contents_of(folder, DISK_GUEST_ARGUMENTS);
    assert_string_equal(variables, "its own");
    assert_non_null(strstr(text, "my,,guest.qcow2"));
    assert_non_null(strstr(text, "snapshot=on"));
    assert_non_null(strstr(text, "path=/var/films,security_model=none,readonly=on"));
    /* As guest/serve reads it: a blank on both sides of each word. */
    assert_non_null(strstr(arguments, " recordings=/var/films "));
    assert_non_null(strstr(arguments, " size=1280x720 fps=10 "));
    g_spawn_sync(NULL, (char **)remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(card_is_one_card_in_the_vm),
        cmocka_unit_test(card_of_one_function_is_not_multifunction),
        cmocka_unit_test(comma_in_a_path_begins_no_option),
        cmocka_unit_test(guest_on_a_disk_is_given_its_own_variables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
