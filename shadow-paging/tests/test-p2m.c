/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/p2m.h"
#include "shadow-paging/table.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#define FRAMES 3000

static void it_has_a_bound(void **state)
{
    (void)state;
    assert_null(p2m_create(P2M_ARRAY, 0));
    assert_null(p2m_create(P2M_TREE, P2M_FRAMES_MAX + 1));
    p2m_destroy(NULL);
}

static void each_frame_has_a_host_frame_of_its_own(void **state)
{
    (void)state;
    for (enum p2m_kind kind = P2M_ARRAY; kind <= P2M_TREE; kind++) {
        struct p2m *p2m = p2m_create(kind, FRAMES);
        bool *seen = calloc(FRAMES, sizeof *seen);
        p2m_fill(p2m, 5);
        for (unsigned i = 0; i < FRAMES; i++) {
            const uint32_t host_frame = p2m_lookup(p2m, i) - P2M_FRAMES_MAX;
            assert_true(host_frame < FRAMES && !seen[host_frame]);
            seen[host_frame] = true;
        }
        free(seen);
        p2m_destroy(p2m);
    }
}

/* Frames in ascending, descending and random order, set twice, and taken away. */
static void tree_and_array_agree(void **state)
{
    (void)state;
    for (unsigned order = 0; order < 3; order++) {
        struct p2m *array = p2m_create(P2M_ARRAY, FRAMES), *tree = p2m_create(P2M_TREE, FRAMES);
        uint32_t chance = 1;
        for (unsigned i = 0; i < 2 * FRAMES; i++) {
            chance = chance * 1664525 + 1013904223;
            const uint32_t guest_frame = order == 0   ? i % FRAMES
                                         : order == 1 ? FRAMES - 1 - i % FRAMES
                                                      : (chance >> 8) % FRAMES;
            const uint32_t host_frame = chance % 5 == 0 ? P2M_NO_FRAME : chance >> 4;
            assert_int_equal(p2m_set(array, guest_frame, host_frame), 0);
            assert_int_equal(p2m_set(tree, guest_frame, host_frame), 0);
            assert_int_equal(p2m_lookup(tree, guest_frame), host_frame);
        }
        for (unsigned i = 0; i < FRAMES + 10; i++)
            assert_int_equal(p2m_lookup(tree, i), p2m_lookup(array, i));
        p2m_destroy(array);
        p2m_destroy(tree);
    }
}

static void what_is_out_of_range_has_no_frame(void **state)
{
    (void)state;
    for (enum p2m_kind kind = P2M_ARRAY; kind <= P2M_TREE; kind++) {
        struct p2m *p2m = p2m_create(kind, FRAMES);
        assert_int_equal(p2m_lookup(p2m, 0), P2M_NO_FRAME);
        assert_int_equal(p2m_set(p2m, FRAMES, 1), -ERANGE);
        assert_int_equal(p2m_set(p2m, UINT64_C(1) << 32, 1), -ERANGE);
        assert_int_equal(p2m_lookup(p2m, UINT64_C(1) << 32), P2M_NO_FRAME);
        p2m_destroy(p2m);
    }
}

static void an_entry_keeps_its_flags_and_changes_its_frame(void **state)
{
    (void)state;
    struct p2m *p2m = p2m_create(P2M_TREE, FRAMES);
    p2m_set(p2m, 7, 0x1234);
    assert_int_equal(p2m_translate(p2m, entry_make(7, 0xabc | ENTRY_PRESENT)),
                     entry_make(0x1234, 0xabc | ENTRY_PRESENT));
    assert_int_equal(p2m_translate(p2m, entry_make(7, 0xabc)), ENTRY_NONE); /* not present */
    assert_int_equal(p2m_translate(p2m, entry_make(8, ENTRY_PRESENT)), ENTRY_NONE);
    assert_int_equal(p2m_translate(p2m, entry_make(ENTRY_FRAME_MAX, ENTRY_PRESENT)), ENTRY_NONE);
    for (uint64_t frame = 0; frame < 10; frame++) {
        const uint64_t entry = entry_make(frame, ENTRY_PRESENT) | UINT64_C(1) << 63;
        assert_int_equal(p2m_reference(p2m, entry), p2m_translate(p2m, entry));
    }
    p2m_destroy(p2m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_has_a_bound),
        cmocka_unit_test(each_frame_has_a_host_frame_of_its_own),
        cmocka_unit_test(tree_and_array_agree),
        cmocka_unit_test(what_is_out_of_range_has_no_frame),
        cmocka_unit_test(an_entry_keeps_its_flags_and_changes_its_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
