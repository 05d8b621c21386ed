/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* accelerator: KVM is taken where a guest has booted with it, and nowhere else; one line says why. */
#include "harness/vm/qemu/accelerator.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define INTEL "processor\t: 0\nflags\t\t: fpu vme de vmx smx\nbugs\t\t: none\n"
#define NEITHER "processor\t: 0\nflags\t\t: fpu vme de svme_not\nbugs\t\t: vmx\n"

static unsigned boots;

static bool boot_works(void *data, char **ret_problem)
{
    boots++;
    return true;
}

static bool boot_fails(void *data, char **ret_problem)
{
    boots++;
    *ret_problem = g_strdup("not within 10 s");
    return false;
}

/* A device that opens stands for /dev/kvm. */
static char *choose(const char *device, const char *processors,
                    bool (*boot)(void *data, char **ret_problem), bool expected)
{
    g_autofree char *folder = g_dir_make_tmp("test-accelerator-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "cpuinfo", NULL);
    const struct accelerator_place place = {.device = device, .processors = file, .boot = boot};
    char *reason;

    assert_true(g_file_set_contents(file, processors, -1, NULL));
    boots = 0;
    assert_int_equal(accelerator_is_kvm(&place, &reason), expected);
    assert_null(strchr(reason, '\n'));
    g_unlink(file);
    g_rmdir(folder);
    return reason;
}

static void no_device(void **state)
{
    g_autofree char *reason = choose("/dev/no-kvm", INTEL, boot_works, false);

    assert_string_equal(reason, "accelerator tcg: /dev/no-kvm: No such file or directory");
    assert_int_equal(boots, 0);
}

/* Such a KVM opens, and dies on an unmodified kernel: it is not even tried. */
static void a_processor_without_virtualisation(void **state)
{
    g_autofree char *reason = choose("/dev/null", NEITHER, boot_works, false);

    assert_non_null(strstr(reason, "accelerator tcg: /dev/null opens, but "));
    assert_non_null(strstr(reason, "has neither vmx nor svm"));
    assert_int_equal(boots, 0);
}

static void a_guest_that_does_not_boot(void **state)
{
    g_autofree char *reason = choose("/dev/null", INTEL, boot_fails, false);

    assert_string_equal(reason, "accelerator tcg: a guest does not boot with kvm: not within 10 s");
    assert_int_equal(boots, 1);
}

static void a_guest_that_boots(void **state)
{
    g_autofree char *reason = choose("/dev/null", INTEL, boot_works, true);

    assert_string_equal(reason, "accelerator kvm: a guest has booted with it");
    assert_int_equal(boots, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_device),
        cmocka_unit_test(a_processor_without_virtualisation),
        cmocka_unit_test(a_guest_that_does_not_boot),
        cmocka_unit_test(a_guest_that_boots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
