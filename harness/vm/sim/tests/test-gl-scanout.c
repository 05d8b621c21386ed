/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * A vGPU's buffer and who may touch it when. The server is a double: the two functions by which
 * it is called are this program's own.
 */
#include "harness/vm/sim/gl-scanout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#define WIDTH_PX 64
#define HEIGHT_PX 8
/* Ends a test when it hangs. */
#define DEADLINE_S 60

static struct {
    GMutex lock;
    GCond changed;
    int fd;
    uint32_t stride_bytes, format;
    int y0_is_top;
    unsigned announced;
} server = {.fd = -1};

/* The server's, in place of the library's. */
void spice_qxl_gl_scanout(QXLInstance *qxl, int fd, uint32_t width, uint32_t height,
                          uint32_t stride, uint32_t format, int y_0_top)
{
    server.fd = fd;
    server.stride_bytes = stride;
    server.format = format;
    server.y0_is_top = y_0_top;
    assert_int_equal(width, WIDTH_PX);
    assert_int_equal(height, HEIGHT_PX);
}

void spice_qxl_gl_draw_async(QXLInstance *qxl, uint32_t x, uint32_t y, uint32_t w, uint32_t h,
                             uint64_t cookie)
{
    assert_int_equal(cookie, GL_SCANOUT_COOKIE);
    g_mutex_lock(&server.lock);
    server.announced++;
    g_cond_broadcast(&server.changed);
    g_mutex_unlock(&server.lock);
}

static unsigned announced(void)
{
    g_mutex_lock(&server.lock);
    unsigned count = server.announced;
    g_mutex_unlock(&server.lock);
    return count;
}

static void wait_announced(unsigned count)
{
    g_mutex_lock(&server.lock);
    while (server.announced < count)
        g_cond_wait(&server.changed, &server.lock);
    g_mutex_unlock(&server.lock);
}

/* What the server would read. */
static uint8_t first_byte(void)
{
    uint8_t byte = 0;
    assert_int_equal(pread(server.fd, &byte, 1, 0), 1);
    return byte;
}

static struct gl_scanout *scanout;
static struct framebuffer *picture;

static void begin(unsigned refresh_hz)
{
    g_autoptr(GError) error = NULL;

    server.announced = 0;
    scanout = gl_scanout_create(NULL, WIDTH_PX, HEIGHT_PX, refresh_hz, &error);
    assert_non_null(scanout);
    alarm(DEADLINE_S);
}

static void end(void)
{
    gl_scanout_stop(scanout);
    g_clear_pointer(&scanout, gl_scanout_destroy);
    close(server.fd);
    alarm(0);
}

static bool draw(uint8_t value)
{
    memset(picture->pixels, value, (size_t)picture->stride_bytes * HEIGHT_PX);
    return gl_scanout_draw(scanout, picture);
}

static void the_server_gets_the_buffer_with_its_first_row_on_top_of_the_picture(void **state)
{
    begin(0);
    assert_int_equal(server.stride_bytes, WIDTH_PX * 4);
    assert_int_equal(server.format, FOURCC_XRGB8888);
    assert_false(server.y0_is_top);
    assert_true(draw(7));
    assert_int_equal(announced(), 1);
    assert_int_equal(first_byte(), 7);
    end();
}

static void *draw_nine(void *data)
{
    return GINT_TO_POINTER(draw(9));
}

/* Expected: what the server encodes is one picture, not the upper half of the next one. */
static void the_guest_does_not_draw_while_the_server_reads(void **state)
{
    begin(0);
    assert_true(draw(7));
    GThread *thread = g_thread_new("draw", draw_nine, NULL);
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(first_byte(), 7);
        g_thread_yield();
    }
    assert_int_equal(announced(), 1);
    gl_scanout_drawn(scanout);
    assert_true(g_thread_join(thread));
    assert_int_equal(announced(), 2);
    assert_int_equal(first_byte(), 9);
    end();
}

static void a_stop_ends_the_wait(void **state)
{
    begin(0);
    assert_true(draw(7));
    GThread *thread = g_thread_new("draw", draw_nine, NULL);
    gl_scanout_stop(scanout);
    assert_false(g_thread_join(thread));
    assert_int_equal(first_byte(), 7);
    gl_scanout_flush(scanout); /* returns, too */
    end();
}

/* As QEMU's timer: the newest picture is announced at the next tick, one at a time. */
static void the_timer_announces_the_newest_picture(void **state)
{
    begin(1000);
    assert_true(draw(7));
    wait_announced(1);
    GThread *thread = g_thread_new("draw", draw_nine, NULL);
    assert_int_equal(announced(), 1); /* the server has not finished with the first */
    gl_scanout_drawn(scanout);
    assert_true(g_thread_join(thread));
    wait_announced(2);
    assert_int_equal(first_byte(), 9);
    gl_scanout_drawn(scanout);
    gl_scanout_flush(scanout);
    assert_int_equal(announced(), 2);
    end();
}

/* Between two ticks the guest may draw again. */
static void a_guest_need_not_wait_for_the_timer(void **state)
{
    begin(1);
    for (uint8_t value = 1; value < 10; value++) {
        assert_true(draw(value));
        gl_scanout_drawn(scanout); /* if the timer has expired meanwhile */
    }
    assert_true(announced() < 9);
    assert_int_equal(first_byte(), 9);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_gets_the_buffer_with_its_first_row_on_top_of_the_picture),
        cmocka_unit_test(the_guest_does_not_draw_while_the_server_reads),
        cmocka_unit_test(a_stop_ends_the_wait),
        cmocka_unit_test(the_timer_announces_the_newest_picture),
        cmocka_unit_test(a_guest_need_not_wait_for_the_timer),
    };
    picture = framebuffer_create(WIDTH_PX, HEIGHT_PX);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    framebuffer_destroy(picture);
    return failed;
}
