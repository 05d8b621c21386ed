/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/os/clock.h"
#include "agent/os/thread.h"
#include "agent/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* How often a close meets a thread that waits, or is about to. Wine starts a thread by several
 * messages to a process that all its programs share: agent/windows/meson.build has fewer. */
#ifndef CLOSES
#define CLOSES 1000
#endif

static struct queue queue;

static struct os_thread *start(void (*run)(void *data), void *data)
{
    int error = 0;
    struct os_thread *thread = os_thread_create("test", run, data, &error);

    assert_non_null(thread);
    return thread;
}

static int set_up(void **state)
{
    (void)state;
    return queue_init(&queue, sizeof(int), NULL);
}

static int tear_down(void **state)
{
    (void)state;
    queue_finish(&queue);
    return 0;
}

static void messages_come_out_in_order(void **state)
{
    (void)state;
    int next_in = 0, next_out = 0, got;

    for (unsigned round = 0; round < 3 * QUEUE_CAPACITY; round++) { /* wraps around */
        for (unsigned i = 0; i < 5; i++, next_in++)
            assert_true(queue_push(&queue, &next_in));
        for (unsigned i = 0; i < 5; i++, next_out++) {
            assert_int_equal(queue_pop(&queue, &got, QUEUE_FOREVER), QUEUE_GOT);
            assert_int_equal(got, next_out);
        }
    }
}

static void an_empty_queue_times_out(void **state)
{
    (void)state;
    int got;

    assert_int_equal(queue_pop(&queue, &got, QUEUE_AT_ONCE), QUEUE_TIMEOUT);
    assert_int_equal(queue_pop(&queue, &got, 1), QUEUE_TIMEOUT);
    int64_t deadline_ns = os_now_ns() + 2000000;
    assert_int_equal(queue_pop(&queue, &got, deadline_ns), QUEUE_TIMEOUT);
    assert_true(os_now_ns() >= deadline_ns);
}

static void a_past_deadline_takes_what_is_there(void **state)
{
    (void)state;
    int got, one = 1;

    queue_push(&queue, &one);
    assert_int_equal(queue_pop(&queue, &got, 1), QUEUE_GOT);
}

static void what_is_inside_survives_the_close(void **state)
{
    (void)state;
    int got, one = 1;

    queue_push(&queue, &one);
    queue_close(&queue);
    queue_close(&queue);
    assert_false(queue_push(&queue, &one));
    assert_int_equal(queue_pop(&queue, &got, QUEUE_FOREVER), QUEUE_GOT);
    assert_int_equal(queue_pop(&queue, &got, QUEUE_FOREVER), QUEUE_CLOSED);
}

static void push_many(void *data)
{
    int *pushed = data;

    for (*pushed = 0; queue_push(&queue, pushed); ++*pushed)
        ;
}

static void a_full_queue_pauses_the_pusher_and_the_close_ends_it(void **state)
{
    (void)state;
    int pushed, got;
    struct os_thread *thread = start(push_many, &pushed);

    for (int i = 0; i < 5 * QUEUE_CAPACITY; i++) {
        assert_int_equal(queue_pop(&queue, &got, QUEUE_FOREVER), QUEUE_GOT);
        assert_int_equal(got, i);
    }
    queue_close(&queue);
    os_thread_join(thread);
    /* Nothing that was pushed is lost, and no more was inside than fits. */
    assert_in_range(pushed, 5 * QUEUE_CAPACITY, 6 * QUEUE_CAPACITY);
    for (int i = 5 * QUEUE_CAPACITY; i < pushed; i++)
        assert_int_equal(queue_pop(&queue, &got, QUEUE_AT_ONCE), QUEUE_GOT);
    assert_int_equal(queue_pop(&queue, &got, QUEUE_AT_ONCE), QUEUE_CLOSED);
}

static void push_one(void *data)
{
    int item = 0;

    os_wake_set(data);
    assert_false(queue_push(&queue, &item));
}

/* Some microseconds, in which the other thread gets on. */
static void linger(void)
{
    struct os_lock *lock = os_lock_create();
    struct os_condition *never = os_condition_create();
    int64_t deadline_ns = os_now_ns() + 20000;

    os_lock_take(lock);
    while (os_condition_wait(never, lock, deadline_ns))
        ;
    os_lock_release(lock);
    os_condition_destroy(never);
    os_lock_destroy(lock);
}

static void a_close_wakes_the_pusher(void **state)
{
    int error = 0;
    struct os_wake *pushing = os_wake_create(&error);

    for (unsigned i = 0; i < CLOSES; i++) { /* the close meets it waiting, or just before */
        int item = 0;

        for (unsigned n = 0; n < QUEUE_CAPACITY; n++)
            queue_push(&queue, &item);
        os_wake_clear(pushing);
        struct os_thread *thread = start(push_one, pushing);
        os_wake_wait(pushing, OS_FOREVER);
        if (i % 2)
            linger();
        queue_close(&queue);
        os_thread_join(thread);
        tear_down(state);
        set_up(state);
    }
    os_wake_destroy(pushing);
}

static void close_it(void *data)
{
    (void)data;
    queue_close(&queue);
}

static void a_close_wakes_the_popper(void **state)
{
    (void)state;
    int got;
    struct os_thread *thread = start(close_it, NULL);

    assert_int_equal(queue_pop(&queue, &got, QUEUE_FOREVER), QUEUE_CLOSED);
    os_thread_join(thread);
}

static void set_it(void *data)
{
    os_wake_set(data);
}

/* Also when it is set between two looks, or twice: it stays until it is cleared. */
static void a_wake_is_waited_for(void **state)
{
    (void)state;
    int error = 0;
    struct os_wake *wake = os_wake_create(&error);

    for (unsigned i = 0; i < CLOSES / 5; i++) {
        struct os_thread *thread = start(set_it, wake);
        os_wake_wait(wake, OS_FOREVER);
        os_wake_set(wake);
        os_wake_wait(wake, OS_FOREVER);
        os_thread_join(thread);
        os_wake_clear(wake);
    }
    os_wake_destroy(wake);
}

static void a_push_and_a_close_set_the_wake(void **state)
{
    (void)state;
    struct queue polled;
    int error = 0, one = 1, got;
    struct os_wake *wake = os_wake_create(&error);

    assert_int_equal(queue_init(&polled, sizeof(int), wake), 0);
    queue_push(&polled, &one);
    os_wake_wait(wake, OS_FOREVER); /* for ever, if it is not set */
    os_wake_clear(wake);
    assert_int_equal(queue_pop(&polled, &got, QUEUE_AT_ONCE), QUEUE_GOT);
    queue_close(&polled);
    os_wake_wait(wake, OS_FOREVER);
    queue_finish(&polled);
    os_wake_destroy(wake);
}

#define QUEUE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(messages_come_out_in_order),
        QUEUE_TEST(an_empty_queue_times_out),
        QUEUE_TEST(a_past_deadline_takes_what_is_there),
        QUEUE_TEST(what_is_inside_survives_the_close),
        QUEUE_TEST(a_full_queue_pauses_the_pusher_and_the_close_ends_it),
        QUEUE_TEST(a_close_wakes_the_pusher),
        QUEUE_TEST(a_close_wakes_the_popper),
        cmocka_unit_test(a_wake_is_waited_for),
        cmocka_unit_test(a_push_and_a_close_set_the_wake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
