/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* frame-times: frames are found in the port's bytes, however the reads divide them. */
#include "auto-destroy.h"
#include "harness/evaluate/rows.h"
#include "harness/vm/relay/frame-times.h"
#include "protocol/port-protocol.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#define LE(n) (n) & 0xff, (n) >> 8 & 0xff, 0, 0
#define HEADER(type, size) 1, 0, (type), 0, LE(size)

/* An empty message, a FORMAT, a frame of 3 bytes, one of 300, half a frame. */
static const uint8_t head[] = {HEADER(PORT_CAPABILITIES, 0),
                               HEADER(PORT_FORMAT, 12),
                               1,
                               0,
                               0,
                               0,
                               1,
                               0,
                               0,
                               0,
                               3,
                               0,
                               0,
                               0,
                               HEADER(PORT_DATA, 3),
                               7,
                               7,
                               7,
                               HEADER(PORT_DATA, 300)};
#define FIRST_END (sizeof head - PORT_HEADER_BYTES)
#define SECOND_END (sizeof head + 300)
#define STREAM_BYTES (SECOND_END + PORT_HEADER_BYTES + 10)

static uint8_t stream[STREAM_BYTES];
static char *file;

static int set_up(void **state)
{
    (void)state;
    const uint8_t last[] = {HEADER(PORT_DATA, 20)};

    int fd = g_file_open_tmp("vdibench-frame-times-XXXXXX", &file, NULL);
    close(fd);
    g_unlink(file);
    memcpy(stream, head, sizeof head);
    memset(stream + sizeof head, PORT_DATA, 300); /* looks like headers */
    memcpy(stream + SECOND_END, last, sizeof last);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    g_unlink(file);
    g_free(file);
    return 0;
}

static void check_row(const struct rows *rows, unsigned i, int64_t opening, int64_t bytes,
                      const char *fate)
{
    assert_int_equal(rows_number(rows, i, "sequence", 0), i + 1);
    assert_int_equal(rows_number(rows, i, "opening", 0), opening);
    assert_int_equal(rows_number(rows, i, "bytes", 0), bytes);
    assert_string_equal(rows_text(rows, i, "fate"), fate);
    int64_t t2 = rows_number(rows, i, "t2_ns", 0), t3 = rows_number(rows, i, "t3_ns", 0);
    assert_true(0 < t2 && t2 <= t3);
    if (g_str_equal(fate, "sent"))
        assert_true(rows_number(rows, i, "t4_ns", 0) >= t3);
    else
        assert_string_equal(rows_text(rows, i, "t4_ns"), "");
}

/* Reads pieces of each size: a frame that takes two reads has different t2 and t3. */
static void frames_are_found_however_they_are_divided(void **state)
{
    (void)state;
    for (size_t piece = 1; piece <= STREAM_BYTES; piece++) {
        struct frame_times *times = frame_times_create(file, NULL);
        assert_non_null(times);
        frame_times_opened(times);
        for (size_t at = 0; at < STREAM_BYTES; at += piece) {
            const size_t size = MIN(piece, STREAM_BYTES - at);
            frame_times_read(times, stream + at, size);
            frame_times_written(times, size);
        }
        assert_true(frame_times_destroy(times));
        auto_destroy(rows) rows = rows_read(file, NULL);
        assert_int_equal(rows_count(rows), 2);
        check_row(rows, 0, 1, 3, "sent");
        check_row(rows, 1, 1, 300, "sent");
        if (piece < 300)
            assert_true(rows_number(rows, 1, "t3_ns", 0) > rows_number(rows, 1, "t2_ns", 0));
        g_unlink(file);
    }
}

static void a_frame_is_sent_with_its_last_byte(void **state)
{
    (void)state;
    struct frame_times *times = frame_times_create(file, NULL);
    frame_times_opened(times);
    frame_times_read(times, stream, STREAM_BYTES);
    frame_times_written(times, FIRST_END);
    frame_times_written(times, SECOND_END - 1); /* then the client leaves */
    frame_times_opened(times);
    frame_times_read(times, stream, FIRST_END);
    frame_times_written(times, FIRST_END);
    assert_true(frame_times_destroy(times));

    auto_destroy(rows) rows = rows_read(file, NULL);
    assert_int_equal(rows_count(rows), 3);
    check_row(rows, 0, 1, 3, "sent");
    check_row(rows, 1, 1, 300, "unsent");
    check_row(rows, 2, 2, 3, "sent");
}

static void null_does_nothing(void **state)
{
    (void)state;
    frame_times_opened(NULL);
    frame_times_read(NULL, stream, STREAM_BYTES);
    frame_times_written(NULL, STREAM_BYTES);
    assert_true(frame_times_destroy(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(frames_are_found_however_they_are_divided, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_frame_is_sent_with_its_last_byte, set_up, tear_down),
        cmocka_unit_test(null_does_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
