/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * Each codec in unmodified viewers: the headless client and remote-viewer on an
 * X server show the picture that the agent sent last, itself, also when nothing
 * follows it.
 *
 * Expected: a codec that START offers is shown. With the stamp two seconds in
 * the past an unmodified client dropped every MJPEG frame as late: the user saw
 * the vGPU's last picture, stretched.
 */
#include "gpu-module/spice-server/tests/bed.h"
#include "gpu-module/spice-server/tests/desktop.h"
#include "harness/plan/libraries.h"
#include "protocol/tests/coded-frames.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* As the vGPU's, so that no viewer scales: a barcode is read 1:1. */
#define WIDTH_PX 1024
#define HEIGHT_PX 768
/* Of them the first half one by one, each while nothing follows it. */
#define FRAMES 12u

#define LOOK_AGAIN_US 10000
/* Between two pictures that move: closer than a repetition can follow. */
#define MOVING_INTERVAL_US 50000
/* Pictures that have to be shown while others follow: if this process is held up
 * for long, one may be repeated, but not so many. */
#define MOVING_SHOWN 6u
/* GTK and all that it loads: longer than any event of the bed takes. */
#define VIEWER_DEADLINE_S 90

struct shown_codec {
    const char *name;
    enum port_codec codec;
    const char *encoder; /* ffmpeg's, and its options: none but the first is a key frame */
    GPtrArray *frames;   /* NULL: no encoder here */
};

static struct shown_codec codecs[] = {
    {"MJPEG", PORT_CODEC_MJPEG, "mjpeg -pix_fmt yuvj420p -q:v 3", NULL},
    {"VP8", PORT_CODEC_VP8,
     "libvpx -deadline realtime -cpu-used 8 -lag-in-frames 0 -auto-alt-ref 0 -b:v 4M", NULL},
    {"H.264", PORT_CODEC_H264, "libx264 -preset ultrafast -tune zerolatency", NULL},
    {"VP9", PORT_CODEC_VP9, "libvpx-vp9 -deadline realtime -cpu-used 8 -lag-in-frames 0 -b:v 4M",
     NULL},
    {"VP9 in superframes", PORT_CODEC_VP9,
     "libvpx-vp9 -deadline good -cpu-used 5 -auto-alt-ref 1 -lag-in-frames 6 -b:v 4M", NULL},
    {"H.265", PORT_CODEC_H265,
     "libx265 -preset ultrafast -tune zerolatency -x265-params log-level=none", NULL},
};

static struct viewer *remote_viewer; /* NULL: none here */
static struct child *newcomer;       /* a client on whose machine GStreamer has no plugin */

/* The number of the picture that a viewer shows. */

static int client_number(struct child *client)
{
    return atoi(notice_value(ask(client, "units", "received-total"), "number"));
}

static int headless_number(void)
{
    return client_number(bed.client);
}

static int newcomer_number(void)
{
    return client_number(newcomer);
}

static int remote_viewer_number(void)
{
    assert_true(viewer_is_alive(remote_viewer));
    return desktop_number(DESKTOP_ALL, BARCODE_SOURCE_RECORDING);
}

/* It is there once it shows the vGPU. */
static void start_remote_viewer(void)
{
    int64_t end_us = g_get_monotonic_time() + VIEWER_DEADLINE_S * G_USEC_PER_SEC;

    remote_viewer = desktop_start(bed.folder) ? viewer_start("remote-viewer", bed.uri) : NULL;
    while (remote_viewer && desktop_number(DESKTOP_ALL, BARCODE_SOURCE_VGPU) < 0) {
        assert_true(viewer_is_alive(remote_viewer));
        assert_true(g_get_monotonic_time() < end_us);
        g_usleep(LOOK_AGAIN_US);
    }
}

static void wait_for_number(const char *codec, int (*number)(void), unsigned wanted)
{
    int64_t end_us = g_get_monotonic_time() + (int64_t)(DEADLINE_S * G_USEC_PER_SEC);
    int shown;

    while ((shown = number()) != (int)wanted) {
        if (g_get_monotonic_time() > end_us)
            fail_msg("%s: picture %u was the last one sent, %d is shown", codec, wanted, shown);
        g_usleep(LOOK_AGAIN_US);
    }
}

static void send_frame(int fd, const struct shown_codec *shown, unsigned number)
{
    size_t size;
    const void *bytes = g_bytes_get_data(shown->frames->pdata[number], &size);
    guest_data(fd, bytes, size);
}

static void send_format(int fd, const struct shown_codec *shown)
{
    const struct port_format format = {WIDTH_PX, HEIGHT_PX, shown->codec};
    uint8_t message[PORT_HEADER_BYTES + PORT_FORMAT_BYTES];

    guest_write(fd, message, (size_t)port_compose_format(message, sizeof message, &format));
}

static void skip_without_encoder(const struct shown_codec *shown)
{
    if (!shown->frames) {
        print_message("ffmpeg has no encoder for %s\n", shown->name);
        skip();
    }
}

