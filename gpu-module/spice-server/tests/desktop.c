/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/spice-server/tests/desktop.h"

#include "agent/tests/x-server.h"
#include "media/picture.h"

#include <gio/gio.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <xcb/xcb_ewmh.h>
#include <cmocka.h>

/* Longer than any window manager takes to start. */
#define DESKTOP_DEADLINE_S 60
#define LOOK_AGAIN_US 20000

struct viewer {
    GSubprocess *process;
};

static struct {
    const char *folder;
    GSubprocess *manager;
    xcb_ewmh_connection_t ewmh;
    unsigned found_x_px, found_y_px; /* where the last barcode was */
} desktop;

/* --- processes ------------------------------------------------------------ */

static void die_with_the_test(void *data)
{
    (void)data;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* With nobody's settings, and no session bus. NULL where it is not installed. */
static GSubprocess *start(const char *program, const char *const *argv)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
    g_autofree char *log = g_strdup_printf("%s/%s.log", desktop.folder, program);

    g_subprocess_launcher_set_child_setup(launcher, die_with_the_test, NULL, NULL);
    g_subprocess_launcher_set_stderr_file_path(launcher, log);
    g_subprocess_launcher_setenv(launcher, "DISPLAY", x_server.name, true);
    g_subprocess_launcher_setenv(launcher, "GDK_BACKEND", "x11", true);
    g_subprocess_launcher_setenv(launcher, "HOME", desktop.folder, true);
    g_subprocess_launcher_setenv(launcher, "XDG_CONFIG_HOME", desktop.folder, true);
    g_subprocess_launcher_setenv(launcher, "XDG_CACHE_HOME", desktop.folder, true);
    g_subprocess_launcher_setenv(launcher, "NO_AT_BRIDGE", "1", true);
    return g_subprocess_launcher_spawnv(launcher, argv, NULL);
}

static void end(GSubprocess **process)
{
    if (!*process)
        return;
    g_subprocess_force_exit(*process);
    g_subprocess_wait(*process, NULL, NULL);
    g_clear_object(process);
}

struct viewer *viewer_start(const char *program, const char *uri)
{
    /* spicy has an option for what remote-viewer takes as an argument. */
    g_autofree char *option = g_strconcat("--uri=", uri, NULL);
    const char *const argv[] = {program, g_str_equal(program, "spicy") ? option : uri, NULL};
    GSubprocess *process = start(program, argv);

    if (!process)
        return NULL;
    struct viewer *viewer = g_new0(struct viewer, 1);
    viewer->process = process;
    return viewer;
}

void viewer_end(struct viewer *viewer)
{
    if (!viewer)
        return;
    end(&viewer->process);
    g_free(viewer);
}

bool viewer_is_alive(struct viewer *viewer)
{
    return g_subprocess_get_identifier(viewer->process) != NULL;
}

/* --- windows -------------------------------------------------------------- */

static bool manager_is_there(void)
{
    xcb_window_t window;

    return xcb_ewmh_get_supporting_wm_check_reply(
        &desktop.ewmh, xcb_ewmh_get_supporting_wm_check(&desktop.ewmh, x_server.root), &window,
        NULL);
}

bool desktop_start(const char *folder)
{
    static const char *const manager[] = {"openbox", "--sm-disable", NULL};
    g_autofree char *screen = g_strdup_printf("%ux%ux24", DESKTOP_WIDTH_PX, DESKTOP_HEIGHT_PX);
    int64_t end_us = g_get_monotonic_time() + DESKTOP_DEADLINE_S * G_USEC_PER_SEC;

    desktop.folder = folder;
    if (!x_server_start(screen))
        return false;
    desktop.manager = start("openbox", manager);
    if (!desktop.manager) {
        x_server_stop();
        return false;
    }
    assert_true(xcb_ewmh_init_atoms_replies(
        &desktop.ewmh, xcb_ewmh_init_atoms(x_server.client, &desktop.ewmh), NULL));
    while (!manager_is_there()) {
        assert_true(g_get_monotonic_time() < end_us);
        g_usleep(LOOK_AGAIN_US);
    }
    return true;
}

void desktop_end(void)
{
    if (desktop.manager)
        xcb_ewmh_connection_wipe(&desktop.ewmh);
    end(&desktop.manager);
    x_server_stop();
}

unsigned desktop_windows(uint32_t ret_windows[DESKTOP_WINDOWS_MAX])
{
    xcb_ewmh_get_windows_reply_t list;

    if (!xcb_ewmh_get_client_list_reply(&desktop.ewmh, xcb_ewmh_get_client_list(&desktop.ewmh, 0),
                                        &list, NULL))
        return 0;
    unsigned count = MIN(list.windows_len, DESKTOP_WINDOWS_MAX);
    memcpy(ret_windows, list.windows, count * sizeof *ret_windows);
    xcb_ewmh_get_windows_reply_wipe(&list);
    return count;
}

struct rectangle {
    unsigned x_px, y_px, width_px, height_px;
};

