/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * The pointer, in the real SPICE server with a simulated VM and unmodified
 * clients: whose shape and position a client is given before, during and after
 * a switch, what a guest that floods or lies costs, and the logical size of
 * the VM's tablet.
 *
 * A client's cursor notices are compared one by one, so that a shape which a
 * client must not see cannot hide between two that it must.
 */
#include "gpu-module/spice-server/tests/bed.h"
#include "protocol/cursor-shape.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define CURSOR_HEADER_BYTES PORT_CURSOR_SET_MIN_BYTES
/* What 1024x1024 cursors may cost a server whose client is frozen: the newest
 * one, one being sent, one on its way and one being read, twice over. */
#define FLOOD_BYTES (2L * 4 * PORT_CURSOR_SET_MAX_BYTES)
#define FLOOD_LARGE_CURSORS 40
#define FLOOD_SMALL_CURSORS 20000

/* --- the guest ------------------------------------------------------------ */

/* A square of bytes `value`, of a CURSOR_SET whose header has size_px. */
static void guest_cursor_bytes(int fd, unsigned size_px, uint8_t value, size_t pixels_bytes)
{
    size_t bytes = PORT_HEADER_BYTES + CURSOR_HEADER_BYTES + pixels_bytes;
    g_autofree uint8_t *message = g_malloc0(bytes);
    uint8_t *body = message + PORT_HEADER_BYTES;

    port_compose_header(message, bytes, PORT_CURSOR_SET, (uint32_t)(bytes - PORT_HEADER_BYTES));
    body[0] = body[2] = (uint8_t)size_px;
    body[1] = body[3] = (uint8_t)(size_px >> 8);
    body[8] = CURSOR_ALPHA;
    memset(body + CURSOR_HEADER_BYTES, value, pixels_bytes);
    guest_write(fd, message, bytes);
}

static void guest_cursor(int fd, unsigned size_px, uint8_t value)
{
    guest_cursor_bytes(fd, size_px, value, (size_t)size_px * size_px * 4);
}

static void guest_cursor_move(int fd, int x_px, int y_px)
{
    const uint8_t message[] = {HEADER(PORT_CURSOR_MOVE, 8), LE32(x_px), LE32(y_px)};
    guest_write(fd, message, sizeof message);
}

static void guest_shows_pgpu(int fd)
{
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
}

/* --- the clients ---------------------------------------------------------- */

static unsigned cursor_of_client; /* the first client's next cursor notice */

/* The client's next cursor notice, as text: "set 24 1a2b3c4d", "move 5 6". */
static char *next_cursor(struct child *client, unsigned *cursor)
{
    g_autoptr(GError) error = NULL;
    const struct notice *n = child_wait_notice(client, "cursor", cursor, DEADLINE_S, NULL, &error);

    if (!n)
        fail_msg("waiting for the cursor: %s", error->message);
    const char *event = notice_value(n, "event");
    if (g_str_equal(event, "set"))
        return g_strdup_printf("set %s %s", notice_value(n, "width"), notice_value(n, "crc"));
    if (g_str_equal(event, "move"))
        return g_strdup_printf("move %s %s", notice_value(n, "x"), notice_value(n, "y"));
    return g_strdup(event);
}

static char *set_text(unsigned size_px, uint8_t value)
{
    size_t bytes = (size_t)size_px * size_px * 4;
    g_autofree uint8_t *pixels = g_malloc(bytes);

    memset(pixels, value, bytes);
    return g_strdup_printf("set %u %08lx", size_px, crc32(0, pixels, (unsigned)bytes));
}

static void expect_other(const char *event)
{
    g_autofree char *text = next_cursor(bed.client, &cursor_of_client);
    assert_string_equal(text, event);
}

static void expect_set(unsigned size_px, uint8_t value)
{
    g_autofree char *expected = set_text(size_px, value);
    expect_other(expected);
}

/* Passes over what comes before. */
static void wait_set(struct child *client, unsigned *cursor, unsigned size_px, uint8_t value)
{
    g_autofree char *expected = set_text(size_px, value);

    for (bool found = false; !found;) {
        g_autofree char *text = next_cursor(client, cursor);
        found = g_str_equal(text, expected);
    }
}

