/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The ring between the drawing thread and the SPICE worker. */
#include "harness/vm/sim/command-ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

static bool push(struct command_ring *ring, unsigned number, bool *ret_notify)
{
    QXLCommandExt command = {.cmd = {.data = number}};
    return command_ring_push(ring, &command, ret_notify);
}

static void commands_come_out_in_order(void **state)
{
    struct command_ring *ring = command_ring_create();
    QXLCommandExt command;
    bool notify;
    unsigned next = 0;

    assert_false(command_ring_take(ring, &command));
    for (unsigned number = 0; number < 5 * QXL_COMMAND_RING_SIZE;) {
        for (unsigned i = 0; i < 7; i++)
            assert_true(push(ring, number++, &notify));
        while (command_ring_take(ring, &command))
            assert_int_equal(command.cmd.data, next++);
    }
    assert_true(next >= 5 * QXL_COMMAND_RING_SIZE);
    command_ring_destroy(ring);
}

static void notification_is_given_once_and_only_when_asked(void **state)
{
    struct command_ring *ring = command_ring_create();
    QXLCommandExt command;
    bool notify;

    push(ring, 1, &notify);
    assert_false(notify);
    assert_false(command_ring_request_notify(ring)); /* there is a command to take */
    command_ring_take(ring, &command);
    push(ring, 2, &notify);
    assert_false(notify); /* the refused request had no effect */
    command_ring_take(ring, &command);
    assert_true(command_ring_request_notify(ring));
    push(ring, 3, &notify);
    assert_true(notify);
    push(ring, 4, &notify);
    assert_false(notify);
    command_ring_destroy(ring);
}

/* The test cannot see whether the pusher sleeps yet, only that it has reached the push
 * that must wait. It is repeated so often that the pusher sleeps in most cases. */
#define ROUNDS 2000
#define DEADLINE_S 60 /* a lost wake-up hangs */

struct pusher {
    struct command_ring *ring;
    unsigned begun; /* pushes, atomic */
    unsigned pushed;
};

static void *push_until_closed(void *data)
{
    struct pusher *pusher = data;
    bool notify;

    do
        g_atomic_int_inc(&pusher->begun);
    while (push(pusher->ring, pusher->pushed, &notify) && ++pusher->pushed);
    return NULL;
}

static void wait_for_push(struct pusher *pusher, unsigned number)
{
    while ((unsigned)g_atomic_int_get(&pusher->begun) <= number)
        g_thread_yield();
    g_thread_yield();
}

static void full_ring_keeps_a_push_until_there_is_room(void **state)
{
    struct pusher pusher = {.ring = command_ring_create()};
    GThread *thread = g_thread_new("pusher", push_until_closed, &pusher);
    QXLCommandExt command;

    alarm(DEADLINE_S);
    for (unsigned taken = 0; taken < ROUNDS; taken++) {
        wait_for_push(&pusher, taken + QXL_COMMAND_RING_SIZE);
        assert_int_equal(g_atomic_int_get(&pusher.begun), taken + QXL_COMMAND_RING_SIZE + 1);
        assert_true(command_ring_take(pusher.ring, &command));
        assert_int_equal(command.cmd.data, taken);
    }
    command_ring_close(pusher.ring);
    g_thread_join(thread);
    command_ring_destroy(pusher.ring);
    alarm(0);
}

static void close_ends_a_waiting_push(void **state)
{
    QXLCommandExt command;
    bool notify;

    alarm(DEADLINE_S);
    for (int round = 0; round < ROUNDS / 10; round++) {
        struct pusher pusher = {.ring = command_ring_create()};
        GThread *thread = g_thread_new("pusher", push_until_closed, &pusher);

        wait_for_push(&pusher, QXL_COMMAND_RING_SIZE);
        command_ring_close(pusher.ring);
        g_thread_join(thread);
        assert_int_equal(pusher.pushed, QXL_COMMAND_RING_SIZE);
        assert_true(command_ring_take(pusher.ring, &command)); /* the commands stay */
        assert_false(push(pusher.ring, 99, &notify));
        assert_false(notify);
        command_ring_destroy(pusher.ring);
    }
    alarm(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_come_out_in_order),
        cmocka_unit_test(notification_is_given_once_and_only_when_asked),
        cmocka_unit_test(full_ring_keeps_a_push_until_there_is_room),
        cmocka_unit_test(close_ends_a_waiting_push),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
