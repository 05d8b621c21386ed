/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* child: processes that behave, and those that do not; none is left behind. */
#include "auto-destroy.h"
#include "harness/instrument/child.h"
#include "harness/tests/process.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

/* Any bytes but 0, and what looks like the protocol's own. */
#define ODD " a b\tc\nsaved 1 file=x\n\x01\xff\xc3\xa4%20%=/\"'$\\ "

/* Long enough for a busy machine; a test that succeeds never waits so long. */
#define LONG_S 30
/* How long the harness is patient with one that will not end. */
#define GRACE_S 0.2

static char *log_file;

static int set_up(void **state)
{
    log_file = g_strdup("/tmp/test-child-XXXXXX");
    close(g_mkstemp(log_file));
    return 0;
}

static int tear_down(void **state)
{
    g_unlink(log_file);
    g_clear_pointer(&log_file, g_free);
    return 0;
}

static struct child *start_shell(const char *script)
{
    g_autoptr(GError) error = NULL;
    const char *argv[] = {"/bin/bash", "-c", script, NULL};
    struct child *child = child_start("shell", argv, NULL, log_file, &error);
    assert_null(error);
    assert_non_null(child);
    return child;
}

static void assert_gone(pid_t pid)
{
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(errno, ESRCH);
}

static void notices_are_read_and_commands_sent(void **state)
{
    auto_destroy(child) child = start_shell("echo 'ready 12 listen=here port=/a=b odd =x'\n"
                                            "while read -r line; do\n"
                                            "  case $line in quit) exit 0;; esac\n"
                                            "  echo \"heard 34 line=${line// /_}\"\n"
                                            "done");
    unsigned cursor = 0;
    const struct notice *ready = child_wait_notice(child, "ready", &cursor, LONG_S, NULL, NULL);

    assert_non_null(ready);
    assert_true(ready->time_ns == 12);
    assert_string_equal(notice_value(ready, "listen"), "here");
    assert_string_equal(notice_value(ready, "port"), "/a=b");
    assert_null(notice_value(ready, "odd"));
    assert_null(notice_value(ready, ""));
    assert_true(child_send(child, NULL, "save %s", "x"));
    const struct notice *heard = child_wait_notice(child, "heard", &cursor, LONG_S, NULL, NULL);
    assert_string_equal(notice_value(heard, "line"), "save_x");
    assert_true(child_end(child, LONG_S, NULL));
    assert_gone(child_pid(child));
}

/* Expected: a path with a blank in it arrives and comes back. It was two words. */
static void a_word_may_hold_anything(void **state)
{
    auto_destroy(child) child = start_shell("read -r command path rest\n"
                                            "echo \"$command 34 file=$path rest=$rest n=1\"\n");
    unsigned cursor = 0;

    assert_true(child_send(child, NULL, "save %s", ODD));
    const struct notice *saved = child_wait_notice(child, "save", &cursor, LONG_S, NULL, NULL);
    assert_non_null(saved);
    assert_string_equal(notice_value(saved, "file"), ODD);
    assert_string_equal(notice_value(saved, "rest"), "");
    assert_string_equal(notice_value(saved, "n"), "1");
    assert_int_equal(child_notice_count(child), 1);
}

/* The longest path that a system call takes, twice, each byte escaped. */
static void a_notice_may_be_long(void **state)
{
    g_autofree char *path = g_strnfill(PATH_MAX, '\xff');
    auto_destroy(child) child =
        start_shell("read -r command path\necho \"saved 1 file=$path as=$path n=1\"\n");
    unsigned cursor = 0;

    assert_true(child_send(child, NULL, "save %s", path));
    const struct notice *saved = child_wait_notice(child, "saved", &cursor, LONG_S, NULL, NULL);
    assert_string_equal(notice_value(saved, "as"), path);
    assert_string_equal(notice_value(saved, "n"), "1");
}

static void notices_are_taken_once_and_in_order(void **state)
{
    auto_destroy(child) child =
        start_shell("echo 'a 1 n=1'; echo no notice; echo 'b x'; echo 'b 2'; echo 'a 3 n=2'");
    unsigned cursor = 0;

    assert_string_equal(
        notice_value(child_wait_notice(child, "a", &cursor, LONG_S, NULL, NULL), "n"), "1");
    assert_string_equal(
        notice_value(child_wait_notice(child, "a", &cursor, LONG_S, NULL, NULL), "n"), "2");
    assert_int_equal(child_notice_count(child), 3);
    cursor = 0;
    assert_true(child_next_notice(child, "b", &cursor) == child_notice(child, 1));
    assert_null(child_next_notice(child, "b", &cursor));
}

