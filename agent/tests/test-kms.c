/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* What the KMS source decides without a card: which one, and how its pixels and its pointer are
 * read. */
#include "agent/linux/kms-card.h"
#include "agent/linux/kms-cursor.h"
#include "agent/linux/kms-pixels.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define WIDTH_PX 24
#define HEIGHT_PX 10
#define STRIDE_PX 32

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct kms_card vgpu = {0, "/dev/dri/card0",         "virtio_gpu", "0000:00:01.0",
                                     1, {{"Virtual-1", true, 37}}};
static const struct kms_card pgpu = {
    0,        "/dev/dri/card1",
    "amdgpu", "0000:03:00.0",
    3,        {{"DP-1", false, 0}, {"DP-2", true, 0}, {"HDMI-A-1", true, 52}}};
static const struct kms_card dark = {
    0, "/dev/dri/card2", "amdgpu", "0000:04:00.0", 2, {{"DP-1", false, 0}, {"DP-3", true, 0}}};

static void the_card_that_is_wanted(void **state)
{
    (void)state;
    static const struct {
        const char *wanted;
        unsigned first;
        unsigned count;
        int result;
        const char *card;
        const char *text; /* the connector, or a part of the error */
    } cases[] = {
        {"auto", 0, 3, 0, "/dev/dri/card1", "HDMI-A-1"},
        {"auto", 0, 1, 0, "/dev/dri/card0", "Virtual-1"},
        {"Virtual-1", 0, 3, 0, "/dev/dri/card0", "Virtual-1"},
        {"0000:00:01.0", 0, 3, 0, "/dev/dri/card0", "Virtual-1"},
        {"0000:03:00.0", 0, 3, 0, "/dev/dri/card1", "HDMI-A-1"},
        {"auto", 0, 0, -ENODEV, NULL, "no graphics card with a connector in /dev/dri"},
        {"card0-Virtual-1", 0, 3, 0, "/dev/dri/card0", "Virtual-1"},
        {"card1-DP-3", 0, 3, -ENOENT, NULL, "no connector or card is called card1-DP-3"},
        {"card2-DP-3", 0, 3, -ENOLINK, NULL, "no active CRTC on card /dev/dri/card2"},
        {"DP-9", 0, 2, -ENOENT, NULL,
         "no connector or card is called DP-9; there are /dev/dri/card0 (virtio_gpu 0000:00:01.0): Virtual-1 "
         "(active); /dev/dri/card1 (amdgpu 0000:03:00.0): DP-1 (disconnected), DP-2 (off), HDMI-A-1 (active)"},
        {"DP-2", 0, 3, -ENOLINK, NULL, "no active CRTC on card /dev/dri/card1"},
        {"auto", 2, 1, -ENOLINK, NULL,
         "no active CRTC on card /dev/dri/card2 (amdgpu 0000:04:00.0), connectors DP-1 (disconnected), DP-3 "
         "(off); connect a monitor or a dummy plug, or switch the screen on"},
    };
    const struct kms_card cards[] = {vgpu, pgpu, dark};

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct kms_choice choice = {NULL, NULL};
        char error[1024] = "";
        const int result = kms_card_choose(cards + cases[i].first, cases[i].count, cases[i].wanted,
                                           &choice, error, sizeof error);
        assert_int_equal(result, cases[i].result);
        if (result == 0) {
            assert_string_equal(choice.card->path, cases[i].card);
            assert_string_equal(choice.connector->name, cases[i].text);
        } else {
            assert_null(choice.card);
            assert_non_null(strstr(error, cases[i].text));
        }
    }
}

/* With the vGPU's screen instead the client would see the vGPU twice. */
static void auto_waits_for_a_dark_card_beside_a_vgpu(void **state)
{
    (void)state;
    const struct kms_card cards[] = {vgpu, dark};
    struct kms_choice choice;
    char error[256];

    assert_int_equal(kms_card_choose(cards, 2, "auto", &choice, error, sizeof error), -ENOLINK);
    assert_non_null(strstr(error, "/dev/dri/card2"));
}

static void a_card_that_cannot_be_opened(void **state)
{
    (void)state;
    const struct kms_card closed = {.error = -EACCES, .path = "/dev/dri/card1"};
    const struct kms_card computes = {.path = "/dev/dri/card2", .driver = "vgem"};
    const struct kms_card cards[] = {vgpu, closed, computes};
    struct kms_choice choice = {NULL, NULL};
    char error[256];

    assert_int_equal(kms_card_choose(cards, 3, "auto", &choice, error, sizeof error), 0);
    assert_string_equal(choice.card->path, "/dev/dri/card0");
    assert_int_equal(kms_card_choose(cards + 1, 2, "auto", &choice, error, sizeof error), -EACCES);
    assert_non_null(
        strstr(error, "card /dev/dri/card1 cannot be opened: Permission denied; run as"));
    assert_int_equal(kms_card_choose(cards, 3, "DP-1", &choice, error, sizeof error), -EACCES);
    assert_int_equal(kms_card_choose(cards + 2, 1, "auto", &choice, error, sizeof error), -ENODEV);
}