/* Gives the vGPU a shape that was not there yet, and waits until the client has it. */
static uint8_t vgpu_cursor_seen(void)
{
    static uint8_t value = 1;
    g_autofree char *command = g_strdup_printf("cursor set 16 %u", ++value);

    ask(bed.vm, command, "cursor");
    wait_set(bed.client, &cursor_of_client, 16, value);
    return value;
}

/* Back at the vGPU: its pointer, whole. */
static void leave(int fd, unsigned size_px, uint8_t value)
{
    guest_close(fd);
    client_shows("vgpu");
    expect_other("reset");
    expect_set(size_px, value);
}

static void set_mouse_mode(const char *mode)
{
    unsigned cursor = child_notice_count(bed.client);

    child_send(bed.client, NULL, "mouse %s", mode);
    assert_string_equal(
        notice_value(child_wait_notice(bed.client, "mouse", &cursor, DEADLINE_S, NULL, NULL),
                     "mode"),
        mode);
}

/* --- tests ---------------------------------------------------------------- */

static void a_switch_takes_the_pointer_along(void **state)
{
    (void)state;
    vgpu_cursor_seen();
    int fd = guest_start();
    guest_cursor(fd, 24, 0x80); /* before FORMAT: for later */
    ask(bed.vm, "cursor set 17 77", "cursor");
    expect_set(17, 77);
    guest_shows_pgpu(fd);
    expect_set(24, 0x80);
    ask(bed.vm, "cursor set 18 78", "cursor"); /* remembered */
    guest_cursor(fd, 25, 0x81);
    expect_set(25, 0x81);
    ask(bed.vm, "cursor hide", "cursor");
    ask(bed.vm, "cursor set 19 79", "cursor");
    guest_cursor(fd, 0, 0);
    expect_other("hide");
    guest_cursor(fd, 26, 0x82);
    expect_set(26, 0x82);
    leave(fd, 19, 79);

    fd = guest_start(); /* another agent: the last one's pointer is forgotten */
    guest_shows_pgpu(fd);
    ask(bed.vm, "cursor set 20 80", "cursor"); /* it has none: the vGPU's stays */
    expect_set(20, 80);
    guest_cursor(fd, 27, 0x83);
    expect_set(27, 0x83);
    leave(fd, 20, 80);
}

static void a_hidden_pointer_of_the_vgpu_comes_back_hidden(void **state)
{
    (void)state;
    uint8_t value = vgpu_cursor_seen();
    int fd = guest_start();
    guest_cursor(fd, 24, 0x80);
    guest_shows_pgpu(fd);
    expect_set(24, 0x80);
    ask(bed.vm, "cursor hide", "cursor");
    /* The worker has taken the command when it has answered for this. */
    ask(bed.vm, "pause", "paused");
    child_send(bed.vm, NULL, "resume");
    leave(fd, 16, value);
    expect_other("hide");
}

static void positions_are_told_in_server_mouse_mode(void **state)
{
    (void)state;
    uint8_t value = vgpu_cursor_seen();
    int fd = guest_start();
    guest_cursor(fd, 24, 0x80);
    guest_shows_pgpu(fd);
    expect_set(24, 0x80);
    guest_cursor_move(fd, 1, 2); /* client mouse mode: the client knows better */
    guest_cursor(fd, 25, 0x81);
    expect_set(25, 0x81);

    set_mouse_mode("server");
    guest_cursor_move(fd, 639, 479);
    expect_other("move 639 479");
    guest_cursor_move(fd, -40000, 40000); /* beyond what the message can carry */
    expect_other("move -32768 32767");
    ask(bed.vm, "cursor move 1000 700", "cursor");
    guest_cursor(fd, 26, 0x82);
    expect_set(26, 0x82);
    expect_other("move -32768 32767");
    leave(fd, 16, value);
    expect_other("move 1000 700");
    set_mouse_mode("client");
}

