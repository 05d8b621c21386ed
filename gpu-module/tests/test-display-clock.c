/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/display-clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const uint32_t times[] = {0, 1, 200, 400, 1999, 2000, 2001, 1000000, UINT32_MAX};
#define TIMES (sizeof times / sizeof *times)

/* What a client's clock is behind at least: spice-server from 0.16 on, or while a sound
 * plays, whose sink may have no delay at all; up to 0.15. */
static const uint32_t behinds[] = {0, 400};

/* How clients compare two stamps. */
static int32_t difference(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

/* Whatever the codec but MJPEG, the client's clock and link. */
static void a_stamp_lies_in_the_past(void **state)
{
    (void)state;
    for (enum port_codec codec = PORT_CODEC_MJPEG + 1; codec <= PORT_CODECS_KNOWN; codec++)
        for (unsigned i = 0; i < 4 * TIMES; i++) {
            const uint32_t now = times[i / 4];
            int32_t behind =
                difference(now, display_clock_stamp_ms(now, codec, behinds[i & 1], i & 2));
            assert_in_range(behind, DISPLAY_CLOCK_BEHIND_MS, DISPLAY_CLOCK_BEHIND_MS + 1);
        }
}

/* Expected: shown. With a stamp in the past of its clock a client drops each MJPEG frame;
 * with the clock of 0.15 taken for that of 0.16, it dropped each, too. What is left until
 * the client's clock has come to the stamp: */
static void an_mjpeg_frame_is_ahead_of_the_clients_clock(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * TIMES; i++) {
        const uint32_t now = times[i / 2], behind = behinds[i & 1], clock = now - behind;
        int32_t lead =
            difference(display_clock_stamp_ms(now, PORT_CODEC_MJPEG, behind, false), clock);
        assert_in_range(lead, DISPLAY_CLOCK_MJPEG_LEAD_MS - 1, DISPLAY_CLOCK_MJPEG_LEAD_MS);
        lead = difference(display_clock_stamp_ms(now, PORT_CODEC_MJPEG, behind, true), clock);
        assert_in_range(lead, DISPLAY_CLOCK_MJPEG_SLOW_LEAD_MS - 1,
                        DISPLAY_CLOCK_MJPEG_SLOW_LEAD_MS);
    }
}

/* A stamp of 0 made clients complain and add 100 ms. */
static void never_zero_and_never_backwards(void **state)
{
    (void)state;
    for (enum port_codec codec = PORT_CODEC_MJPEG; codec <= PORT_CODECS_KNOWN; codec++)
        for (unsigned i = 0; i < 4; i++) {
            const uint32_t from = (uint32_t) - (int32_t)DISPLAY_CLOCK_BEHIND_MS;
            uint32_t last = display_clock_stamp_ms(from - 1, codec, behinds[i & 1], i & 2);
            for (uint32_t n = 0; n < 2 * DISPLAY_CLOCK_BEHIND_MS + 3; n++) {
                uint32_t stamp = display_clock_stamp_ms(from + n, codec, behinds[i & 1], i & 2);
                assert_int_not_equal(stamp, 0);
                assert_true(difference(stamp, last) >= 0);
                last = stamp;
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stamp_lies_in_the_past),
        cmocka_unit_test(an_mjpeg_frame_is_ahead_of_the_clients_clock),
        cmocka_unit_test(never_zero_and_never_backwards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