static void is_shown(const struct shown_codec *shown, int (*number)(void))
{
    skip_without_encoder(shown);
    int fd = guest_start();
    send_format(fd, shown);
    for (unsigned i = 0; i < FRAMES; i++) {
        send_frame(fd, shown, i);
        if (i < FRAMES / 2 || i == FRAMES - 1)
            wait_for_number(shown->name, number, i);
    }
    guest_close(fd);
    guests_are_gone();
}

static void in_the_headless_client(void **state)
{
    is_shown(*state, headless_number);
}

/* What is shown while others follow was shown by its own stamp, and not because
 * it was sent once more: DISPLAY_CLOCK_MJPEG_REPEAT_MS. */
static void moving_in_the_headless_client(void **state)
{
    const struct shown_codec *shown = *state;
    int64_t end_us = g_get_monotonic_time() + (int64_t)(DEADLINE_S * G_USEC_PER_SEC);

    skip_without_encoder(shown);
    int fd = guest_start(), last = headless_number();
    send_format(fd, shown);
    for (unsigned sent = 0, seen = 0; seen < MOVING_SHOWN; sent++) {
        if (g_get_monotonic_time() > end_us)
            fail_msg("%s: %u pictures were sent, %u were shown", shown->name, sent, seen);
        send_frame(fd, shown, sent % FRAMES);
        g_usleep(MOVING_INTERVAL_US);
        int number = headless_number();
        seen += number != last;
        last = number;
    }
    guest_close(fd);
    guests_are_gone();
}

static void in_remote_viewer(void **state)
{
    if (!remote_viewer) {
        print_message("Xvfb, openbox or remote-viewer is missing\n");
        skip();
    }
    is_shown(*state, remote_viewer_number);
}

static const struct shown_codec *of_codec(enum port_codec codec)
{
    const struct shown_codec *shown = codecs;
    while (shown->codec != codec)
        shown++;
    return shown;
}

/* Its library has one decoder, the built-in of MJPEG, and announces no other. */
static void newcomer_comes(void)
{
    g_autofree char *registry = g_build_filename(bed.folder, "no-registry.bin", NULL);

    g_setenv("GST_PLUGIN_SYSTEM_PATH", bed.folder, true);
    g_setenv("GST_REGISTRY", registry, true);
    newcomer = bed_start_client("newcomer", NULL);
    g_unsetenv("GST_PLUGIN_SYSTEM_PATH");
    g_unsetenv("GST_REGISTRY");
}

static void newcomer_leaves(void)
{
    assert_true(child_end(newcomer, DEADLINE_S, NULL));
    g_clear_pointer(&newcomer, child_destroy);
}

static void newcomer_shows(const char *source)
{
    unsigned cursor = 0;
    const struct notice *shown;

    do {
        shown = child_wait_notice(newcomer, "shown", &cursor, DEADLINE_S, NULL, NULL);
        assert_non_null(shown);
    } while (!g_str_equal(notice_value(shown, "source"), source));
}

/* A client without GStreamer's decoders comes while all show H.264: START then
 * has the codec first that it has, too. Expected: it is served like the others;
 * it kept the vGPU, and before that lost it for an MJPEG that it never showed. */
static void a_newcomer_is_served_with_what_all_can_show(void **state)
{
    (void)state;
    const struct shown_codec *h264 = of_codec(PORT_CODEC_H264);
    const struct shown_codec *mjpeg = of_codec(PORT_CODEC_MJPEG);
    struct port_event start;

    skip_without_encoder(h264);
    int fd = guest_start();
    send_format(fd, h264);
    send_frame(fd, h264, 0);
    wait_for_number("H.264", headless_number, 0);
    newcomer_comes();
    do
        start = guest_wait_event(fd, PORT_EVENT_START_STOP);
    while (start.bytes == 0);
    assert_int_equal(start.body[0], PORT_CODEC_MJPEG);
    send_frame(fd, h264, 1); /* on its way meanwhile: the stream goes on */
    wait_for_number("H.264", headless_number, 1);
    send_format(fd, mjpeg);
    send_frame(fd, mjpeg, 2);
    wait_for_number("MJPEG", headless_number, 2);
    wait_for_number("MJPEG", newcomer_number, 2);
    guest_close(fd);
    guests_are_gone();
    newcomer_leaves();
}

/* The agent has H.264 alone: a client that cannot show it keeps the live vGPU, and the
 * picture of the others does not end. */
static void a_newcomer_whom_the_agent_cannot_serve_keeps_the_vgpu(void **state)
{
    (void)state;
    const struct shown_codec *h264 = of_codec(PORT_CODEC_H264);

    skip_without_encoder(h264);
    int fd = guest_start();
    send_format(fd, h264);
    send_frame(fd, h264, 0);
    wait_for_number("H.264", headless_number, 0);
    newcomer_comes();
    while (guest_wait(fd, PORT_EVENT_START_STOP, NULL, 0) == 0)
        ;
    newcomer_shows("vgpu");
    send_format(fd, h264); /* begins anew, with what it has */
    for (unsigned i = 0; i < FRAMES; i++)
        send_frame(fd, h264, i);
    wait_for_number("H.264", headless_number, FRAMES - 1);
    for (int first = newcomer_number(); newcomer_number() == first;)
        g_usleep(LOOK_AGAIN_US); /* the vGPU's pictures go on */
    for (unsigned i = 0; i < child_notice_count(newcomer); i++) {
        const char *source = notice_value(child_notice(newcomer, i), "source");
        assert_false(source && g_str_equal(source, "pgpu"));
    }
    guest_close(fd);
    guests_are_gone();
    newcomer_leaves();
}

