/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/clock.h"
#include "agent/queue.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <cmocka.h>

static struct queue queue;

static int set_up(void **state)
{
    (void)state;
    return queue_init(&queue, sizeof(int), -1);
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
    int64_t deadline_ns = clock_now_ns() + 2000000;
    assert_int_equal(queue_pop(&queue, &got, deadline_ns), QUEUE_TIMEOUT);
    assert_true(clock_now_ns() >= deadline_ns);
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

static void *push_many(void *data)
{
    int *pushed = data;

    for (*pushed = 0; queue_push(&queue, pushed); ++*pushed)
        ;
    return NULL;
}

static void a_full_queue_pauses_the_pusher_and_the_close_ends_it(void **state)
{
    (void)state;
    pthread_t thread;
    int pushed, got;

    pthread_create(&thread, NULL, push_many, &pushed);
    for (int i = 0; i < 5 * QUEUE_CAPACITY; i++) {
        assert_int_equal(queue_pop(&queue, &got, QUEUE_FOREVER), QUEUE_GOT);
        assert_int_equal(got, i);
    }
    queue_close(&queue);
    pthread_join(thread, NULL);
    /* Nothing that was pushed is lost, and no more was inside than fits. */
    assert_in_range(pushed, 5 * QUEUE_CAPACITY, 6 * QUEUE_CAPACITY);
    for (int i = 5 * QUEUE_CAPACITY; i < pushed; i++)
        assert_int_equal(queue_pop(&queue, &got, QUEUE_AT_ONCE), QUEUE_GOT);
    assert_int_equal(queue_pop(&queue, &got, QUEUE_AT_ONCE), QUEUE_CLOSED);
}

static atomic_bool pushing;

static void *push_one(void *data)
{
    int item = 0;

    (void)data;
    pushing = true;
    assert_false(queue_push(&queue, &item));
    return NULL;
}

static void a_close_wakes_the_pusher(void **state)
{
    for (unsigned i = 0; i < 1000; i++) { /* the close meets it waiting, or just before */
        pthread_t thread;
        int item = 0;

        for (unsigned n = 0; n < QUEUE_CAPACITY; n++)
            queue_push(&queue, &item);
        pushing = false;
        pthread_create(&thread, NULL, push_one, NULL);
        while (!pushing)
            sched_yield();
        sched_yield();
        queue_close(&queue);
        pthread_join(thread, NULL);
        tear_down(state);
        set_up(state);
    }
}

static void *close_it(void *data)
{
    (void)data;
    queue_close(&queue);
    return NULL;
}

static void a_close_wakes_the_popper(void **state)
{
    (void)state;
    pthread_t thread;
    int got;

    pthread_create(&thread, NULL, close_it, NULL);
    assert_int_equal(queue_pop(&queue, &got, QUEUE_FOREVER), QUEUE_CLOSED);
    pthread_join(thread, NULL);
}

static void a_push_and_a_close_wake_a_poll(void **state)
{
    (void)state;
    struct queue polled;
    uint64_t count;
    int one = 1;
    int fd = eventfd(0, EFD_NONBLOCK);
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    assert_int_equal(queue_init(&polled, sizeof(int), fd), 0);
    assert_int_equal(poll(&wait, 1, 0), 0);
    queue_push(&polled, &one);
    assert_int_equal(poll(&wait, 1, 0), 1);
    assert_int_equal(read(fd, &count, sizeof count), sizeof count);
    queue_close(&polled);
    assert_int_equal(poll(&wait, 1, 0), 1);
    queue_finish(&polled);
    close(fd);
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
        cmocka_unit_test(a_push_and_a_close_wake_a_poll),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
