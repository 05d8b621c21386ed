/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * Access units pass through a pipeline like the library's, without a server: a
 * playbin with an appsrc whose caps do not give an alignment, into which marked
 * buffers are pushed. Each picture's barcode shows whether the access unit that was
 * reported for it is the right one.
 */
#include "auto-destroy.h"
#include "harness/client/event-row.h"
#include "harness/client/pipelines.h"
#include "harness/client/tests/barcode-film.h"
#include "protocol/access-unit.h"

#include <glib/gstdio.h>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define UNITS 12u
#define DEADLINE_US (20 * G_USEC_PER_SEC)

struct fixture {
    GPtrArray *film;
    char *path; /* of the sample file */
    struct samples *samples;
    struct screen *screen;
    struct pipelines *pipelines;
    GstElement *playbin;
    GstAppSrc *appsrc;
    unsigned pushed, began, ended;
};

static void on_began(struct stream *stream, int64_t time_ns, void *data)
{
    ((struct fixture *)data)->began++;
}

static void on_ended(struct stream *stream, int64_t time_ns, void *data)
{
    ((struct fixture *)data)->ended++;
}

static int set_up_client(void **state, bool receive_only)
{
    static const struct pipelines_events events = {on_began, on_ended};
    struct fixture *fixture = g_new0(struct fixture, 1);
    int fd = g_file_open_tmp("test-pipelines-XXXXXX", &fixture->path, NULL);

    if (fd < 0 || !g_close(fd, NULL) || g_unlink(fixture->path) != 0)
        return -1;
    fixture->film = barcode_film_encode(UNITS);
    fixture->samples = samples_open(fixture->path, EVENT_ROW_HEADER, NULL);
    fixture->screen = screen_create(fixture->samples, SCREEN_CHANNEL_NONE);
    fixture->pipelines = pipelines_create(SINK_OVERLAY, receive_only, fixture->samples,
                                          fixture->screen, &events, fixture);
    *state = fixture;
    return fixture->film && fixture->film->len == UNITS && fixture->samples ? 0 : -1;
}

static int set_up(void **state)
{
    return set_up_client(state, false);
}

static int set_up_receive_only(void **state)
{
    return set_up_client(state, true);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    pipelines_destroy(fixture->pipelines);
    screen_destroy(fixture->screen);
    samples_close(fixture->samples);
    g_unlink(fixture->path);
    g_free(fixture->path);
    g_ptr_array_unref(fixture->film);
    g_free(fixture);
    return 0;
}

/* As channel-display-gst.c does. */
static void on_source(GstElement *playbin, GstElement *source, void *data)
{
    struct fixture *fixture = data;
    g_autoptr(GstCaps) caps = gst_caps_from_string("video/x-h264");

    g_object_set(source, "caps", caps, "is-live", true, "format", GST_FORMAT_TIME, NULL);
    fixture->appsrc = g_object_ref(GST_APP_SRC(source));
}

static void play(struct fixture *fixture, bool hand_over, GstElement *appsink)
{
    fixture->playbin = gst_object_ref_sink(gst_element_factory_make("playbin", NULL));
    if (hand_over)
        assert_true(pipelines_hand_over(fixture->pipelines, fixture->playbin, 3));
    if (appsink)
        g_object_set(fixture->playbin, "video-sink", appsink, NULL);
    g_signal_connect(fixture->playbin, "source-setup", G_CALLBACK(on_source), fixture);
    g_object_set(fixture->playbin, "uri", "appsrc://", NULL);
    gst_element_set_state(fixture->playbin, GST_STATE_PLAYING);
    assert_non_null(fixture->appsrc);
    assert_int_equal(fixture->began, 1);
}

static void push_buffer(struct fixture *fixture, GstBuffer *buffer)
{
    g_autoptr(GstCaps) reference = gst_caps_new_empty_simple("timestamp/spice-stream");

    GST_BUFFER_PTS(buffer) = fixture->pushed++ * GST_SECOND / 30;
    gst_buffer_add_reference_timestamp_meta(buffer, reference, GST_BUFFER_PTS(buffer),
                                            GST_CLOCK_TIME_NONE);
    assert_int_equal(gst_app_src_push_buffer(fixture->appsrc, buffer), GST_FLOW_OK);
}

