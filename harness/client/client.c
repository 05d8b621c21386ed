/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * client: a SPICE viewer without a window, on the unmodified library.
 *
 * Connects, shows what it receives as a viewer would, and logs when each picture
 * was received, decoded and shown. Commands and notices are those of
 * harness/instrument/control.h; the samples' columns are explained in results/README.md.
 * Everything in this file runs in the main thread.
 */
#include "auto-destroy.h"
#include "harness/client/codecs.h"
#include "harness/client/connection.h"
#include "harness/client/display.h"
#include "harness/client/event-row.h"
#include "harness/client/keyboard.h"
#include "harness/client/own-cost.h"
#include "harness/client/pipelines.h"
#include "harness/client/pointer.h"
#include "harness/client/screen.h"
#include "harness/instrument/control.h"
#include "harness/instrument/samples.h"
#include "media/picture.h"

#include <gst/gst.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_S 10
/* The longest time that an option accepts. */
#define TIME_MAX_S 3600
/* How often the channels' byte counters are logged, for the traffic over time. */
#define TRAFFIC_PERIOD_MS 100
/* The library closes its channels in idle callbacks. A stopped server cannot
 * delay them, but a decoder's thread could. */
#define QUIT_TIMEOUT_S 5
/* When there is no picture yet, `save` tries again this often and this many times:
 * the first picture of a new primary surface follows at once. */
#define SAVE_AGAIN_MS 5
#define SAVE_TRIES 1000

static struct {
    char *uri;
    char *unix_path;
    char *ca_file;
    enum sink sink;
    gboolean receive_only;
    int connect_timeout_s;
    int audio_delay_ms;
    int watched; /* display channel, or SCREEN_CHANNEL_NONE */

    GMainLoop *loop;
    struct samples *samples;
    struct screen *screen;
    struct pipelines *pipelines;
    struct pointer *pointer;
    struct keyboard *keyboard;
    gboolean late_cursor;
    struct connection *connection;
    GPtrArray *displays;
    bool quitting;
    int status;
} client = {.connect_timeout_s = CONNECT_TIMEOUT_S,
            .watched = SCREEN_CHANNEL_NONE,
            .audio_delay_ms = CONNECTION_NO_SOUND};

static void end(int status)
{
    client.status = status;
    client.quitting = true;
    g_main_loop_quit(client.loop);
}

static int report_error(const char *reason, const char *where, const char *what)
{
    fprintf(stderr, "client: %s: %s\n", where, what);
    control_notice("error", "reason=%s", reason);
    return EXIT_FAILURE;
}

static int ordinal_of(const struct stream *stream)
{
    return stream ? (int)stream_ordinal(stream) : EVENT_ROW_EMPTY;
}

static void log_traffic(int64_t time_ns, const struct stream *stream)
{
    for (unsigned i = 0; i < client.displays->len; i++) {
        const struct display *display = client.displays->pdata[i];
        struct event_row row = event_row("traffic", time_ns);
        row.channel = display_channel_id(display);
        row.stream = ordinal_of(stream);
        row.bytes = (int64_t)display_read_bytes(display);
        event_row_write(&row, client.samples);
    }
}

static gboolean on_traffic_due(void *data)
{
    log_traffic(samples_now_ns(), NULL);
    return G_SOURCE_CONTINUE;
}

static void log_stream(struct stream *stream, int64_t time_ns, const char *event, const char *state)
{
    struct event_row row = event_row(event, time_ns);
    row.channel = stream_channel(stream);
    row.stream = ordinal_of(stream);
    event_row_write(&row, client.samples);
    log_traffic(time_ns, stream);
    control_notice_at("stream", time_ns, "stream=%u state=%s channel=%d sink=%s",
                      stream_ordinal(stream), state, stream_channel(stream),
                      sink_name(stream_sink(stream)));
}

static void on_stream_began(struct stream *stream, int64_t time_ns, void *data)
{
    log_stream(stream, time_ns, "stream-create", "created");
}

static void on_stream_ended(struct stream *stream, int64_t time_ns, void *data)
{
    log_stream(stream, time_ns, "stream-destroy", "destroyed");
}