static void an_error_is_cut_to_its_room(void **state)
{
    (void)state;
    struct kms_choice choice;
    char error[17];
    memset(error, 'x', sizeof error);

    assert_int_equal(kms_card_choose(&dark, 1, "auto", &choice, error, 16), -ENOLINK);
    assert_int_equal(strlen(error), 15);
    assert_int_equal(error[16], 'x');
}

static uint32_t pixels[HEIGHT_PX * STRIDE_PX];
static const struct kms_crop whole = {0, 0, WIDTH_PX, HEIGHT_PX};

static struct kms_buffer buffer_of(uint32_t format)
{
    return (struct kms_buffer){.format = format,
                               .width_px = WIDTH_PX,
                               .height_px = HEIGHT_PX,
                               .stride_bytes = STRIDE_PX * 4,
                               .size_bytes = sizeof pixels};
}

static void each_format_gives_the_same_picture(void **state)
{
    (void)state;
    static const struct {
        uint32_t format;
        uint32_t pixel; /* red 0x12, green 0x34, blue 0x56 */
    } cases[] = {
        {DRM_FORMAT_XRGB8888, 0xff123456},
        {DRM_FORMAT_ARGB8888, 0xff123456},
        {DRM_FORMAT_XBGR8888, 0xff563412},
        {DRM_FORMAT_ABGR8888, 0xff563412},
        {DRM_FORMAT_XRGB2101010, 3u << 30 | 0x12u << 22 | 3u << 20 | 0x34u << 12 | 0x56u << 2 | 1u},
        {DRM_FORMAT_ARGB2101010, 3u << 30 | 0x12u << 22 | 0x34u << 12 | 3u << 10 | 0x56u << 2},
        {DRM_FORMAT_XBGR2101010, 3u << 30 | 0x56u << 22 | 0x34u << 12 | 0x12u << 2 | 2u},
        {DRM_FORMAT_ABGR2101010, 3u << 30 | 0x56u << 22 | 3u << 20 | 0x34u << 12 | 0x12u << 2},
    };
    const struct kms_crop crop = {5, 3, 2, 1};

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct kms_buffer buffer = buffer_of(cases[i].format);
        uint8_t picture[12] = {0};
        char error[256];
        memset(pixels, 0, sizeof pixels);
        pixels[3 * STRIDE_PX + 6] = cases[i].pixel;
        assert_int_equal(kms_pixels_check(&buffer, &crop, error, sizeof error), 0);
        assert_true(kms_pixels_update(&buffer, &crop, pixels, picture, 8));
        assert_memory_equal(picture + 4, ((uint8_t[]){0x56, 0x34, 0x12, 0xff}), 4);
        assert_memory_equal(picture, ((uint8_t[]){0, 0, 0}), 3);
        assert_memory_equal(picture + 8, ((uint8_t[]){0, 0, 0, 0}), 4);
        assert_false(kms_pixels_update(&buffer, &crop, pixels, picture, 8));
        assert_false(kms_pixels_differ(&buffer, &crop, pixels, picture, 8, 0));
        pixels[3 * STRIDE_PX + 6] ^= 0x00f0f000;
        assert_true(kms_pixels_differ(&buffer, &crop, pixels, picture, 8, 0));
        assert_true(kms_pixels_update(&buffer, &crop, pixels, picture, 8));
    }
}

static void rows_go_to_the_pictures_stride(void **state)
{
    (void)state;
    const struct kms_buffer buffer = buffer_of(DRM_FORMAT_XRGB8888);
    const struct kms_crop crop = {20, 8, 4, 2}; /* the lower right corner */
    uint32_t picture[2 * 6];

    for (uint32_t i = 0; i < COUNT(pixels); i++)
        pixels[i] = i;
    memset(picture, 0xee, sizeof picture);
    assert_true(kms_pixels_update(&buffer, &crop, pixels, (uint8_t *)picture, 6 * 4));
    for (uint32_t y = 0; y < 2; y++)
        for (uint32_t x = 0; x < 6; x++)
            assert_int_equal(picture[y * 6 + x], x < 4 ? (8 + y) * STRIDE_PX + 20 + x : 0xeeeeeeee);
}

