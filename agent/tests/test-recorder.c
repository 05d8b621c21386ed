/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* What is sent is written down: the bytes as they are, the times beside them, and nothing more
 * once the disk is full. */
#include "agent/recorder.h"
#include "protocol/access-unit.h"
#include "protocol/port-protocol.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define MS INT64_C(1000000)

static char folder[] = "/tmp/vdibench-recorder-XXXXXX";
static char file[sizeof folder + 16], index_file[sizeof file + 16];

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(file, sizeof file, "%s/a.h264", folder);
    snprintf(index_file, sizeof index_file, "%s.index", file);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(file);
    unlink(index_file);
    return rmdir(folder);
}

static void expect_file(const char *name, const void *bytes, size_t size)
{
    char got[256];
    FILE *from = fopen(name, "rb");

    assert_non_null(from);
    assert_int_equal(fread(got, 1, sizeof got, from), size);
    assert_memory_equal(got, bytes, size);
    fclose(from);
}

static struct recorder *create(void)
{
    int error = 0;
    struct recorder *recorder = recorder_create(file, PORT_CODEC_H264, &error);

    assert_non_null(recorder);
    return recorder;
}

static int add(struct recorder *recorder, const char *bytes, int64_t planned_ns)
{
    const struct frame frame = {
        .bytes = (const uint8_t *)bytes, .size = strlen(bytes), .planned_ns = planned_ns};

    return recorder_add(recorder, &frame);
}

static void bytes_and_times_are_written(void **state)
{
    (void)state;
    static const char index[] = RECORDER_INDEX_COLUMNS "\n0,3\n33000,2\n33001,4\n";
    struct recorder *recorder = create();

    assert_int_equal(add(recorder, "one", 5000 * MS), 0);
    assert_int_equal(add(recorder, "22", 5033 * MS), 0);
    assert_int_equal(add(recorder, "last", 5032 * MS), 0); /* times go forward */
    /* As it is at a sudden end. */
    expect_file(file, "one22last", 9);
    expect_file(index_file, index, sizeof index - 1);
    assert_int_equal(recorder_destroy(recorder), 0);
    expect_file(file, "one22last", 9);
    expect_file(index_file, index, sizeof index - 1);
}

static void a_trailer_is_left_out(void **state)
{
    (void)state;
    static const uint8_t slice[] = {0, 0, 0, 1, 0x65, 0x88};
    const uint8_t *trailer;
    size_t trailer_bytes = access_unit_trailer(PORT_CODEC_H264, &trailer);
    uint8_t bytes[64];
    struct recorder *recorder = create();

    memcpy(bytes, slice, sizeof slice);
    memcpy(bytes + sizeof slice, trailer, trailer_bytes);
    const struct frame frame = {.bytes = bytes, .size = sizeof slice + trailer_bytes};
    assert_int_equal(recorder_add(recorder, &frame), 0);
    assert_int_equal(recorder_destroy(recorder), 0);
    expect_file(file, slice, sizeof slice);
}

/* /dev/full is a disk that is full. */
static void a_full_disk_is_reported_once(void **state)
{
    (void)state;
    struct recorder *recorder;
    int error = 0;

    unlink(file);
    assert_int_equal(symlink("/dev/full", file), 0);
    recorder = recorder_create(file, PORT_CODEC_H264, &error);
    assert_non_null(recorder);
    assert_int_equal(add(recorder, "one", 0), -ENOSPC);
    assert_int_equal(add(recorder, "two", 1), 0);
    assert_int_equal(recorder_destroy(recorder), 0);
    expect_file(index_file, RECORDER_INDEX_COLUMNS "\n", sizeof RECORDER_INDEX_COLUMNS);
    unlink(file);
}

static void a_file_that_cannot_be_created_is_an_error(void **state)
{
    (void)state;
    int error = 0;

    assert_null(recorder_create("/nowhere/a", PORT_CODEC_H264, &error));
    assert_int_equal(error, -ENOENT);
    unlink(index_file);
    assert_int_equal(symlink("/dev/full", index_file), 0);
    assert_null(recorder_create(file, PORT_CODEC_H264, &error));
    assert_int_equal(error, -ENOSPC);
    assert_int_equal(recorder_destroy(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_and_times_are_written),
        cmocka_unit_test(a_trailer_is_left_out),
        cmocka_unit_test(a_full_disk_is_reported_once),
        cmocka_unit_test(a_file_that_cannot_be_created_is_an_error),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
