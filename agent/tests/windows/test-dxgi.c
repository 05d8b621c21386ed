/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The source by Desktop Duplication, over a double of the duplication whose frames are real
 * Direct3D textures. Runs under Wine with an X server; not run on Windows. */
#define COBJMACROS
#include "agent/os/clock.h"
#include "agent/os/thread.h"
#include "agent/os/wake.h"
#include "agent/tests/windows/duplication-fake.h"
#include "agent/windows/duplication-result.h"
#include "agent/windows/dxgi-displays.h"
#include "agent/windows/hardware.h"

#include <errno.h>
#include <cmocka.h>

#define WIDTH 64
#define HEIGHT 48
#define SECONDS(n) (os_now_ns() + (n)*INT64_C(1000000000))
/* What is to happen happens long before. */
#define SOON SECONDS(30)
/* Something that is not to happen is waited for for some slices. */
#define A_WHILE (os_now_ns() + 5 * DXGI_SLICE_MS * INT64_C(1000000))

static struct os_wake *wake;
static struct source *source;

static void make_source(const char *display, bool textures)
{
    const struct dxgi_settings settings = {
        .display = display, .textures = textures, .duplicate = duplication_fake_duplicate};

    source = dxgi_source_create(&settings);
    assert_non_null(source);
}

static int set_up(void **state)
{
    int error = 0;

    duplication_fake = (struct duplication_fake){.width_px = WIDTH, .height_px = HEIGHT};
    wake = os_wake_create(&error);
    make_source("auto", false);
    return wake ? 0 : -1;
}

static int tear_down(void **state)
{
    source->class->destroy(source);
    os_wake_destroy(wake);
    assert_int_equal(duplication_fake.misuses, 0);
    return duplication_fake.objects;
}

#define SCRIPT(...)                                          \
    static const struct fake_frame frames[] = {__VA_ARGS__}; \
    duplication_fake.frames = frames;                        \
    duplication_fake.frame_count = sizeof frames / sizeof *frames

#define DUPLICATIONS(...)                           \
    static const HRESULT results[] = {__VA_ARGS__}; \
    duplication_fake.results = results;             \
    duplication_fake.result_count = sizeof results / sizeof *results

static void open_source(uint32_t width_px, uint32_t height_px)
{
    struct source_mode mode;
    int error = source->class->open(source, &mode);

    if (error < 0)
        fail_msg("%s", source->class->error(source));
    assert_int_equal(mode.width_px, width_px);
    assert_int_equal(mode.height_px, height_px);
}

static int wait_until(int64_t deadline_ns)
{
    return source->class->wait(source, deadline_ns, wake);
}

/* Each wait ends with these conditions alone. */
static void expect(int conditions)
{
    int got = wait_until(SOON);

    if (got < 0)
        fail_msg("%s", source->class->error(source));
    assert_int_equal(got, conditions);
}

static void expect_pixels(const uint8_t *bgrx, size_t stride_bytes, uint32_t width_px,
                          uint32_t height_px, uint32_t seed)
{
    for (uint32_t y = 0; y < height_px; y++)
        for (uint32_t x = 0; x < width_px; x++) {
            uint32_t pixel;
            memcpy(&pixel, bgrx + y * stride_bytes + x * 4u, sizeof pixel);
            assert_int_equal(pixel | 0xff000000u, fake_pixel(seed, x, y));
        }
}

static void expect_picture(bool in_any_case, uint32_t width_px, uint32_t height_px, uint32_t seed)
{
    struct source_picture picture = {0};

    assert_int_equal(source->class->acquire(source, in_any_case, &picture), 0);
    assert_non_null(picture.bgrx);
    assert_null(picture.texture);
    expect_pixels(picture.bgrx, picture.stride_bytes, width_px, height_px, seed);
    source->class->release(source);
}

static void each_picture_is_what_was_drawn(void **state)
{
    SCRIPT({.seed = 1}, {.result = DXGI_ERROR_WAIT_TIMEOUT}, {.result = DXGI_ERROR_WAIT_TIMEOUT},
           {.seed = 2}, {.result = DXGI_ERROR_WAIT_TIMEOUT});

    open_source(WIDTH, HEIGHT);
    expect(SOURCE_PICTURE);
    expect_picture(false, WIDTH, HEIGHT, 1);
    expect(SOURCE_PICTURE);
    expect_picture(false, WIDTH, HEIGHT, 2);
}