static void late_joiners_have_the_right_pointer(void **state)
{
    (void)state;
    uint8_t value = vgpu_cursor_seen();
    int fd = guest_start();
    guest_cursor(fd, 24, 0x80);
    guest_shows_pgpu(fd);
    expect_set(24, 0x80);

    unsigned late_cursor = 0, vgpu_cursor = 0;
    struct child *late = bed_start_client("late", "--late-cursor");
    struct child *no_h264 = bed_start_client("no-h264", "--no-h264");
    wait_set(no_h264, &vgpu_cursor, 16, value);
    for (unsigned shown = 0;;) { /* the late one gets its pGPU with a key frame */
        const struct notice *n = child_wait_notice(late, "shown", &shown, DEADLINE_S, NULL, NULL);
        assert_non_null(n);
        if (g_str_equal(notice_value(n, "source"), "pgpu"))
            break;
        guest_key_frame(fd);
    }
    child_send(late, NULL, "cursor"); /* its display was quicker */
    wait_set(late, &late_cursor, 24, 0x80);

    /* Each goes on with its own, and sees nothing of the other. */
    guest_cursor(fd, 25, 0x81);
    expect_set(25, 0x81);
    wait_set(late, &late_cursor, 25, 0x81);
    ask(bed.vm, "cursor set 21 81", "cursor");
    g_autofree char *expected = set_text(21, 81);
    g_autofree char *text = next_cursor(no_h264, &vgpu_cursor);
    assert_string_equal(text, expected);

    assert_true(child_end(no_h264, 5, NULL));
    assert_true(child_end(late, 5, NULL));
    child_destroy(no_h264);
    child_destroy(late);
    leave(fd, 21, 81);
}

static void the_newest_of_a_flood_is_shown(void **state)
{
    (void)state;
    uint8_t value = vgpu_cursor_seen();
    int fd = guest_start();
    guest_cursor(fd, 24, 0x80);
    guest_shows_pgpu(fd);
    expect_set(24, 0x80);

    set_mouse_mode("server");
    unsigned begin = cursor_of_client;
    for (unsigned i = 0; i < FLOOD_SMALL_CURSORS; i++) {
        guest_cursor(fd, 1, (uint8_t)i);
        guest_cursor_move(fd, (int)i, 0);
    }
    guest_cursor_move(fd, 320, 240);
    guest_cursor(fd, 31, 0x85);
    wait_set(bed.client, &cursor_of_client, 31, 0x85);
    expect_other("move 320 240");

    unsigned reported = 0;
    for (unsigned at = begin; child_next_notice(bed.client, "cursor", &at);)
        reported++;
    print_message("%d shapes and moves became %u\n", 2 * FLOOD_SMALL_CURSORS, reported);
    assert_true(reported < FLOOD_SMALL_CURSORS / 2);
    set_mouse_mode("client");
    leave(fd, 16, value);
}

static void a_flood_at_a_frozen_client_costs_little(void **state)
{
    (void)state;
    uint8_t value = vgpu_cursor_seen();
    int fd = guest_start();
    guest_cursor(fd, 24, 0x80);
    guest_shows_pgpu(fd);
    expect_set(24, 0x80);

    vm_memory_begin();
    kill(child_pid(bed.client), SIGSTOP);
    for (unsigned i = 0; i < FLOOD_LARGE_CURSORS; i++)
        guest_cursor(fd, CURSOR_MAX_PX, (uint8_t)i);
    guest_cursor(fd, 32, 0x86);
    kill(child_pid(bed.client), SIGCONT);
    wait_set(bed.client, &cursor_of_client, 32, 0x86);
    vm_memory_grew_at_most((FLOOD_BYTES - 1) / 1024);
    leave(fd, 16, value);
}

