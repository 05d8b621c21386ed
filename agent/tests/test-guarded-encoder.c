/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* What the guard remembers of a double of an encoder. */
#include "agent/linux/guarded-encoder.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static struct part {
    struct encoder encoder;
    int open_error, submit_error, get_error;
    unsigned opened, destroyed;
} part;

static const struct encoder_settings settings = {.width_px = 16};
static struct encoder *encoder;
static char folder[64], below[80], file[120];

static int part_open(struct encoder *of, const struct encoder_settings *with)
{
    (void)of;
    assert_ptr_equal(with, &settings);
    part.opened++;
    return part.open_error;
}

static int part_submit(struct encoder *of, const struct encoder_picture *picture)
{
    (void)of;
    (void)picture;
    return part.submit_error;
}

static int part_get(struct encoder *of, int64_t deadline_ns, struct encoder_unit *ret_unit)
{
    (void)of;
    (void)deadline_ns;
    (void)ret_unit;
    return part.get_error;
}

static const char *part_error(const struct encoder *of)
{
    (void)of;
    return "the double fails";
}

static void part_close(struct encoder *of)
{
    (void)of;
}

static void part_destroy(struct encoder *of)
{
    (void)of;
    part.destroyed++;
}

static const struct encoder_class part_class = {
    .open = part_open,
    .submit = part_submit,
    .get = part_get,
    .error = part_error,
    .close = part_close,
    .destroy = part_destroy,
};

static void create(const char *in)
{
    if (encoder)
        encoder->class->destroy(encoder);
    memset(&part, 0, sizeof part);
    part.encoder.class = &part_class;
    encoder = guarded_encoder_create(&part.encoder, in);
    assert_non_null(encoder);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/test-guarded-encoder-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(below, sizeof below, "%s/state", folder); /* is not there yet */
    snprintf(file, sizeof file, "%s/" GUARDED_ENCODER_FILE, below);
    create(below);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    encoder->class->destroy(encoder);
    encoder = NULL;
    unlink(file);
    rmdir(below);
    return rmdir(folder);
}

static int open_encoder(void)
{
    return encoder->class->open(encoder, &settings);
}

static int get(void)
{
    struct encoder_unit unit;

    return encoder->class->get(encoder, 0, &unit);
}

static int submit(void)
{
    struct encoder_picture picture = {0};

    return encoder->class->submit(encoder, &picture);
}

static void assert_error_has(const char *text)
{
    if (!strstr(encoder->class->error(encoder), text))
        fail_msg("\"%s\" without \"%s\"", encoder->class->error(encoder), text);
}

static void assert_off(void)
{
    assert_int_equal(open_encoder(), -ENOTSUP);
    assert_error_has("hardware encoding is off since it failed (2");
    assert_error_has(": the double fails): to try it again remove ");
    assert_error_has(file);
}

static void a_failure_is_remembered_across_a_restart(void **state)
{
    (void)state;
    assert_int_equal(open_encoder(), 0);
    assert_int_equal(get(), 0);
    part.get_error = -EOWNERDEAD;
    assert_int_equal(get(), -EOWNERDEAD);
    assert_string_equal(encoder->class->error(encoder),
                        "the double fails: hardware encoding is off from now on");
    assert_off();
    create(below);
    assert_off();
    assert_int_equal(part.opened, 0);
    assert_int_equal(unlink(file), 0);
    create(below);
    assert_int_equal(open_encoder(), 0);
}

static void each_way_to_fail_counts(void **state)
{
    static const int errors[] = {-EOWNERDEAD, -ETIMEDOUT, -EPROTO};

    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        unlink(file);
        create(below);
        part.open_error = errors[i];
        assert_int_equal(open_encoder(), errors[i]);
        assert_off();
    }
    unlink(file);
    create(below);
    assert_int_equal(open_encoder(), 0);
    part.submit_error = -EIO;
    assert_int_equal(submit(), -EIO);
    assert_off();
}

/* A card that is not there yet, a size that it cannot have, a unit that is not there yet. */
static void what_is_no_failure_is_not_remembered(void **state)
{
    static const int open_errors[] = {-ENODEV, -EINVAL, -EACCES, -ENOSYS, -ENOTSUP};

    (void)state;
    for (size_t i = 0; i < sizeof open_errors / sizeof *open_errors; i++) {
        part.open_error = open_errors[i];
        int expected = open_errors[i] == -ENOTSUP ? -ENOSYS : open_errors[i];
        assert_int_equal(open_encoder(), expected);
        assert_string_equal(encoder->class->error(encoder), "the double fails");
    }
    part.open_error = 0;
    assert_int_equal(open_encoder(), 0);
    part.get_error = -EAGAIN;
    assert_int_equal(get(), -EAGAIN);
    part.submit_error = -EBUSY;
    assert_int_equal(submit(), -EBUSY);
    assert_int_equal(access(file, F_OK), -1);
    assert_int_equal(open_encoder(), 0);
}

static void an_empty_file_is_enough(void **state)
{
    (void)state;
    assert_int_equal(mkdir(below, 0700), 0);
    FILE *empty = fopen(file, "w");
    assert_non_null(empty);
    fclose(empty);
    create(below);
    assert_int_equal(open_encoder(), -ENOTSUP);
    assert_error_has("for a reason that was not written down");
}

static void where_it_cannot_be_written_it_is_off_until_a_restart(void **state)
{
    char path[100];

    (void)state;
    snprintf(path, sizeof path, "%s/not/there", folder);
    create(path);
    assert_int_equal(open_encoder(), 0);
    part.get_error = -ETIMEDOUT;
    assert_int_equal(get(), -ETIMEDOUT);
    assert_error_has("hardware encoding is off from now on, but only until a restart: ");
    assert_error_has("No such file or directory: is it writable (--state)?");
    assert_int_equal(open_encoder(), -ENOTSUP);
}

static void the_encoder_is_destroyed(void **state)
{
    (void)state;
    assert_null(guarded_encoder_create(NULL, below));
    struct encoder *other = guarded_encoder_create(&part.encoder, below);
    other->class->destroy(other);
    assert_int_equal(part.destroyed, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_failure_is_remembered_across_a_restart),
        TEST(each_way_to_fail_counts),
        TEST(what_is_no_failure_is_not_remembered),
        TEST(an_empty_file_is_enough),
        TEST(where_it_cannot_be_written_it_is_off_until_a_restart),
        TEST(the_encoder_is_destroyed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
