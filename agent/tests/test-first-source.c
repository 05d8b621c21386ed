/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/first-source.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* A double: a screen that is there or is not. */
struct screen {
    struct source source;
    const char *error;
    int result; /* of open() */
    unsigned opened, closed, destroyed;
};

static struct screen *screen_of(struct source *source)
{
    return (struct screen *)source;
}

static int screen_open(struct source *source, struct source_mode *ret_mode)
{
    struct screen *self = screen_of(source);

    self->opened++;
    ret_mode->width_px = 640;
    ret_mode->height_px = 480;
    return self->result;
}

static int screen_wait(struct source *source, int64_t deadline_ns, struct os_wake *wake)
{
    (void)source;
    (void)deadline_ns;
    (void)wake;
    return -EIO;
}

static const char *screen_error(const struct source *source)
{
    return ((const struct screen *)source)->error;
}

static void screen_close(struct source *source)
{
    screen_of(source)->closed++;
}

static void screen_destroy(struct source *source)
{
    screen_of(source)->destroyed++;
}

static const struct source_class class = {
    .open = screen_open,
    .wait = screen_wait,
    .error = screen_error,
    .close = screen_close,
    .destroy = screen_destroy,
};

static struct screen card = {.source.class = &class, .error = "no card"};
static struct screen server = {.source.class = &class, .error = "no server"};

static struct source *create(int card_result, int server_result)
{
    card = (struct screen){.source.class = &class, .error = "no card", .result = card_result};
    server = (struct screen){.source.class = &class, .error = "no server", .result = server_result};
    struct source *const both[] = {&card.source, &server.source};
    return first_source_create(both, 2);
}

static void the_first_that_opens_is_taken(void **state)
{
    struct source *source = create(-ENODEV, 0);
    struct source_mode mode;

    (void)state;
    assert_int_equal(source->class->open(source, &mode), 0);
    assert_int_equal(mode.width_px, 640);
    assert_int_equal(card.closed, 1); /* as any source after its failure */
    assert_int_equal(source->class->wait(source, 0, NULL), -EIO);
    assert_string_equal(source->class->error(source), "no server");
    source->class->close(source);
    assert_int_equal(server.closed, 1);
    source->class->destroy(source);
    assert_int_equal(card.destroyed + server.destroyed, 2);
}

static void what_has_come_since_is_taken_the_next_time(void **state)
{
    struct source *source = create(-ENODEV, 0);
    struct source_mode mode;

    (void)state;
    assert_int_equal(source->class->open(source, &mode), 0);
    source->class->close(source);
    card.result = 0;
    assert_int_equal(source->class->open(source, &mode), 0);
    assert_int_equal(server.opened, 1);
    assert_int_equal(card.opened, 2);
    source->class->destroy(source);
}

static void the_errors_of_all_are_reported(void **state)
{
    struct source *source = create(-ENODEV, -ECONNREFUSED);
    struct source_mode mode;

    (void)state;
    assert_int_equal(source->class->open(source, &mode), -ECONNREFUSED);
    assert_string_equal(source->class->error(source), "no card; no server");
    source->class->destroy(source);
}

static void without_one_of_them_there_is_none(void **state)
{
    struct source *const one[] = {&card.source, NULL};

    (void)state;
    card.destroyed = 0;
    assert_null(first_source_create(one, 2));
    assert_int_equal(card.destroyed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_that_opens_is_taken),
        cmocka_unit_test(what_has_come_since_is_taken_the_next_time),
        cmocka_unit_test(the_errors_of_all_are_reported),
        cmocka_unit_test(without_one_of_them_there_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
