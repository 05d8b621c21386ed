/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * What a user has on the desktop: unmodified remote-viewer and spicy show one window, whose
 * picture goes from the vGPU to the pGPU and back. With the distribution's server and upstream's
 * port the same agent opens a second window.
 *
 * VIEWER_JOINS=N: how often a viewer leaves and comes back while the pGPU is shown (make viewers).
 * VIEWER_PICTURES=FOLDER: keep pictures of the desktop there.
 */
#include "gpu-module/spice-server/tests/bed.h"
#include "gpu-module/spice-server/tests/desktop.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* As the recording's pictures, so that no viewer scales: a barcode is read 1:1. */
#define WIDTH_PX 1280
#define HEIGHT_PX 720
/* Whatever the VM's screen has, spicy begins with this for it, and scales. */
#define SPICY_WIDTH_PX 640
#define SPICY_HEIGHT_PX 480
#define RECORDING "sim-agent/captures/cad-720p30.mp4"
#define LOOK_AGAIN_US 20000
/* GTK and all that it loads: longer than any event of the bed takes. */
#define VIEWER_DEADLINE_S 90
#define VIEWER_JOINS 3
/* Where windows are put beside each other, below their title bars. */
#define LEFT_X_PX 20
#define RIGHT_X_PX 1390
#define TOP_Y_PX 40

static struct child *agent;
static struct viewer *viewers[2];
static bool has_desktop;

static void keep_picture(const char *program, const char *what)
{
    const char *folder = g_getenv("VIEWER_PICTURES");
    g_autofree char *path = folder ? g_strdup_printf("%s/%s-%s.png", folder, program, what) : NULL;

    if (path)
        desktop_save(path);
}

/* --- waiting ------------------------------------------------------------------ */

struct expected {
    unsigned windows;
    uint32_t window; /* of the number, or DESKTOP_ALL */
    enum barcode_source source;
    int other_than; /* a number that is not enough, or -1 */
};

static int wait_until_shown(const struct expected *expected)
{
    int64_t end_us = g_get_monotonic_time() + (int64_t)VIEWER_DEADLINE_S * G_USEC_PER_SEC;
    uint32_t windows[DESKTOP_WINDOWS_MAX];

    for (;;) {
        unsigned count = desktop_windows(windows);
        int number = desktop_number(expected->window, expected->source);

        if (count == expected->windows && number >= 0 && number != expected->other_than)
            return number;
        for (unsigned i = 0; i < G_N_ELEMENTS(viewers); i++)
            assert_true(!viewers[i] || viewer_is_alive(viewers[i]));
        if (g_get_monotonic_time() > end_us) {
            keep_picture("a-viewer", "failed");
            fail_msg("there are %u windows in place of %u, and of the %s picture %d is shown",
                     count, expected->windows,
                     expected->source == BARCODE_SOURCE_VGPU ? "vGPU's" : "pGPU's", number);
        }
        g_usleep(LOOK_AGAIN_US);
    }
}

/* It is shown, and goes on. */
static void wait_until_moving(struct expected expected)
{
    expected.other_than = -1;
    expected.other_than = wait_until_shown(&expected);
    wait_until_shown(&expected);
}

static void wait_until_windows(unsigned wanted, uint32_t ret_windows[DESKTOP_WINDOWS_MAX])
{
    int64_t end_us = g_get_monotonic_time() + (int64_t)VIEWER_DEADLINE_S * G_USEC_PER_SEC;

    while (desktop_windows(ret_windows) != wanted) {
        if (g_get_monotonic_time() > end_us)
            fail_msg("there are not %u windows", wanted);
        g_usleep(LOOK_AGAIN_US);
    }
}

static void wait_until_size(uint32_t window, unsigned width_px, unsigned height_px)
{
    int64_t end_us = g_get_monotonic_time() + (int64_t)VIEWER_DEADLINE_S * G_USEC_PER_SEC;
    unsigned width, height;

    for (;;) {
        desktop_size(window, &width, &height);
        if (width == width_px && height == height_px)
            return;
        if (g_get_monotonic_time() > end_us)
            fail_msg("the window has %ux%u in place of %ux%u", width, height, width_px, height_px);
        g_usleep(LOOK_AGAIN_US);
    }
}

