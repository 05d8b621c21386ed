/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* runtime-folder: what a killed harness has left is removed, and nothing else. */
#include "auto-destroy.h"
#include "harness/run/runtime-folder.h"

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

static char *base;

static int make_base(void **state)
{
    base = g_dir_make_tmp("test-runtime-XXXXXX", NULL);
    g_setenv("XDG_RUNTIME_DIR", base, true);
    return base ? 0 : -1;
}

static int remove_base(void **state)
{
    const char *argv[] = {"rm", "-rf", base, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    g_clear_pointer(&base, g_free);
    return 0;
}

/* A process with such a folder and a file in it, whose path it writes to a pipe. */
static pid_t start_owner(char *ret_path, size_t bytes)
{
    int pipe_fds[2];
    assert_int_equal(pipe(pipe_fds), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* if the test fails */
        struct runtime_folder *folder = runtime_folder_create("/nowhere", NULL);
        g_autofree char *file = g_build_filename(folder->path, "port", NULL);
        g_file_set_contents(file, "", 0, NULL);
        if (write(pipe_fds[1], folder->path, strlen(folder->path) + 1) > 0)
            pause();
        _exit(1);
    }
    close(pipe_fds[1]);
    assert_true(read(pipe_fds[0], ret_path, bytes) > 0);
    close(pipe_fds[0]);
    return pid;
}

static void a_killed_ones_is_removed(void **state)
{
    char path[256];
    pid_t pid = start_owner(path, sizeof path);

    assert_int_equal(runtime_folders_sweep("/nowhere"), 0);
    assert_true(g_file_test(path, G_FILE_TEST_IS_DIR)); /* the living one's */
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_int_equal(runtime_folders_sweep("/nowhere"), 1);
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void other_folders_stay(void **state)
{
    g_autofree char *other = g_build_filename(base, "run-abcdef", NULL);
    g_autofree char *link = g_build_filename(base, "vdibench-linked", NULL);

    assert_int_equal(g_mkdir(other, 0700), 0);
    assert_int_equal(symlink(other, link), 0);
    assert_int_equal(runtime_folders_sweep("/nowhere"), 0);
    assert_true(g_file_test(other, G_FILE_TEST_IS_DIR));
    assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
}

static void its_end_removes_it(void **state)
{
    struct runtime_folder *folder = runtime_folder_create("/nowhere", NULL);
    g_autofree char *path = g_strdup(folder->path);

    assert_true(g_file_test(path, G_FILE_TEST_IS_DIR));
    assert_int_equal(runtime_folders_sweep("/nowhere"), 0);
    runtime_folder_destroy(folder);
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, make_base, remove_base)
    const struct CMUnitTest tests[] = {
        TEST(a_killed_ones_is_removed),
        TEST(other_folders_stay),
        TEST(its_end_removes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
