/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* join_drawn: which slot each picture of a real agent shows, from sample files made by hand. */
#include "auto-destroy.h"
#include "harness/evaluate/join.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define DRAWN "event,t_ns,number,unit,planned_ns\nfilm,100,,,\n"
#define AGENT "event,t_ns,loop,unit,bytes,crc,planned_ns,key\nopened,90,,,,,,\n"
#define CLIENT "event,t_ns,channel,stream,unit,bytes,crc,source,number,width,height\n"

static struct join *join_of(const char *drawn_text, const char *agent_text, const char *client_text,
                            GError **error)
{
    auto_destroy(rows) drawn = rows_parse(drawn_text, "drawn.csv", NULL);
    auto_destroy(rows) agent = rows_parse(agent_text, "agent.csv", NULL);
    auto_destroy(rows) client = rows_parse(client_text, "client.csv", NULL);
    assert_non_null(drawn);
    assert_non_null(agent);
    assert_non_null(client);
    auto_destroy(join) sent = join_frames(agent, client, error);
    return sent ? join_drawn(sent, drawn, error) : NULL;
}

static const struct frame *frame(const struct join *join, unsigned index)
{
    assert_true(index < join->frames->len);
    return &g_array_index(join->frames, struct frame, index);
}

static void the_barcode_names_the_slot(void **state)
{
    auto_destroy(join) join = join_of(
        DRAWN "frame,101,0,0,100\nframe,111,1,1,110\nframe,121,2,2,120\nframe,131,3,3,130\n",
        /* noticed at 112, captured when the next one was drawn already */
        AGENT "frame,104,0,0,10,aa,102,1\nframe,124,0,1,20,bb,112,0\nframe,134,0,2,30,cc,132,0\n",
        CLIENT "received,105,0,0,0,10,aa,,,,\nshown,106,0,0,0,,,pgpu,0,64,64\n"
               "received,125,0,0,1,20,bb,,,,\nshown,126,0,0,1,,,pgpu,2,64,64\n"
               "received,135,0,0,2,30,cc,,,,\nshown,136,0,0,2,,,pgpu,3,64,64\n",
        NULL);

    (void)state;
    assert_non_null(join);
    assert_int_equal(join->frames->len, 4);
    assert_int_equal(frame(join, 0)->t0_ns, 100);
    assert_int_equal(frame(join, 0)->t1_ns, 104);
    assert_int_equal(frame(join, 0)->t7_ns, 106);
    assert_int_equal(frame(join, 1)->fate, FATE_SKIPPED);
    assert_int_equal(frame(join, 1)->t1_ns, 0);
    assert_int_equal(frame(join, 2)->t0_ns, 120);
    assert_int_equal(frame(join, 2)->t7_ns, 126);
    assert_int_equal(frame(join, 2)->unit, 2);
    assert_int_equal(frame(join, 2)->bytes, 20);
    assert_int_equal(join->count[FATE_SHOWN], 3);
    assert_int_equal(join->count[FATE_SKIPPED], 1);
    assert_int_equal(join->misnamed, 0);
}

/* It was decoded and not shown: no barcode is known. */
static void without_a_barcode_the_time_names_it(void **state)
{
    auto_destroy(join) join = join_of(
        DRAWN "frame,101,0,0,100\nframe,111,1,1,110\nframe,121,2,2,120\n",
        AGENT "frame,104,0,0,10,aa,102,1\nframe,114,0,1,20,bb,112,0\nframe,124,0,2,30,cc,122,0\n",
        CLIENT "received,105,0,0,0,10,aa,,,,\nshown,106,0,0,0,,,pgpu,0,64,64\n"
               "received,115,0,0,1,20,bb,,,,\ndecoded,116,0,0,1,,,,,,\n"
               "received,125,0,0,2,30,cc,,,,\nshown,126,0,0,2,,,pgpu,2,64,64\n",
        NULL);

    (void)state;
    assert_non_null(join);
    assert_int_equal(frame(join, 1)->fate, FATE_SUPERSEDED);
    assert_int_equal(frame(join, 1)->t0_ns, 110);
    assert_int_equal(frame(join, 1)->t5_ns, 115);
}