/* What of the window's contents lies on the desktop; false if nothing does. */
static bool contents_of(uint32_t window, struct rectangle *ret_rectangle)
{
    *ret_rectangle = (struct rectangle){0, 0, DESKTOP_WIDTH_PX, DESKTOP_HEIGHT_PX};
    if (window == DESKTOP_ALL)
        return true;
    xcb_get_geometry_reply_t *size =
        xcb_get_geometry_reply(x_server.client, xcb_get_geometry(x_server.client, window), NULL);
    xcb_translate_coordinates_reply_t *place = xcb_translate_coordinates_reply(
        x_server.client, xcb_translate_coordinates(x_server.client, window, x_server.root, 0, 0),
        NULL);
    bool there = size && place && place->dst_x < DESKTOP_WIDTH_PX &&
                 place->dst_y < DESKTOP_HEIGHT_PX && place->dst_x >= 0 && place->dst_y >= 0;

    if (there)
        *ret_rectangle = (struct rectangle){
            (unsigned)place->dst_x,
            (unsigned)place->dst_y,
            MIN(size->width, DESKTOP_WIDTH_PX - (unsigned)place->dst_x),
            MIN(size->height, DESKTOP_HEIGHT_PX - (unsigned)place->dst_y),
        };
    free(size);
    free(place);
    return there;
}

static bool read_number(const uint32_t *pixels, const struct rectangle *within, unsigned x_px,
                        unsigned y_px, enum barcode_source wanted, int *ret_number)
{
    const uint32_t *corner = pixels + (size_t)y_px * DESKTOP_WIDTH_PX + x_px;
    enum barcode_source source;
    uint16_t number;

    if (x_px < within->x_px || y_px < within->y_px ||
        x_px + BARCODE_WIDTH_PX > within->x_px + within->width_px ||
        y_px + BARCODE_HEIGHT_PX > within->y_px + within->height_px ||
        !barcode_read((const uint8_t *)corner, DESKTOP_WIDTH_PX * sizeof *corner, BARCODE_WIDTH_PX,
                      BARCODE_HEIGHT_PX, &source, &number) ||
        source != wanted)
        return false;
    desktop.found_x_px = x_px;
    desktop.found_y_px = y_px;
    *ret_number = number;
    return true;
}

/* Wherever the picture is in there: a cell's inside is read, so every fourth pixel does. */
static bool search_number(const uint32_t *pixels, const struct rectangle *within,
                          enum barcode_source wanted, int *ret_number)
{
    for (unsigned y = 0; y < within->height_px; y += 4)
        for (unsigned x = 0; x < within->width_px; x += 4)
            if (read_number(pixels, within, within->x_px + x, within->y_px + y, wanted, ret_number))
                return true;
    return false;
}

int desktop_number(uint32_t window, enum barcode_source source)
{
    struct rectangle within;
    int number = -1;

    if (!contents_of(window, &within))
        return -1;
    uint32_t *pixels = x_server_pixels(DESKTOP_WIDTH_PX, DESKTOP_HEIGHT_PX);
    if (!read_number(pixels, &within, desktop.found_x_px, desktop.found_y_px, source, &number))
        search_number(pixels, &within, source, &number);
    free(pixels);
    return number;
}

static void change_geometry(uint32_t window, unsigned flags, int x, int y, unsigned width,
                            unsigned height)
{
    xcb_ewmh_request_moveresize_window(&desktop.ewmh, 0, window, XCB_GRAVITY_NORTH_WEST,
                                       XCB_EWMH_CLIENT_SOURCE_TYPE_OTHER, flags, (uint32_t)x,
                                       (uint32_t)y, width, height);
    xcb_flush(x_server.client);
}

void desktop_move(uint32_t window, int x_px, int y_px)
{
    change_geometry(window, XCB_EWMH_MOVERESIZE_WINDOW_X | XCB_EWMH_MOVERESIZE_WINDOW_Y, x_px, y_px,
                    0, 0);
}

void desktop_resize(uint32_t window, unsigned width_px, unsigned height_px)
{
    change_geometry(window, XCB_EWMH_MOVERESIZE_WINDOW_WIDTH | XCB_EWMH_MOVERESIZE_WINDOW_HEIGHT, 0,
                    0, width_px, height_px);
}

void desktop_full_screen(uint32_t window, bool full)
{
    xcb_ewmh_request_change_wm_state(
        &desktop.ewmh, 0, window, full ? XCB_EWMH_WM_STATE_ADD : XCB_EWMH_WM_STATE_REMOVE,
        desktop.ewmh._NET_WM_STATE_FULLSCREEN, 0, XCB_EWMH_CLIENT_SOURCE_TYPE_OTHER);
    xcb_flush(x_server.client);
}

void desktop_size(uint32_t window, unsigned *ret_width_px, unsigned *ret_height_px)
{
    struct rectangle contents = {0};

    contents_of(window, &contents);
    *ret_width_px = contents.width_px;
    *ret_height_px = contents.height_px;
}

void desktop_save(const char *path)
{
    uint32_t *pixels = x_server_pixels(DESKTOP_WIDTH_PX, DESKTOP_HEIGHT_PX);
    auto_destroy(picture) picture =
        picture_copy((const uint8_t *)pixels, DESKTOP_WIDTH_PX * sizeof *pixels, DESKTOP_WIDTH_PX,
                     DESKTOP_HEIGHT_PX);
    g_autoptr(GError) error = NULL;

    free(pixels);
    if (!picture_save(picture, path, &error))
        fail_msg("%s: %s", path, error->message);
}
