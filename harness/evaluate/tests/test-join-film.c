/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* join_film: what becomes of the frames of a film, from sample files made by hand. */
#include "auto-destroy.h"
#include "harness/evaluate/join.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define VM "event,t_ns,number,x,y,width,height,unit,planned_ns\n"
#define CLIENT "event,t_ns,channel,stream,unit,bytes,crc,source,number,width,height\n"

static struct join *join_of(const char *vm_text, const char *client_text, GError **error)
{
    auto_destroy(rows) vm = rows_parse(vm_text, "vm.csv", NULL);
    auto_destroy(rows) client = rows_parse(client_text, "client.csv", NULL);
    assert_non_null(vm);
    assert_non_null(client);
    return join_film(vm, client, error);
}

static const struct frame *frame(const struct join *join, unsigned index)
{
    assert_true(index < join->frames->len);
    return &g_array_index(join->frames, struct frame, index);
}

static void frames_are_named_by_their_number(void **state)
{
    auto_destroy(join) join =
        join_of(VM "screen,1,1,0,0,64,64,,\ndrawn,1,1,0,0,64,64,,\ndrawn,80,7,0,0,64,64,,\n"
                   "film,100,,,,,,,\n"
                   "frame,101,7,,,,,0,100\ndrawn,102,7,0,0,64,64,,\n"
                   "frame,111,8,,,,,1,110\n"
                   "skipped,135,,,,,,2,120\n"
                   "frame,136,9,,,,,0,130\n"
                   "drained,150,9,,,,,,\n",
                CLIENT "shown,90,0,,,,,vgpu,7,64,64\n"  /* of an update before the film */
                       "shown,105,0,,,,,vgpu,7,64,64\n" /* the first time is what counts */
                       "shown,106,0,,,,,vgpu,7,64,64\n"
                       "shown,120,0,,,,,pgpu,8,64,64\n"   /* another source's number */
                       "shown,140,0,0,3,,,vgpu,9,64,64\n" /* from a stream */
                       "shown,141,0,,,,,blank,,64,64\n",
                NULL);
    assert_non_null(join);
    assert_int_equal(join->frames->len, 4);
    assert_int_equal(frame(join, 0)->fate, FATE_SHOWN);
    assert_int_equal(frame(join, 0)->t0_ns, 100);
    assert_int_equal(frame(join, 0)->t1_ns, 101);
    assert_int_equal(frame(join, 0)->t5_ns, 0);
    assert_int_equal(frame(join, 0)->t7_ns, 105);
    assert_int_equal(frame(join, 1)->fate, FATE_SUPERSEDED);
    assert_int_equal(frame(join, 1)->t7_ns, 0);
    assert_int_equal(frame(join, 2)->fate, FATE_SKIPPED);
    assert_int_equal(frame(join, 2)->t1_ns, 0);
    assert_int_equal(frame(join, 2)->unit, 2);
    assert_int_equal(frame(join, 3)->t7_ns, 140);
    assert_int_equal(frame(join, 3)->unit, 0);
    assert_int_equal(frame(join, 3)->loop, 1);
    assert_int_equal(join->count[FATE_SHOWN], 2);
    assert_int_equal(join->count[FATE_SUPERSEDED], 1);
    assert_int_equal(join->count[FATE_SKIPPED], 1);
    assert_int_equal(join->foreign, 0);
}

static void a_number_that_comes_again_is_another_frame(void **state)
{
    auto_destroy(join) join = join_of(VM "film,100,,,,,,,\nframe,101,65535,,,,,0,100\n"
                                         "frame,111,0,,,,,1,110\nframe,200,65535,,,,,2,200\n",
                                      CLIENT "shown,112,0,,,,,vgpu,65535,64,64\n"
                                             "shown,113,0,,,,,vgpu,0,64,64\n"
                                             "shown,205,0,,,,,vgpu,65535,64,64\n",
                                      NULL);
    assert_non_null(join);
    assert_int_equal(frame(join, 0)->t7_ns, 112);
    assert_int_equal(frame(join, 1)->t7_ns, 113);
    assert_int_equal(frame(join, 2)->t7_ns, 205);
}

static void each_film_has_a_first_second_of_its_own(void **state)
{
    auto_destroy(join) join =
        join_of(VM "film,1000000000,,,,,,,\nframe,1000000001,1,,,,,0,1000000000\n"
                   "frame,1999999999,2,,,,,1,1999999999\nframe,2000000000,3,,,,,2,2000000000\n"
                   "film,9000000000,,,,,,,\nframe,9000000001,4,,,,,0,9000000000\n",
                CLIENT, NULL);
    static const struct {
        unsigned opening, loop;
        bool startup;
    } expected[] = {{1, 0, true}, {1, 0, true}, {1, 0, false}, {2, 0, true}};

    assert_non_null(join);
    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
        assert_int_equal(frame(join, i)->opening, expected[i].opening);
        assert_int_equal(frame(join, i)->loop, expected[i].loop);
        assert_int_equal(frame(join, i)->startup, expected[i].startup);
    }
}

static void bad_rows_are_refused(void **state)
{
    static const struct {
        const char *name, *row;
    } cases[] = {
        {"no planned time", "frame,101,7,,,,,0,\n"},
        {"no number", "frame,101,,,,,,0,100\n"},
        {"a number of 17 bits", "frame,101,65536,,,,,0,100\n"},
        {"no unit", "frame,101,7,,,,,,100\n"},
        {"a skipped slot without its time", "skipped,101,,,,,,0,\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat(VM, "film,100,,,,,,,\n", cases[i].row, NULL);
        g_autoptr(GError) error = NULL;
        if (join_of(text, CLIENT, &error))
            fail_msg("%s: taken", cases[i].name);
        if (!strstr(error->message, "the VM's samples: row 2"))
            fail_msg("%s: %s", cases[i].name, error->message);
    }
}

/* Expected: files that are read while they are written count as far as both go. Each is
 * written in pieces, and what the client had written further took all its frames away. */
static void of_files_that_grow_both_count_as_far_as_both_go(void **state)
{
    auto_destroy(rows) vm =
        rows_parse(VM "film,100,,,,,,,\nframe,101,7,,,,,0,100\n", "vm.csv", NULL);
    auto_destroy(rows) client = rows_parse(
        CLIENT "shown,101,0,,,,,vgpu,7,64,64\nshown,120,0,,,,,vgpu,8,64,64\n", "client.csv", NULL);
    assert_null(join_film(vm, client, NULL));
    rows_end_at(client, rows_time_ns(vm, rows_count(vm) - 1));
    assert_int_equal(rows_count(client), 1);
    auto_destroy(join) join = join_film(vm, client, NULL);
    assert_non_null(join);
    assert_int_equal(frame(join, 0)->t7_ns, 101);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_named_by_their_number),
        cmocka_unit_test(a_number_that_comes_again_is_another_frame),
        cmocka_unit_test(each_film_has_a_first_second_of_its_own),
        cmocka_unit_test(bad_rows_are_refused),
        cmocka_unit_test(of_files_that_grow_both_count_as_far_as_both_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
