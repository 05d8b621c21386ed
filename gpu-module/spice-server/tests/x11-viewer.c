/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/spice-server/tests/x11-viewer.h"

#include <gio/gio.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Larger than the viewer's window around 1024x768, so that it scales nothing. */
#define SCREEN "1280x1024x24"
#define SCREEN_FILE "Xvfb_screen0"

/* Fields of the XWD header that are used here, X11/XWDFile.h; big-endian. */
enum {
    XWD_HEADER_SIZE = 0,
    XWD_WIDTH = 4,
    XWD_HEIGHT = 5,
    XWD_BITS_PER_PIXEL = 11,
    XWD_BYTES_PER_LINE = 12,
    XWD_COLOURS = 19,
    XWD_FIELDS = 25
};
#define XWD_COLOUR_BYTES 12

struct x11_viewer {
    GSubprocess *server, *viewer;
    GMappedFile *screen;
    size_t found_at; /* the last barcode's offset in the screen's pixels */
};

static void die_with_the_test(void *data)
{
    (void)data;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* Its number of display, from the descriptor that -displayfd writes it to. */
static char *start_server(struct x11_viewer *viewer, const char *folder)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDERR_SILENCE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
    char line[16];
    ssize_t got;

    g_subprocess_launcher_set_child_setup(launcher, die_with_the_test, NULL, NULL);
    viewer->server =
        g_subprocess_launcher_spawn(launcher, NULL, "Xvfb", "-displayfd", "1", "-screen", "0",
                                    SCREEN, "-fbdir", folder, "-nolisten", "tcp", "-noreset", NULL);
    if (!viewer->server)
        return NULL;
    got = g_input_stream_read(g_subprocess_get_stdout_pipe(viewer->server), line, sizeof line - 1,
                              NULL, NULL);
    if (got <= 0)
        return NULL;
    line[got] = '\0';
    return g_strdup_printf(":%s", g_strchomp(line));
}

static bool start_viewer(struct x11_viewer *viewer, const char *folder, const char *uri,
                         const char *display)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
    g_autofree char *log = g_build_filename(folder, "remote-viewer.log", NULL);

    g_subprocess_launcher_set_child_setup(launcher, die_with_the_test, NULL, NULL);
    g_subprocess_launcher_set_stderr_file_path(launcher, log);
    g_subprocess_launcher_setenv(launcher, "DISPLAY", display, true);
    g_subprocess_launcher_setenv(launcher, "GDK_BACKEND", "x11", true);
    g_subprocess_launcher_setenv(launcher, "HOME", folder, true); /* nobody's settings */
    g_subprocess_launcher_setenv(launcher, "XDG_CONFIG_HOME", folder, true);
    g_subprocess_launcher_setenv(launcher, "XDG_CACHE_HOME", folder, true);
    g_subprocess_launcher_setenv(launcher, "NO_AT_BRIDGE", "1", true); /* no session bus */
    viewer->viewer = g_subprocess_launcher_spawn(launcher, NULL, "remote-viewer", uri, NULL);
    return viewer->viewer != NULL;
}

struct x11_viewer *x11_viewer_start(const char *folder, const char *uri)
{
    struct x11_viewer *viewer = g_new0(struct x11_viewer, 1);
    g_autofree char *display = start_server(viewer, folder);
    g_autofree char *file = g_build_filename(folder, SCREEN_FILE, NULL);

    viewer->screen = display ? g_mapped_file_new(file, false, NULL) : NULL;
    if (viewer->screen && start_viewer(viewer, folder, uri, display))
        return viewer;
    x11_viewer_end(viewer);
    return NULL;
}

static void end(GSubprocess *process)
{
    if (!process)
        return;
    g_subprocess_force_exit(process);
    g_subprocess_wait(process, NULL, NULL);
    g_object_unref(process);
}

void x11_viewer_end(struct x11_viewer *viewer)
{
    if (!viewer)
        return;
    end(viewer->viewer);
    end(viewer->server);
    g_clear_pointer(&viewer->screen, g_mapped_file_unref);
    g_free(viewer);
}

bool x11_viewer_is_alive(struct x11_viewer *viewer)
{
    return g_subprocess_get_identifier(viewer->viewer) != NULL;
}

static bool read_number(const uint8_t *pixels, size_t at, size_t stride_bytes, unsigned height_px,
                        enum barcode_source wanted, int *ret_number)
{
    const unsigned y = (unsigned)(at / stride_bytes);
    const unsigned width_px = (unsigned)((stride_bytes - at % stride_bytes) / 4);
    enum barcode_source source;
    uint16_t number;

    if (!barcode_read(pixels + at, stride_bytes, width_px, height_px - y, &source, &number) ||
        source != wanted)
        return false;
    *ret_number = number;
    return true;
}

int x11_viewer_number(struct x11_viewer *viewer, enum barcode_source source)
{
    const uint8_t *file = (const uint8_t *)g_mapped_file_get_contents(viewer->screen);
    uint32_t field[XWD_FIELDS];
    int number;

    memcpy(field, file, sizeof field);
    for (unsigned i = 0; i < XWD_FIELDS; i++)
        field[i] = GUINT32_FROM_BE(field[i]);
    g_assert_cmpuint(field[XWD_BITS_PER_PIXEL], ==, 32);

    const uint8_t *pixels = file + field[XWD_HEADER_SIZE] + field[XWD_COLOURS] * XWD_COLOUR_BYTES;
    const size_t stride_bytes = field[XWD_BYTES_PER_LINE];
    const unsigned height_px = field[XWD_HEIGHT];

    if (read_number(pixels, viewer->found_at, stride_bytes, height_px, source, &number))
        return number;
    /* Wherever the window is: a cell's inside is read, so every fourth pixel does. */
    for (unsigned y = 0; y + BARCODE_HEIGHT_PX <= height_px; y += 4)
        for (unsigned x = 0; x + BARCODE_WIDTH_PX <= field[XWD_WIDTH]; x += 4) {
            const size_t at = y * stride_bytes + (size_t)x * 4;
            if (read_number(pixels, at, stride_bytes, height_px, source, &number)) {
                viewer->found_at = at;
                return number;
            }
        }
    return -1;
}