static void a_death_ends_the_waiting_and_says_why(void **state)
{
    static const struct {
        const char *name, *script, *expected;
        enum child_error code;
    } cases[] = {
        {"a status", "exit 3", "shell ended with status 3", CHILD_ERROR_ENDED},
        {"even a good one", "exit 0", "shell ended with status 0", CHILD_ERROR_ENDED},
        {"a signal", "kill -SEGV $$", "was ended by signal 11", CHILD_ERROR_ENDED},
        {"last words", "echo 'one' >&2; echo 'shell: x: no such thing' >&2; exit 1",
         "status 1: shell: x: no such thing", CHILD_ERROR_ENDED},
        {"a reason", "echo 'error 5 reason=connect'; exit 1", "status 1, reason connect",
         CHILD_ERROR_ENDED},
        {"a skip", "echo 'no device' >&2; exit 77", "shell ended with status 77: no device",
         CHILD_ERROR_SKIP},
        {"after its output", "exec >&-; exit 4", "status 4", CHILD_ERROR_ENDED},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        auto_destroy(child) child = start_shell(cases[i].script);
        g_autoptr(GError) error = NULL;
        unsigned cursor = 0;
        assert_null(child_wait_notice(child, "ready", &cursor, LONG_S, NULL, &error));
        if (!g_error_matches(error, CHILD_ERROR, cases[i].code) ||
            !strstr(error->message, cases[i].expected) || strchr(error->message, '\n'))
            fail_msg("%s: '%s'", cases[i].name, error->message);
        assert_gone(child_pid(child));
    }
}

/* Expected: what a process printed before it died is reported. */
static void the_last_notice_is_not_lost(void **state)
{
    auto_destroy(child) child = start_shell("echo 'bye 1'; exit 1");
    unsigned cursor = 0;
    assert_non_null(child_wait_notice(child, "bye", &cursor, LONG_S, NULL, NULL));
}

static void the_log_of_an_earlier_one_is_not_its_own(void **state)
{
    auto_destroy(child) first = start_shell("echo 'the first' >&2; exit 1");
    unsigned cursor = 0;
    child_wait_notice(first, "x", &cursor, LONG_S, NULL, NULL);
    auto_destroy(child) second = start_shell("exit 1");
    g_autoptr(GError) error = NULL;
    cursor = 0;
    assert_null(child_wait_notice(second, "x", &cursor, LONG_S, NULL, &error));
    assert_string_equal(error->message, "shell ended with status 1");
}