static void the_newest_picture_is_acquired(void **state)
{
    SCRIPT({.seed = 1}, {.seed = 2}, {.seed = 3});

    open_source(WIDTH, HEIGHT);
    expect(SOURCE_PICTURE);
    expect(SOURCE_PICTURE); /* drawn again before it was acquired */
    expect_picture(false, WIDTH, HEIGHT, 3);
    assert_int_equal(wait_until(A_WHILE), 0);
}

static void an_unchanged_screen_has_a_picture_on_demand_alone(void **state)
{
    struct source_picture picture;
    SCRIPT({.seed = 7});

    open_source(WIDTH, HEIGHT);
    expect(SOURCE_PICTURE);
    expect_picture(false, WIDTH, HEIGHT, 7);
    assert_int_equal(wait_until(A_WHILE), 0);
    assert_int_equal(source->class->acquire(source, false, &picture), -EAGAIN);
    expect_picture(true, WIDTH, HEIGHT, 7);
    expect_picture(true, WIDTH, HEIGHT, 7);
}

static void a_first_frame_without_news_is_a_picture(void **state)
{
    SCRIPT({.seed = 0});

    open_source(WIDTH, HEIGHT);
    expect(SOURCE_PICTURE);
}

static void a_texture_has_the_same_pixels(void **state)
{
    struct source_picture picture = {0};
    ID3D11DeviceContext *context;
    ID3D11Texture2D *copy;
    D3D11_TEXTURE2D_DESC desc;
    D3D11_MAPPED_SUBRESOURCE mapped;
    SCRIPT({.seed = 5});

    dxgi_source_use_textures(source, true);
    open_source(WIDTH, HEIGHT);
    expect(SOURCE_PICTURE);
    assert_int_equal(source->class->acquire(source, false, &picture), 0);
    assert_null(picture.bgrx);
    ID3D11Texture2D_GetDesc((ID3D11Texture2D *)picture.texture, &desc);
    assert_int_equal(desc.Width, WIDTH);
    assert_int_equal(desc.Height, HEIGHT);
    assert_int_equal(desc.Format, DXGI_FORMAT_B8G8R8A8_UNORM);
    desc.Usage = D3D11_USAGE_STAGING;
    desc.BindFlags = 0;
    desc.CPUAccessFlags = D3D11_CPU_ACCESS_READ;
    ID3D11Device *device = dxgi_source_device(source);
    ID3D11Device_GetImmediateContext(device, &context);
    assert_int_equal(ID3D11Device_CreateTexture2D(device, &desc, NULL, &copy), S_OK);
    ID3D11DeviceContext_CopyResource(context, (ID3D11Resource *)copy, picture.texture);
    assert_int_equal(
        ID3D11DeviceContext_Map(context, (ID3D11Resource *)copy, 0, D3D11_MAP_READ, 0, &mapped),
        S_OK);
    expect_pixels(mapped.pData, mapped.RowPitch, WIDTH, HEIGHT, 5);
    ID3D11DeviceContext_Unmap(context, (ID3D11Resource *)copy, 0);
    ID3D11Texture2D_Release(copy);
    ID3D11DeviceContext_Release(context);
    source->class->release(source);
    dxgi_source_use_textures(source, false); /* another encoder has been opened */
    expect_picture(true, WIDTH, HEIGHT, 5);
}

static void an_odd_size_is_cut(void **state)
{
    SCRIPT({.seed = 9});

    duplication_fake.width_px = 33;
    duplication_fake.height_px = 21;
    open_source(32, 20);
    expect(SOURCE_PICTURE);
    expect_picture(false, 32, 20, 9);
}

/* --- the pointer --------------------------------------------------------------------------- */