static void a_second_picture_of_a_slot_adds_its_bytes(void **state)
{
    auto_destroy(join) join =
        join_of(DRAWN "frame,101,0,0,100\nskipped,125,,1,110\n",
                AGENT "frame,104,0,0,10,aa,102,1\nframe,108,0,1,20,bb,107,1\n",
                CLIENT "received,105,0,0,0,10,aa,,,,\n"
                       "received,109,0,0,1,20,bb,,,,\nshown,110,0,0,1,,,pgpu,0,64,64\n",
                NULL);

    (void)state;
    assert_non_null(join);
    /* The slot after the last captured one was drawn for nobody. */
    assert_int_equal(join->frames->len, 1);
    assert_int_equal(frame(join, 0)->bytes, 30);
    assert_int_equal(frame(join, 0)->t1_ns, 108); /* of the one that was shown */
    assert_int_equal(frame(join, 0)->t7_ns, 110);
}

static void slots_between_two_openings_do_not_count(void **state)
{
    auto_destroy(join) join =
        join_of(DRAWN "frame,81,0,0,80\nframe,101,1,1,100\nframe,201,2,2,200\nframe,301,3,3,300\n"
                      "frame,311,4,4,310\nframe,321,0,0,320\n",
                AGENT "frame,104,0,0,10,aa,102,1\nclosed,150,,,,,,\nopened,250,,,,,,\n"
                      "frame,304,0,1,20,bb,302,1\nframe,324,0,2,20,cc,322,0\n",
                CLIENT "received,105,0,0,0,10,aa,,,,\nshown,106,0,0,0,,,pgpu,1,64,64\n"
                       "received,305,0,0,1,20,bb,,,,\nshown,306,0,0,1,,,pgpu,3,64,64\n"
                       "received,325,0,0,2,20,cc,,,,\nshown,326,0,0,2,,,pgpu,0,64,64\n",
                NULL);

    (void)state;
    assert_non_null(join);
    assert_int_equal(join->frames->len, 4);
    assert_int_equal(frame(join, 0)->opening, 1);
    assert_int_equal(frame(join, 1)->opening, 2);
    assert_int_equal(frame(join, 2)->fate, FATE_SKIPPED);
    assert_int_equal(frame(join, 2)->opening, 2);
    assert_int_equal(frame(join, 3)->loop, 1);
    assert_int_equal(frame(join, 3)->t0_ns, 320);
}

/* The client's time would be that of another picture. */
static void what_was_not_drawn_yet_is_misnamed(void **state)
{
    auto_destroy(join) join =
        join_of(DRAWN "frame,101,0,0,100\nframe,111,1,1,110\n", AGENT "frame,104,0,0,10,aa,102,1\n",
                CLIENT "received,105,0,0,0,10,aa,,,,\nshown,116,0,0,0,,,pgpu,1,64,64\n", NULL);

    (void)state;
    assert_non_null(join);
    assert_int_equal(join->misnamed, 1);
}

static void a_row_without_its_fields_is_refused(void **state)
{
    g_autoptr(GError) error = NULL;

    (void)state;
    assert_null(join_of(DRAWN "frame,101,,0,100\n", AGENT, CLIENT, &error));
    assert_non_null(strstr(error->message, "row 2 ('frame')"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_barcode_names_the_slot),
        cmocka_unit_test(without_a_barcode_the_time_names_it),
        cmocka_unit_test(a_second_picture_of_a_slot_adds_its_bytes),
        cmocka_unit_test(slots_between_two_openings_do_not_count),
        cmocka_unit_test(what_was_not_drawn_yet_is_misnamed),
        cmocka_unit_test(a_row_without_its_fields_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
