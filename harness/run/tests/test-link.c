/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* link: it carries bytes at its own pace, and leaves nothing. */
#include "harness/instrument/child.h"
#include "harness/run/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define DEADLINE_US (10 * G_USEC_PER_SEC)

static int set_up(void **state)
{
    g_autoptr(GError) error = NULL;
    *state = link_create(3, &error);
    if (!*state && !g_error_matches(error, CHILD_ERROR, CHILD_ERROR_SKIP))
        print_error("%s\n", error->message);
    return *state || g_error_matches(error, CHILD_ERROR, CHILD_ERROR_SKIP) ? 0 : -1;
}

static int tear_down(void **state)
{
    link_destroy(*state);
    return 0;
}

/* What a shell command at that end prints; fails the test when it fails. */
static char *at(const struct link *link, enum link_end end, const char *command)
{
    g_auto(GStrv) prefix = link_prefix(link, end);
    const char *argv[] = {prefix[0], prefix[1], "/bin/bash", "-c", command, NULL};
    char *output = NULL;
    int status;

    assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL,
                             &status, NULL));
    if (status != 0)
        fail_msg("%s: status %d", command, status);
    return output;
}

static void a_server_is_reached_from_the_clients_end(void **state)
{
    /* As good as any server: ours would be here what is tested elsewhere. */
    static const char server[] = "import socket\n"
                                 "s = socket.create_server(('" LINK_SERVER_ADDRESS "', 7000))\n"
                                 "s.settimeout(10)\n" /* a test that failed does not come */
                                 "print(1, flush=True)\n"
                                 "c = s.accept()[0]\n"
                                 "c.sendall(bytes(200000))\n";
    const struct link *link = *state;
    if (!link)
        skip();
    g_auto(GStrv) prefix = link_prefix(link, LINK_SERVER);
    const char *argv[] = {prefix[0], prefix[1], "python3", "-c", server, NULL};
    g_autoptr(GSubprocess) process = g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL);
    char ready;

    assert_non_null(process);
    assert_int_equal(
        g_input_stream_read(g_subprocess_get_stdout_pipe(process), &ready, 1, NULL, NULL), 1);
    g_autofree char *bytes =
        at(link, LINK_CLIENT, "cat < /dev/tcp/" LINK_SERVER_ADDRESS "/7000 | wc -c");
    assert_true(g_subprocess_wait(process, NULL, NULL));
    assert_string_equal(g_strstrip(bytes), "200000");

    /* Packets had to wait for the bucket; no other interface could have taken them. */
    g_autofree char *bucket = at(link, LINK_SERVER, "tc -s qdisc show dev link0");
    assert_non_null(strstr(bucket, "qdisc tbf"));
    assert_non_null(strstr(bucket, "rate 3Mbit"));
    assert_null(strstr(bucket, "overlimits 0 "));
    g_autofree char *mtu =
        at(link, LINK_CLIENT, "cat /sys/class/net/link0/mtu; ip link show link0");
    assert_non_null(strstr(mtu, "mtu 1500"));
}

static void the_hosts_own_network_is_left_alone(void **state)
{
    if (!*state)
        skip();
    assert_int_not_equal(access("/sys/class/net/link0", F_OK), 0);
}

static bool has_interface(const char *namespace_option)
{
    const char *argv[] = {
        "/usr/bin/nsenter", namespace_option, "ip", "link", "show", "link0", NULL};
    int status;
    assert_true(
        g_spawn_sync(NULL, (char **)argv, NULL,
                     G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                     NULL, NULL, NULL, NULL, &status, NULL));
    return status == 0;
}

/* The kernel takes both ends of a veth pair away with one of its namespaces:
 * with the server's end held here, it shows whether the client's is gone. */
static void nothing_holds_a_link_that_was_destroyed(void **state)
{
    g_autoptr(GError) error = NULL;
    if (!*state)
        skip();
    struct link *link = link_create(3, NULL);
    assert_non_null(link);
    g_auto(GStrv) prefix = link_prefix(link, LINK_SERVER);
    const char *argv[] = {prefix[0], prefix[1], "/bin/sh", "-c", "echo; exec cat", NULL};
    g_autoptr(GSubprocess) inside = g_subprocess_newv(
        argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
    char newline;

    assert_null(error);
    g_input_stream_read(g_subprocess_get_stdout_pipe(inside), &newline, 1, NULL, NULL);
    g_autofree char *option =
        g_strdup_printf("--net=/proc/%s/ns/net", g_subprocess_get_identifier(inside));
    assert_true(has_interface(option));
    link_destroy(link);
    int64_t deadline_us = g_get_monotonic_time() + DEADLINE_US;
    while (has_interface(option)) /* the kernel takes its time */
        assert_true(g_get_monotonic_time() < deadline_us);
    g_subprocess_force_exit(inside);
    g_subprocess_wait(inside, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_server_is_reached_from_the_clients_end, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_hosts_own_network_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_holds_a_link_that_was_destroyed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
