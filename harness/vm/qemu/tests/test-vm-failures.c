/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* vm-failures: what a real VM reports that cannot be, or that ends too early; and nothing is left of it. */
#include "harness/tests/process.h"
#include "harness/vm/qemu/tests/vm-bed.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Debian's. */
#define QEMU_MODULES "/usr/lib/x86_64-linux-gnu/qemu"
/* As the kernel does when the harness was killed. The first case: it finds out whether there can be a VM. */
static void a_killed_vm_leaves_nothing(void **state)
{
    start_vm(NULL, NULL, NULL);
    const pid_t qemu = await_listening();
    kill(child_pid(bed.vm), SIGKILL);
    assert_true(process_dies(qemu, PATIENCE_S));
    g_autofree char *how = NULL;
    await_end(&bed.vm, &how);
}

static void no_qemu(void **state)
{
    start_vm("/nonexistent", NULL, NULL);
    the_vm_fails("qemu-system-x86_64 is not installed: install it with SPICE's modules (Debian ",
                 NULL);
}

/* Where its modules lie there is nothing. */
static void a_qemu_without_spice(void **state)
{
    const char *can[] = {"unshare", "-rm", "true", NULL};
    g_autofree char *folder = g_build_filename(bed.folder, "bare", NULL);
    g_autofree char *wrapper = g_build_filename(folder, "qemu-system-x86_64", NULL);
    g_autofree char *path = g_strdup_printf("%s:%s", folder, g_getenv("PATH"));
    g_autofree char *qemu = g_find_program_in_path("qemu-system-x86_64");
    g_autofree char *script =
        g_strdup_printf("#!/bin/sh\nexec unshare -rm sh -c 'mount -t tmpfs none " QEMU_MODULES
                        " && exec %s \"$@\"' sh \"$@\"\n",
                        qemu);
    int status;

    skip_without_vm();
    if (!g_file_test(QEMU_MODULES, G_FILE_TEST_IS_DIR) ||
        !g_spawn_sync(NULL, (char **)can, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                      &status, NULL) ||
        status != 0)
        skip();
    assert_int_equal(g_mkdir(folder, 0700), 0);
    assert_true(
        g_file_set_contents_full(wrapper, script, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
    start_vm(path, NULL, NULL);
    the_vm_fails("QEMU has no SPICE: install its modules (Debian ", "qemu.log");
}

static void a_kernel_that_is_none(void **state)
{
    g_autofree char *kernel = g_build_filename(bed.folder, "kernel", NULL);
    const char *const more[] = {"--system", bed.folder, NULL};

    skip_without_vm();
    assert_true(g_file_set_contents(kernel, "no kernel", -1, NULL));
    start_vm(NULL, NULL, more);
    the_vm_fails("reason qemu: vm-qemu: QEMU has ended with status 1: ", "qemu.log");
}

static void a_guest_that_never_opens_its_port(void **state)
{
    g_autofree char *serve = g_canonicalize_filename("harness/vm/qemu/tests/never-opens", NULL);
    const char *const more[] = {"--serve", serve, "--boot-seconds", "20", NULL};

    skip_without_vm();
    start_vm(NULL, NULL, more);
    const pid_t qemu = await_listening();
    the_vm_fails("the guest has not booted within 20 s", "guest.log");
    assert_true(process_dies(qemu, PATIENCE_S));
}

/* It dies in its first process. */
static void a_library_that_qemu_refuses(void **state)
{
    g_autofree char *library = g_build_filename(bed.folder, "libspice-server.so.1", NULL);

    skip_without_vm();
    assert_true(g_file_set_contents(library, "no library", -1, NULL));
    start_vm(NULL, bed.folder, NULL);
    the_vm_fails("QEMU cannot load its SPICE modules: ", "qemu.log");
}

static void another_library_than_ours(void **state)
{
    skip_without_vm();
    start_vm(NULL, "/nonexistent", NULL);
    the_vm_fails("reason library: vm-qemu: QEMU has loaded /", "qemu.log");
}

static pid_t start_until_listening(const char *const *more)
{
    skip_without_vm();
    start_vm(NULL, NULL, more);
    return await_listening();
}

/* The firmware begins, and then the guest is at its end. */
static void a_guest_that_powers_off_before_it_has_booted(void **state)
{
    const char *const more[] = {"--serve", "/bin/true", NULL};
    const pid_t qemu = start_until_listening(more);

    the_vm_fails("the guest has powered off before it had booted", "guest.log");
    assert_true(process_dies(qemu, PATIENCE_S));
}

/* A kernel that boots, finds no first process, and resets the machine: so it would go on for ever. */
static void a_guest_that_resets_before_it_has_booted(void **state)
{
    g_autofree char *folder = g_build_filename(bed.folder, "resets", NULL);
    g_autofree char *kernel = g_build_filename(folder, "kernel", NULL);
    g_autofree char *initramfs = g_build_filename(folder, "initramfs", NULL);
    const char *const more[] = {"--system", folder, NULL};
    g_autofree char *system = NULL, *real = NULL;

    skip_without_vm();
    assert_true(
        g_spawn_command_line_sync("harness/vm/qemu/guest/prepare", &system, NULL, NULL, NULL));
    real = g_build_filename(g_strchomp(system), "kernel", NULL);
    assert_int_equal(g_mkdir(folder, 0700), 0);
    assert_int_equal(symlink(real, kernel), 0);
    assert_true(g_file_set_contents(initramfs, "no initramfs", -1, NULL));
    const pid_t qemu = start_until_listening(more);
    the_vm_fails("the guest resets before it has booted", "guest.log");
    assert_true(process_dies(qemu, PATIENCE_S));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_vm_leaves_nothing),
        cmocka_unit_test(no_qemu),
        cmocka_unit_test(a_qemu_without_spice),
        cmocka_unit_test(a_kernel_that_is_none),
        cmocka_unit_test(a_guest_that_never_opens_its_port),
        cmocka_unit_test(a_guest_that_powers_off_before_it_has_booted),
        cmocka_unit_test(a_guest_that_resets_before_it_has_booted),
        cmocka_unit_test(a_library_that_qemu_refuses),
        cmocka_unit_test(another_library_than_ours),
    };
    return cmocka_run_group_tests(tests, vm_bed_begin, vm_bed_finish);
}
