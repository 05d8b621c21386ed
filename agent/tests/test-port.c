/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The kinds of ports against the real thing: a pty and a unix socket. */
#include "agent/linux/port-socket.h"
#include "agent/linux/port-tty.h"
#include "agent/os/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>
#include <cmocka.h>

static int open_master(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);

    assert_true(master >= 0);
    assert_int_equal(grantpt(master), 0);
    assert_int_equal(unlockpt(master), 0);
    return master;
}

static void wait_for(int fd, short events)
{
    struct pollfd ready = {.fd = fd, .events = events};

    assert_int_equal(poll(&ready, 1, 10000), 1);
}

/* Until the port may be read: for a byte, or for its loss. */
static void wait_for_port(struct port *port)
{
    int error = 0;
    struct os_wake *wake = os_wake_create(&error);

    assert_non_null(wake);
    assert_int_not_equal(port->class->wait(port, PORT_READABLE, wake), 0);
    os_wake_destroy(wake);
}

/* Every byte value, twice, gets through unchanged in both directions. */
static void exchange_bytes(struct port *port, int peer)
{
    uint8_t bytes[512], got[512];

    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    const struct port_part parts[2] = {{bytes, 100}, {bytes + 100, sizeof bytes - 100}};
    assert_int_equal(port->class->write(port, parts, 2), sizeof bytes);
    for (size_t have = 0; have < sizeof bytes;) {
        wait_for(peer, POLLIN);
        ssize_t size = read(peer, got + have, sizeof got - have);
        assert_true(size > 0);
        have += (size_t)size;
    }
    assert_memory_equal(got, bytes, sizeof bytes);

    assert_int_equal(port->class->read(port, got, sizeof got), -EAGAIN);
    assert_int_equal(write(peer, bytes, sizeof bytes), sizeof bytes);
    for (size_t have = 0; have < sizeof bytes;) {
        wait_for_port(port);
        ssize_t size = port->class->read(port, got + have, sizeof got - have);
        assert_true(size > 0);
        have += (size_t)size;
    }
    assert_memory_equal(got, bytes, sizeof bytes);
}

static void fill(struct port *port)
{
    static const uint8_t zeros[65536];
    const struct port_part part = {zeros, sizeof zeros};
    ssize_t put;

    while ((put = port->class->write(port, &part, 1)) > 0)
        ;
    assert_int_equal(put, -EAGAIN);
}

static void a_pty_carries_every_byte(void **state)
{
    (void)state;
    int master = open_master();
    struct port *port = port_tty_create(ptsname(master));

    assert_int_equal(port->class->open(port), 0);
    exchange_bytes(port, master);
    fill(port);
    port->class->destroy(port);
    close(master);
}

/* Each condition alone, and all at once in one go. */
static void what_is_waited_for_is_reported(void **state)
{
    (void)state;
    int error = 0, master = open_master();
    struct port *port = port_tty_create(ptsname(master));
    struct os_wake *wake = os_wake_create(&error);
    const unsigned both = PORT_READABLE | PORT_WRITABLE;

    assert_int_equal(port->class->open(port), 0);
    os_wake_set(wake);
    assert_int_equal(port->class->wait(port, PORT_READABLE, wake), PORT_WOKEN);
    assert_int_equal(port->class->wait(port, both, wake), PORT_WOKEN | PORT_WRITABLE);
    assert_int_equal(write(master, "x", 1), 1);
    wait_for_port(port);
    assert_int_equal(port->class->wait(port, both, wake), PORT_WOKEN | both);
    os_wake_clear(wake);
    assert_int_equal(port->class->wait(port, both, wake), both);
    close(master);
    os_wake_set(wake);
    assert_int_equal(port->class->wait(port, 0, wake), PORT_WOKEN | PORT_HUNG_UP);
    os_wake_destroy(wake);
    port->class->destroy(port);
}