static int set_up(void **state)
{
    if (bed_set_up(state) != 0)
        return -1;
    for (size_t i = 0; i < G_N_ELEMENTS(codecs); i++)
        codecs[i].frames =
            coded_frames_make(codecs[i].encoder, WIDTH_PX, HEIGHT_PX, FRAMES, bed.folder);
    start_remote_viewer();
    return 0;
}

static int tear_down(void **state)
{
    viewer_end(remote_viewer);
    desktop_end();
    child_destroy(newcomer); /* of a test that failed */
    return bed_tear_down(state);
}

/* The client's clock is the sound's then, of a sink without any delay: as late
 * as can be for a frame's stamp. */
static int set_up_with_sound(void **state)
{
    static const char *const with_sound[] = {"--sound", NULL};

    bed.vm_options = with_sound;
    bed.client_option = "--audio-delay=0";
    return bed_set_up(state);
}

/* The first server whose clients' clocks are not 400 ms behind: MJPEG that is stamped in their
 * past is never shown. */
#define SERVER_WITHOUT_DELTA "0.16.0"

static bool is_built(const char *server)
{
    g_autofree char *programs = bed_program(".");
    auto_finish(libraries) libraries = {0};

    return libraries_find(&libraries, programs, server, NULL);
}

static int set_up_without_delta(void **state)
{
    bed.vm_options = NULL;
    bed.client_option = NULL;
    bed.server = SERVER_WITHOUT_DELTA;
    return is_built(bed.server) ? bed_set_up(state) : 0;
}

static int tear_down_without_delta(void **state)
{
    return is_built(bed.server) ? bed_tear_down(state) : 0;
}

static void moving_without_delta(void **state)
{
    if (!is_built(bed.server)) {
        print_message("not built: make spice-server SPICE_VERSION=" SERVER_WITHOUT_DELTA "\n");
        skip();
    }
    moving_in_the_headless_client(state);
}

static int run_alone_and_with_others(void)
{
    struct CMUnitTest tests[2 * G_N_ELEMENTS(codecs) + 2];
    size_t count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(codecs); i++) {
        tests[count++] = (struct CMUnitTest){
            .name = g_strdup_printf("%s is shown in the headless client", codecs[i].name),
            .test_func = in_the_headless_client,
            .initial_state = &codecs[i],
        };
        tests[count++] = (struct CMUnitTest){
            .name = g_strdup_printf("%s is shown in remote-viewer", codecs[i].name),
            .test_func = in_remote_viewer,
            .initial_state = &codecs[i],
        };
    }
    tests[count++] =
        (struct CMUnitTest)cmocka_unit_test(a_newcomer_is_served_with_what_all_can_show);
    tests[count++] =
        (struct CMUnitTest)cmocka_unit_test(a_newcomer_whom_the_agent_cannot_serve_keeps_the_vgpu);
    int failed = _cmocka_run_group_tests("viewers", tests, count, set_up, tear_down);
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(codecs); i++)
        g_free((char *)tests[i].name);
    return failed;
}

static int run_with_sound(void)
{
    struct CMUnitTest tests[] = {
        {"MJPEG is shown while a sound plays", in_the_headless_client, NULL, NULL,
         (void *)of_codec(PORT_CODEC_MJPEG)},
        {"MJPEG that moves is shown while a sound plays", moving_in_the_headless_client, NULL, NULL,
         (void *)of_codec(PORT_CODEC_MJPEG)},
        {"H.264 is shown while a sound plays", in_the_headless_client, NULL, NULL,
         (void *)of_codec(PORT_CODEC_H264)},
    };
    return cmocka_run_group_tests_name("viewers with sound", tests, set_up_with_sound,
                                       bed_tear_down);
}

static int run_without_delta(void)
{
    struct CMUnitTest tests[] = {
        {"MJPEG that moves is shown by spice-server " SERVER_WITHOUT_DELTA, moving_without_delta,
         NULL, NULL, (void *)of_codec(PORT_CODEC_MJPEG)},
    };
    return cmocka_run_group_tests_name("viewers of another server", tests, set_up_without_delta,
                                       tear_down_without_delta);
}

int main(void)
{
    int failed = run_alone_and_with_others();

    failed += run_with_sound();
    failed += run_without_delta();
    for (size_t i = 0; i < G_N_ELEMENTS(codecs); i++)
        g_clear_pointer(&codecs[i].frames, g_ptr_array_unref);
    return failed;
}
