/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The agent captures cards of a real kernel, in a small guest (agent/tests/kms-guest), and this
 * decodes what it sends. */
#include "agent/tests/kms-guest/guest.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define AGENT "build/vdibench-agent --source kms "
/* For what does not come. */
#define QUIET_MS 500

static char *folder;
static bool has_vkms;

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("there is no `%s` in: %s", part, text);
}

/* The card of this driver: "card0" and so on; skips the test where the guest has none. */
static char *card_of(const char *driver)
{
    const char *card = guest_run(NULL, "card %s", driver);

    if (!*card)
        skip();
    return g_strdup(card);
}

static void draw(const char *what)
{
    assert_string_equal(guest_run(NULL, "draw %s", what), "done");
}

static void begin_drawing(const char *card)
{
    assert_string_equal(guest_run(NULL, "begin_drawing %s", card), "done");
}

static void fails_with(const char *command, const char *part)
{
    int status;
    const char *said = guest_run(&status, "%s", command);

    assert_contains(said, part);
    assert_int_equal(status, 1);
    assert_null(strchr(said, '\n'));
}

/* Before anything is drawn. Later the kernel shows its console on vkms: it does so when the last
 * who had opened a card closes it, and this is the list. */
static void what_is_usable_is_listed(void **state)
{
    (void)state;
    g_autofree char *vkms = card_of("vkms");
    const char *said = guest_run(NULL, AGENT "--list");

    assert_contains(said, " (qxl 0000:00:");
    assert_contains(said, "(bochs-drm 0000:00:");
    assert_contains(said, "(virtio_gpu 0000:00:");
    assert_contains(said, vkms);
    assert_contains(said, " (vkms): not usable: no active CRTC: it is switched off");
}

static void a_card_that_shows_nothing(void **state)
{
    (void)state;
    g_autofree char *vkms = card_of("vkms");
    g_autofree char *part = g_strdup_printf("no active CRTC on card /dev/dri/%s (vkms)", vkms);

    begin_drawing(vkms);
    draw("off");
    fails_with(AGENT "--self-test", part);
}

/* CAP_SYS_ADMIN alone suffices; the tests that follow have no more. */
static void without_the_capability(void **state)
{
    (void)state;
    fails_with(
        "$user " AGENT "--self-test --display 0000:00:01.0",
        "card /dev/dri/card0: the kernel keeps the picture from this process: run it as root");
    guest_run(NULL, "chmod 600 /dev/dri/card0");
    fails_with("$user " AGENT "--self-test --display 0000:00:01.0", "Permission denied");
    guest_run(NULL, "chmod 660 /dev/dri/card0");
}

/* The greeter finds the card free. */
static void the_agent_is_not_the_drm_master(void **state)
{
    (void)state;
    guest_run(NULL, AGENT "--self-test --display 0000:00:01.0 >/dev/null & other=$!");
    guest_run(NULL, "until ls -l /proc/$other/fd | grep -q card0; do sleep 0.1; done");
    begin_drawing("card0");
    guest_run(NULL, "kill $other; wait $other || end_drawing");
}

/* Starts the desktop and the agent on this card, and awaits its picture 0. */
static void begin(const char *card, const char *mode, uint32_t width_px, uint32_t height_px)
{
    begin_drawing(card);
    draw(mode);
    guest_run(NULL, "begin_agent --display $(connector %s)", card);
    guest_begin_session();
    guest_await_picture(0, width_px, height_px);
}

static void end(void)
{
    guest_run(NULL, "end_agent");
    guest_forget_session();
    guest_run(NULL, "end_drawing");
}

/* By a page flip, or into the framebuffer that is shown. */
static void pictures_follow(void)
{
    draw("flip 1");
    guest_await_picture(1, 640, 480);
    draw("flip 2");
    guest_await_picture(2, 640, 480);
    draw("draw 3");
    guest_await_drawing(3, 640, 480);
    draw("flip 4");
    guest_await_picture(4, 640, 480);
}

static void the_pointer_follows(void)
{
    draw("cursor ff0055 100 50");
    guest_await_pointer(0xff0055, 100, 50);
    draw("move 636 -3");
    guest_await_pointer(0xff0055, 636, -3);
    draw("cursor 00aa55 7 9");
    guest_await_pointer(0x00aa55, 7, 9);
    draw("hide");
    guest_await_no_pointer();
}

