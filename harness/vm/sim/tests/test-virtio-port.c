/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * The VirtIO port with a fake libspice-server in this file, which logs what is reported
 * to it (O opened, C closed) and what it reads (r), and reads only while
 * `server.reads` is set.
 */
#include "harness/vm/sim/virtio-port.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <spice/protocol.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

/* Long enough for a loaded machine; only a failing test waits this long. */
#define DEADLINE_S 20
/* Fits into a pty's buffer, so that a guest can write it and leave. */
#define BURST_BYTES 3000

static struct {
    SpiceCharDeviceInstance *instance;
    const SpiceCharDeviceInterface *interface;
    bool reads;
    unsigned wakeups;
    size_t got_bytes;
    GString *log;
} server;

static void server_read(void)
{
    uint8_t buffer[1024];
    int got;

    while ((got = server.interface->read(server.instance, buffer, sizeof buffer)) > 0) {
        server.got_bytes += (size_t)got;
        if (!g_str_has_suffix(server.log->str, "r"))
            g_string_append_c(server.log, 'r');
    }
}

int spice_server_add_interface(SpiceServer *reds, SpiceBaseInstance *instance)
{
    server.instance = (SpiceCharDeviceInstance *)instance;
    server.interface = (const SpiceCharDeviceInterface *)instance->sif;
    return 0;
}

int spice_server_remove_interface(SpiceBaseInstance *instance)
{
    server.instance = NULL;
    return 0;
}

void spice_server_port_event(SpiceCharDeviceInstance *instance, uint8_t event)
{
    g_string_append_c(server.log, event == SPICE_PORT_EVENT_OPENED ? 'O' : 'C');
}

void spice_server_char_device_wakeup(SpiceCharDeviceInstance *instance)
{
    server.wakeups++;
    if (server.reads)
        server_read();
}

static unsigned warnings;

struct fixture {
    char *folder, *path;
    bool is_socket;
    struct virtio_port *port;
    GString *states; /* what is reported to the harness: o, c */
};

static void on_state(bool is_open, int64_t time_ns, void *data)
{
    struct fixture *fixture = data;
    g_string_append_c(fixture->states, is_open ? 'o' : 'c');
}

static int setup(void **state, const char *kind)
{
    struct fixture *fixture = g_new0(struct fixture, 1);
    alarm(2 * DEADLINE_S); /* for a guest that waits in read() */
    fixture->folder = g_dir_make_tmp("vm-sim-XXXXXX", NULL);
    fixture->path = g_build_filename(fixture->folder, "port", NULL);
    fixture->is_socket = g_str_equal(kind, "socket:");
    fixture->states = g_string_new(NULL);
    server.log = g_string_new(NULL);
    server.reads = true;
    server.wakeups = 0;
    server.got_bytes = 0;

    g_autofree char *spec = g_strconcat(kind, fixture->path, NULL);
    struct port_transport *transport = port_transport_create(spec, NULL);
    if (!transport)
        return -1;
    fixture->port = virtio_port_create(NULL, "org.test.0", transport, on_state, fixture);
    *state = fixture;
    return 0;
}

static int setup_pty(void **state)
{
    return setup(state, "pty:");
}

static int setup_socket(void **state)
{
    return setup(state, "socket:");
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    virtio_port_destroy(fixture->port);
    /* An empty folder: neither link nor socket is left. */
    int left = g_rmdir(fixture->folder);
    alarm(0);
    g_free(fixture->folder);
    g_free(fixture->path);
    g_string_free(fixture->states, true);
    g_string_free(server.log, true);
    g_free(fixture);
    return left;
}

static int guest_open(const struct fixture *fixture)
{
    int fd;

    if (fixture->is_socket) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        g_strlcpy(address.sun_path, fixture->path, sizeof address.sun_path);
        fd = socket(AF_UNIX, SOCK_STREAM, 0);
        assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    } else {
        fd = open(fixture->path, O_RDWR | O_NOCTTY);
    }
    assert_true(fd >= 0);
    return fd;
}

static void guest_write(int fd, size_t bytes)
{
    g_autofree char *zeros = g_malloc0(bytes);
    assert_int_equal(write(fd, zeros, bytes), (ssize_t)bytes);
}

static gboolean on_deadline(void *data)
{
    fail_msg("nothing happened: log %s", server.log->str);
    return G_SOURCE_REMOVE;
}

#define wait_until(condition)                                                     \
    do {                                                                          \
        unsigned deadline = g_timeout_add_seconds(DEADLINE_S, on_deadline, NULL); \
        while (!(condition))                                                      \
            g_main_context_iteration(NULL, true);                                 \
        g_source_remove(deadline);                                                \
    } while (0)