static void what_cannot_be_read_is_refused(void **state)
{
    (void)state;
    const struct kms_buffer good = buffer_of(DRM_FORMAT_XRGB8888);
    struct kms_buffer linear = good, tiled = good, nv12 = good, narrow = good, far = good,
                      small = good, odd = good, reported = good;
    linear.modified = true;
    linear.modifier = DRM_FORMAT_MOD_LINEAR;
    tiled.modified = true;
    tiled.modifier = I915_FORMAT_MOD_X_TILED;
    reported.tiled = true;
    nv12.format = DRM_FORMAT_NV12;
    narrow.stride_bytes = WIDTH_PX * 4 - 4;
    far.offset_bytes = UINT32_MAX - 3;
    small.size_bytes = ((HEIGHT_PX - 1) * STRIDE_PX + WIDTH_PX) * 4 - 1;
    odd.stride_bytes++;
    const struct {
        struct kms_buffer buffer;
        struct kms_crop crop;
        int result;
        const char *text;
    } cases[] = {
        {good, whole, 0, ""},
        {linear, whole, 0, ""},
        {tiled, whole, -EOPNOTSUPP, "tiled or compressed (modifier 0x0100000000000001)"},
        {reported, whole, -EOPNOTSUPP, "which the processor cannot read"},
        {nv12, whole, -EOPNOTSUPP, "pixel format 0x3231564e cannot be captured"},
        {good, {0, 0, 0, 1}, -EINVAL, "the mode is changing"},
        {good, {0, 0, 1, 0}, -EINVAL, "the mode is changing"},
        {good, {1, 0, WIDTH_PX, 1}, -EINVAL, "shows 24x1 pixels at 1,0 of a buffer of 24x10"},
        {good, {0, 1, 1, HEIGHT_PX}, -EINVAL, "the mode is changing"},
        {good, {UINT32_MAX, 0, 1, 1}, -EINVAL, "the mode is changing"},
        {good, {0, UINT32_MAX, 1, UINT32_MAX}, -EINVAL, "the mode is changing"},
        {narrow, whole, -EINVAL, "92 bytes a row"},
        {far, whole, -EINVAL, "does not fit"},
        {small, whole, -EINVAL, "does not fit its 1247 bytes"},
        {odd, whole, -EINVAL, "does not fit"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        char error[256] = "";
        assert_int_equal(kms_pixels_check(&cases[i].buffer, &cases[i].crop, error, sizeof error),
                         cases[i].result);
        assert_non_null(strstr(error, cases[i].text));
    }
}

#define TALL_PX 70

/* Drawing into the framebuffer that is shown changes none of the kernel's state. */
static void every_pixel_is_noticed_within_the_phases(void **state)
{
    (void)state;
    static uint32_t tall[TALL_PX * 4], copy[TALL_PX * 4];
    const struct kms_crop crop = {0, 0, 4, TALL_PX};
    const struct kms_buffer buffer = {.format = DRM_FORMAT_XRGB8888,
                                      .width_px = 4,
                                      .height_px = TALL_PX,
                                      .stride_bytes = 16,
                                      .size_bytes = sizeof tall};

    for (uint32_t i = 0; i < COUNT(tall); i++) {
        unsigned noticed = 0;
        memset(tall, 0, sizeof tall);
        tall[i] = 1;
        for (unsigned look = i; look < i + KMS_PHASES; look++) /* whatever the phase is */
            noticed += kms_pixels_differ(&buffer, &crop, tall, (uint8_t *)copy, 16, look);
        assert_int_equal(noticed, 1);
    }
}

/* A line of text, wherever it is, is not looked for longer than the half of KMS_PHASES rows. */
static void what_is_tall_is_noticed_soon(void **state)
{
    (void)state;
    static uint32_t tall[KMS_PHASES], copy[KMS_PHASES];
    const struct kms_crop crop = {0, 0, 1, KMS_PHASES};
    const struct kms_buffer buffer = {.format = DRM_FORMAT_XRGB8888,
                                      .width_px = 1,
                                      .height_px = KMS_PHASES,
                                      .stride_bytes = 4,
                                      .size_bytes = sizeof tall};

    for (unsigned rows = 1; rows <= KMS_PHASES; rows *= 2)
        for (unsigned at = 0; at + rows <= KMS_PHASES; at++) {
            unsigned look = 0;
            memset(tall, 0, sizeof tall);
            for (unsigned i = 0; i < rows; i++)
                tall[at + i] = 1;
            while (!kms_pixels_differ(&buffer, &crop, tall, (uint8_t *)copy, 4, look))
                look++;
            assert_true(look < KMS_PHASES / rows);
        }
}

static void pixels_outside_of_what_is_shown_do_not_count(void **state)
{
    (void)state;
    const struct kms_crop crop = {1, 1, WIDTH_PX - 2, HEIGHT_PX - 2};
    const struct kms_buffer buffer = buffer_of(DRM_FORMAT_XRGB8888);
    static uint32_t copy[WIDTH_PX * HEIGHT_PX];

    memset(pixels, 0, sizeof pixels);
    memset(copy, 0, sizeof copy);
    for (uint32_t i = 0; i < HEIGHT_PX * STRIDE_PX; i++)
        if (i / STRIDE_PX == 0 || i / STRIDE_PX == HEIGHT_PX - 1 || i % STRIDE_PX == 0 ||
            i % STRIDE_PX >= WIDTH_PX - 1)
            pixels[i] = 1;
    for (unsigned look = 0; look < KMS_PHASES; look++)
        assert_false(
            kms_pixels_differ(&buffer, &crop, pixels, (uint8_t *)copy, WIDTH_PX * 4, look));
    assert_false(kms_pixels_update(&buffer, &crop, pixels, (uint8_t *)copy, WIDTH_PX * 4));
}

static uint32_t plane[64 * 64];
static struct kms_cursor cursor;

static void a_cursor_is_cut_to_its_shape(void **state)
{
    (void)state;
    memset(plane, 0, sizeof plane);
    plane[2 * 64 + 3] = 0xff102030;
    plane[4 * 64 + 1] = 0x80402000; /* half seen: blue 0, green 0x40, red 0x80 before */

    assert_int_equal(kms_cursor_read(&cursor, plane, 64, 64, 64 * 4, 2, 1), 0);
    assert_int_equal(cursor.width_px, 4);
    assert_int_equal(cursor.height_px, 5);
    assert_int_equal(cursor.hot_x_px, 2);
    assert_int_equal(cursor.hot_y_px, 1);
    assert_memory_equal(cursor.bgra, ((uint8_t[]){0, 0, 0, 0}), 4);
    assert_memory_equal(cursor.bgra + (2 * 4 + 3) * 4, ((uint8_t[]){0x30, 0x20, 0x10, 0xff}), 4);
    assert_memory_equal(cursor.bgra + (4 * 4 + 1) * 4, ((uint8_t[]){0, 0x40, 0x80, 0x80}), 4);
}

static void the_hot_spot_stays_in_the_shape(void **state)
{
    (void)state;
    static const struct {
        int32_t x_px, y_px;
        uint32_t hot_x_px, hot_y_px, width_px, height_px;
    } cases[] = {
        {0, 0, 0, 0, 1, 1},    {20, 3, 20, 3, 21, 4},        {-1, INT32_MIN, 0, 0, 1, 1},
        {64, 0, 63, 0, 64, 1}, {0, INT32_MAX, 0, 63, 1, 64},
    };

    memset(plane, 0, sizeof plane);
    plane[0] = 0xffffffff;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(kms_cursor_read(&cursor, plane, 64, 64, 256, cases[i].x_px, cases[i].y_px),
                         0);
        assert_int_equal(cursor.hot_x_px, cases[i].hot_x_px);
        assert_int_equal(cursor.hot_y_px, cases[i].hot_y_px);
        assert_int_equal(cursor.width_px, cases[i].width_px);
        assert_int_equal(cursor.height_px, cases[i].height_px);
    }
}

