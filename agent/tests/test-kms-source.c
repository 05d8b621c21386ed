/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The KMS source with a double of the kernel: a card with one CRTC, a picture and a pointer. That
 * the kernel really answers so is tested in a guest (agent/tests/kms-guest). */
#include "agent/linux/kms-cursor.h"
#include "agent/linux/kms-kernel.h"
#include "agent/linux/kms.h"
#include "agent/os/clock.h"
#include "agent/os/wake.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define CRTC_ID 52
#define WIDTH_PX 65 /* odd */
#define HEIGHT_PX 40
#define CURSOR_PX 64
#define MS INT64_C(1000000)
/* Nothing that is waited for takes so long. */
#define PATIENCE_NS (10000 * MS)
/* For what does not come: some closer looks. */
#define QUIET_NS (100 * MS)

enum { PICTURE_ID = 70, CURSOR_ID = 90 };

static struct fake_kernel {
    struct kms_kernel kernel;
    struct kms_card card;
    unsigned cards;
    struct kms_glance glance;
    struct kms_view view;
    uint32_t pixels[HEIGHT_PX * WIDTH_PX];
    uint32_t buffer_width_px, buffer_height_px;
    uint32_t cursor[CURSOR_PX * CURSOR_PX];
    bool tiled;
    int open_error, glance_error, view_error, map_error;
    int map_error_once; /* for the first time only */
    bool has_gpu;
    int export_error, import_error;
    unsigned imports;     /* of whole pictures */
    unsigned import_rows; /* of the others */
    bool open, destroyed;
    int mapped; /* how many mappings and exports there are */
    unsigned maps;
} fake;

static struct source *source;
static struct os_wake *wake;

static unsigned fake_list(struct kms_kernel *kernel, struct kms_card *ret_cards, unsigned max)
{
    (void)kernel;
    assert_true(max >= 1);
    ret_cards[0] = fake.card;
    return fake.cards;
}

static int fake_open(struct kms_kernel *kernel, const char *path, uint32_t crtc_id)
{
    (void)kernel;
    assert_false(fake.open);
    assert_string_equal(path, "/dev/dri/card1");
    assert_int_equal(crtc_id, CRTC_ID);
    fake.open = fake.open_error == 0;
    return fake.open_error;
}

static int fake_glance(struct kms_kernel *kernel, struct kms_glance *ret_glance)
{
    (void)kernel;
    assert_true(fake.open);
    *ret_glance = fake.glance;
    return fake.glance_error;
}

static int fake_view(struct kms_kernel *kernel, struct kms_view *ret_view)
{
    (void)kernel;
    assert_true(fake.open);
    *ret_view = fake.view;
    return fake.view_error;
}

static int fake_map(struct kms_kernel *kernel, uint32_t framebuffer_id,
                    struct kms_mapping *ret_mapping)
{
    (void)kernel;
    const bool cursor = framebuffer_id >= CURSOR_ID;
    const int error = fake.map_error_once ? fake.map_error_once : fake.map_error;

    assert_true(fake.open);
    fake.map_error_once = 0;
    if (error < 0)
        return error;
    *ret_mapping = (struct kms_mapping){
        .buffer = {.format = cursor ? DRM_FORMAT_ARGB8888 : DRM_FORMAT_XRGB8888,
                   .tiled = fake.tiled,
                   .width_px = cursor ? CURSOR_PX : fake.buffer_width_px,
                   .height_px = cursor ? CURSOR_PX : fake.buffer_height_px,
                   .stride_bytes = (cursor ? CURSOR_PX : WIDTH_PX) * 4,
                   .size_bytes = cursor ? sizeof fake.cursor : sizeof fake.pixels},
        .memory = cursor ? fake.cursor : fake.pixels,
    };
    fake.mapped++;
    fake.maps++;
    return 0;
}

static void fake_unmap(struct kms_kernel *kernel, struct kms_mapping *mapping)
{
    (void)kernel;
    assert_non_null(mapping->memory);
    mapping->memory = NULL;
    fake.mapped--;
}

static bool fake_has_gpu(const struct kms_kernel *kernel)
{
    (void)kernel;
    return fake.has_gpu;
}

