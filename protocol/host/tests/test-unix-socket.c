/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* unix-socket: what a process that was killed has left is replaced, no more. */
#include "protocol/host/unix-socket.h"

#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

static char *folder, *path;

static int set_up(void **state)
{
    folder = g_dir_make_tmp("test-unix-socket-XXXXXX", NULL);
    path = g_build_filename(folder, "socket", NULL);
    return folder ? 0 : -1;
}

static int tear_down(void **state)
{
    g_unlink(path);
    int left = g_rmdir(folder);
    g_clear_pointer(&path, g_free);
    g_clear_pointer(&folder, g_free);
    return left;
}

static void what_a_killed_one_left_is_replaced(void **state)
{
    int first = unix_socket_listen(path, 1);
    assert_true(first >= 0);
    close(first); /* as the kernel does: the file stays */
    int second = unix_socket_listen(path, 1);
    assert_true(second >= 0);
    close(second);
}

static void a_living_one_is_left_alone(void **state)
{
    int first = unix_socket_listen(path, 1), waiting;
    assert_true(first >= 0);
    assert_int_equal(unix_socket_listen(path, 1), -EADDRINUSE);
    /* The probe is a client that has gone again. */
    waiting = accept(first, NULL, NULL);
    assert_true(waiting >= 0);
    close(waiting);
    close(first);
}

static void other_files_are_kept(void **state)
{
    assert_true(g_file_set_contents(path, "kept", -1, NULL));
    assert_int_equal(unix_socket_listen(path, 1), -EADDRINUSE);
    assert_true(g_file_test(path, G_FILE_TEST_IS_REGULAR));
}

static void bad_paths_are_refused(void **state)
{
    g_autofree char *longest = g_strnfill(107, 'x'), *longer = g_strnfill(108, 'x');

    assert_int_equal(unix_socket_listen("", 1), -EINVAL);
    assert_int_equal(unix_socket_listen(longer, 1), -ENAMETOOLONG);
    assert_int_equal(unix_socket_listen("/no/such/folder/socket", 1), -ENOENT);
    assert_int_equal(g_chdir(folder), 0);
    int fd = unix_socket_listen(longest, 1);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(g_unlink(longest), 0);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_a_killed_one_left_is_replaced),
        TEST(a_living_one_is_left_alone),
        TEST(other_files_are_kept),
        TEST(bad_paths_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