static void a_pty_whose_master_is_gone_is_lost(void **state)
{
    (void)state;
    uint8_t byte = 0;
    const struct port_part part = {&byte, 1};
    int master = open_master();
    struct port *port = port_tty_create(ptsname(master));

    assert_int_equal(port->class->open(port), 0);
    close(master);
    wait_for_port(port);
    assert_true(port->class->read(port, &byte, 1) <= 0);
    assert_int_not_equal(port->class->read(port, &byte, 1), -EAGAIN);
    assert_int_equal(port->class->write(port, &part, 1), -EIO);
    port->class->close(port);
    assert_true(port->class->open(port) < 0);
    port->class->destroy(port);
}

static void a_new_session_does_not_hear_the_old_ones_messages(void **state)
{
    /* Expected: silence. Without the flush a pty keeps what was not read for
     * whoever opens the slave next. */
    (void)state;
    uint8_t got[8];
    int master = open_master();
    struct port *port = port_tty_create(ptsname(master));

    assert_int_equal(port->class->open(port), 0);
    assert_int_equal(write(master, "old", 3), 3);
    wait_for_port(port);
    port->class->close(port);
    assert_int_equal(port->class->open(port), 0);
    assert_int_equal(port->class->read(port, got, sizeof got), -EAGAIN);
    port->class->destroy(port);
    close(master);
}

static void what_was_written_survives_the_close(void **state)
{
    (void)state;
    uint8_t got[8];
    const struct port_part part = {(const uint8_t *)"last", 4};
    int master = open_master();
    struct port *port = port_tty_create(ptsname(master));

    assert_int_equal(port->class->open(port), 0);
    assert_int_equal(port->class->write(port, &part, 1), 4);
    port->class->close(port);
    assert_int_equal(read(master, got, sizeof got), 4);
    port->class->destroy(port);
    close(master);
}

static void a_socket_carries_every_byte_and_is_lost(void **state)
{
    (void)state;
    char folder[] = "/tmp/test-port-XXXXXX";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    uint8_t byte;

    assert_non_null(mkdtemp(folder));
    snprintf(address.sun_path, sizeof address.sun_path, "%s/port", folder);
    struct port *port = port_socket_create(address.sun_path);
    assert_int_equal(port->class->open(port), -ENOENT);

    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(port->class->open(port), -ECONNREFUSED);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(port->class->open(port), 0);
    int peer = accept(listener, NULL, NULL);
    exchange_bytes(port, peer);
    fill(port);
    close(peer);
    wait_for_port(port);
    ssize_t got = port->class->read(port, &byte, 1);
    assert_true(got == 0 || got == -ECONNRESET);
    port->class->destroy(port);
    close(listener);
    unlink(address.sun_path);
    rmdir(folder);
}

static void a_port_that_cannot_be_opened_says_why(void **state)
{
    (void)state;
    char long_path[300];
    struct port *port = port_tty_create("/nonexistent/port");

    assert_int_equal(port->class->open(port), -ENOENT);
    port->class->destroy(port);
    port = port_tty_create("/tmp");
    assert_int_equal(port->class->open(port), -EISDIR);
    port->class->destroy(port);
    char file[] = "/tmp/test-port-XXXXXX"; /* which must stay as it is */
    close(mkstemp(file));
    port = port_tty_create(file);
    assert_int_equal(port->class->open(port), -ENODEV);
    port->class->destroy(port);
    unlink(file);
    memset(long_path, 'x', sizeof long_path - 1);
    long_path[sizeof long_path - 1] = '\0';
    port = port_socket_create(long_path);
    assert_int_equal(port->class->open(port), -ENAMETOOLONG);
    port->class->destroy(port);
}

int main(void)
{
    alarm(60); /* a wait that does not end fails */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pty_carries_every_byte),
        cmocka_unit_test(what_is_waited_for_is_reported),
        cmocka_unit_test(a_pty_whose_master_is_gone_is_lost),
        cmocka_unit_test(a_new_session_does_not_hear_the_old_ones_messages),
        cmocka_unit_test(what_was_written_survives_the_close),
        cmocka_unit_test(a_socket_carries_every_byte_and_is_lost),
        cmocka_unit_test(a_port_that_cannot_be_opened_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