static const uint8_t colours[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static const struct pointer_shape small = {POINTER_COLOUR, 2, 2, 8, colours, sizeof colours};
static const struct pointer_shape broken = {POINTER_COLOUR, 2, 3, 8, colours, sizeof colours};

static void the_pointer_alone_is_no_picture(void **state)
{
    struct source_cursor cursor;
    SCRIPT({.seed = 1}, {.shape = &small, .visible = true, .at_px = {10, 20}, .hot_px = {1, 0}},
           {.moved = true, .visible = true, .at_px = {11, 20}},
           {.moved = true, .visible = true, .at_px = {11, 20}}, /* it has not */
           {.moved = true, .visible = false}, {.seed = 2});

    open_source(WIDTH, HEIGHT);
    expect(SOURCE_PICTURE);
    expect_picture(false, WIDTH, HEIGHT, 1); /* which looks at the next frame, too */
    expect(SOURCE_CURSOR);
    assert_int_equal(source->class->cursor(source, &cursor), 0);
    assert_true(cursor.visible);
    assert_int_equal(cursor.x_px, 11);
    assert_int_equal(cursor.y_px, 20);
    assert_int_equal(cursor.width_px, 2);
    assert_int_equal(cursor.height_px, 2);
    assert_int_equal(cursor.hot_x_px, 1);
    assert_int_equal(cursor.hot_y_px, 0);
    assert_memory_equal(cursor.bgra, colours, sizeof colours);
    uint32_t serial = cursor.serial;
    assert_int_not_equal(serial, 0);
    expect(SOURCE_CURSOR);
    assert_int_equal(source->class->cursor(source, &cursor), 0);
    assert_int_equal(cursor.x_px, 12);
    assert_int_equal(cursor.serial, serial);
    expect(SOURCE_CURSOR);
    assert_int_equal(source->class->cursor(source, &cursor), 0);
    assert_false(cursor.visible);
    expect(SOURCE_PICTURE);
    expect_picture(false, WIDTH, HEIGHT, 2);
}

static void another_shape_has_another_serial(void **state)
{
    struct source_cursor cursor;
    SCRIPT({.seed = 1}, {.result = DXGI_ERROR_WAIT_TIMEOUT},
           {.shape = &small, .visible = true, .hot_px = {7, -7}},
           {.shape = &broken, .visible = true}, {.shape = &small, .visible = true});

    open_source(WIDTH, HEIGHT);
    expect(SOURCE_PICTURE);
    assert_int_equal(source->class->cursor(source, &cursor), 0);
    assert_false(cursor.visible); /* there is no shape yet */
    expect_picture(false, WIDTH, HEIGHT, 1);
    expect(SOURCE_CURSOR);
    assert_int_equal(source->class->cursor(source, &cursor), 0);
    uint32_t serial = cursor.serial;
    assert_int_equal(cursor.hot_x_px, 1); /* inside */
    assert_int_equal(cursor.hot_y_px, 0);
    expect(SOURCE_CURSOR); /* the broken one changes nothing */
    assert_int_equal(source->class->cursor(source, &cursor), 0);
    assert_int_equal(cursor.serial, serial + 1);
}

/* --- what ends a duplication ---------------------------------------------------------------- */

static void a_lost_access_is_duplicated_again(void **state)
{
    SCRIPT({.seed = 1}, {.result = DXGI_ERROR_ACCESS_LOST}, {.seed = 2},
           {.result = DXGI_ERROR_ACCESS_LOST}, {.result = DXGI_ERROR_ACCESS_LOST}, {.seed = 3},
           {.seed = 4, .release_result = DXGI_ERROR_ACCESS_LOST}, {.seed = 5});
    DUPLICATIONS(S_OK, E_ACCESSDENIED, DXGI_ERROR_MODE_CHANGE_IN_PROGRESS, S_OK,
                 DXGI_ERROR_SESSION_DISCONNECTED, S_OK);

    open_source(WIDTH, HEIGHT);
    expect(SOURCE_PICTURE);
    expect_picture(false, WIDTH, HEIGHT, 1); /* the picture before stays */
    expect_picture(true, WIDTH, HEIGHT, 1);
    expect(SOURCE_PICTURE);
    expect_picture(false, WIDTH, HEIGHT, 2);
    expect(SOURCE_PICTURE);
    expect_picture(false, WIDTH, HEIGHT, 4); /* the frame that is acquired last counts */
    expect(SOURCE_PICTURE);
    expect_picture(false, WIDTH, HEIGHT, 5);
    assert_int_equal(duplication_fake.duplicated, 8);
}

static void another_size_is_another_mode(void **state)
{
    struct source_picture picture;
    SCRIPT({.seed = 1}, {.result = DXGI_ERROR_ACCESS_LOST}, {.result = DXGI_ERROR_WAIT_TIMEOUT},
           {.seed = 2});

    duplication_fake.next_width_px = 80;
    duplication_fake.next_height_px = 40;
    open_source(WIDTH, HEIGHT);
    expect(SOURCE_PICTURE);
    expect_picture(false, WIDTH, HEIGHT, 1);
    expect(SOURCE_MODE);
    source->class->close(source);
    open_source(80, 40);
    assert_int_equal(source->class->acquire(source, true, &picture), -EAGAIN); /* not the last */
    expect(SOURCE_PICTURE);
    expect_picture(false, 80, 40, 2);
}

static void a_lost_card_is_opened_again(void **state)
{
    struct source_picture picture;
    SCRIPT({.seed = 1}, {.result = DXGI_ERROR_DEVICE_REMOVED}, {.seed = 2});

    open_source(WIDTH, HEIGHT);
    expect(SOURCE_PICTURE);
    assert_int_equal(source->class->acquire(source, false, &picture), -EAGAIN);
    expect(SOURCE_MODE);
    source->class->close(source);
    assert_null(dxgi_source_device(source));
    open_source(WIDTH, HEIGHT);
    expect(SOURCE_PICTURE);
    expect_picture(false, WIDTH, HEIGHT, 2);
}

static void a_desktop_that_stays_closed_is_an_error(void **state)
{
    SCRIPT({.seed = 1}, {.result = DXGI_ERROR_ACCESS_LOST});
    static HRESULT results[1000];

    for (unsigned i = 1; i < sizeof results / sizeof *results; i++)
        results[i] = E_ACCESSDENIED;
    duplication_fake.results = results;
    duplication_fake.result_count = sizeof results / sizeof *results;
    open_source(WIDTH, HEIGHT);
    expect(SOURCE_PICTURE);
    assert_int_equal(wait_until(SOON), -EACCES);
    assert_non_null(strstr(source->class->error(source), "run as the service"));
    assert_true(duplication_fake.duplicated < 2 + 2 * DXGI_AGAIN_MAX_MS / DXGI_AGAIN_MS);
    source->class->close(source);
    duplication_fake.result_count = 0;
    duplication_fake.frames = &frames[0];
    duplication_fake.acquired = 0;
    open_source(WIDTH, HEIGHT); /* and later it is there */
    expect(SOURCE_PICTURE);
}

/* --- what is refused --------------------------------------------------------------------------- */

static void expect_refused(int error, const char *part)
{
    struct source_mode mode;

    assert_int_equal(source->class->open(source, &mode), error);
    if (!strstr(source->class->error(source), part))
        fail_msg("%s", source->class->error(source));
    assert_null(strchr(source->class->error(source), '\n'));
    assert_int_equal(duplication_fake.objects, 0);
}

static void more_than_8_bits_are_refused(void **state)
{
    duplication_fake.format = DXGI_FORMAT_R16G16B16A16_FLOAT;
    expect_refused(-EOPNOTSUPP, "turn HDR and 10 bit colours off");
}

static void a_rotated_display_is_refused(void **state)
{
    duplication_fake.rotation = DXGI_MODE_ROTATION_ROTATE90;
    expect_refused(-EOPNOTSUPP, "landscape");
}

static void a_display_that_is_not_there_is_refused(void **state)
{
    source->class->destroy(source);
    make_source("DISPLAY77", false);
    expect_refused(-ENODEV, "there is no display DISPLAY77");
}

static void a_failure_of_duplicating_is_a_line(void **state)
{
    DUPLICATIONS(DXGI_ERROR_NOT_CURRENTLY_AVAILABLE, (HRESULT)0x87654321);

    expect_refused(-EBUSY, "too many programs");
    expect_refused(-EIO, "0x87654321");
}

/* Wine has the function, but no more. */
static void without_the_double_wine_has_no_duplication(void **state)
{
    const struct dxgi_settings settings = {.display = "auto", .duplicate = hardware_duplicate};

    source->class->destroy(source);
    source = dxgi_source_create(&settings);
    expect_refused(-ENOSYS, "Windows 8");
}

static void results_are_the_systems(void **state)
{
    static const HRESULT system[] = {
        DXGI_ERROR_WAIT_TIMEOUT,
        DXGI_ERROR_ACCESS_LOST,
        DXGI_ERROR_INVALID_CALL,
        E_ACCESSDENIED,
        DXGI_ERROR_SESSION_DISCONNECTED,
        DXGI_ERROR_MODE_CHANGE_IN_PROGRESS,
        DXGI_ERROR_NOT_CURRENTLY_AVAILABLE,
        DXGI_ERROR_UNSUPPORTED,
        E_NOTIMPL,
        E_INVALIDARG,
        DXGI_ERROR_NOT_FOUND,
        E_OUTOFMEMORY,
        DXGI_ERROR_DEVICE_REMOVED,
        DXGI_ERROR_DEVICE_HUNG,
        DXGI_ERROR_DEVICE_RESET,
        DXGI_ERROR_DRIVER_INTERNAL_ERROR,
    };

    assert_int_equal(duplication_result_count, sizeof system / sizeof *system);
    for (unsigned i = 0; i < duplication_result_count; i++)
        assert_int_equal(duplication_results[i].result, (uint32_t)system[i]);
    assert_int_equal(POINTER_MONOCHROME, DXGI_OUTDUPL_POINTER_SHAPE_TYPE_MONOCHROME);
    assert_int_equal(POINTER_COLOUR, DXGI_OUTDUPL_POINTER_SHAPE_TYPE_COLOR);
    assert_int_equal(POINTER_MASKED_COLOUR, DXGI_OUTDUPL_POINTER_SHAPE_TYPE_MASKED_COLOR);
}

/* --- threads -------------------------------------------------------------------------------------- */

static void set_wake(void *data)
{
    os_wake_set(data);
}

static void a_wake_ends_the_wait(void **state)
{
    int error = 0;
    SCRIPT({.seed = 1});

    open_source(WIDTH, HEIGHT);
    expect(SOURCE_PICTURE);
    expect_picture(false, WIDTH, HEIGHT, 1);
    struct os_thread *thread = os_thread_create("waker", set_wake, wake, &error);
    assert_non_null(thread);
    expect(SOURCE_WOKEN);
    os_thread_join(thread);
    expect(SOURCE_WOKEN); /* it stays */
}

static void get_desktop_name(HDESK desktop, char name[static 64])
{
    DWORD needed;

    assert_true(GetUserObjectInformationA(desktop, UOI_NAME, name, 64, &needed));
}

/* Of its own: the test's thread stays on its desktop. */
static void open_on_another_desktop(void *data)
{
    char *name = data;
    struct source_mode mode;
    HDESK other = CreateDesktopA("vdibench-test", NULL, NULL, 0, GENERIC_ALL, NULL);

    assert_non_null(other);
    assert_true(SetThreadDesktop(other));
    assert_int_equal(source->class->open(source, &mode), 0);
    get_desktop_name(GetThreadDesktop(GetCurrentThreadId()), name);
    source->class->close(source);
}

static void the_thread_goes_to_the_desktop_with_the_input(void **state)
{
    char expected[64], name[64] = "";
    int error = 0;
    HDESK input = OpenInputDesktop(0, FALSE, GENERIC_READ);

    assert_non_null(input);
    get_desktop_name(input, expected);
    CloseDesktop(input);
    struct os_thread *thread = os_thread_create("other", open_on_another_desktop, name, &error);
    assert_non_null(thread);
    os_thread_join(thread);
    assert_string_equal(name, expected);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_picture_is_what_was_drawn),
        TEST(the_newest_picture_is_acquired),
        TEST(an_unchanged_screen_has_a_picture_on_demand_alone),
        TEST(a_first_frame_without_news_is_a_picture),
        TEST(a_texture_has_the_same_pixels),
        TEST(an_odd_size_is_cut),
        TEST(the_pointer_alone_is_no_picture),
        TEST(another_shape_has_another_serial),
        TEST(a_lost_access_is_duplicated_again),
        TEST(another_size_is_another_mode),
        TEST(a_lost_card_is_opened_again),
        TEST(a_desktop_that_stays_closed_is_an_error),
        TEST(more_than_8_bits_are_refused),
        TEST(a_rotated_display_is_refused),
        TEST(a_display_that_is_not_there_is_refused),
        TEST(a_failure_of_duplicating_is_a_line),
        TEST(without_the_double_wine_has_no_duplication),
        TEST(results_are_the_systems),
        TEST(a_wake_ends_the_wait),
        TEST(the_thread_goes_to_the_desktop_with_the_input),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
