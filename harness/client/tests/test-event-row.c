/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/event-row.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The contents of a new sample file to which this row was written. */
static char *written(const struct event_row *row)
{
    g_autofree char *folder = g_dir_make_tmp("test-event-row-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "client.csv", NULL);
    char *text = NULL;

    struct samples *samples = samples_open(path, EVENT_ROW_HEADER, NULL);
    event_row_write(row, samples);
    assert_true(samples_close(samples));
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_unlink(path);
    g_rmdir(folder);
    return text;
}

static void what_is_not_set_is_empty(void **state)
{
    (void)state;
    struct event_row row = event_row("connected", 12);
    g_autofree char *text = written(&row);
    assert_string_equal(text, EVENT_ROW_HEADER "\nconnected,12,,,,,,,,,,\n");
}

static void each_field_has_its_column(void **state)
{
    (void)state;
    struct event_row row = event_row("shown", INT64_C(9223372036854775807));
    row.channel = 1;
    row.stream = 2;
    row.unit = 0;
    row.bytes = 4;
    row.crc = 0xfe;
    row.source = "pgpu";
    row.number = 5;
    row.width_px = 6;
    row.height_px = 7;
    row.stale_px = 8;
    g_autofree char *text = written(&row);
    assert_string_equal(text, EVENT_ROW_HEADER
                        "\nshown,9223372036854775807,1,2,0,4,000000fe,pgpu,5,6,7,8\n");
}

static void without_a_file_nothing_happens(void **state)
{
    (void)state;
    struct event_row row = event_row("connected", 12);
    event_row_write(&row, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_set_is_empty),
        cmocka_unit_test(each_field_has_its_column),
        cmocka_unit_test(without_a_file_nothing_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
