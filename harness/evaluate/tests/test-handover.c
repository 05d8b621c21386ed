/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* Where the display went from one source to the other, by the samples. */
#include "auto-destroy.h"
#include "harness/evaluate/handover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define CLIENT "event,t_ns,channel,source\n"
#define VM "event,t_ns\n"
/* Seen by one client from the first picture to the last. */
#define THERE_AND_BACK                                                                       \
    "shown,10,0,vgpu\nshown,20,0,vgpu\nshown,30,0,pgpu\nshown,40,0,pgpu\nshown,50,0,blank\n" \
    "shown,60,0,vgpu\n"

/* The first handover of that direction, and whether there is one. */
static bool first(const char *client_text, const char *vm_text, enum handover_direction direction,
                  struct handover *ret_handover)
{
    auto_destroy(rows) client = rows_parse(client_text, "client.csv", NULL);
    auto_destroy(rows) vm = rows_parse(vm_text, "vm.csv", NULL);
    unsigned row = 0;

    assert_non_null(client);
    assert_non_null(vm);
    return handover_next(client, vm, direction, &row, ret_handover);
}

static void assert_handover(const struct handover *handover, int event, int first_picture,
                            int last_picture)
{
    assert_int_equal(handover->event_ns, event);
    assert_int_equal(handover->first_ns, first_picture);
    assert_int_equal(handover->last_ns, last_picture);
}

static void it_runs_from_the_port_to_the_first_picture(void **state)
{
    struct handover handover;
    (void)state;
    assert_true(first(CLIENT THERE_AND_BACK, VM "port-opened,15\nport-closed,45\n", HANDOVER_IN,
                      &handover));
    assert_handover(&handover, 15, 30, 20);
    assert_true(first(CLIENT THERE_AND_BACK, VM "port-opened,15\nport-closed,45\n", HANDOVER_OUT,
                      &handover));
    assert_handover(&handover, 45, 60, 40);
}

static void a_client_that_came_later_saw_none(void **state)
{
    struct handover handover;
    (void)state;
    assert_false(
        first(CLIENT THERE_AND_BACK, VM "port-opened,5\nport-closed,45\n", HANDOVER_IN, &handover));
}

static void nor_did_one_that_had_left(void **state)
{
    struct handover handover;
    (void)state;
    assert_false(first(CLIENT "shown,10,0,vgpu\ndisconnected,12,,\nshown,20,0,vgpu\n"
                              "shown,30,0,pgpu\n",
                       VM "port-opened,15\n", HANDOVER_IN, &handover));
}

static void an_opening_without_a_picture_is_none(void **state)
{
    struct handover handover;
    (void)state;
    /* Only the second opening was seen. */
    assert_true(first(CLIENT THERE_AND_BACK, VM "port-opened,11\nport-closed,12\nport-opened,15\n",
                      HANDOVER_IN, &handover));
    assert_handover(&handover, 15, 30, 20);
}

static void each_is_found_in_turn(void **state)
{
    auto_destroy(rows) client =
        rows_parse(CLIENT THERE_AND_BACK "shown,80,0,pgpu\n", "client.csv", NULL);
    auto_destroy(rows) vm =
        rows_parse(VM "port-opened,15\nport-closed,45\nport-opened,70\n", "vm.csv", NULL);
    struct handover handover;
    unsigned row = 0;

    (void)state;
    assert_true(handover_next(client, vm, HANDOVER_IN, &row, &handover));
    assert_handover(&handover, 15, 30, 20);
    assert_true(handover_next(client, vm, HANDOVER_IN, &row, &handover));
    assert_handover(&handover, 70, 80, 60);
    assert_false(handover_next(client, vm, HANDOVER_IN, &row, &handover));
}

static void a_window_of_its_own_takes_over_without_a_gap(void **state)
{
    static const char client[] = CLIENT "shown,10,0,vgpu\nshown,30,1,pgpu\nshown,35,0,vgpu\n"
                                        "shown,40,1,pgpu\nshown,60,0,vgpu\n";
    struct handover handover;
    (void)state;
    assert_true(first(client, VM "port-opened,15\nport-closed,45\n", HANDOVER_IN, &handover));
    assert_handover(&handover, 15, 30, 0);
    /* The vGPU's window never showed anything else: it has not come back. */
    assert_false(first(client, VM "port-opened,15\nport-closed,45\n", HANDOVER_OUT, &handover));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_runs_from_the_port_to_the_first_picture),
        cmocka_unit_test(a_client_that_came_later_saw_none),
        cmocka_unit_test(nor_did_one_that_had_left),
        cmocka_unit_test(an_opening_without_a_picture_is_none),
        cmocka_unit_test(each_is_found_in_turn),
        cmocka_unit_test(a_window_of_its_own_takes_over_without_a_gap),
    };
    return cmocka_run_group_tests_name("handover", tests, NULL, NULL);
}
