/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* join: what becomes of a frame, from sample files made by hand. */
#include "auto-destroy.h"
#include "harness/evaluate/join.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* A run as two strings. The agent's letters: o port opened, S ordered to start,
 * s ordered to stop, - slot not captured, any other letter an access unit with
 * that content. The client's: . no more of it shown, a letter an access unit
 * received, decoded and shown, followed by ' when it was not shown, by ! when it
 * was received only. The
 * n-th letter of either happens n times 33 ms after the beginning, the
 * client's 5 ms later, `late` steps later still. */
#define STEP_NS 33000000LL
#define BEGIN_NS 1000000000LL

static struct rows *agent_rows(const char *run)
{
    g_autoptr(GString) text = g_string_new("event,t_ns,loop,unit,bytes,crc,planned_ns,key\n");
    unsigned unit = 0;
    for (int i = 0; run[i]; i++) {
        int64_t t0 = BEGIN_NS + i * STEP_NS;
        const char *event = run[i] == 'o'   ? "opened"
                            : run[i] == 'S' ? "started"
                            : run[i] == 's' ? "stopped"
                                            : NULL;
        if (event)
            g_string_append_printf(text, "%s,%lld,,,,,,\n", event, (long long)t0);
        else if (run[i] == '-')
            g_string_append_printf(text, "skipped,%lld,,,,,%lld,\n", (long long)t0, (long long)t0);
        else
            g_string_append_printf(text, "frame,%lld,0,%u,100,%x,%lld,%d\n",
                                   (long long)t0 + 1000000, unit++, run[i], (long long)t0,
                                   run[i] == 'I');
    }
    struct rows *rows = rows_parse(text->str, "agent.csv", NULL);
    assert_non_null(rows);
    return rows;
}

static struct rows *client_rows(const char *run, int late)
{
    g_autoptr(GString) text =
        g_string_new("event,t_ns,channel,stream,unit,bytes,crc,source,number,width,height\n");
    unsigned unit = 0;
    int step = late;
    for (int i = 0; run[i]; i++) {
        if (run[i] == '\'' || run[i] == '!')
            continue;
        int64_t t5 = BEGIN_NS + step++ * STEP_NS + 5000000;
        if (run[i] == '.')
            continue;
        g_string_append_printf(text, "received,%lld,0,0,%u,100,%x,,,,\n", (long long)t5, unit,
                               run[i]);
        if (run[i + 1] != '!')
            g_string_append_printf(text, "decoded,%lld,0,0,%u,,,,,,\n", (long long)t5 + 2, unit);
        if (run[i + 1] != '!' && run[i + 1] != '\'')
            g_string_append_printf(text, "shown,%lld,0,0,%u,,,pgpu,,64,64\n", (long long)t5 + 3,
                                   unit);
        unit++;
    }
    struct rows *rows = rows_parse(text->str, "client.csv", NULL);
    assert_non_null(rows);
    return rows;
}

/* The fates as a string: a letter a slot. */
static char *fates(const struct join *join)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < join->frames->len; i++)
        g_string_append_c(text, "+=uxL-"[g_array_index(join->frames, struct frame, i).fate]);
    return g_string_free(text, false);
}