static void run_until_quiet(void)
{
    while (g_main_context_iteration(NULL, false))
        continue;
}

static bool log_is(const char *expected)
{
    return g_str_equal(server.log->str, expected);
}

static void opening_and_closing_are_reported(void **state)
{
    struct fixture *fixture = *state;

    assert_string_equal(server.instance->subtype, "port");
    assert_string_equal(server.instance->portname, "org.test.0");
    run_until_quiet();
    assert_string_equal(server.log->str, "");
    for (int i = 0; i < 3; i++) {
        int fd = guest_open(fixture);
        wait_until(g_str_has_suffix(server.log->str, "O"));
        close(fd);
        wait_until(g_str_has_suffix(server.log->str, "C"));
    }
    run_until_quiet();
    assert_string_equal(server.log->str, "OCOCOC");
    assert_string_equal(fixture->states->str, "ocococ");
}

static void last_bytes_come_before_closed(void **state)
{
    int fd = guest_open(*state);

    wait_until(log_is("O"));
    guest_write(fd, BURST_BYTES);
    close(fd);
    wait_until(log_is("OrC"));
    assert_int_equal(server.got_bytes, BURST_BYTES);
}

/* A server that does not read must be woken only once or twice. The defect that this
 * guards against: the main loop spins, since the bytes stay readable. */
static void server_that_does_not_read_is_left_alone(void **state)
{
    int fd = guest_open(*state);

    wait_until(log_is("O"));
    server.reads = false;
    server.wakeups = 0;
    guest_write(fd, BURST_BYTES);
    wait_until(server.wakeups > 0);
    for (int i = 0; i < 1000; i++)
        g_main_context_iteration(NULL, false);
    assert_in_range(server.wakeups, 1, 2);

    /* It has credit again and reads by itself: from now on it is woken again. */
    server.reads = true;
    server_read();
    assert_int_equal(server.got_bytes, BURST_BYTES);
    guest_write(fd, BURST_BYTES);
    wait_until(server.got_bytes == 2 * BURST_BYTES);
    close(fd);
    wait_until(log_is("OrC"));
}

/* Bytes that the server has not read stay in a pty, as in a VirtIO queue, even when the
 * port is opened again; a socket drops them when it is closed. */
static void close_does_not_wait_for_the_server(void **state)
{
    const struct fixture *fixture = *state;
    int fd = guest_open(*state);

    wait_until(log_is("O"));
    server.reads = false;
    server.wakeups = 0;
    guest_write(fd, BURST_BYTES);
    wait_until(server.wakeups > 0);
    close(fd);
    wait_until(log_is("OC"));

    fd = guest_open(*state);
    wait_until(log_is("OCO"));
    server.reads = true;
    guest_write(fd, 1);
    server_read();
    const size_t bytes = fixture->is_socket ? 1 : BURST_BYTES + 1;
    wait_until(server.got_bytes >= bytes);
    assert_int_equal(server.got_bytes, bytes);
    close(fd);
}

/* The guest closes and reopens the port between two iterations of the main loop. */
static void quick_reopening_is_two_events(void **state)
{
    int fd = guest_open(*state);

    wait_until(log_is("O"));
    for (int i = 0; i < 100; i++) {
        close(fd);
        fd = guest_open(*state);
        g_string_truncate(server.log, 0);
        wait_until(log_is("CO"));
    }
    run_until_quiet();
    assert_string_equal(server.log->str, "CO");
    close(fd);
    wait_until(log_is("COC"));
}

static void count_warning(const char *domain, GLogLevelFlags level, const char *message, void *data)
{
    const struct fixture *fixture = data;

    assert_non_null(strstr(message, fixture->path));
    warnings++;
}

/* A pty cannot refuse a second opener: one warning, however often it opens. */
static void second_opener_changes_nothing(void **state)
{
    const struct fixture *fixture = *state;
    int fd = guest_open(fixture);

    warnings = 0;
    g_log_set_default_handler(count_warning, *state);
    wait_until(log_is("O"));
    assert_int_equal(warnings, 0);
    for (int i = 0; i < 3; i++) {
        int other = guest_open(*state);
        run_until_quiet();
        close(other);
        run_until_quiet();
    }
    assert_string_equal(server.log->str, "O");
    assert_int_equal(warnings, 1);
    close(fd);
    wait_until(log_is("OC"));
    g_log_set_default_handler(g_log_default_handler, NULL);
}

static size_t server_fill(void)
{
    static const uint8_t bytes[1024];
    size_t total = 0;
    int written;

    while ((written = server.interface->write(server.instance, bytes, sizeof bytes)) > 0)
        total += (size_t)written;
    return total;
}

