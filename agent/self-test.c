/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/self-test.h"

#include "agent/frame.h"
#include "agent/os/clock.h"
#include "agent/os/wake.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define SELF_TEST_NS INT64_C(5000000000)

static int compare_times(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void print_times(const char *what, double *ms, unsigned count)
{
    qsort(ms, count, sizeof *ms, compare_times);
    printf("%s: p50 %.1f ms, p99 %.1f ms\n", what, ms[count / 2], ms[(count * 99 + 99) / 100 - 1]);
}

/* Captures what changes for some seconds, as fast as the frame rate allows. */
int self_test_run(struct capture *capture, uint8_t codec, unsigned frame_rate_hz)
{
    int64_t end_ns = os_now_ns() + SELF_TEST_NS;
    unsigned frames = 0, room = frame_rate_hz * (SELF_TEST_NS / 1000000000 + 1);
    double *encoding_ms = calloc(room, sizeof *encoding_ms);
    double *all_ms = calloc(room, sizeof *all_ms);
    uint64_t bytes = 0;
    int error = 0;
    struct os_wake *wake = os_wake_create(&error);
    int result = encoding_ms && all_ms && wake ? capture->class->open(capture, codec) : -ENOMEM;

    while (result >= 0 && frames < room && os_now_ns() < end_ns) {
        struct frame frame;

        result = capture->class->wait(capture, CAPTURE_FRAME_DUE, end_ns, wake);
        if (result < 0 || result & CAPTURE_MODE_CHANGED)
            break;
        if (!(result & CAPTURE_FRAME_DUE))
            continue;
        int64_t begin_ns = os_now_ns();
        result = capture->class->frame(capture, begin_ns, &frame);
        if (result == -EAGAIN)
            result = 0;
        else if (result == 0) {
            int64_t now_ns = os_now_ns();
            encoding_ms[frames] = (double)(now_ns - begin_ns) / 1e6;
            all_ms[frames++] = (double)(now_ns - frame.planned_ns) / 1e6;
            bytes += frame.size;
            frame_release(&frame);
        }
    }
    if (result >= 0)
        printf("%u pictures, %" PRIu64 " kB\n", frames, bytes / 1000);
    if (result >= 0 && frames > 0) {
        print_times("capture and encode", encoding_ms, frames);
        print_times("from the change of the screen to its access unit", all_ms, frames);
    }
    capture->class->close(capture);
    os_wake_destroy(wake);
    free(encoding_ms);
    free(all_ms);
    return result < 0 ? result : 0;
}