static void captures_a_vgpu(const char *driver, bool has_cursor)
{
    g_autofree char *card = card_of(driver);

    begin(card, "mode 640 480", 640, 480);
    pictures_follow();
    if (has_cursor)
        the_pointer_follows();
    end();
}

static void qxl_is_captured(void **state)
{
    (void)state;
    captures_a_vgpu("qxl", true);
}

static void bochs_is_captured(void **state)
{
    (void)state;
    captures_a_vgpu("bochs-drm", false);
}

static void virtio_gpu_is_captured(void **state)
{
    (void)state;
    captures_a_vgpu("virtio_gpu", true);
}

/* Among four cards; it goes on for the tests that follow. */
static void auto_takes_the_card_that_is_no_vgpu(void **state)
{
    (void)state;
    g_autofree char *vkms = card_of("vkms");

    begin_drawing(vkms);
    draw("mode 640 480");
    guest_run(NULL, "begin_agent");
    guest_begin_session();
    guest_await_picture(0, 640, 480);
}

static void pictures_and_pointer_of_vkms(void **state)
{
    (void)state;
    if (!has_vkms)
        skip();
    pictures_follow();
    the_pointer_follows();
}

static void an_unchanged_screen_is_not_sent(void **state)
{
    (void)state;
    if (!has_vkms)
        skip();
    const unsigned pictures = guest_pictures();
    guest_listen(QUIET_MS);
    assert_int_equal(guest_pictures(), pictures);
    draw("flip 4"); /* the same picture in another framebuffer */
    guest_listen(QUIET_MS);
    assert_int_equal(guest_pictures(), pictures);
    draw("dot 500 301"); /* four pixels */
    guest_await_pictures(pictures + 1);
}

static void another_mode_is_followed(void **state)
{
    (void)state;
    if (!has_vkms)
        skip();
    draw("mode 800 600");
    guest_await_picture(0, 800, 600);
    draw("flip 1");
    guest_await_picture(1, 800, 600);
    draw("part 640 480 32 16");
    guest_await_picture(0, 640, 480);
    draw("draw 5");
    guest_await_drawing(5, 640, 480);
}

/* As to another virtual terminal, and back. */
static void another_master_is_followed(void **state)
{
    (void)state;
    if (!has_vkms)
        skip();
    g_autofree char *vkms = card_of("vkms");

    draw("mode 640 480");
    guest_await_picture(0, 640, 480);
    draw("leave");
    assert_string_equal(guest_run(NULL, "begin_other %s mode 800 600", vkms), "done");
    guest_await_picture(0, 800, 600);
    guest_run(NULL, "end_other");
    draw("enter");
    guest_await_picture(0, 640, 480);
    draw("flip 6");
    guest_await_picture(6, 640, 480);
}

/* The last picture stays until it wakes. */
static void a_monitor_that_sleeps(void **state)
{
    (void)state;
    if (!has_vkms)
        skip();
    draw("power off");
    const unsigned pictures = guest_pictures();
    guest_listen(QUIET_MS);
    assert_int_equal(guest_pictures(), pictures);
    draw("power on");
    draw("flip 7");
    guest_await_picture(7, 640, 480);
}

/* What the agent keeps of framebuffers that are gone would stay in memory. */
static void no_framebuffer_outlives_its_owner(void **state)
{
    (void)state;
    if (!has_vkms)
        skip();
    static const char used[] = "sed -nE 's/^Shmem: *([0-9]+) kB/\\1/p' /proc/meminfo";
    static const char files[] = "ls /proc/$agent/fd | wc -l";
    const int before_kb = atoi(guest_run(NULL, used)), before = atoi(guest_run(NULL, files));

    for (unsigned i = 0; i < 4; i++) {
        draw("mode 640 480"); /* the same mode, in which the agent keeps the card open */
        guest_await_picture(0, 640, 480);
        draw("flip 1");
        guest_await_picture(1, 640, 480);
    }
    assert_true(atoi(guest_run(NULL, used)) < before_kb + 3 * 640 * 480 * 4 / 1024);
    assert_int_equal(atoi(guest_run(NULL, files)), before);
}