static void on_connected(void *data)
{
    int64_t now_ns = samples_now_ns();

    struct event_row row = event_row("connected", now_ns);
    event_row_write(&row, client.samples);
    control_notice_at("connected", now_ns, "sink=%s", sink_name(client.sink));
}

static void on_failed(const char *why, void *data)
{
    end(report_error("connect", client.uri ? client.uri : client.unix_path, why));
}

static void on_disconnected(void *data)
{
    int64_t now_ns = samples_now_ns();

    struct event_row row = event_row("disconnected", now_ns);
    event_row_write(&row, client.samples);
    control_notice_at("disconnected", now_ns, "own_cpu_us=%" PRId64, own_cost_total_ns() / 1000);
    if (client.quitting)
        g_main_loop_quit(client.loop);
}

static void on_display_added(SpiceChannel *channel, void *data)
{
    g_ptr_array_add(client.displays,
                    display_create(channel, client.pipelines, client.samples, client.screen));
}

static bool on_pointer_added(SpiceChannel *channel, void *data)
{
    pointer_watch(client.pointer, channel);
    keyboard_watch(client.keyboard, channel);
    return !client.late_cursor || !SPICE_IS_CURSOR_CHANNEL(channel);
}

static struct display *find_display(int id)
{
    for (unsigned i = 0; i < client.displays->len; i++)
        if (display_channel_id(client.displays->pdata[i]) == id)
            return client.displays->pdata[i];
    return NULL;
}

static void on_display_removed(SpiceChannel *channel, void *data)
{
    for (unsigned i = 0; i < client.displays->len; i++) {
        if (display_is_of(client.displays->pdata[i], channel)) {
            g_ptr_array_remove_index(client.displays, i);
            return;
        }
    }
}

static void connect_now(void)
{
    static const struct connection_events events = {
        .connected = on_connected,
        .failed = on_failed,
        .disconnected = on_disconnected,
        .display_added = on_display_added,
        .pointer_added = on_pointer_added,
        .display_removed = on_display_removed,
    };

    connection_destroy(client.connection);
    client.connection =
        connection_open(client.uri, client.unix_path, client.ca_file, client.audio_delay_ms,
                        (unsigned)client.connect_timeout_s, &events, NULL);
}

/* Blocks the main loop for about 50 ms, in which frames of a stream are missed:
 * not to be used during a measurement. Returns false when there is no picture. */
static bool save_now(const char *path)
{
    struct display *display = find_display(screen_showing_channel(client.screen));
    auto_destroy(picture) picture = display ? display_copy_picture(display) : NULL;
    g_autoptr(GError) error = NULL;

    if (!picture)
        return false;
    if (picture_save(picture, path, &error))
        control_notice("saved", "file=%s source=%s width=%u height=%u", path,
                       picture_source_name(screen_showing_source(client.screen)), picture->width_px,
                       picture->height_px);
    else
        end(report_error("save", path, error->message));
    return true;
}

struct waiting_save {
    unsigned tries_left;
    char path[];
};

static gboolean on_save_due(void *data)
{
    struct waiting_save *save = data;

    if (client.quitting || save_now(save->path))
        return G_SOURCE_REMOVE;
    if (--save->tries_left > 0)
        return G_SOURCE_CONTINUE;
    end(report_error("save", save->path, "no channel shows a picture"));
    return G_SOURCE_REMOVE;
}

/* Saves the picture, or waits for one: a new primary surface has no picture before
 * its first draw command. */
static void save(const char *path)
{
    if (save_now(path))
        return;

    size_t path_bytes = strlen(path) + 1;
    struct waiting_save *save = g_malloc(sizeof *save + path_bytes);
    save->tries_left = SAVE_TRIES;
    memcpy(save->path, path, path_bytes);
    g_timeout_add_full(G_PRIORITY_DEFAULT, SAVE_AGAIN_MS, on_save_due, save, g_free);
}

static void write_kept(const char *folder)
{
    g_autoptr(GError) error = NULL;
    int pictures = screen_write_kept(client.screen, folder, &error);

    if (pictures < 0)
        end(report_error("save", folder, error->message));
    else
        control_notice("kept", "pictures=%d", pictures);
}

