/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/counters-map.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#define RACED_FRAMES (4000 * COUNTERS_RING_FRAMES)

static struct gpu_counters *counters;

static int set_up(void **state)
{
    (void)state;
    counters = aligned_alloc(64, sizeof *counters);
    memset(counters, 0, sizeof *counters);
    counters_init(counters);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(counters);
    return 0;
}

/* Numbers that show whether each field is right. */
static struct frame_received received(uint64_t n)
{
    return (struct frame_received){.sequence = n,
                                   .id = 2 * n,
                                   .opening = 1,
                                   .bytes = 3 * n,
                                   .flags = FRAME_HANDED,
                                   .t2_ns = 5 * n,
                                   .t3_ns = 7 * n};
}

static struct frame_sent sent(uint64_t n)
{
    return (struct frame_sent){
        .sequence = n, .t4_ns = 11 * n, .clients = 13 * n, .fate = FRAME_SENT};
}

static void the_table_names_each_field_once(void **state)
{
    (void)state;
    const struct counter *counter;
    unsigned n = 0;

    for (; (counter = counters_at(n)); n++) {
        assert_true(counter->offset % sizeof(uint64_t) == 0);
        assert_true(counter->offset < offsetof(struct gpu_counters, ring));
        for (unsigned i = 0; i < n; i++) {
            assert_string_not_equal(counters_at(i)->name, counter->name);
            assert_int_not_equal(counters_at(i)->offset, counter->offset);
        }
    }
    assert_true(n > 20);
}

/* A thread's fields share no cache line with another's. */
static void threads_write_lines_of_their_own(void **state)
{
    (void)state;
    assert_int_equal(offsetof(struct gpu_counters, main) % 64, 0);
    assert_int_equal(offsetof(struct gpu_counters, worker) % 64, 0);
    assert_int_equal(offsetof(struct gpu_counters, shared) % 64, 0);
    assert_int_equal(offsetof(struct gpu_counters, ring) % 64, 0);
    assert_int_equal(offsetof(struct frame_record, sent) % 64, 0);
    assert_int_equal(sizeof(struct frame_record), 128);
}

static void only_the_same_layout_is_read(void **state)
{
    (void)state;
    struct gpu_counters *bad = counters;

    assert_null(counters_check(counters, sizeof *counters));
    assert_non_null(counters_check(counters, 0));
    assert_non_null(counters_check(counters, sizeof *counters - 1));
    bad->version++;
    assert_string_equal(counters_check(bad, sizeof *bad),
                        "has counters of another version of the GPU module");
    bad->version--;
    bad->size += 64;
    assert_string_equal(counters_check(bad, sizeof *bad),
                        "has counters of another version of the GPU module");
    memset(bad, 0, sizeof *bad);
    assert_string_equal(counters_check(bad, sizeof *bad), "holds no counters of the GPU module");
}

static void a_record_is_found_by_its_number(void **state)
{
    (void)state;
    struct frame_record record;

    assert_int_equal(counters_last(counters), 0);
    assert_false(counters_read(counters, 0, &record));
    assert_false(counters_read(counters, 1, &record));
    const struct frame_received in = received(1);
    counters_note_received(counters, &in);
    assert_int_equal(counters_last(counters), 1);
    assert_true(counters_read(counters, 1, &record));
    assert_int_equal(record.received.id, 2);
    assert_int_equal(record.received.bytes, 3);
    assert_int_equal(record.received.t2_ns, 5);
    assert_int_equal(record.received.t3_ns, 7);
    assert_int_equal(frame_record_fate(&record), FRAME_WAITS);
    assert_false(frame_record_settled(&record));

    const struct frame_sent out = sent(1);
    counters_note_sent(counters, &out);
    assert_true(counters_read(counters, 1, &record));
    assert_int_equal(record.sent.t4_ns, 11);
    assert_int_equal(record.sent.clients, 13);
    assert_true(frame_record_settled(&record));
}

static void what_still_waits_for_a_client_is_not_settled(void **state)
{
    (void)state;
    struct frame_record record;
    const struct frame_received in = received(1);
    struct frame_sent out = sent(1);

    out.waiting = 1; /* a second client's */
    counters_note_received(counters, &in);
    counters_note_sent(counters, &out);
    assert_true(counters_read(counters, 1, &record));
    assert_int_equal(frame_record_fate(&record), FRAME_SENT);
    assert_false(frame_record_settled(&record));
}

static void without_a_display_no_worker_settles_it(void **state)
{
    (void)state;
    struct frame_record record;
    struct frame_received in = received(1);

    in.flags = 0;
    counters_note_received(counters, &in);
    assert_true(counters_read(counters, 1, &record));
    assert_int_equal(frame_record_fate(&record), FRAME_NOWHERE);
    assert_true(frame_record_settled(&record));
}

static void the_oldest_makes_room(void **state)
{
    (void)state;
    struct frame_record record;

    for (uint64_t n = 1; n <= COUNTERS_RING_FRAMES + 1; n++) {
        const struct frame_received in = received(n);
        counters_note_received(counters, &in);
    }
    assert_false(counters_read(counters, 1, &record));
    assert_true(counters_read(counters, 2, &record));
    assert_true(counters_read(counters, COUNTERS_RING_FRAMES + 1, &record));

    /* What a slow client sends too late does not spoil the newer one's. */
    const struct frame_sent late = sent(1), in_time = sent(COUNTERS_RING_FRAMES + 1);
    counters_note_sent(counters, &in_time);
    counters_note_sent(counters, &late);
    assert_true(counters_read(counters, COUNTERS_RING_FRAMES + 1, &record));
    assert_int_equal(record.sent.clients, 13 * (COUNTERS_RING_FRAMES + 1));
}