static int fake_export(struct kms_kernel *kernel, uint32_t framebuffer_id,
                       struct scanout *ret_scanout)
{
    (void)kernel;
    assert_true(fake.open);
    assert_true(framebuffer_id < CURSOR_ID);
    if (fake.export_error < 0)
        return fake.export_error;
    *ret_scanout = (struct scanout){
        .buffer = {.format = DRM_FORMAT_XRGB8888,
                   .tiled = fake.tiled,
                   .width_px = fake.buffer_width_px,
                   .height_px = fake.buffer_height_px},
        .planes = 1,
    };
    fake.mapped++;
    return 0;
}

static void fake_unexport(struct kms_kernel *kernel, struct scanout *scanout)
{
    (void)kernel;
    assert_int_equal(scanout->planes, 1);
    scanout->planes = 0;
    fake.mapped--;
}

static int fake_import(struct kms_kernel *kernel, const struct scanout *scanout,
                       const struct kms_rows *rows, uint8_t *bgrx)
{
    (void)kernel;
    const size_t row_bytes = (size_t)rows->crop.width_px * 4;

    assert_int_equal(scanout->planes, 1);
    if (fake.import_error < 0)
        return fake.import_error;
    for (uint32_t i = 0; i < kms_rows_count(rows); i++)
        memcpy(bgrx + i * row_bytes,
               fake.pixels + (rows->crop.y_px + rows->first + i * rows->step) * WIDTH_PX +
                   rows->crop.x_px,
               row_bytes);
    if (rows->step == 1)
        fake.imports++;
    else
        fake.import_rows += kms_rows_count(rows);
    return 0;
}

static const char *fake_import_error(const struct kms_kernel *kernel)
{
    (void)kernel;
    return "the double's GPU";
}

static void fake_close(struct kms_kernel *kernel)
{
    (void)kernel;
    assert_int_equal(fake.mapped, 0);
    fake.open = false;
}

static void fake_destroy(struct kms_kernel *kernel)
{
    (void)kernel;
    assert_false(fake.open);
    fake.destroyed = true;
}

static const struct kms_kernel_class fake_class = {
    .list = fake_list,
    .open = fake_open,
    .glance = fake_glance,
    .view = fake_view,
    .map = fake_map,
    .unmap = fake_unmap,
    .has_gpu = fake_has_gpu,
    .export = fake_export,
    .unexport = fake_unexport,
    .import = fake_import,
    .import_error = fake_import_error,
    .close = fake_close,
    .destroy = fake_destroy,
};

/* A card that shows a picture, and no pointer. */
static int set_up(void **state)
{
    int error;

    (void)state;
    fake = (struct fake_kernel){
        .kernel = {&fake_class},
        .card = {0, "/dev/dri/card1", "amdgpu", "0000:03:00.0", 1, {{"DP-1", true, CRTC_ID}}},
        .cards = 1,
        .glance = {.picture_id = PICTURE_ID},
        .view = {.active = true, .crop = {0, 0, WIDTH_PX, HEIGHT_PX}},
        .buffer_width_px = WIDTH_PX,
        .buffer_height_px = HEIGHT_PX,
    };
    for (uint32_t i = 0; i < HEIGHT_PX * WIDTH_PX; i++)
        fake.pixels[i] = i;
    wake = os_wake_create(&error);
    source = kms_create_on(&fake.kernel, NULL);
    assert_non_null(source);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    source->class->destroy(source);
    assert_true(fake.destroyed);
    os_wake_destroy(wake);
    return 0;
}

static int wait_for(int64_t wait_ns)
{
    return source->class->wait(source, os_now_ns() + wait_ns, wake);
}

/* What comes next; it fails where nothing comes. */
static int next(void)
{
    const int64_t end_ns = os_now_ns() + PATIENCE_NS;
    int conditions = 0;

    while (conditions == 0 && os_now_ns() < end_ns)
        conditions = wait_for(PATIENCE_NS);
    return conditions;
}

/* Nothing comes. */
static void assert_quiet(void)
{
    assert_int_equal(wait_for(QUIET_NS), 0);
}

static void open_it(void)
{
    struct source_mode mode;

    assert_int_equal(source->class->open(source, &mode), 0);
    assert_int_equal(mode.width_px, WIDTH_PX - 1);
    assert_int_equal(mode.height_px, HEIGHT_PX);
}

static void acquire(bool in_any_case, int result)
{
    struct source_picture picture;

    assert_int_equal(source->class->acquire(source, in_any_case, &picture), result);
    if (result < 0)
        return;
    for (uint32_t y_px = 0; y_px < HEIGHT_PX; y_px++)
        assert_memory_equal(picture.bgrx + y_px * picture.stride_bytes,
                            fake.pixels + y_px * WIDTH_PX, (WIDTH_PX - 1) * 4);
    source->class->release(source);
}