static void press_key(void)
{
    if (!keyboard_press(client.keyboard, client.samples))
        end(report_error("press", "press", "no inputs channel is open"));
}

static void report_totals(void)
{
    struct stream *stream = pipelines_last(client.pipelines);
    struct stream_totals totals = {0};
    uint64_t bytes = 0;

    if (stream)
        stream_totals(stream, &totals);
    for (unsigned i = 0; i < client.displays->len; i++)
        bytes += display_read_bytes(client.displays->pdata[i]);
    log_traffic(samples_now_ns(), stream);
    control_notice("received-total",
                   "stream=%d received=%u decoded=%u shown=%u number=%d "
                   "own_cpu_us=%" PRId64 " bytes=%" PRIu64,
                   ordinal_of(stream), totals.received, totals.decoded, totals.shown,
                   screen_showing_number(client.screen), own_cost_total_ns() / 1000, bytes);
}

static void on_command(int argc, char **argv, void *data)
{
    if (client.quitting)
        return;
    if (g_str_equal(argv[0], "save") && argc == 2)
        save(argv[1]);
    else if (g_str_equal(argv[0], "keep") && argc == 1)
        screen_keep_pictures(client.screen);
    else if (g_str_equal(argv[0], "write-kept") && argc == 2)
        write_kept(argv[1]);
    else if (g_str_equal(argv[0], "units") && argc == 1)
        report_totals();
    else if (g_str_equal(argv[0], "cursor") && argc == 1)
        pointer_open_cursor(client.pointer);
    else if (g_str_equal(argv[0], "point") && argc == 3)
        pointer_point(client.pointer, atoi(argv[1]), atoi(argv[2]));
    else if (g_str_equal(argv[0], "press") && argc == 1)
        press_key();
    else if (g_str_equal(argv[0], "mouse") && argc == 2)
        pointer_set_mode(client.pointer, g_str_equal(argv[1], "server"));
    else if (g_str_equal(argv[0], "disconnect") && argc == 1)
        connection_close(client.connection);
    else if (g_str_equal(argv[0], "connect") && argc == 1 && !connection_is_up(client.connection))
        connect_now();
    else
        fprintf(
            stderr,
            "client: unknown command: %s (%d words): give save FILE, keep, write-kept FOLDER, units, cursor, point X Y, "
            "press, mouse client|server, disconnect, connect (when disconnected) or quit\n",
            argv[0], argc);
}

static gboolean on_quit_timeout(void *data)
{
    end(report_error("disconnect", "disconnecting", "the channels did not end in time"));
    return G_SOURCE_REMOVE;
}

static void on_quit(void *data)
{
    client.quitting = true;
    if (client.connection && connection_is_up(client.connection)) {
        g_timeout_add_seconds(QUIT_TIMEOUT_S, on_quit_timeout, NULL);
        connection_close(client.connection);
    } else {
        g_main_loop_quit(client.loop);
    }
}

static gboolean parse_sink(const char *option, const char *value, void *data, GError **error)
{
    static const enum sink sinks[] = {SINK_APPSINK, SINK_OVERLAY, SINK_OVERLAY_SYNC};

    for (unsigned i = 0; i < G_N_ELEMENTS(sinks); i++) {
        if (g_str_equal(value, sink_name(sinks[i]))) {
            client.sink = sinks[i];
            return TRUE;
        }
    }
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                "--sink %s: must be appsink, overlay or overlay-sync", value);
    return FALSE;
}

