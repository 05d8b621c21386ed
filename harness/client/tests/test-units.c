/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/units.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define MARK(n) (1000 + 7 * (uint64_t)(n))
#define SLICE(n) (100 + (uint32_t)(n))
#define NONE (-1)

/* Parsed access units as they came out of GStreamer 1.22's h264parse. */
struct parsed {
    uint64_t marks[3];
    unsigned count;
    uint32_t slice;
    int unit;
};

static void take(const char *name, struct units *units, const struct parsed *parsed, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        unsigned unit = 12345;
        bool taken = units_take(units, parsed[i].marks, parsed[i].count, parsed[i].slice, &unit);
        if (taken != (parsed[i].unit != NONE) || (taken && unit != (unsigned)parsed[i].unit))
            fail_msg("%s: parsed %u: taken %d, unit %u", name, i, taken, unit);
    }
}

static void parsed_units_are_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct parsed parsed[4];
    } cases[] = {
        {"bare byte stream",
         {{{MARK(0), MARK(1)}, 2, SLICE(0), 0},
          {{MARK(1), MARK(2)}, 2, SLICE(1), 1},
          {{MARK(2), MARK(3)}, 2, SLICE(2), 2},
          {{MARK(3)}, 1, SLICE(3), 3}}},
        {"with the trailer",
         {{{MARK(0)}, 1, SLICE(0), 0},
          {{MARK(0), MARK(1)}, 2, SLICE(1), 1},
          {{MARK(1), MARK(2)}, 2, SLICE(2), 2},
          {{MARK(2), MARK(3)}, 2, SLICE(3), 3}}},
        {"with the trailer, no slice found: the order decides",
         {{{MARK(0)}, 1, 0, 0},
          {{MARK(0), MARK(1)}, 2, 0, 1},
          {{MARK(1), MARK(2)}, 2, 0, 2},
          {{MARK(2), MARK(3)}, 2, 0, 3}}},
        {"with the trailer, the parser lost one: the order alone would stay behind",
         {{{MARK(0)}, 1, SLICE(0), 0},
          {{MARK(1), MARK(2)}, 2, SLICE(2), 2},
          {{MARK(2), MARK(3)}, 2, SLICE(3), 3},
          {{MARK(3), MARK(4)}, 2, SLICE(4), 4}}},
        {"the parser takes several for one",
         {{{MARK(0), MARK(1), MARK(2)}, 3, SLICE(1), 1},
          {{MARK(2), MARK(3)}, 2, SLICE(2), 2},
          {{MARK(3)}, 1, SLICE(3), 3},
          {{MARK(4)}, 1, SLICE(4), 4}}},
        {"none is taken twice",
         {{{MARK(3)}, 1, SLICE(3), 3},
          {{MARK(3)}, 1, SLICE(3), NONE},
          {{MARK(2)}, 1, SLICE(2), NONE},
          {{MARK(4)}, 1, SLICE(4), 4}}},
        {"foreign or no marks",
         {{{MARK(0) + 1}, 1, SLICE(0), NONE},
          {{0}, 0, SLICE(0), NONE},
          {{MARK(0) + 1, MARK(1)}, 2, SLICE(1), 1},
          {{MARK(2)}, 1, SLICE(2), 2}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct units units = {0};
        for (unsigned n = 0; n < 5; n++)
            assert_int_equal(units_add(&units, MARK(n), SLICE(n)), n);
        take(cases[i].name, &units, cases[i].parsed, 4);
    }
}

static void equal_slices_go_in_order(void **state)
{
    (void)state;
    static const struct parsed parsed[] = {
        {{MARK(0), MARK(1)}, 2, SLICE(7), 0},
        {{MARK(1), MARK(2)}, 2, SLICE(7), 1},
        {{MARK(2), MARK(3)}, 2, SLICE(7), 2},
    };
    struct units units = {0};
    for (unsigned n = 0; n < 4; n++)
        units_add(&units, MARK(n), SLICE(7));
    take("equal slices", &units, parsed, 3);
}

static void what_is_long_past_is_forgotten(void **state)
{
    (void)state;
    static const struct parsed parsed[] = {
        {{MARK(2)}, 1, SLICE(2), NONE},
        {{MARK(3)}, 1, SLICE(3), 3},
        {{MARK(UNITS_REMEMBERED + 2)}, 1, SLICE(UNITS_REMEMBERED + 2), UNITS_REMEMBERED + 2},
    };
    struct units units = {0};
    for (unsigned n = 0; n < UNITS_REMEMBERED + 3; n++)
        units_add(&units, MARK(n), SLICE(n));
    take("long past", &units, parsed, 3);
}

static void the_first_slice_is_found(void **state)
{
    (void)state;
    /* AUD, SEI with a filler payload, slice. */
    static const uint8_t stream[] = {0, 0,    0, 1, 0x09, 0xf0, 0,    0,    0,    1,    0x06, 0x03,
                                     0, 0x80, 0, 0, 0,    1,    0x41, 0x9a, 0x01, 0x02, 0x03};
    static const uint8_t bare[] = {0, 0, 1, 0x41, 0x9a, 0x01, 0x02, 0x03};
    static const uint8_t other[] = {0, 0, 1, 0x41, 0x9a, 0x02, 0x02, 0x03};
    static const uint8_t idr[] = {0, 0, 1, 0x65, 0x88};

    assert_int_not_equal(units_slice(bare, sizeof bare), 0);
    assert_int_equal(units_slice(stream, sizeof stream), units_slice(bare, sizeof bare));
    assert_int_not_equal(units_slice(other, sizeof other), units_slice(bare, sizeof bare));
    assert_int_not_equal(units_slice(idr, sizeof idr), 0);
    assert_int_equal(units_slice(stream, 14), 0);
    for (size_t size = 0; size <= 17; size++) /* nothing is read beyond the end */
        assert_int_equal(units_slice(stream, size), 0);

    /* Only the beginning counts: the trailer may have been cut off. */
    uint8_t longer[64] = {0, 0, 1, 0x41};
    uint32_t before = units_slice(longer, sizeof longer);
    longer[60] = 1;
    assert_int_equal(units_slice(longer, sizeof longer), before);
    longer[20] = 1;
    assert_int_not_equal(units_slice(longer, sizeof longer), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parsed_units_are_recognised),
        cmocka_unit_test(equal_slices_go_in_order),
        cmocka_unit_test(what_is_long_past_is_forgotten),
        cmocka_unit_test(the_first_slice_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