/* Open, with the first picture and pointer taken. */
static void begin(void)
{
    struct source_cursor cursor;

    open_it();
    assert_int_equal(next(), SOURCE_PICTURE | SOURCE_CURSOR);
    acquire(false, 0);
    assert_int_equal(source->class->cursor(source, &cursor), 0);
    assert_false(cursor.visible);
}

static void an_unchanged_screen_is_captured_once(void **state)
{
    (void)state;
    begin();
    assert_quiet();
    acquire(false, -EAGAIN); /* whoever asks nevertheless */
    acquire(true, 0);
    assert_quiet();
}

static void a_flip_is_a_picture(void **state)
{
    (void)state;
    begin();
    fake.glance.picture_id++;
    fake.pixels[7] = 0xabcdef;
    assert_int_equal(next(), SOURCE_PICTURE);
    fake.glance.picture_id += 2;
    assert_quiet(); /* what was reported is still to be taken */
    acquire(false, 0);
    fake.glance.picture_id--;
    assert_int_equal(next(), SOURCE_PICTURE);
    acquire(false, -EAGAIN); /* another framebuffer of the same picture */
    assert_quiet();
}

static void damage_is_a_picture(void **state)
{
    (void)state;
    begin();
    fake.view.damage_id = 33;
    assert_int_equal(next(), SOURCE_PICTURE);
    acquire(false, -EAGAIN); /* of nothing */
    fake.view.damage_id = 0;
    assert_quiet();
}

static void drawing_into_what_is_shown_is_a_picture(void **state)
{
    (void)state;
    begin();
    for (uint32_t y_px = 0; y_px < HEIGHT_PX; y_px += 13) {
        fake.pixels[y_px * WIDTH_PX + y_px] ^= 0xff;
        assert_int_equal(next(), SOURCE_PICTURE);
        acquire(false, 0);
    }
    fake.pixels[WIDTH_PX - 1] ^= 0xff; /* the odd column is in no picture */
    acquire(false, -EAGAIN);
}

static void scrolling_in_a_larger_framebuffer_is_a_picture(void **state)
{
    (void)state;
    fake.view.crop = (struct kms_crop){0, 0, 32, 20};
    struct source_mode mode;
    struct source_picture picture;

    assert_int_equal(source->class->open(source, &mode), 0);
    assert_int_equal(next(), SOURCE_PICTURE | SOURCE_CURSOR);
    assert_int_equal(source->class->acquire(source, false, &picture), 0);
    fake.view.crop.x_px = 3;
    fake.view.crop.y_px = 2;
    assert_int_equal(next(), SOURCE_PICTURE);
    assert_int_equal(source->class->acquire(source, false, &picture), 0);
    assert_memory_equal(picture.bgrx + picture.stride_bytes, fake.pixels + 3 * WIDTH_PX + 3,
                        32 * 4);
}

static void another_mode_is_to_be_opened_again(void **state)
{
    (void)state;
    begin();
    fake.glance.picture_id = 0; /* between the two */
    fake.view.active = false;
    assert_quiet();
    fake.glance.picture_id = PICTURE_ID + 1;
    fake.view.active = true;
    fake.view.crop.height_px = fake.buffer_height_px = HEIGHT_PX / 2;
    acquire(false, -EAGAIN);
    assert_int_equal(next(), SOURCE_MODE);
    struct source_mode mode;
    assert_int_equal(source->class->open(source, &mode), 0);
    assert_int_equal(mode.height_px, HEIGHT_PX / 2);
    assert_true(next() & SOURCE_PICTURE);
}

/* In a framebuffer that is large enough for both modes. */
static void another_part_may_be_another_mode(void **state)
{
    (void)state;
    begin();
    fake.view.crop.width_px = WIDTH_PX / 2;
    assert_int_equal(next(), SOURCE_MODE);
    assert_int_equal(next(), SOURCE_MODE);
    source->class->close(source);
    fake.view.crop.width_px = WIDTH_PX;
    begin();
    fake.view.rotated = true;
    assert_int_equal(next(), SOURCE_MODE);
}