static void a_lie_ends_the_session_only(void **state)
{
    (void)state;
    static const struct {
        unsigned size_px;
        size_t pixels_bytes;
        const char *reply;
    } lies[] = {
        {64, 64 * 64 * 4 - 1, "CURSOR_SET: the size disagrees with width, height and type"},
        {64, 64 * 64 * 4 + 1, "CURSOR_SET: the size disagrees with width, height and type"},
        {0, 4, "CURSOR_SET: the size disagrees with width, height and type"},
        {1025, 4, "CURSOR_SET: larger than 1024x1024"},
        {65535, 4, "CURSOR_SET: larger than 1024x1024"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
        char text[PORT_NOTIFY_ERROR_MAX_BYTES];
        uint8_t value = vgpu_cursor_seen();
        int fd = guest_start();
        guest_cursor(fd, 24, 0x80);
        guest_shows_pgpu(fd);
        expect_set(24, 0x80);
        guest_cursor_bytes(fd, lies[i].size_px, 1, lies[i].pixels_bytes);
        guest_wait(fd, PORT_EVENT_NOTIFY_ERROR, text, sizeof text);
        assert_string_equal(text, lies[i].reply);
        client_shows("vgpu"); /* with the port still open */
        expect_other("reset");
        expect_set(16, value);
        guest_close(fd);
    }
    client_has_the_vgpus_pixels();
}

/* --- the tablet ----------------------------------------------------------- */

static unsigned tablet_cursor;

static void expect_tablet(const char *width_px, const char *height_px)
{
    const struct notice *n =
        child_wait_notice(bed.vm, "tablet", &tablet_cursor, DEADLINE_S, NULL, NULL);

    assert_non_null(n);
    assert_string_equal(notice_value(n, "width"), width_px);
    assert_string_equal(notice_value(n, "height"), height_px);
}

static void the_tablet_is_as_large_as_what_is_shown(void **state)
{
    (void)state;
    unsigned mouse = child_notice_count(bed.client);
    tablet_cursor = child_notice_count(bed.vm);

    int fd = guest_start();
    guest_shows_pgpu(fd);
    expect_tablet("640", "480");
    unsigned at = child_notice_count(bed.vm);
    child_send(bed.client, NULL, "point 639 479");
    const struct notice *pointer =
        child_wait_notice(bed.vm, "pointer", &at, DEADLINE_S, NULL, NULL);
    assert_non_null(pointer);
    assert_string_equal(notice_value(pointer, "x"), "639");
    assert_string_equal(notice_value(pointer, "y"), "479");
    guest_close(fd);
    client_shows("vgpu");
    expect_tablet("1024", "768");

    /* Client mouse mode was never in doubt. */
    assert_null(child_next_notice(bed.client, "mouse", &mouse));
}

/* A guest that changes the vGPU's mode, unseen, would have upstream set the
 * tablet to that: the pointer would be wrong on all of the pGPU. */
static void a_mode_change_behind_the_pgpu_waits_for_the_vgpu(void **state)
{
    (void)state;
    int fd = guest_start();
    guest_cursor(fd, 24, 0x80);
    guest_shows_pgpu(fd);
    tablet_cursor = child_notice_count(bed.vm);
    ask(bed.vm, "mode 800x600", "mode");
    ask(bed.vm, "cursor set 22 90", "cursor");
    for (const struct notice *n; (n = child_next_notice(bed.vm, "tablet", &tablet_cursor));) {
        assert_string_equal(notice_value(n, "width"), "640");
        assert_string_equal(notice_value(n, "height"), "480");
    }
    guest_close(fd);
    client_shows("vgpu");
    expect_tablet("800", "600");
    wait_set(bed.client, &cursor_of_client, 22, 90);
    ask(bed.vm, "mode 1024x768", "mode");
}

static void a_reset_of_the_vgpu_does_not_reset_the_pgpus_pointer(void **state)
{
    (void)state;
    vgpu_cursor_seen();
    int fd = guest_start();
    guest_cursor(fd, 24, 0x80);
    guest_shows_pgpu(fd);
    expect_set(24, 0x80);
    ask(bed.vm, "reset", "mode");
    guest_cursor(fd, 25, 0x81);
    expect_set(25, 0x81);
    guest_close(fd);
    client_shows("vgpu");
    expect_other("reset");
    expect_other("hide"); /* the vGPU has no shape any more */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_switch_takes_the_pointer_along),
        cmocka_unit_test(a_hidden_pointer_of_the_vgpu_comes_back_hidden),
        cmocka_unit_test(positions_are_told_in_server_mouse_mode),
        cmocka_unit_test(late_joiners_have_the_right_pointer),
        cmocka_unit_test(the_newest_of_a_flood_is_shown),
        cmocka_unit_test(a_flood_at_a_frozen_client_costs_little),
        cmocka_unit_test(a_lie_ends_the_session_only),
        cmocka_unit_test(the_tablet_is_as_large_as_what_is_shown),
        cmocka_unit_test(a_mode_change_behind_the_pgpu_waits_for_the_vgpu),
        cmocka_unit_test(a_reset_of_the_vgpu_does_not_reset_the_pgpus_pointer),
    };
    return cmocka_run_group_tests(tests, bed_set_up, bed_tear_down);
}