static void each_frame_gets_its_fate(void **state)
{
    static const struct {
        const char *name, *agent, *client;
        int late;
        const char
            *expected; /* + shown, = superseded, u undecoded, x dropped, L lost, - not captured */
        unsigned foreign;
    } cases[] = {
        {"all shown", "Iabcde", "Iabcde", 0, "++++++", 0},
        {"late", "Iabcde", "Iabcde", 7, "++++++", 0},
        {"superseded", "Iabcde", "Iab'cd'e'", 0, "++=+==", 0},
        {"never decoded", "Iabcde", "Iab!cd!e'", 0, "++u+u=", 0},
        {"one lost", "Iabcdefgh", "Iab.defgh", 0, "+++L+++++", 0},
        {"several lost", "Iabcdefghijk", "Ia....fghijk", 0, "++LLLL++++++", 0},
        {"the first lost", "Iabcdefgh", "..bcdefgh", 0, "LL+++++++", 0},
        {"the end lost", "Iabcdefgh", "Iabcd", 0, "+++++LLLL", 0},
        {"nothing received", "Iab", "", 0, "LLL", 0},
        {"nothing written", "", "ab", 0, "", 2},
        {"not captured", "Ia--bc", "Ia..bc", 0, "++--++", 0},
        {"received twice", "Iabcdefgh", "Iabbcdefgh", 1, "+++++++++", 1},
        {"never written", "Iabcdefgh", "Iabzcdefgh", 1, "+++++++++", 1},
        {"another in its place", "Iabcdefgh", "Iazcdefgh", 0, "++L++++++", 1},
        {"equal ones in a row", "Iaaaabcde", "Iaaaabcde", 0, "+++++++++", 0},
        {"a loop", "IabcIabcIabc", "IabcIabcIabc", 0, "++++++++++++", 0},
        {"a loop with a loss", "IabcdefIabcdef", "Iab.defIabcdef", 0, "+++L++++++++++", 0},
        {"a loop, one never written", "IabcdefIabcdef", "Iabczdef.Iabcdef", 1, "++++++++++++++", 1},
        {"an equal one lost too", "Iacbebdfg", "Ia...bdfg", 0, "++LLL++++", 0},
        {"an equal one not yet written", "Iabcb", "Iabb", 0, "+++LL", 1},
        {"a restart at a key frame", "oSIabcdsSIabcd", "..Iabcd..Iabcd", 0, "++++++++++", 0},
        {"after the stop", "oSIabsxySIefgh", "..Iab....Iefgh", 0, "+++xx+++++", 0},
        {"after the stop, yet received", "oSIabsxSIefgh", "..Iab.x.Iefgh", 0, "+++++++++", 0},
        {"the port opened again", "oSIabcdoSIabcd", "..Iabcd..Iabcd", 0, "++++++++++", 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        auto_destroy(rows) agent = agent_rows(cases[i].agent);
        auto_destroy(rows) client = client_rows(cases[i].client, cases[i].late);
        auto_destroy(join) join = join_frames(agent, client, NULL);
        assert_non_null(join);
        g_autofree char *was = fates(join);
        unsigned total = 0;

        if (!g_str_equal(was, cases[i].expected) || join->foreign != cases[i].foreign)
            fail_msg("%s: expected %s and %u foreign, got %s and %u", cases[i].name,
                     cases[i].expected, cases[i].foreign, was, join->foreign);
        for (unsigned fate = 0; fate < FATE_COUNT; fate++)
            total += join->count[fate];
        assert_int_equal(total, join->frames->len); /* every slot has one fate */
    }
}

/* Expected: a unit that is received before its equal in the next round of the
 * loop is written, is not taken for that one. */
static void nothing_arrives_before_it_was_written(void **state)
{
    auto_destroy(rows) agent = agent_rows("IabcdIabcd");
    auto_destroy(rows) client = client_rows("....dIabcd", 0);
    auto_destroy(join) join = join_frames(agent, client, NULL);
    g_autofree char *was = fates(join);
    assert_string_equal(was, "LLLL++++++");
}

static void the_times_are_those_of_the_frame(void **state)
{
    auto_destroy(rows) agent = agent_rows("oSIa-c");
    auto_destroy(rows) client = client_rows("..Ia.c!", 0);
    auto_destroy(join) join = join_frames(agent, client, NULL);
    const struct frame *second = &g_array_index(join->frames, struct frame, 1);
    const struct frame *last = &g_array_index(join->frames, struct frame, 3);

    assert_true(second->t0_ns == BEGIN_NS + 3 * STEP_NS);
    assert_true(second->t1_ns == second->t0_ns + 1000000);
    assert_true(second->t5_ns == second->t0_ns + 5000000);
    assert_true(second->t6_ns == second->t5_ns + 2);
    assert_true(second->t7_ns == second->t5_ns + 3);
    assert_true(second == join_find(join, 0, 1));
    assert_true(last->t5_ns > 0 && last->t6_ns == 0 && last->t7_ns == 0);
    assert_int_equal(last->opening, 1);
    assert_null(join_find(join, 0, 3));
    assert_null(join_find(join, 1, 0));
}

/* Two openings of which the server got all but the last frame of the first; its
 * ring has lost one of the second. t2 is 1 ns after t1, and so on. */
#define MODULE "event,t_ns,sequence,opening,id,bytes,key,t2_ns,t3_ns,t4_ns,clients,fate\n"

static void the_servers_times_are_found_by_order(void **state)
{
    auto_destroy(rows) agent = agent_rows("oSI-aboSIabc");
    auto_destroy(rows) client = client_rows("", 0);
    auto_destroy(rows) module = rows_parse(MODULE "frame,3,1,1,7,100,1,2,3,4,1,sent\n"
                                                  "frame,6,2,1,8,100,0,5,6,,0,unwanted\n"
                                                  "frame,9,3,2,9,100,1,8,9,10,1,sent\n"
                                                  "frame,12,5,2,9,100,0,11,12,13,1,sent\n"
                                                  "buffers,14,,,,4711,,,,,,\n",
                                           "module.csv", NULL);
    static const int64_t expected[][3] = {{2, 3, 4},  {0, 0, 0}, {5, 6, 0},    {0, 0, 0},
                                          {8, 9, 10}, {0, 0, 0}, {11, 12, 13}, {0, 0, 0}};
    auto_destroy(join) join = join_frames(agent, client, NULL);

    assert_true(join_module(join, module, NULL));
    assert_int_equal(join->frames->len, G_N_ELEMENTS(expected));
    for (unsigned i = 0; i < join->frames->len; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        assert_int_equal(frame->t2_ns, expected[i][0]);
        assert_int_equal(frame->t3_ns, expected[i][1]);
        assert_int_equal(frame->t4_ns, expected[i][2]);
    }
}

static void another_size_is_another_frame(void **state)
{
    auto_destroy(rows) agent = agent_rows("oSIa");
    auto_destroy(rows) client = client_rows("", 0);
    auto_destroy(rows) module = rows_parse(MODULE "frame,3,1,1,7,100,1,2,3,4,1,sent\n"
                                                  "frame,6,2,1,8,99,0,5,6,,0,sent\n",
                                           "module.csv", NULL);
    auto_destroy(join) join = join_frames(agent, client, NULL);
    g_autoptr(GError) error = NULL;

    assert_false(join_module(join, module, &error));
    assert_string_equal(error->message, "the server's samples: frame 2 of opening 1 has 99 bytes, "
                                        "the agent wrote 100");
}

static void the_first_second_of_each_stream_is_its_startup(void **state)
{
    char run[80] = "oS";
    memset(run + 2, 'a', 35);
    strcpy(run + 37, "oSb");
    auto_destroy(rows) agent = agent_rows(run);
    auto_destroy(rows) client = client_rows("", 0);
    auto_destroy(join) join = join_frames(agent, client, NULL);

    for (unsigned i = 0; i < join->frames->len; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        /* 30 steps of 33 ms are less than a second, 31 more. */
        assert_int_equal(frame->startup, i <= 30 || frame->opening == 2);
    }
}

/* Expected: the rows of several threads in any order. The bug: "decoded" before
 * "received" was refused as never received. */
static void rows_of_a_unit_come_in_any_order(void **state)
{
    auto_destroy(rows) agent = agent_rows("Ia");
    auto_destroy(rows) client =
        rows_parse("event,t_ns,channel,stream,unit,bytes,crc,source,number,width,height\n"
                   "shown,2000000002,0,0,0,,,pgpu,,64,64\ndecoded,2000000001,0,0,0,,,,,,\n"
                   "received,2000000000,0,0,0,100,49,,,,\nreceived,2000000003,0,0,1,100,61,,,,\n",
                   "client.csv", NULL);
    auto_destroy(join) join = join_frames(agent, client, NULL);
    assert_non_null(join);
    g_autofree char *was = fates(join);
    assert_string_equal(was, "+u");
    assert_true(g_array_index(join->frames, struct frame, 0).t6_ns == 2000000001);
}

static void a_barcode_that_contradicts_is_counted(void **state)
{
    auto_destroy(rows) agent = agent_rows("Iab");
    auto_destroy(rows) client =
        rows_parse("event,t_ns,channel,stream,unit,bytes,crc,source,number,width,height\n"
                   "received,2000000000,0,0,0,100,49,,,,\nshown,2000000001,0,0,0,,,pgpu,0,64,64\n"
                   "received,2000000002,0,0,1,100,61,,,,\nshown,2000000003,0,0,1,,,pgpu,2,64,64\n"
                   "received,2000000004,0,0,2,100,62,,,,\nshown,2000000005,0,0,2,,,pgpu,,64,64\n",
                   "client.csv", NULL);
    auto_destroy(join) join = join_frames(agent, client, NULL);
    assert_int_equal(join->count[FATE_SHOWN], 3);
    assert_int_equal(join->misnamed, 1);
}

static void bad_samples_are_refused(void **state)
{
#define AGENT "event,t_ns,loop,unit,bytes,crc,planned_ns,key\n"
#define CLIENT "event,t_ns,channel,stream,unit,bytes,crc,source,number,width,height\n"
    static const struct {
        const char *name, *agent, *client, *expected;
    } cases[] = {
        {"frame without a plan", AGENT "frame,5,0,0,100,49,,1\n", CLIENT, "agent's samples: row 1"},
        {"frame without bytes", AGENT "frame,5,0,0,,49,4,1\n", CLIENT, "agent's samples: row 1"},
        {"frame without a CRC", AGENT "frame,5,0,0,100,zz,4,1\n", CLIENT, "agent's samples: row 1"},
        {"received without a unit", AGENT, CLIENT "received,5,0,0,,100,49,,,,\n",
         "client's samples: row 1"},
        {"shown, never received", AGENT, CLIENT "shown,5,0,0,3,,,pgpu,,64,64\n",
         "client's samples: row 1"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        auto_destroy(rows) agent = rows_parse(cases[i].agent, "agent.csv", NULL);
        auto_destroy(rows) client = rows_parse(cases[i].client, "client.csv", NULL);
        g_autoptr(GError) error = NULL;
        auto_destroy(join) join = join_frames(agent, client, &error);
        if (join || !strstr(error->message, cases[i].expected))
            fail_msg("%s: '%s'", cases[i].name, join ? "accepted" : error->message);
    }
}

static void rows_are_checked(void **state)
{
    static const struct {
        const char *name, *text, *expected; /* NULL: accepted */
        unsigned rows;
    } cases[] = {
        {"empty", "", "line 1: no sample file", 0},
        {"another file", "a,b\n", "line 1: no sample file", 0},
        {"no rows", "event,t_ns\n", NULL, 0},
        {"killed in a row", "event,t_ns,x\na,1,2\nb,2", NULL, 1},
        {"a field too few", "event,t_ns,x\na,1\n", "line 2: not as many fields", 0},
        {"a field too many", "event,t_ns\na,1,2\n", "line 2: not as many fields", 0},
        {"no time", "event,t_ns\na,b\n", "line 2: the second field", 0},
        {"negative time", "event,t_ns\na,-1\n", "line 2: the second field", 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        auto_destroy(rows) rows = rows_parse(cases[i].text, "file", &error);
        if (cases[i].expected ? rows || !strstr(error->message, cases[i].expected)
                              : !rows || rows_count(rows) != cases[i].rows)
            fail_msg("%s: '%s'", cases[i].name, error ? error->message : "accepted");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_frame_gets_its_fate),
        cmocka_unit_test(nothing_arrives_before_it_was_written),
        cmocka_unit_test(the_times_are_those_of_the_frame),
        cmocka_unit_test(the_servers_times_are_found_by_order),
        cmocka_unit_test(another_size_is_another_frame),
        cmocka_unit_test(the_first_second_of_each_stream_is_its_startup),
        cmocka_unit_test(rows_of_a_unit_come_in_any_order),
        cmocka_unit_test(a_barcode_that_contradicts_is_counted),
        cmocka_unit_test(bad_samples_are_refused),
        cmocka_unit_test(rows_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