static void cursors_that_are_none(void **state)
{
    (void)state;
    static const uint32_t sizes[][3] = {{0, 1, 4},   {1, 0, 4}, {257, 1, 2000},
                                        {1, 257, 4}, {2, 1, 7}, {2, 1, 9}};

    for (size_t i = 0; i < COUNT(sizes); i++)
        assert_int_equal(
            kms_cursor_read(&cursor, plane, sizes[i][0], sizes[i][1], sizes[i][2], 0, 0), -EINVAL);
    memset(plane, 0, sizeof plane);
    assert_int_equal(kms_cursor_read(&cursor, plane, 64, 64, 256, 5, 5), 0);
    assert_int_equal(cursor.width_px, 0);
    assert_int_equal(cursor.height_px, 0);
    plane[0] = 0x01ff0203; /* brighter than its opacity */
    assert_int_equal(kms_cursor_read(&cursor, plane, 1, 1, 4, 0, 0), 0);
    assert_memory_equal(cursor.bgra, ((uint8_t[]){0xff, 0xff, 0xff, 1}), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_card_that_is_wanted),
        cmocka_unit_test(auto_waits_for_a_dark_card_beside_a_vgpu),
        cmocka_unit_test(a_card_that_cannot_be_opened),
        cmocka_unit_test(an_error_is_cut_to_its_room),
        cmocka_unit_test(each_format_gives_the_same_picture),
        cmocka_unit_test(rows_go_to_the_pictures_stride),
        cmocka_unit_test(what_cannot_be_read_is_refused),
        cmocka_unit_test(every_pixel_is_noticed_within_the_phases),
        cmocka_unit_test(what_is_tall_is_noticed_soon),
        cmocka_unit_test(pixels_outside_of_what_is_shown_do_not_count),
        cmocka_unit_test(a_cursor_is_cut_to_its_shape),
        cmocka_unit_test(the_hot_spot_stays_in_the_shape),
        cmocka_unit_test(cursors_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