/* Moves a new window to where it hides no other one, in a size in which it does not scale. */
static void place(uint32_t window, const char *program, int x_px)
{
    unsigned width_px, height_px;

    desktop_move(window, x_px, TOP_Y_PX);
    if (!g_str_equal(program, "spicy"))
        return;
    desktop_size(window, &width_px, &height_px);
    width_px += WIDTH_PX - SPICY_WIDTH_PX;
    height_px += HEIGHT_PX - SPICY_HEIGHT_PX;
    desktop_resize(window, width_px, height_px);
    wait_until_size(window, width_px, height_px);
}

/* --- the actors --------------------------------------------------------------- */

static void agent_opens(void)
{
    ask(agent, "open", "opened");
}

static void agent_closes(void)
{
    ask(agent, "close", "closed");
}

/* Of the programs that show one VM together. */
static void start_viewer(unsigned place, const char *program)
{
    if (!has_desktop) {
        print_message("Xvfb or openbox is missing\n");
        skip();
    }
    viewers[place] = viewer_start(program, bed.uri);
    if (!viewers[place]) {
        print_message("%s is missing\n", program);
        skip();
    }
}

static int no_viewers(void **state)
{
    uint32_t windows[DESKTOP_WINDOWS_MAX];

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(viewers); i++)
        g_clear_pointer(&viewers[i], viewer_end);
    if (has_desktop)
        wait_until_windows(0, windows);
    return 0;
}

/* --- with the module ---------------------------------------------------------- */

static void one_window(void **state)
{
    const char *program = *state;
    uint32_t before[DESKTOP_WINDOWS_MAX], after[DESKTOP_WINDOWS_MAX];

    start_viewer(0, program);
    wait_until_windows(1, before);
    place(before[0], program, LEFT_X_PX);
    wait_until_moving((struct expected){1, before[0], BARCODE_SOURCE_VGPU, -1});
    agent_opens();
    wait_until_moving((struct expected){1, before[0], BARCODE_SOURCE_RECORDING, -1});
    keep_picture(program, "one-window");
    assert_int_equal(desktop_number(DESKTOP_ALL, BARCODE_SOURCE_VGPU), -1);
    agent_closes();
    wait_until_moving((struct expected){1, before[0], BARCODE_SOURCE_VGPU, -1});
    wait_until_windows(1, after);
    assert_int_equal(after[0], before[0]);
}

static void two_viewers_whose_windows_change(void **state)
{
    uint32_t windows[DESKTOP_WINDOWS_MAX];
    unsigned width_px, height_px;

    (void)state;
    start_viewer(0, "remote-viewer");
    wait_until_windows(1, windows);
    place(windows[0], "remote-viewer", LEFT_X_PX);
    wait_until_moving((struct expected){1, windows[0], BARCODE_SOURCE_VGPU, -1});
    agent_opens();
    start_viewer(1, "spicy");
    wait_until_windows(2, windows);
    place(windows[1], "spicy", RIGHT_X_PX);
    for (unsigned i = 0; i < 2; i++)
        wait_until_moving((struct expected){2, windows[i], BARCODE_SOURCE_RECORDING, -1});
    for (unsigned i = 0; i < 2; i++) {
        desktop_size(windows[i], &width_px, &height_px);
        desktop_resize(windows[i], width_px * 3 / 4, height_px * 3 / 4);
        wait_until_size(windows[i], width_px * 3 / 4, height_px * 3 / 4);
        desktop_resize(windows[i], width_px, height_px);
        wait_until_moving((struct expected){2, windows[i], BARCODE_SOURCE_RECORDING, -1});
        desktop_full_screen(windows[i], true);
        wait_until_size(windows[i], DESKTOP_WIDTH_PX, DESKTOP_HEIGHT_PX);
        desktop_full_screen(windows[i], false);
        wait_until_moving((struct expected){2, windows[i], BARCODE_SOURCE_RECORDING, -1});
    }
    agent_closes();
    for (unsigned i = 0; i < 2; i++)
        wait_until_moving((struct expected){2, windows[i], BARCODE_SOURCE_VGPU, -1});
}

