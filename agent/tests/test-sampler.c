/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The file of samples; also run for Windows. */
#include "agent/os/clock.h"
#include "agent/sample-rows.h"
#include "agent/sampler.h"
#include "protocol/port-protocol.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void expect_line(FILE *file, const char *expected)
{
    char line[SAMPLE_ROW_BYTES + 2];

    if (!fgets(line, sizeof line, file))
        fail_msg("%s", "the file is too short");
    line[strcspn(line, "\n")] = '\0';
    assert_string_equal(line, expected); /* also without a carriage return */
}

static void rows_are_written(void **state)
{
    (void)state;
    /* What each CRC-32 is held against; no H.264, so that nothing of it is a trailer. */
    static const uint8_t bytes[] = "123456789";
    const struct frame frame = {
        .bytes = bytes, .size = 9, .key = true, .planned_ns = 7, .loop = 1, .unit = 2};
    const struct agent_action opened = {.report = AGENT_OPENED};
    char line[SAMPLE_ROW_BYTES];
    int64_t t_ns;
    uint64_t memory_bytes;
    int error = 0;
    char name[64]; /* which no other run has, for Linux or for Windows */

    snprintf(name, sizeof name, "test-sampler-%" PRId64 ".csv", os_now_ns());
    struct observer *sampler = sampler_create(name, PORT_CODEC_MJPEG, &error);

    assert_non_null(sampler);
    sampler->report(sampler->data, &opened);
    sampler->frame_begun(sampler->data, &frame, 10);
    sampler->frame_sent(sampler->data, &frame, 20);
    assert_true(sampler_destroy(sampler));

    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    expect_line(file, SAMPLE_ROWS_COLUMNS);
    assert_non_null(fgets(line, sizeof line, file));
    assert_int_equal(sscanf(line, "opened,%" SCNd64 ",", &t_ns), 1);
    expect_line(file, "frame,10,1,2,9,cbf43926,7,1");
    expect_line(file, "sent,20,1,2,,,,");
    assert_non_null(fgets(line, sizeof line, file));
    assert_int_equal(sscanf(line, "memory,%" SCNd64 ",,,%" SCNu64 ",", &t_ns, &memory_bytes), 2);
    assert_true(memory_bytes > 100000 && memory_bytes < UINT64_C(1) << 40);
    assert_null(fgets(line, sizeof line, file));
    fclose(file);
    remove(name);
}

static void a_file_that_cannot_be_made_is_an_error(void **state)
{
    (void)state;
    int error = 0;

    assert_null(sampler_create("no-such-folder/samples.csv", PORT_CODEC_H264, &error));
    assert_true(error < 0);
    assert_true(sampler_destroy(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_written),
        cmocka_unit_test(a_file_that_cannot_be_made_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