static void *write_main(void *data)
{
    (void)data;
    for (uint64_t n = 1; n <= RACED_FRAMES; n++) {
        const struct frame_received in = received(n);
        counters_note_received(counters, &in);
    }
    return NULL;
}

static void *write_worker(void *data)
{
    (void)data;
    for (uint64_t n = 1; n <= RACED_FRAMES; n++) {
        const struct frame_sent out = sent(n);
        counters_note_sent(counters, &out);
    }
    return NULL;
}

/* Whatever a reader gets while both threads write is one frame's. */
static void a_reader_never_gets_a_mixture(void **state)
{
    (void)state;
    pthread_t writers[2];
    uint64_t last = 0;

    pthread_create(&writers[0], NULL, write_main, NULL);
    pthread_create(&writers[1], NULL, write_worker, NULL);
    while (last < RACED_FRAMES) {
        struct frame_record record;
        last = counters_last(counters);
        /* The oldest is the one that is written next. */
        for (uint64_t n = last > COUNTERS_RING_FRAMES ? last - COUNTERS_RING_FRAMES : 1;
             n <= last && n + COUNTERS_RING_FRAMES < last + 4; n++) {
            if (!counters_read(counters, n, &record))
                continue;
            assert_int_equal(record.received.id, 2 * n);
            assert_int_equal(record.received.bytes, 3 * n);
            assert_int_equal(record.received.t3_ns, 7 * n);
            if (record.sent.sequence == 0)
                continue;
            assert_int_equal(record.sent.t4_ns, 11 * n);
            assert_int_equal(record.sent.clients, 13 * n);
        }
    }
    pthread_join(writers[0], NULL);
    pthread_join(writers[1], NULL);
}

static void a_row_leaves_empty_what_has_not_happened(void **state)
{
    (void)state;
    struct frame_record record = {.received = received(1)};
    char row[FRAME_RECORD_CSV_BYTES];

    frame_record_csv(&record, row);
    assert_string_equal(row, "frame,7,1,1,2,3,0,5,7,,0,waits");
    record.sent = sent(1);
    frame_record_csv(&record, row);
    assert_string_equal(row, "frame,7,1,1,2,3,0,5,7,11,13,sent");
}

static void counters_are_found_in_a_process(void **state)
{
    (void)state;
    char error[256];

    assert_null(counters_map(getpid(), error, sizeof error));
    assert_non_null(strstr(error, "has no port with the GPU module"));
    assert_null(counters_map(0x7ffffffe, error, sizeof error));
    assert_string_equal(error, "there is no process 2147483646");

    int fd = memfd_create(COUNTERS_NAME, MFD_CLOEXEC);
    assert_int_equal(write(fd, "too short", 9), 9);
    assert_null(counters_map(getpid(), error, sizeof error));
    assert_non_null(strstr(error, "holds no counters of the GPU module"));
    const struct frame_received in = received(1);
    counters_note_received(counters, &in);
    assert_int_equal(pwrite(fd, counters, sizeof *counters, 0), sizeof *counters);
    const struct gpu_counters *mapped = counters_map(getpid(), error, sizeof error);
    close(fd);
    assert_non_null(mapped);
    assert_int_equal(counters_last(mapped), 1); /* still, with the file closed */
    counters_unmap(mapped);
}

/* Whatever the other process writes into it, all that was mapped is unmapped and
 * nothing else is. A size of one page left the rest mapped, a larger one would
 * have taken what lies behind it. */
static void a_size_that_changes_unmaps_nothing_else(void **state)
{
    (void)state;
    const uint32_t page = (uint32_t)sysconf(_SC_PAGESIZE);
    const size_t second = sizeof *counters - 1; /* on the last page */
    unsigned char in_memory;
    char error[256];

    int fd = memfd_create(COUNTERS_NAME, MFD_CLOEXEC);
    assert_int_equal(pwrite(fd, counters, sizeof *counters, 0), sizeof *counters);
    const struct gpu_counters *mapped = counters_map(getpid(), error, sizeof error);
    assert_non_null(mapped);
    char *last_page = (char *)mapped + second / page * page;
    assert_true(last_page > (char *)mapped);
    assert_int_equal(mincore(last_page, page, &in_memory), 0);
    assert_int_equal(pwrite(fd, &page, sizeof page, offsetof(struct gpu_counters, size)),
                     sizeof page);
    close(fd);
    counters_unmap(mapped);
    assert_int_equal(mincore(last_page, page, &in_memory), -1);
    assert_int_equal(errno, ENOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_table_names_each_field_once, set_up, tear_down),
        cmocka_unit_test(threads_write_lines_of_their_own),
        cmocka_unit_test_setup_teardown(only_the_same_layout_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_record_is_found_by_its_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_still_waits_for_a_client_is_not_settled, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(without_a_display_no_worker_settles_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_oldest_makes_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_never_gets_a_mixture, set_up, tear_down),
        cmocka_unit_test(a_row_leaves_empty_what_has_not_happened),
        cmocka_unit_test_setup_teardown(counters_are_found_in_a_process, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_size_that_changes_unmaps_nothing_else, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