static void server_is_woken_when_it_can_write_again(void **state)
{
    int fd = guest_open(*state);

    assert_int_equal(server.interface->write(server.instance, (const uint8_t *)"x", 1), 0);
    wait_until(log_is("O"));
    size_t left = server_fill();
    assert_true(left > 0);
    run_until_quiet();
    server.wakeups = 0;

    char buffer[4096];
    while (left > 0) {
        ssize_t got = read(fd, buffer, sizeof buffer);
        assert_true(got > 0);
        left -= (size_t)got;
    }
    wait_until(server.wakeups > 0);
    assert_int_equal(server.interface->write(server.instance, (const uint8_t *)"x", 1), 1);
    close(fd);
    wait_until(log_is("OC"));
}

static void next_guest_does_not_read_the_last_ones_bytes(void **state)
{
    int fd = guest_open(*state);
    char buffer[16] = "";

    wait_until(log_is("O"));
    assert_int_equal(server.interface->write(server.instance, (const uint8_t *)"old", 3), 3);
    close(fd);
    wait_until(log_is("OC"));
    fd = guest_open(*state);
    wait_until(log_is("OCO"));
    assert_int_equal(server.interface->write(server.instance, (const uint8_t *)"new", 3), 3);
    assert_int_equal(read(fd, buffer, sizeof buffer), 3);
    assert_string_equal(buffer, "new");
    close(fd);
}

static void bytes_pass_unchanged(void **state)
{
    int fd = guest_open(*state);
    uint8_t all[256], seen[256];

    wait_until(log_is("O"));
    for (unsigned i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;

    assert_int_equal(server.interface->write(server.instance, all, sizeof all), sizeof all);
    for (size_t at = 0; at < sizeof seen;)
        at += (size_t)read(fd, seen + at, sizeof seen - at);
    assert_memory_equal(seen, all, sizeof all);

    server.reads = false;
    assert_int_equal(write(fd, all, sizeof all), sizeof all);
    server.wakeups = 0;
    wait_until(server.wakeups > 0);
    assert_int_equal(server.interface->read(server.instance, seen, sizeof seen), sizeof seen);
    assert_memory_equal(seen, all, sizeof all);
    close(fd);
}

static void wrong_ports_are_refused(void **state)
{
    struct fixture *fixture = *state;
    g_autofree char *file = g_build_filename(fixture->folder, "file", NULL);
    g_autofree char *pty_file = g_strconcat("pty:", file, NULL);
    g_autofree char *socket_file = g_strconcat("socket:", file, NULL);
    g_autofree char *socket_taken = g_strconcat("socket:", fixture->path, NULL);
    const char *const specs[] = {
        "",
        "pty:",
        "socket:",
        "tty:x",
        "pty:/no/such/folder/port",
        pty_file,
        socket_file,
        socket_taken,
        "socket:/no/such/folder/port",
    };

    assert_true(g_file_set_contents(file, "kept", -1, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(specs); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(port_transport_create(specs[i], &error));
        assert_non_null(error);
        assert_non_null(strstr(error->message, specs[i]));
        assert_null(strchr(error->message, '\n'));
    }
    /* An existing file that is not ours must not be removed. */
    assert_int_equal(g_access(fixture->path, F_OK), 0);
    assert_int_equal(g_unlink(file), 0);
}

static void dead_socket_is_taken_over(void **state)
{
    struct fixture *fixture = *state;
    g_autofree char *path = g_build_filename(fixture->folder, "dead", NULL);
    g_autofree char *spec = g_strconcat("socket:", path, NULL);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd); /* as a process that was killed does */
    struct port_transport *transport = port_transport_create(spec, NULL);
    assert_non_null(transport);
    port_transport_destroy(transport);
    assert_int_equal(g_access(path, F_OK), -1);
}

/* clang-format off */
#define both(test)                                                    \
    {#test " (pty)", test, setup_pty, teardown, NULL},                \
    {#test " (socket)", test, setup_socket, teardown, NULL}
/* clang-format on */

int main(void)
{
    const struct CMUnitTest tests[] = {
        both(opening_and_closing_are_reported),
        both(last_bytes_come_before_closed),
        both(server_that_does_not_read_is_left_alone),
        both(close_does_not_wait_for_the_server),
        cmocka_unit_test_setup_teardown(quick_reopening_is_two_events, setup_pty, teardown),
        cmocka_unit_test_setup_teardown(second_opener_changes_nothing, setup_pty, teardown),
        both(server_is_woken_when_it_can_write_again),
        both(next_guest_does_not_read_the_last_ones_bytes),
        both(bytes_pass_unchanged),
        both(wrong_ports_are_refused),
        cmocka_unit_test_setup_teardown(dead_socket_is_taken_over, setup_socket, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