static void a_deadline_ends_the_waiting(void **state)
{
    auto_destroy(child) child = start_shell("read -r line");
    g_autoptr(GError) error = NULL;
    unsigned cursor = 0;
    assert_null(child_wait_notice(child, "ready", &cursor, 0.01, NULL, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
    assert_string_equal(error->message, "waiting for 'ready' from shell: nothing within 0.01 s");
}

static gboolean cancel(void *data)
{
    g_cancellable_cancel(data);
    return G_SOURCE_REMOVE;
}

static void an_interruption_ends_the_waiting(void **state)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    auto_destroy(child) child = start_shell("read -r line");
    g_autoptr(GError) error = NULL;
    unsigned cursor = 0;
    g_idle_add(cancel, cancellable);
    assert_null(child_wait_notice(child, "ready", &cursor, LONG_S, cancellable, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

static void all_are_ended(void **state)
{
    static const struct {
        const char *name, *script, *expected; /* NULL: it ends well */
        double grace_s;
    } cases[] = {
        {"obeys quit", "echo 'up 1'; read -r line; [ \"$line\" = quit ]", NULL, LONG_S},
        {"obeys the end of input", "echo 'up 1'; cat > /dev/null", NULL, LONG_S},
        {"complains at the end", "echo 'up 1'; read -r line; echo 'disk full' >&2; exit 1",
         "shell ended with status 1: disk full", LONG_S},
        {"obeys only SIGTERM", "echo 'up 1'; exec sleep 1000", "was killed", GRACE_S},
        {"obeys nothing", "trap '' TERM INT; echo 'up 1'; while :; do sleep 1000; done",
         "was killed", GRACE_S},
        {"is stopped", "echo 'up 1'; kill -STOP $$", "was killed", GRACE_S},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        auto_destroy(child) child = start_shell(cases[i].script);
        g_autoptr(GError) error = NULL;
        unsigned cursor = 0;
        assert_non_null(child_wait_notice(child, "up", &cursor, LONG_S, NULL, NULL));
        bool well = child_end(child, cases[i].grace_s, &error);
        if (cases[i].expected ? well || !strstr(error->message, cases[i].expected) : !well)
            fail_msg("%s: '%s'", cases[i].name, error ? error->message : "ended well");
        assert_gone(child_pid(child));
        assert_int_equal(child_end(child, LONG_S, NULL), well); /* again: the same answer */
    }
}

/* Expected: what a child started itself ends with it. */
static void no_grandchild_is_left(void **state)
{
    auto_destroy(child) child =
        start_shell("sleep 1000 & echo \"up 1 pid=$!\"; read -r line; exit 0");
    unsigned cursor = 0;
    const struct notice *up = child_wait_notice(child, "up", &cursor, LONG_S, NULL, NULL);
    pid_t grandchild = atoi(notice_value(up, "pid"));

    assert_int_equal(kill(grandchild, 0), 0);
    assert_true(child_end(child, LONG_S, NULL));
    assert_true(process_dies(grandchild, LONG_S));
}

static void what_it_used_is_known(void **state)
{
    auto_destroy(child) child = start_shell("for ((i = 0; i < 100000; i++)); do :; done");
    unsigned cursor = 0;
    child_wait_notice(child, "never", &cursor, LONG_S, NULL, NULL);
    const struct rusage *usage = child_usage(child);
    assert_true(usage->ru_utime.tv_sec > 0 || usage->ru_utime.tv_usec > 0);
}

static void what_cannot_be_started_is_an_error(void **state)
{
    g_autoptr(GError) error = NULL;
    const char *argv[] = {"/nowhere/program", NULL};
    assert_null(child_start("it", argv, NULL, log_file, &error));
    assert_non_null(strstr(error->message, "it: cannot start /nowhere/program: "));
    g_clear_error(&error);
    argv[0] = "/bin/true";
    assert_null(child_start("it", argv, NULL, "/nowhere/log", &error));
    assert_non_null(strstr(error->message, "it: cannot open its log /nowhere/log: "));
}

static void sending_to_the_dead_is_an_error(void **state)
{
    auto_destroy(child) child = start_shell("exit 5");
    g_autoptr(GError) error = NULL;
    unsigned cursor = 0;
    child_wait_notice(child, "never", &cursor, LONG_S, NULL, NULL);
    assert_false(child_send(child, &error, "hello"));
    assert_string_equal(error->message, "shell ended with status 5");
}

static void a_wanted_crash_is_told_from_other_ends(void **state)
{
    static const struct {
        const char *script;
        bool wanted;
    } cases[] = {
        {"ulimit -c 0; echo 'dying 1'; kill -ABRT $$", true},
        {"echo 'dying 1'; kill -SEGV $$", false},
        {"echo 'dying 1'; exit 134", false},
        {"echo 'dying 1'; exit 0", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        auto_destroy(child) child = start_shell(cases[i].script);
        unsigned cursor = 0;
        assert_non_null(child_wait_notice(child, "dying", &cursor, LONG_S, NULL, NULL));
        child_wait_notice(child, "never", &cursor, LONG_S, NULL, NULL); /* until it ends */
        if (child_was_ended_by(child, SIGABRT) != cases[i].wanted)
            fail_msg("%s", cases[i].script);
    }
    auto_destroy(child) alive = start_shell("read -r line");
    assert_false(child_was_ended_by(alive, SIGABRT));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(notices_are_read_and_commands_sent),
        TEST(a_word_may_hold_anything),
        TEST(a_notice_may_be_long),
        TEST(notices_are_taken_once_and_in_order),
        TEST(a_death_ends_the_waiting_and_says_why),
        TEST(the_last_notice_is_not_lost),
        TEST(the_log_of_an_earlier_one_is_not_its_own),
        TEST(a_deadline_ends_the_waiting),
        TEST(an_interruption_ends_the_waiting),
        TEST(all_are_ended),
        TEST(no_grandchild_is_left),
        TEST(what_it_used_is_known),
        TEST(what_cannot_be_started_is_an_error),
        TEST(sending_to_the_dead_is_an_error),
        TEST(a_wanted_crash_is_told_from_other_ends),
    };
    signal(SIGPIPE, SIG_IGN); /* as vdibench does */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