static bool parse_options(int argc, char **argv, char **ret_samples, gboolean *ret_no_h264,
                          gboolean *ret_broken_h264, GError **error)
{
    const GOptionEntry entries[] = {
        {"uri", 0, 0, G_OPTION_ARG_STRING, &client.uri, "SPICE server", "spice://HOST:PORT"},
        {"unix", 0, 0, G_OPTION_ARG_FILENAME, &client.unix_path, "SPICE server's socket", "PATH"},
        {"ca-file", 0, 0, G_OPTION_ARG_FILENAME, &client.ca_file,
         "With TLS: the certificates to trust", "FILE"},
        {"sink", 0, 0, G_OPTION_ARG_CALLBACK, parse_sink, "Where a stream's pictures go (appsink)",
         "appsink|overlay|overlay-sync"},
        {"receive-only", 0, 0, G_OPTION_ARG_NONE, &client.receive_only,
         "Decode only the key frames of an H.264 stream", NULL},
        {"no-h264", 0, 0, G_OPTION_ARG_NONE, ret_no_h264,
         "Act as a client whose machine has no H.264 decoder", NULL},
        {"broken-h264", 0, 0, G_OPTION_ARG_NONE, ret_broken_h264,
         "Act as a client that announces H.264 and fails to decode it", NULL},
        {"audio-delay", 0, 0, G_OPTION_ARG_INT, &client.audio_delay_ms,
         "Play sound on an audio sink that reports this delay (no sound)", "MS"},
        {"watch", 0, 0, G_OPTION_ARG_INT, &client.watched,
         "Notices and `save` are about this display channel (the one with the highest id)",
         "CHANNEL"},
        {"late-cursor", 0, 0, G_OPTION_ARG_NONE, &client.late_cursor,
         "Open the cursor channel only when the command `cursor` is given", NULL},
        {"samples", 0, 0, G_OPTION_ARG_FILENAME, ret_samples, "Write the samples to this file",
         "FILE"},
        {"connect-timeout", 0, 0, G_OPTION_ARG_INT, &client.connect_timeout_s,
         "Give up after this time (10)", "SECONDS"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- SPICE viewer without a window");

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, error))
        return false;
    const char *wrong =
        argc > 1                           ? "there are arguments beside the options"
        : !client.uri == !client.unix_path ? "one of --uri and --unix is needed"
        : client.connect_timeout_s < 1 || client.connect_timeout_s > TIME_MAX_S
            ? "--connect-timeout must be 1 or more, an hour at most"
        : client.audio_delay_ms < CONNECTION_NO_SOUND || client.audio_delay_ms > TIME_MAX_S * 1000
            ? "--audio-delay must be 0 or more, an hour at most"
            : NULL;
    if (wrong)
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s: see --help", wrong);
    return !wrong;
}

int main(int argc, char **argv)
{
    static const struct pipelines_events stream_events = {on_stream_began, on_stream_ended};
    g_autofree char *samples_path = NULL;
    gboolean no_h264 = FALSE, broken_h264 = FALSE;
    g_autoptr(GError) error = NULL;

    if (!parse_options(argc, argv, &samples_path, &no_h264, &broken_h264, &error))
        return report_error("usage", "command line", error->message);
    if (samples_path && !(client.samples = samples_open(samples_path, EVENT_ROW_HEADER, &error)))
        return report_error("samples", "samples", error->message);
    /* Before the connection, so that no stream's start includes the loading of plugins. */
    gst_init(NULL, NULL);
    if (no_h264)
        codecs_hide_h264();
    if (broken_h264)
        codecs_break_h264();

    client.loop = g_main_loop_new(NULL, false);
    client.displays = g_ptr_array_new_with_free_func((GDestroyNotify)display_destroy);
    client.pointer = pointer_create();
    client.keyboard = keyboard_create();
    client.screen = screen_create(client.samples, client.watched);
    client.pipelines = pipelines_create(client.sink, client.receive_only, client.samples,
                                        client.screen, &stream_events, NULL);
    control_start(on_command, on_quit, NULL);
    unsigned traffic = g_timeout_add(TRAFFIC_PERIOD_MS, on_traffic_due, NULL);
    connect_now();
    if (!client.quitting)
        g_main_loop_run(client.loop);

    g_source_remove(traffic);
    control_stop();
    connection_destroy(client.connection);
    pointer_destroy(client.pointer);
    keyboard_destroy(client.keyboard);
    g_ptr_array_unref(client.displays);
    pipelines_destroy(client.pipelines);
    screen_destroy(client.screen);
    g_main_loop_unref(client.loop);
    if (!samples_close(client.samples))
        client.status = report_error("samples", samples_path, "not all rows could be written");
    g_free(client.uri);
    g_free(client.unix_path);
    g_free(client.ca_file);
    return client.status;
}