static void push(struct fixture *fixture, unsigned unit, bool trailer)
{
    const uint8_t *trailer_bytes;
    size_t size, more = access_unit_trailer(PORT_CODEC_H264, &trailer_bytes);
    const void *data = g_bytes_get_data(fixture->film->pdata[unit], &size);
    GstBuffer *buffer = gst_buffer_new_allocate(NULL, size + (trailer ? more : 0), NULL);

    gst_buffer_fill(buffer, 0, data, size);
    if (trailer)
        gst_buffer_fill(buffer, size, trailer_bytes, more);
    push_buffer(fixture, buffer);
}

static void stop(struct fixture *fixture)
{
    gst_element_set_state(fixture->playbin, GST_STATE_NULL);
    g_clear_object(&fixture->appsrc);
    gst_clear_object(&fixture->playbin);
    while (g_main_context_iteration(NULL, false))
        ;
    assert_int_equal(fixture->ended, 1);
}

/* Waits until this member of the stream's totals (an offset) has reached `wanted`. */
static void wait_for(struct fixture *fixture, size_t total, unsigned wanted)
{
    int64_t deadline_us = g_get_monotonic_time() + DEADLINE_US;
    struct stream_totals totals;

    for (;;) {
        stream_totals(pipelines_last(fixture->pipelines), &totals);
        if (*(unsigned *)((char *)&totals + total) >= wanted)
            return;
        if (g_get_monotonic_time() > deadline_us)
            fail_msg("received %u, decoded %u, shown %u", totals.received, totals.decoded,
                     totals.shown);
        g_main_context_iteration(NULL, false);
        g_thread_yield();
    }
}

/* Checks that the units of each kind of row are in order, and that each row "shown"
 * has its unit as the barcode's number. Returns the number of rows of each kind. */
