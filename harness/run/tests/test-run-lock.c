/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* run-lock: the second run is refused, or both know of each other. */
#include "auto-destroy.h"
#include "harness/run/run-lock.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char *folder, *file;

static int make_folder(void **state)
{
    folder = g_dir_make_tmp("test-run-lock-XXXXXX", NULL);
    file = g_build_filename(folder, "lock", NULL);
    g_setenv(RUN_LOCK_VARIABLE, file, true);
    return 0;
}

static int remove_folder(void **state)
{
    g_unlink(file);
    g_rmdir(folder);
    g_clear_pointer(&file, g_free);
    g_clear_pointer(&folder, g_free);
    return 0;
}

static void the_second_is_refused_and_names_the_first(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *owner = g_strdup_printf(": process %d, which writes to /some/out: ", getpid());
    struct run_lock *first = run_lock_create("/some/out", false, NULL);

    assert_non_null(first);
    assert_null(run_lock_create("/other", false, &error));
    assert_non_null(strstr(error->message, owner));
    assert_non_null(strstr(error->message, "--beside-others"));
    assert_false(run_lock_is_shared(first));
    run_lock_destroy(first);
    auto_destroy(run_lock) second = run_lock_create("/other", false, NULL);
    assert_non_null(second);
}

static void those_beside_each_other_know_it(void **state)
{
    auto_destroy(run_lock) first = run_lock_create("/1", false, NULL);
    struct run_lock *second = run_lock_create("/2", true, NULL);
    struct run_lock *third = run_lock_create("/3", true, NULL);

    assert_true(run_lock_is_shared(second));
    assert_true(run_lock_is_shared(third));
    assert_true(run_lock_is_shared(first));
    run_lock_destroy(second);
    run_lock_destroy(third);
    assert_true(run_lock_is_shared(first)); /* it was */
}

static void alone_is_alone_whatever_was_allowed(void **state)
{
    auto_destroy(run_lock) only = run_lock_create("/1", true, NULL);
    assert_false(run_lock_is_shared(only));
}

static void death_gives_the_machine_back(void **state)
{
    int pipe_fds[2];
    char byte;

    assert_int_equal(pipe(pipe_fds), 0);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* if the test fails */
        if (run_lock_create("/1", false, NULL) && write(pipe_fds[1], "", 1) == 1)
            pause();
        _exit(1);
    }
    assert_int_equal(read(pipe_fds[0], &byte, 1), 1);
    assert_null(run_lock_create("/2", false, NULL));
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    auto_destroy(run_lock) next = run_lock_create("/2", false, NULL);
    assert_non_null(next);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

static void where_no_file_can_be_nothing_is_locked(void **state)
{
    g_setenv(RUN_LOCK_VARIABLE, "/proc/none/lock", true);
    auto_destroy(run_lock) one = run_lock_create("/1", false, NULL);
    auto_destroy(run_lock) two = run_lock_create("/2", false, NULL);
    assert_non_null(one);
    assert_non_null(two);
    assert_false(run_lock_is_shared(one));
    g_setenv(RUN_LOCK_VARIABLE, "", true);
    auto_destroy(run_lock) three = run_lock_create("/3", false, NULL);
    assert_non_null(three);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(the_second_is_refused_and_names_the_first), TEST(those_beside_each_other_know_it),
        TEST(alone_is_alone_whatever_was_allowed),       TEST(death_gives_the_machine_back),
        TEST(where_no_file_can_be_nothing_is_locked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
