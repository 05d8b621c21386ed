/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* pty-port: its link, and what a process that was killed has left of it. */
#include "auto-destroy.h"
#include "protocol/host/pty-port.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char *folder, *port_link;

static int set_up(void **state)
{
    folder = g_dir_make_tmp("test-pty-port-XXXXXX", NULL);
    port_link = g_build_filename(folder, "port", NULL);
    return folder ? 0 : -1;
}

/* Fails when anything is left in the folder. */
static int tear_down(void **state)
{
    int left = g_rmdir(folder);
    g_clear_pointer(&folder, g_free);
    g_clear_pointer(&port_link, g_free);
    return left;
}

/* A process that has the port, as its parent sees once it returns. */
static pid_t start_owner(void)
{
    int ready[2];
    char byte;

    assert_int_equal(pipe(ready), 0);
    pid_t owner = fork();
    if (owner == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        struct pty_port *port = pty_port_create(port_link, NULL);
        if (!port || write(ready[1], "", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return owner;
}

static void kill_owner(pid_t owner)
{
    assert_int_equal(kill(owner, SIGKILL), 0);
    assert_int_equal(waitpid(owner, NULL, 0), owner);
}

static void nothing_is_left_at_a_good_end(void **state)
{
    auto_destroy(pty_port) port = pty_port_create(port_link, NULL);
    g_autofree char *target = g_file_read_link(port_link, NULL);

    assert_non_null(port);
    assert_string_equal(target, pty_port_slave_path(port));
}

/* Expected: the next one starts. The link that was left refused it. */
static void what_a_killed_one_left_is_taken_over(void **state)
{
    for (int i = 0; i < 2; i++) {
        kill_owner(start_owner());
        assert_true(g_file_test(port_link, G_FILE_TEST_IS_SYMLINK));
        g_autoptr(GError) error = NULL;
        auto_destroy(pty_port) port = pty_port_create(port_link, &error);
        if (!port)
            fail_msg("%s", error->message);
        g_autofree char *target = g_file_read_link(port_link, NULL);
        assert_string_equal(target, pty_port_slave_path(port));
    }
}

static void a_living_ones_port_is_left_alone(void **state)
{
    pid_t owner = start_owner();
    g_autofree char *before = g_file_read_link(port_link, NULL);
    g_autoptr(GError) error = NULL;

    assert_null(pty_port_create(port_link, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_EXISTS));
    assert_non_null(strstr(error->message, port_link));
    g_autofree char *after = g_file_read_link(port_link, NULL);
    assert_string_equal(before, after);
    kill_owner(owner);
    pty_port_destroy(pty_port_create(port_link, NULL));
}

/* Nobody knows whose they are, and whether they are in use. */
static void what_others_made_is_never_removed(void **state)
{
    static const char *const targets[] = {"/dev/pts/0", "/dev/pts/999999", "nowhere", NULL};

    for (int left = 0; left < 2; left++) {
        for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
            if (left) { /* beside them, what a killed one of ours has left */
                kill_owner(start_owner());
                assert_int_equal(g_unlink(port_link), 0);
                if (targets[i] && g_str_has_prefix(targets[i], "/dev/pts/"))
                    continue; /* that could be ours */
            }
            assert_true(targets[i] ? symlink(targets[i], port_link) == 0
                                   : g_file_set_contents(port_link, "kept", -1, NULL));
            g_autoptr(GError) error = NULL;
            assert_null(pty_port_create(port_link, &error));
            assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_EXISTS));
            g_autofree char *is = targets[i] ? g_file_read_link(port_link, NULL) : NULL;
            assert_true(targets[i] ? g_strcmp0(is, targets[i]) == 0
                                   : g_file_test(port_link, G_FILE_TEST_IS_REGULAR));
            assert_int_equal(g_unlink(port_link), 0);
        }
    }
}

/* Expected: it is reported. A left agent of another test had the pty first; the
 * right one's opening was missing, and nothing gave the reason. */
static void a_second_opener_is_reported(void **state)
{
    auto_destroy(pty_port) port = pty_port_create(port_link, NULL);

    assert_non_null(port);
    int first = open(port_link, O_RDWR | O_NOCTTY);
    assert_true(pty_port_was_opened(port));
    assert_false(pty_port_was_shared(port));
    int second = open(port_link, O_RDWR | O_NOCTTY);
    assert_false(pty_port_was_opened(port));
    assert_true(pty_port_was_shared(port));
    assert_false(pty_port_was_shared(port));
    close(first);
    close(second);
}

static void who_comes_after_another_shares_nothing(void **state)
{
    auto_destroy(pty_port) port = pty_port_create(port_link, NULL);

    assert_non_null(port);
    for (int i = 0; i < 10; i++) { /* with the host late by all but the last, or at hand */
        for (int early = 0; early < i; early++)
            close(open(port_link, O_RDWR | O_NOCTTY));
        int guest = open(port_link, O_RDWR | O_NOCTTY);
        assert_true(pty_port_was_opened(port));
        assert_false(pty_port_was_shared(port));
        close(guest);
        if (i % 2)
            assert_false(pty_port_close(port));
    }
}

/* inotify's limits are those of all the user's processes: other programs can
 * use them up at any time. In a user namespace there are others, of its own. */
static bool limit(const char *name, const char *value)
{
    g_autofree char *path = g_strconcat("/proc/sys/user/max_inotify_", name, NULL);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);

    if (fd >= 0)
        close(fd);
    return ok;
}

#define CANNOT 77

/* In a child, for the namespace; skips where there is none. */
static void with_own_limits(int (*child)(void))
{
    int status;

    pid_t process = fork();
    if (process == 0)
        _exit(unshare(CLONE_NEWUSER) < 0 ? CANNOT : child());
    assert_int_equal(waitpid(process, &status, 0), process);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == CANNOT)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int open_after_close(void)
{
    auto_destroy(pty_port) port = pty_port_create(port_link, NULL);

    if (!port)
        return 1;
    if (!limit("watches", "0"))
        return CANNOT;
    pty_port_close(port);
    close(open(pty_port_slave_path(port), O_RDWR | O_NOCTTY));
    return pty_port_was_opened(port) ? 0 : 2;
}

/* Expected: reported. All openings after the first closing were lost. */
static void an_opening_is_reported_when_others_took_all_watches(void **state)
{
    with_own_limits(open_after_close);
}

static int create_without_instances(void)
{
    g_autoptr(GError) error = NULL;

    if (!limit("instances", "0"))
        return CANNOT;
    auto_destroy(pty_port) port = pty_port_create(port_link, &error);
    return !port && strstr(error->message, "fs.inotify.max_user_instances") ? 0 : 3;
}

static void without_inotify_the_limit_is_named(void **state)
{
    with_own_limits(create_without_instances);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_left_at_a_good_end),
        TEST(what_a_killed_one_left_is_taken_over),
        TEST(a_living_ones_port_is_left_alone),
        TEST(what_others_made_is_never_removed),
        TEST(a_second_opener_is_reported),
        TEST(who_comes_after_another_shares_nothing),
        TEST(an_opening_is_reported_when_others_took_all_watches),
        TEST(without_inotify_the_limit_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