static void a_key_frame_of_a_dark_screen_is_its_last_picture(void **state)
{
    (void)state;
    begin();
    fake.glance.picture_id = 0;
    acquire(true, 0);
    acquire(false, -EAGAIN);
}

static void a_screen_that_stays_dark(void **state)
{
    (void)state;
    begin();
    fake.view.active = false;
    assert_int_equal(next(), -ENOLINK);
    assert_non_null(strstr(source->class->error(source),
                           "card /dev/dri/card1 has switched the CRTC of DP-1 off"));
    source->class->close(source);
    fake.view.active = true;
    begin();
}

/* A page flip between the two questions. */
static void a_framebuffer_that_is_gone_is_not_an_error(void **state)
{
    (void)state;
    begin();
    fake.glance.picture_id++;
    assert_int_equal(next(), SOURCE_PICTURE);
    fake.map_error_once = -ENOENT;
    acquire(false, -EAGAIN);
    assert_int_equal(next(), SOURCE_PICTURE);
    acquire(true, 0);
}

static void what_cannot_be_opened_is_one_line(void **state)
{
    (void)state;
    static const struct {
        struct fake_kernel kernel; /* what is not zero goes before the usual */
        bool off, rotated;
        int result;
        const char *text;
    } cases[] = {
        {{.open_error = -EACCES}, false, false, -EACCES, "Permission denied"},
        {{.open_error = -ENOLINK}, false, false, -ENOLINK, "does not report its planes"},
        {{.view_error = -ENODEV}, false, false, -ENODEV, "was the card taken away?"},
        {{.glance_error = -ENODEV}, false, false, -ENODEV, "was the card taken away?"},
        {{.map_error = -EPERM}, false, false, -EPERM, "or give it CAP_SYS_ADMIN"},
        {{.map_error = -ENOENT}, false, false, -EBUSY, "changes its picture"},
        {{.map_error = -EOPNOTSUPP},
         false,
         false,
         -EOPNOTSUPP,
         "does not map the picture: Operation not supported; capture with the source x11"},
        {{.has_gpu = true, .export_error = -ENOSYS, .map_error = -EOPNOTSUPP},
         false,
         false,
         -EOPNOTSUPP,
         "neither by the GPU (the kernel does not export the picture: Function not implemented; "},
        {{.has_gpu = true, .tiled = true, .import_error = -EOPNOTSUPP},
         false,
         false,
         -EOPNOTSUPP,
         "(the double's GPU) nor by the processor (the screen's buffer is tiled or compressed"},
        {{.has_gpu = true, .export_error = -EPERM}, false, false, -EPERM, "CAP_SYS_ADMIN"},
        {{.has_gpu = true, .import_error = -EAGAIN}, false, false, -EBUSY, "is tried again"},
        {{.open = false}, true, false, -ENOLINK, "shows nothing on DP-1 yet"},
        {{.open = false}, false, true, -EOPNOTSUPP, "rotates the picture of DP-1"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct source_mode mode;
        fake.open_error = cases[i].kernel.open_error;
        fake.view_error = cases[i].kernel.view_error;
        fake.glance_error = cases[i].kernel.glance_error;
        fake.map_error = cases[i].kernel.map_error;
        fake.has_gpu = cases[i].kernel.has_gpu;
        fake.export_error = cases[i].kernel.export_error;
        fake.import_error = cases[i].kernel.import_error;
        fake.tiled = cases[i].kernel.tiled;
        fake.view.active = !cases[i].off;
        fake.view.rotated = cases[i].rotated;
        assert_int_equal(source->class->open(source, &mode), cases[i].result);
        assert_non_null(strstr(source->class->error(source), cases[i].text));
        assert_null(strchr(source->class->error(source), '\n'));
        source->class->close(source);
        assert_false(fake.open);
    }
    fake.card.connectors[0].crtc_id = 0;
    struct source_mode mode;
    assert_int_equal(source->class->open(source, &mode), -ENOLINK);
    assert_non_null(strstr(source->class->error(source), "no active CRTC on card /dev/dri/card1"));
}

static void a_card_that_is_taken_away(void **state)
{
    (void)state;
    begin();
    fake.glance_error = -ENODEV;
    assert_int_equal(next(), -ENODEV);
    assert_non_null(strstr(source->class->error(source), "was the card taken away?"));
    acquire(true, -ENODEV);
}

/* Tiled, as with amdgpu: nothing of it can be mapped. */
static void a_gpu_imports_its_picture(void **state)
{
    (void)state;
    fake.has_gpu = fake.tiled = true;
    begin();
    assert_int_equal(fake.imports, 1);
    assert_int_equal(fake.import_rows, 1); /* opening tries it */
    assert_int_equal(fake.maps, 0);
    assert_quiet();
    acquire(false, -EAGAIN);
    acquire(true, 0);
    fake.glance.picture_id++;
    fake.pixels[7] = 0xabcdef;
    assert_int_equal(next(), SOURCE_PICTURE);
    acquire(false, 0);
    fake.view.crop.width_px = WIDTH_PX / 2;
    assert_int_equal(next(), SOURCE_MODE);
}

/* The GPU reads a part of the rows for that. */
static void drawing_into_an_imported_picture_is_noticed(void **state)
{
    (void)state;
    fake.has_gpu = true;
    begin();
    const unsigned imports = fake.imports;
    for (uint32_t y_px = 0; y_px < HEIGHT_PX; y_px += 13) {
        fake.pixels[y_px * WIDTH_PX + y_px] ^= 0xff;
        assert_int_equal(next(), SOURCE_PICTURE);
        acquire(false, 0);
    }
    assert_int_equal(fake.imports, imports + 4);
    assert_true(fake.import_rows > 0);
}

static void what_the_gpu_refuses_is_mapped(void **state)
{
    (void)state;
    fake.has_gpu = true;
    fake.import_error = -EOPNOTSUPP;
    begin();
    assert_true(fake.maps > 0);
}

/* Once is mended by the next look. */
static void a_gpu_that_is_reset(void **state)
{
    (void)state;
    fake.has_gpu = true;
    begin();
    fake.import_error = -EAGAIN;
    fake.glance.picture_id++;
    assert_int_equal(next(), SOURCE_PICTURE);
    acquire(false, -EAGAIN);
    acquire(true, 0); /* the last picture */
    fake.import_error = 0;
    fake.pixels[3] ^= 0xff;
    assert_int_equal(next(), SOURCE_PICTURE);
    acquire(false, 0);
    fake.import_error = -EIO;
    acquire(true, -EIO);
    assert_string_equal(source->class->error(source), "card /dev/dri/card1: the double's GPU");
}

static struct source_cursor pointer(void)
{
    struct source_cursor cursor;

    assert_int_equal(source->class->cursor(source, &cursor), 0);
    return cursor;
}

/* An arrow of 3x2 pixels. */
static void show_pointer(uint32_t colour)
{
    memset(fake.cursor, 0, sizeof fake.cursor);
    for (unsigned i = 0; i < 3; i++)
        fake.cursor[i] = fake.cursor[CURSOR_PX + i] = 0xff000000 | colour;
    fake.glance.cursor_id = CURSOR_ID;
}

static void the_pointer_has_shape_and_place(void **state)
{
    (void)state;
    begin();
    show_pointer(0x123456);
    fake.view.cursor_x_px = 10;
    fake.view.cursor_y_px = 20;
    fake.view.hot_x_px = 1;
    assert_int_equal(next(), SOURCE_CURSOR);
    struct source_cursor cursor = pointer();
    const uint32_t serial = cursor.serial;
    assert_true(cursor.visible);
    assert_int_equal(cursor.x_px, 11);
    assert_int_equal(cursor.y_px, 20);
    assert_int_equal(cursor.width_px, 3);
    assert_int_equal(cursor.height_px, 2);
    assert_int_equal(cursor.hot_x_px, 1);
    assert_memory_equal(cursor.bgra, ((uint8_t[]){0x56, 0x34, 0x12, 0xff}), 4);
    assert_quiet();

    fake.view.cursor_x_px = -2; /* moved over the edge: a column of it is seen */
    assert_int_equal(next(), SOURCE_CURSOR);
    cursor = pointer();
    assert_int_equal(cursor.x_px, -1);
    assert_true(cursor.visible);
    assert_int_equal(cursor.serial, serial);
    fake.view.cursor_x_px = -3;
    assert_int_equal(next(), SOURCE_CURSOR);
    assert_false(pointer().visible);
}

static void another_shape_has_another_serial(void **state)
{
    (void)state;
    begin();
    show_pointer(0x123456);
    assert_int_equal(next(), SOURCE_CURSOR);
    const uint32_t first = pointer().serial;
    fake.glance.cursor_id++; /* the same shape in another framebuffer */
    assert_int_equal(next(), SOURCE_CURSOR);
    assert_int_equal(pointer().serial, first);
    show_pointer(0x654321); /* drawn into the one that is shown */
    fake.glance.cursor_id++;
    assert_int_equal(next(), SOURCE_CURSOR);
    struct source_cursor cursor = pointer();
    assert_int_not_equal(cursor.serial, first);
    assert_memory_equal(cursor.bgra, ((uint8_t[]){0x21, 0x43, 0x65, 0xff}), 4);
    fake.cursor[0] = 0xff0000aa;
    assert_int_equal(next(), SOURCE_CURSOR);
    assert_memory_equal(pointer().bgra, ((uint8_t[]){0xaa, 0, 0, 0xff}), 4);
    fake.glance.cursor_id = 0;
    assert_int_equal(next(), SOURCE_CURSOR);
    assert_false(pointer().visible);
    fake.view.cursor_x_px++; /* what is hidden may move */
    assert_quiet();
}

static void a_pointer_that_cannot_be_read_is_hidden(void **state)
{
    (void)state;
    begin();
    show_pointer(0x123456);
    fake.map_error = -EIO;
    assert_int_equal(next(), SOURCE_CURSOR);
    assert_false(pointer().visible);
    fake.map_error = 0;
}

static void the_wake_ends_the_waiting(void **state)
{
    (void)state;
    begin();
    os_wake_set(wake);
    assert_int_equal(next(), SOURCE_WOKEN);
}

static void the_list_has_each_connector(void **state)
{
    (void)state;
    char *text = NULL;
    size_t bytes = 0;
    FILE *to = open_memstream(&text, &bytes);

    source->class->destroy(source);
    fake.destroyed = false;
    fake.card.connector_count = 3;
    fake.card.connectors[1] = (struct kms_connector){"DP-2", true, 0};
    fake.card.connectors[2] = (struct kms_connector){"HDMI-A-1", false, 0};
    kms_list_on(&fake.kernel, to);
    assert_true(fake.destroyed);
    fake.card.error = -EACCES;
    fake.card.connector_count = 0;
    kms_list_on(&fake.kernel, to);
    fake.card.error = 0;
    kms_list_on(&fake.kernel, to);
    fake.cards = 0;
    kms_list_on(&fake.kernel, to);
    fake.cards = 1;
    fake.card.connector_count = 1;
    fake.has_gpu = true;
    kms_list_on(&fake.kernel, to);
    fclose(to);
    assert_string_equal(
        text, "  card1-DP-1 (amdgpu 0000:03:00.0): 64x40 pixels\n"
              "  card1-DP-2 (amdgpu 0000:03:00.0): not usable: no active CRTC: it is switched off\n"
              "  card1-HDMI-A-1 (amdgpu 0000:03:00.0): not usable: no active CRTC: nothing is "
              "connected\n"
              "  card1: not usable: it cannot be opened: Permission denied\n"
              "  card1 (amdgpu): not usable: it has no connectors\n"
              "  none: there is no graphics card in /dev/dri\n"
              "  card1-DP-1 (amdgpu 0000:03:00.0): 64x40 pixels, read by the card's GPU; not run "
              "on hardware\n");
    free(text);
    source = kms_create_on(&fake.kernel, NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_unchanged_screen_is_captured_once),
        TEST(a_flip_is_a_picture),
        TEST(damage_is_a_picture),
        TEST(drawing_into_what_is_shown_is_a_picture),
        TEST(scrolling_in_a_larger_framebuffer_is_a_picture),
        TEST(another_mode_is_to_be_opened_again),
        TEST(another_part_may_be_another_mode),
        TEST(a_key_frame_of_a_dark_screen_is_its_last_picture),
        TEST(a_screen_that_stays_dark),
        TEST(a_framebuffer_that_is_gone_is_not_an_error),
        TEST(what_cannot_be_opened_is_one_line),
        TEST(a_card_that_is_taken_away),
        TEST(a_gpu_imports_its_picture),
        TEST(drawing_into_an_imported_picture_is_noticed),
        TEST(what_the_gpu_refuses_is_mapped),
        TEST(a_gpu_that_is_reset),
        TEST(the_pointer_has_shape_and_place),
        TEST(another_shape_has_another_serial),
        TEST(a_pointer_that_cannot_be_read_is_hidden),
        TEST(the_wake_ends_the_waiting),
        TEST(the_list_has_each_connector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