static void check_rows(struct fixture *fixture, unsigned *ret_received, unsigned *ret_decoded,
                       unsigned *ret_shown)
{
    g_autofree char *text = NULL;
    assert_true(samples_flush(fixture->samples));
    assert_true(g_file_get_contents(fixture->path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    *ret_received = *ret_decoded = *ret_shown = 0;
    for (char **line = lines + 1; *line && **line; line++) {
        g_auto(GStrv) fields = g_strsplit(*line, ",", -1);
        assert_int_equal(g_strv_length(fields), 12);
        unsigned *count = g_str_equal(fields[0], "received")  ? ret_received
                          : g_str_equal(fields[0], "decoded") ? ret_decoded
                          : g_str_equal(fields[0], "shown")   ? ret_shown
                                                              : NULL;
        assert_non_null(count);
        g_autofree char *unit = g_strdup_printf("%u", *count);
        assert_string_equal(fields[4], unit);
        if (count == ret_shown) {
            assert_string_equal(fields[7], "pgpu");
            assert_string_equal(fields[8], unit);
        }
        ++*count;
    }
}

static void with_the_trailer_each_picture_is_its_unit(void **state)
{
    struct fixture *fixture = *state;
    unsigned received, decoded, shown;

    play(fixture, true, NULL);
    for (unsigned unit = 0; unit < UNITS; unit++) {
        push(fixture, unit, true);
        /* Each must be shown before the next is pushed: that is the trailer's purpose. */
        wait_for(fixture, offsetof(struct stream_totals, shown), unit + 1);
    }
    auto_destroy(picture) picture = stream_copy_picture(pipelines_last(fixture->pipelines));
    assert_non_null(picture);
    assert_int_equal(picture->width_px, BARCODE_FILM_WIDTH_PX);
    assert_int_equal(screen_showing_channel(fixture->screen), 3);
    stop(fixture);
    check_rows(fixture, &received, &decoded, &shown);
    assert_int_equal(received, UNITS);
    assert_int_equal(decoded, UNITS);
    assert_int_equal(shown, UNITS);
}

static void without_the_trailer_each_picture_is_its_unit(void **state)
{
    struct fixture *fixture = *state;
    unsigned received, decoded, shown;

    play(fixture, true, NULL);
    for (unsigned unit = 0; unit < UNITS; unit++)
        push(fixture, unit, false);
    /* The parser holds the last ones back until more arrive, and no more do. */
    wait_for(fixture, offsetof(struct stream_totals, shown), UNITS - 2);
    stop(fixture);
    check_rows(fixture, &received, &decoded, &shown);
    assert_int_equal(received, UNITS);
    assert_in_range(shown, UNITS - 2, UNITS);
}

/* When a stream begins like this, an unmodified library shows the second frame too
 * (it uses each picture's first mark (units.h), and here each mark is used once). */
static void a_trailer_by_itself_is_no_unit(void **state)
{
    struct fixture *fixture = *state;
    unsigned received, decoded, shown;
    const uint8_t *trailer;
    size_t trailer_bytes = access_unit_trailer(PORT_CODEC_H264, &trailer);

    play(fixture, true, NULL);
    push(fixture, 0, false);
    push_buffer(fixture, gst_buffer_new_memdup(trailer, trailer_bytes));
    wait_for(fixture, offsetof(struct stream_totals, shown), 1);
    for (unsigned unit = 1; unit < UNITS; unit++) {
        push(fixture, unit, true);
        wait_for(fixture, offsetof(struct stream_totals, shown), unit + 1);
    }
    stop(fixture);
    check_rows(fixture, &received, &decoded, &shown);
    assert_int_equal(received, UNITS);
    assert_int_equal(shown, UNITS);
}

/* The test does the library's part with the appsink: it shows the frame it maps. */
static void with_the_appsink_the_mapped_frame_is_shown(void **state)
{
    struct fixture *fixture = *state;
    GstElement *appsink = gst_element_factory_make("appsink", NULL);
    g_autoptr(GstCaps) caps = gst_caps_from_string("video/x-raw,format=BGRx");

    g_object_set(appsink, "caps", caps, "sync", false, NULL);
    play(fixture, false, appsink);
    for (unsigned unit = 0; unit < UNITS; unit++) {
        int got = -2;
        GstMapInfo map;
        push(fixture, unit, true);
        g_autoptr(GstSample) sample = gst_app_sink_pull_sample(GST_APP_SINK(appsink));
        assert_null(pipelines_take_shown(fixture->pipelines, &got));
        if (unit % 3 == 1)
            continue; /* the library drops it */
        assert_true(gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ));
        struct stream *stream = pipelines_take_shown(fixture->pipelines, &got);
        gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
        assert_ptr_equal(stream, pipelines_last(fixture->pipelines));
        assert_int_equal(got, unit);
        assert_int_equal(stream_sink(stream), SINK_APPSINK);
    }
    stop(fixture);
}

/* The film has one key frame, its first. */
static void who_only_receives_decodes_key_frames(void **state)
{
    struct fixture *fixture = *state;
    unsigned received, decoded, shown;

    play(fixture, true, NULL);
    for (unsigned unit = 0; unit < UNITS; unit++)
        push(fixture, unit, true);
    wait_for(fixture, offsetof(struct stream_totals, received), UNITS);
    wait_for(fixture, offsetof(struct stream_totals, shown), 1);
    gst_app_src_end_of_stream(fixture->appsrc);
    GstBus *bus = gst_element_get_bus(fixture->playbin);
    gst_message_unref(gst_bus_timed_pop_filtered(bus, 20 * GST_SECOND, GST_MESSAGE_EOS));
    gst_object_unref(bus);
    stop(fixture);
    check_rows(fixture, &received, &decoded, &shown);
    assert_int_equal(received, UNITS);
    assert_int_equal(decoded, 1);
    assert_int_equal(shown, 1);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(with_the_trailer_each_picture_is_its_unit, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(without_the_trailer_each_picture_is_its_unit, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_trailer_by_itself_is_no_unit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(with_the_appsink_the_mapped_frame_is_shown, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(who_only_receives_decodes_key_frames, set_up_receive_only,
                                        tear_down),
    };
    gst_init(&argc, &argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
