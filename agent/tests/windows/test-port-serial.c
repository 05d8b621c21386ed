/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The port of Windows against a COM port that returns all bytes (COM5: a pty, on whose other
 * end cat runs). Runs under Wine. */
#include "agent/os/thread.h"
#include "agent/os/wake.h"
#include "agent/windows/port-serial.h"

#include <errno.h>
#include <stdbool.h>
#include <cmocka.h>

/* Some writes' worth; what cat and the pty hold is less than one. */
#define ECHO_BYTES (300u * 1024)

static struct os_wake *wake;
static struct port *port;
static uint8_t bytes[ECHO_BYTES], got[ECHO_BYTES];

static int set_up(void **state)
{
    int error = 0;

    wake = os_wake_create(&error);
    port = port_serial_create("COM5");
    return wake && port ? 0 : -1;
}

static int tear_down(void **state)
{
    port->class->destroy(port);
    os_wake_destroy(wake);
    return 0;
}

static void every_byte_comes_back(void **state)
{
    size_t sent = 0, have = 0;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i ^ i >> 8);
    assert_int_equal(port->class->open(port), 0);
    assert_int_equal(port->class->read(port, got, sizeof got), -EAGAIN);
    while (have < sizeof bytes) {
        unsigned wants = PORT_READABLE | (sent < sizeof bytes ? PORT_WRITABLE : 0);
        unsigned conditions = port->class->wait(port, wants, wake);
        assert_false(conditions & (PORT_HUNG_UP | PORT_WOKEN));
        if (conditions & PORT_WRITABLE) {
            size_t first = (sizeof bytes - sent) / 3;
            const struct port_part parts[2] = {{bytes + sent, first},
                                               {bytes + sent + first, sizeof bytes - sent - first}};
            ssize_t put = port->class->write(port, parts, 2);
            assert_true(put > 0 || put == -EAGAIN);
            sent += put > 0 ? (size_t)put : 0;
        }
        if (conditions & PORT_READABLE) {
            ssize_t size = port->class->read(port, got + have, sizeof got - have);
            assert_true(size > 0);
            have += (size_t)size;
        }
    }
    assert_memory_equal(got, bytes, sizeof bytes);
}

static void set_wake(void *data)
{
    os_wake_set(data);
}

static void a_wake_ends_the_wait(void **state)
{
    int error = 0;

    assert_int_equal(port->class->open(port), 0);
    struct os_thread *thread = os_thread_create("waker", set_wake, wake, &error);
    assert_non_null(thread);
    assert_int_equal(port->class->wait(port, PORT_READABLE, wake), PORT_WOKEN);
    os_thread_join(thread);
    assert_int_equal(port->class->wait(port, 0, wake), PORT_WOKEN);
    os_wake_clear(wake);
}

static void closed_with_a_read_running_it_opens_again(void **state)
{
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(port->class->open(port), 0);
        assert_int_equal(port->class->read(port, got, sizeof got), -EAGAIN);
        assert_int_equal(port->class->wait(port, PORT_WRITABLE, wake), PORT_WRITABLE);
        port->class->close(port);
    }
}

static void what_is_not_there_is_an_error(void **state)
{
    static const char *const names[] = {"COM77", "org.spice-space.pgpu.0", "\\\\.\\COM78"};

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        struct port *none = port_serial_create(names[i]);
        assert_int_equal(none->class->open(none), -ENOENT);
        none->class->destroy(none);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_byte_comes_back),
        TEST(a_wake_ends_the_wait),
        TEST(closed_with_a_read_running_it_opens_again),
        TEST(what_is_not_there_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
