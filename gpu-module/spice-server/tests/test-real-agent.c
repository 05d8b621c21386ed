/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * The real agent of a Linux guest before the real SPICE server: a program changes the pointer
 * of an X server, and the unmodified client has its shape and place.
 */
#include "agent/tests/x-server.h"
#include "gpu-module/spice-server/tests/bed.h"

#include <gio/gio.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <zlib.h>

static GSubprocess *agent;
static unsigned cursor_of_client; /* its next cursor notice */

static void die_with_the_test(void *data)
{
    (void)data;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void start_agent(void)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_autofree char *program = bed_program("vdibench-agent");
    g_autofree char *log = g_build_filename(bed.folder, "agent.log", NULL);
    g_autofree char *port = g_strconcat("tty:", bed.port, NULL);

    g_subprocess_launcher_set_child_setup(launcher, die_with_the_test, NULL, NULL);
    g_subprocess_launcher_setenv(launcher, "DISPLAY", x_server.name, true);
    g_subprocess_launcher_set_stderr_file_path(launcher, log);
    agent = g_subprocess_launcher_spawn(launcher, NULL, program, "--source", "x11", "--port", port,
                                        NULL);
    assert_non_null(agent);
}

static void stop_agent(void)
{
    g_subprocess_send_signal(agent, SIGTERM);
    g_subprocess_wait(agent, NULL, NULL);
    assert_true(g_subprocess_get_if_exited(agent));
    assert_int_equal(g_subprocess_get_exit_status(agent), 0);
    g_clear_object(&agent);
}

static const struct notice *next_cursor(void)
{
    const struct notice *notice =
        child_wait_notice(bed.client, "cursor", &cursor_of_client, DEADLINE_S, NULL, NULL);

    if (!notice)
        fail_msg("the client was given no pointer");
    return notice;
}

/* Passes over what comes before. The client has red first. */
static void wait_for_shape(void)
{
    uint8_t rgba[X_SERVER_CURSOR_BYTES];

    for (unsigned i = 0; i < sizeof rgba; i++)
        rgba[i] = x_server_cursor_bgra[i % 4 < 3 ? i / 4 * 4 + 2 - i % 4 : i];
    g_autofree char *crc = g_strdup_printf("%08lx", crc32(0, rgba, sizeof rgba));
    for (;;) {
        const struct notice *notice = next_cursor();
        if (!g_str_equal(notice_value(notice, "event"), "set") ||
            !g_str_equal(notice_value(notice, "crc"), crc))
            continue;
        assert_string_equal(notice_value(notice, "width"), "2");
        assert_string_equal(notice_value(notice, "height"), "1");
        assert_string_equal(notice_value(notice, "hot_x"), "1");
        assert_string_equal(notice_value(notice, "hot_y"), "0");
        return;
    }
}

static void wait_for_place(int x_px, int y_px)
{
    g_autofree char *x = g_strdup_printf("%d", x_px);
    g_autofree char *y = g_strdup_printf("%d", y_px);

    for (;;) {
        const struct notice *notice = next_cursor();
        if (g_str_equal(notice_value(notice, "event"), "move") &&
            g_str_equal(notice_value(notice, "x"), x) && g_str_equal(notice_value(notice, "y"), y))
            return;
    }
}

static void the_pointer_of_an_x_server_reaches_the_client(void **state)
{
    (void)state;
    if (!x_server_start("640x480x24")) {
        print_message("Xvfb is missing\n");
        skip();
    }
    x_server_fill(0x80c0ff, 0, 0, 320, 480);      /* the client takes one colour for no picture */
    child_send(bed.client, NULL, "mouse server"); /* where the guest says where it is */
    start_agent();
    client_shows("pgpu");
    x_server_set_cursor();
    wait_for_shape();
    x_server_move_mouse(123, 45);
    wait_for_place(123, 45);
    x_server_fill(0x102030, 0, 0, 320, 480); /* between pictures, too */
    x_server_move_mouse(600, 400);
    wait_for_place(600, 400);

    /* Another opening of the port: the whole pointer once more, which nothing has changed. */
    stop_agent();
    client_shows("vgpu");
    start_agent();
    client_shows("pgpu");
    wait_for_shape();
    wait_for_place(600, 400);
    stop_agent();
    client_shows("vgpu");
    x_server_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pointer_of_an_x_server_reaches_the_client),
    };
    return cmocka_run_group_tests(tests, bed_set_up, bed_tear_down);
}