/* While the agent waits for longer and longer, the kernel reports a change of the card. */
static void it_waits_less(const char *card)
{
    int status = 1;

    guest_run(NULL, "begin_reporting %s", card);
    for (unsigned failures = 0; status != 0 && failures < 6; failures++) {
        guest_begin_session(); /* in vain */
        guest_forget_session();
        guest_run(&status, "grep -qF 'a display or card has changed: ' /run/log");
    }
    guest_run(NULL, "end_reporting");
    assert_int_equal(status, 0);
}

/* And then another program takes the card, as after a session's end. */
static void a_card_that_is_switched_off(void **state)
{
    (void)state;
    if (!has_vkms)
        skip();
    g_autofree char *vkms = card_of("vkms");

    draw("off");
    guest_run(NULL, "logged 'has switched the CRTC of Virtual'");
    guest_begin_session(); /* the port is open again */
    guest_run(NULL, "logged 'no active CRTC on card'");
    guest_forget_session();
    it_waits_less(vkms);
    begin_drawing(vkms);
    draw("mode 800 600");
    guest_begin_session();
    guest_await_picture(0, 800, 600);
    end();
}

/* As on a card with a GPU, here by Mesa's software renderer, which is exact; softpipe is the one that
 * compiles nothing. */
static void what_is_imported_is_the_same(void **state)
{
    (void)state;
    g_autofree char *vkms = card_of("vkms");
    int status;

    guest_run(&status, "ldconfig -p | grep -q libEGL.so.1");
    if (status != 0)
        skip();
    begin_drawing(vkms);
    draw("part 640 480 32 16");
    assert_string_equal(
        guest_run(NULL,
                  "GALLIUM_DRIVER=softpipe $capable build/tests/import-card /dev/dri/%s "
                  "$(connector %s) 2>/dev/null",
                  vkms, vkms),
        "XR24 is the same\nAR24 is the same\nXB24 is the same\nAB24 is the same\n"
        "XR30 is the same\nAR30 is the same\nXB30 is the same\nAB30 is the same\n"
        "the screen of 640x480 is the same");
    guest_run(NULL, "end_drawing");
}

static int boot(void **state)
{
    (void)state;
    guest_run(NULL, "%s", "");
    return 0;
}

/* What prepare prints: the folder, or why there is none. */
static bool prepare(const char **ret_problem)
{
    g_autofree char *modules = NULL, *path = NULL;
    int status;

    assert_true(g_spawn_command_line_sync("harness/vm/qemu/guest/prepare vkms", &folder, NULL,
                                          &status, NULL));
    g_strchomp(folder);
    *ret_problem = folder;
    if (!g_spawn_check_wait_status(status, NULL))
        return false;
    path = g_build_filename(folder, "modules", NULL);
    assert_true(g_file_get_contents(path, &modules, NULL, NULL));
    has_vkms = strstr(modules, "vkms") != NULL;
    return guest_start(folder, ret_problem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_usable_is_listed),
        cmocka_unit_test(a_card_that_shows_nothing),
        cmocka_unit_test(without_the_capability),
        cmocka_unit_test(the_agent_is_not_the_drm_master),
        cmocka_unit_test(qxl_is_captured),
        cmocka_unit_test(bochs_is_captured),
        cmocka_unit_test(virtio_gpu_is_captured),
        cmocka_unit_test(auto_takes_the_card_that_is_no_vgpu),
        cmocka_unit_test(pictures_and_pointer_of_vkms),
        cmocka_unit_test(an_unchanged_screen_is_not_sent),
        cmocka_unit_test(another_mode_is_followed),
        cmocka_unit_test(another_master_is_followed),
        cmocka_unit_test(a_monitor_that_sleeps),
        cmocka_unit_test(no_framebuffer_outlives_its_owner),
        cmocka_unit_test(a_card_that_is_switched_off),
        cmocka_unit_test(what_is_imported_is_the_same),
    };
    const char *problem;

    if (!prepare(&problem)) {
        printf("1..0 # SKIP %s\n", problem);
        return EXIT_SUCCESS;
    }
    if (!has_vkms)
        printf("# the guest has no vkms: harness/vm/qemu/guest/prepare could not build it\n");
    const int failed = cmocka_run_group_tests(tests, boot, NULL);
    guest_end(failed != 0);
    return failed;
}
