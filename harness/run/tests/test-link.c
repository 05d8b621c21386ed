/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* link: it carries bytes at its own pace, and leaves nothing. */
#include "harness/instrument/child.h"
#include "harness/run/link-probe.h"
#include "harness/run/link-wire.h"
#include "harness/run/link.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define DEADLINE_US (10 * G_USEC_PER_SEC)

static int set_up(void **state)
{
    g_autoptr(GError) error = NULL;
    *state = link_create(link_profile_find("3m"), &error);
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
    struct link *link = link_create(link_profile_find("3m"), NULL);
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

/* Bounds that a busy machine cannot break: nothing is faster than the link. */
static void each_link_is_as_slow_as_it_is_called(void **state)
{
    if (!*state)
        skip();
    for (unsigned i = 1; link_profile_at(i); i++) {
        const struct link_profile *profile = link_profile_at(i);
        g_autoptr(GError) error = NULL;
        auto_destroy(link) link = link_create(profile, &error);
        struct link_probe probe = {0};

        if (g_error_matches(error, CHILD_ERROR, CHILD_ERROR_SKIP)) {
            print_message("%s: %s\n", profile->name, error->message);
            continue;
        }
        assert_null(error);
        if (!link_probe_measure(link, &probe, &error))
            fail_msg("%s: %s", profile->name, error->message);
        print_message("%s: %.1f Mbit/s, %.2f ms\n", profile->name, probe.mbit_s, probe.rtt_ms);
        assert_true(probe.mbit_s > 0 && probe.mbit_s < 1.15 * profile->mbit_s);
        assert_true(probe.rtt_ms > 0);
        if (profile->rtt_ms >= LINK_DELAY_MIN_MS)
            assert_true(probe.rtt_ms >= profile->rtt_ms - 1);
    }
}

/* Datagrams, for TCP would send again what was lost. More than one in a hundred of these
 * 2000 has a chance of less than one in a thousand where one in 200 is lost, and none at all
 * one of 1 in 22000. */
static void packets_are_lost_where_the_link_loses_them(void **state)
{
    enum { SENT = 2000, BYTES = 100 };
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(7001)};
    const struct timeval deadline = {.tv_usec = 500 * 1000};
    char packet[BYTES] = {0};
    unsigned arrived = 0;
    g_autoptr(GError) error = NULL;
    auto_destroy(link) link = *state ? link_create(link_profile_find("5m"), &error) : NULL;

    if (!*state || g_error_matches(error, CHILD_ERROR, CHILD_ERROR_SKIP))
        skip();
    assert_null(error);
    int from = link_socket(link, LINK_SERVER, SOCK_DGRAM);
    int to = link_socket(link, LINK_CLIENT, SOCK_DGRAM);
    const int room = 4 * 1024 * 1024;
    inet_pton(AF_INET, "10.0.0.2", &address.sin_addr);
    assert_int_equal(bind(to, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(setsockopt(to, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline), 0);
    assert_int_equal(setsockopt(to, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room), 0);
    for (unsigned i = 0; i < SENT; i++) {
        assert_int_equal(
            sendto(from, packet, BYTES, 0, (struct sockaddr *)&address, sizeof address), BYTES);
        /* Ten at a time: the link's queue drops what is more than it holds. */
        for (unsigned k = 0; i % 10 == 9 && k < 10; k++) {
            if (recv(to, packet, BYTES, 0) != BYTES)
                break;
            arrived++;
        }
    }
    close(from);
    close(to);
    print_message("%u of %u lost\n", SENT - arrived, SENT);
    assert_in_range(SENT - arrived, 1, SENT / 50);
}

/* One that has ended and that nobody has reaped has no command line any more. */
static bool is_running(pid_t pid)
{
    g_autofree char *file = g_strdup_printf("/proc/%d/cmdline", pid);
    g_autofree char *words = NULL;
    size_t length = 0;
    return g_file_get_contents(file, &words, &length, NULL) && length > 0;
}

/* What this program does as a harness that is killed: makes a link, and prints who carries it. */
static int hold_link(void)
{
    struct link *link = link_create(link_profile_find("20m"), NULL);
    for (const pid_t *pid = link ? link_pids(link) : NULL; pid && *pid; pid++)
        printf("%d ", *pid);
    printf("\n");
    fflush(stdout);
    pause();
    return 1;
}

/* Nothing carries a wire on when the harness is killed. */
static void a_killed_harness_leaves_no_process(void **state)
{
    g_autoptr(GError) error = NULL;
    if (!*state)
        skip();
    g_autoptr(GSubprocess) harness =
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "/proc/self/exe", "hold", NULL);
    assert_null(error);
    g_autoptr(GDataInputStream) output =
        g_data_input_stream_new(g_subprocess_get_stdout_pipe(harness));
    g_autofree char *line = g_data_input_stream_read_line(output, NULL, NULL, NULL);
    assert_non_null(line);
    g_auto(GStrv) pids = g_strsplit(g_strchomp(line), " ", -1);
    for (char **pid = pids; *pid; pid++)
        assert_true(is_running((pid_t)atoi(*pid)));
    g_subprocess_force_exit(harness);
    assert_true(g_subprocess_wait(harness, NULL, NULL));
    if (!*pids)
        skip(); /* the kernel has netem, or there is no wirefilter */
    int64_t deadline_us = g_get_monotonic_time() + DEADLINE_US;
    for (char **pid = pids; *pid; pid++) {
        while (is_running((pid_t)atoi(*pid)))
            assert_true(g_get_monotonic_time() < deadline_us);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return hold_link();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_server_is_reached_from_the_clients_end, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_hosts_own_network_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_holds_a_link_that_was_destroyed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_link_is_as_slow_as_it_is_called, set_up, tear_down),
        cmocka_unit_test_setup_teardown(packets_are_lost_where_the_link_loses_them, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_killed_harness_leaves_no_process, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
