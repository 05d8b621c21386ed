/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/flow.h"
#include "gpu-module/message-queue.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <cmocka.h>

/* Enough that both threads often meet a full and an empty queue. */
#define RACED_MESSAGES 300000u
/* More than the queue: now the one is the limit, now the other. */
#define RACED_WINDOW (MESSAGE_QUEUE_SIZE + 2)
#define DEADLINE_MS 20000

/* A message of a queue's caller: large enough that half of it would be seen. */
struct message {
    unsigned kind;
    int32_t x, y;
    uint64_t body;
};
struct queue {
    struct message_queue positions;
    struct message slots[MESSAGE_QUEUE_SIZE];
};

static struct message numbered(unsigned n)
{
    return (struct message){
        .kind = n % 3, .x = (int32_t)n, .y = -(int32_t)n, .body = UINT64_C(1) << 40 | 2 * n};
}

static void must_be_numbered(const struct message *message, unsigned n)
{
    assert_int_equal(message->kind, n % 3);
    assert_int_equal(message->x, (int32_t)n);
    assert_int_equal(message->y, -(int32_t)n);
    assert_int_equal(message->body, UINT64_C(1) << 40 | 2 * n);
}

static bool put(struct queue *queue, unsigned n, bool *ret_wake)
{
    const int slot = message_queue_free_slot(&queue->positions);

    if (slot == MESSAGE_QUEUE_NO_SLOT)
        return false;
    queue->slots[slot] = numbered(n);
    *ret_wake = message_queue_put(&queue->positions);
    return true;
}

static bool take(struct queue *queue, struct message *ret_message)
{
    const int slot = message_queue_first_slot(&queue->positions);

    if (slot == MESSAGE_QUEUE_NO_SLOT)
        return false;
    *ret_message = queue->slots[slot];
    queue->slots[slot] = (struct message){.kind = UINT_MAX};
    message_queue_taken(&queue->positions);
    return true;
}

static void what_was_put_is_taken_in_order(void **state)
{
    (void)state;
    /* Where the counts wrap, too. */
    struct queue queue = {.positions = {.written = UINT32_MAX - 3, .read = UINT32_MAX - 3}};
    struct message message;
    bool wake;

    for (unsigned round = 0; round < 5; round++) {
        for (unsigned n = 0; n < MESSAGE_QUEUE_SIZE - 1; n++)
            assert_true(put(&queue, n, &wake));
        for (unsigned n = 0; n < MESSAGE_QUEUE_SIZE - 1; n++) {
            assert_true(take(&queue, &message));
            must_be_numbered(&message, n);
        }
        assert_false(take(&queue, &message));
    }
}

static void a_full_queue_takes_nothing(void **state)
{
    (void)state;
    struct queue queue = {.positions = {.written = 0}};
    struct message message;
    bool wake;

    for (unsigned n = 0; n < MESSAGE_QUEUE_SIZE; n++) {
        assert_int_equal(message_queue_room(&queue.positions), MESSAGE_QUEUE_SIZE - n);
        assert_true(put(&queue, n, &wake));
    }
    assert_int_equal(message_queue_room(&queue.positions), 0);
    assert_false(put(&queue, 99, &wake));
    assert_true(take(&queue, &message));
    must_be_numbered(&message, 0);
    assert_int_equal(message_queue_room(&queue.positions), 1);
    assert_true(put(&queue, MESSAGE_QUEUE_SIZE, &wake));
    for (unsigned n = 1; n <= MESSAGE_QUEUE_SIZE; n++) {
        assert_true(take(&queue, &message));
        must_be_numbered(&message, n);
    }
}

static void the_reader_is_woken_when_it_may_sleep(void **state)
{
    (void)state;
    struct queue queue = {.positions = {.written = 0}};
    struct message message;
    bool wake;

    assert_true(put(&queue, 0, &wake));
    assert_true(wake);
    assert_true(put(&queue, 1, &wake));
    assert_false(wake);
    take(&queue, &message);
    assert_true(put(&queue, 2, &wake));
    assert_false(wake); /* it has not seen an empty queue since */
    while (take(&queue, &message))
        ;
    assert_true(put(&queue, 3, &wake));
    assert_true(wake);
}

/* --- two threads ------------------------------------------------------------ */

static struct queue raced;
static struct flow_credit credit;
static int wakes, room_wakes; /* the reader sleeps on the one, the writer on the other */
static int writer_starved;
static bool writer_failed;

/* False when nobody woke us. */
static bool sleep_on(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    eventfd_t count;

    return poll(&poll_fd, 1, DEADLINE_MS) == 1 && eventfd_read(fd, &count) == 0;
}

static bool may_put(void)
{
    return message_queue_room(&raced.positions) > 0 && flow_in_flight(&credit) < RACED_WINDOW;
}

/* As gpu-device waits for credit. */
static bool wait_for_credit(void)
{
    while (!may_put()) {
        __atomic_store_n(&writer_starved, 1, __ATOMIC_SEQ_CST);
        if (!may_put() && !sleep_on(room_wakes))
            return false;
        __atomic_store_n(&writer_starved, 0, __ATOMIC_SEQ_CST);
    }
    return true;
}

static void *write_messages(void *data)
{
    (void)data;
    for (unsigned n = 0; n < RACED_MESSAGES && !writer_failed; n++) {
        bool wake = false;
        writer_failed = !wait_for_credit();
        flow_hand(&credit);
        writer_failed = !put(&raced, n, &wake) || writer_failed;
        if (wake)
            eventfd_write(wakes, 1);
    }
    return NULL;
}

static void progress(unsigned taken, unsigned queued)
{
    flow_progress(&credit, taken, queued);
    /* A frame that is counted nowhere for a moment would let in one too many. */
    assert_in_range(flow_in_flight(&credit), queued, RACED_WINDOW);
    if (may_put() && __atomic_exchange_n(&writer_starved, 0, __ATOMIC_SEQ_CST))
        eventfd_write(room_wakes, 1);
}

/* No message and no wake-up is lost, and the window is never exceeded: a frame
 * goes from the queue into that of a client, which is slow now and then. */
static void two_threads(void **state)
{
    (void)state;
    pthread_t writer;
    struct message message;
    unsigned n = 0, queued = 0;

    wakes = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    room_wakes = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert_int_equal(pthread_create(&writer, NULL, write_messages, NULL), 0);
    while (n < RACED_MESSAGES) {
        assert_true(sleep_on(wakes));
        while (take(&raced, &message)) {
            must_be_numbered(&message, n++);
            progress(1, ++queued);
            while (n % 5 == 0 && queued > 0)
                progress(0, --queued);
        }
        while (queued > 0)
            progress(0, --queued);
    }
    assert_int_equal(pthread_join(writer, NULL), 0);
    assert_false(writer_failed);
    assert_int_equal(flow_in_flight(&credit), 0);
    close(wakes);
    close(room_wakes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_taken_in_order),
        cmocka_unit_test(a_full_queue_takes_nothing),
        cmocka_unit_test(the_reader_is_woken_when_it_may_sleep),
        cmocka_unit_test(two_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