static void a_viewer_that_leaves_and_comes_back(void **state)
{
    const char *joins = g_getenv("VIEWER_JOINS");
    uint32_t windows[DESKTOP_WINDOWS_MAX];

    (void)state;
    agent_opens();
    for (int i = joins ? atoi(joins) : VIEWER_JOINS; i > 0; i--) {
        start_viewer(0, "remote-viewer");
        wait_until_moving((struct expected){1, DESKTOP_ALL, BARCODE_SOURCE_RECORDING, -1});
        g_clear_pointer(&viewers[0], viewer_end);
        wait_until_windows(0, windows);
    }
    agent_closes();
    assert_false(child_has_ended(bed.vm, NULL));
}

/* --- with the distribution's server ------------------------------------------- */

static void two_windows(void **state)
{
    const char *program = *state;
    uint32_t windows[DESKTOP_WINDOWS_MAX];

    start_viewer(0, program);
    wait_until_windows(1, windows);
    place(windows[0], program, LEFT_X_PX);
    wait_until_moving((struct expected){1, windows[0], BARCODE_SOURCE_VGPU, -1});
    agent_opens();
    wait_until_windows(2, windows);
    place(windows[1], program, RIGHT_X_PX);
    wait_until_moving((struct expected){2, windows[0], BARCODE_SOURCE_VGPU, -1});
    wait_until_moving((struct expected){2, windows[1], BARCODE_SOURCE_RECORDING, -1});
    keep_picture(program, "two-windows");
    agent_closes();
}

/* --- groups ------------------------------------------------------------------- */

static int set_up(void **state)
{
    static const char *const options[] = {"--size",
                                          G_STRINGIFY(WIDTH_PX) "x" G_STRINGIFY(HEIGHT_PX), NULL};

    bed.vm_options = options;
    if (bed_set_up(state) != 0)
        return -1;
    g_autofree char *program = bed_program("sim-agent");
    g_autofree char *port = g_strconcat("tty:", bed.port, NULL);
    const char *const argv[] = {program, "--port", port, "--recording", RECORDING, NULL};
    unsigned cursor = 0;

    agent = bed_start("sim-agent", argv, NULL);
    assert_non_null(child_wait_notice(agent, "ready", &cursor, DEADLINE_S, NULL, NULL));
    has_desktop = desktop_start(bed.folder);
    return 0;
}

static int set_up_stock(void **state)
{
    bed.is_stock = true;
    return set_up(state);
}

static int tear_down(void **state)
{
    no_viewers(state);
    desktop_end();
    child_end(agent, DEADLINE_S, NULL);
    child_destroy(agent);
    return bed_tear_down(state);
}

int main(void)
{
    char remote_viewer[] = "remote-viewer", spicy[] = "spicy";
    const struct CMUnitTest ours[] = {
        {"remote-viewer has one window", one_window, NULL, no_viewers, remote_viewer},
        {"spicy has one window", one_window, NULL, no_viewers, spicy},
        cmocka_unit_test_teardown(two_viewers_whose_windows_change, no_viewers),
        cmocka_unit_test_teardown(a_viewer_that_leaves_and_comes_back, no_viewers),
    };
    const struct CMUnitTest stock[] = {
        {"remote-viewer has two windows with the distribution's server", two_windows, NULL,
         no_viewers, remote_viewer},
        {"spicy has two windows with the distribution's server", two_windows, NULL, no_viewers,
         spicy},
    };
    int failed = cmocka_run_group_tests_name("desktop viewers", ours, set_up, tear_down);

    return failed + cmocka_run_group_tests_name("desktop viewers, the distribution's server", stock,
                                                set_up_stock, tear_down);
}
