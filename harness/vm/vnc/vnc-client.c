/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vnc-client: a VNC viewer without a window, on libvncclient: what the SPICE client is for the
 * other routes, with its samples and its notices (harness/client).
 *
 * It asks for what TigerVNC's own viewer asks for: Tight with JPEG of quality 8. A thread
 * follows the server; each update of the screen that is complete is a picture that is shown.
 *
 * Commands and notices are those of harness/instrument/control.h:
 * units · disconnect · quit.
 */
#include "auto-destroy.h"
#include "harness/client/event-row.h"
#include "harness/client/screen.h"
#include "harness/instrument/control.h"
#include "harness/instrument/samples.h"

#include <gio/gio.h>
#include <inttypes.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <rfb/rfbclient.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define PROGRAM "vnc-client"
#define URI_SCHEME "vnc://"
/* The one display. */
#define CHANNEL 0
/* How often the bytes are counted, as by the SPICE client. */
#define TRAFFIC_PERIOD_MS 100
/* How soon the thread notices that it is to end. */
#define WAIT_US 50000
/* vncviewer's defaults. */
#define ENCODINGS "tight copyrect zrle hextile raw"
#define JPEG_QUALITY 8
#define COMPRESS_LEVEL 2
#define BYTES_PER_PIXEL 4

static struct {
    GMainLoop *loop;
    struct samples *samples;
    struct screen *screen;
    rfbClient *rfb;
    GThread *thread;
    int ending;     /* atomic */
    unsigned shown; /* atomic */
    int status;
} client;

static void report(const char *reason, const char *text)
{
    control_notice("error", "reason=%s", reason);
    fprintf(stderr, PROGRAM ": %s\n", text);
    client.status = EXIT_FAILURE;
}

static int64_t read_bytes(void)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;

    return client.rfb && getsockopt(client.rfb->sock, IPPROTO_TCP, TCP_INFO, &info, &size) == 0
               ? (int64_t)info.tcpi_bytes_received
               : 0;
}

static void log_traffic(void)
{
    struct event_row row = event_row("traffic", samples_now_ns());

    row.channel = CHANNEL;
    row.bytes = read_bytes();
    event_row_write(&row, client.samples);
}

static gboolean on_traffic_due(G_GNUC_UNUSED void *data)
{
    log_traffic();
    return G_SOURCE_CONTINUE;
}

/* --- the thread ------------------------------------------------------------------ */

static void on_update(rfbClient *rfb)
{
    screen_show(client.screen, samples_now_ns(), CHANNEL, EVENT_ROW_EMPTY, EVENT_ROW_EMPTY,
                rfb->frameBuffer, (size_t)rfb->width * BYTES_PER_PIXEL, (unsigned)rfb->width,
                (unsigned)rfb->height, 0, false);
    g_atomic_int_inc(&client.shown);
}

static gboolean on_lost(G_GNUC_UNUSED void *data)
{
    report("connection", "the server has closed the connection");
    g_main_loop_quit(client.loop);
    return G_SOURCE_REMOVE;
}

static void *follow(G_GNUC_UNUSED void *data)
{
    while (!g_atomic_int_get(&client.ending)) {
        int ready = WaitForMessage(client.rfb, WAIT_US);
        if (ready < 0 || (ready > 0 && !HandleRFBServerMessage(client.rfb))) {
            if (!g_atomic_int_get(&client.ending))
                g_idle_add(on_lost, NULL);
            break;
        }
    }
    return NULL;
}

/* --- the harness ----------------------------------------------------------------- */

/* The library's log goes to standard error, whose last line explains a failure. */
static void on_log(const char *format, ...) G_GNUC_PRINTF(1, 2);
static void on_log(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
}

static bool connect_to(const char *uri, GError **error)
{
    const char *address = g_str_has_prefix(uri, URI_SCHEME) ? uri + strlen(URI_SCHEME) : uri;
    const char *colon = strrchr(address, ':');
    rfbClient *rfb = rfbGetClient(8, 3, BYTES_PER_PIXEL);

    rfbClientLog = rfbClientErr = on_log;
    rfb->format.redShift = 16; /* BGRx in memory, as all pictures here */
    rfb->format.greenShift = 8;
    rfb->format.blueShift = 0;
    rfb->appData.encodingsString = ENCODINGS;
    rfb->appData.enableJPEG = TRUE;
    rfb->appData.qualityLevel = JPEG_QUALITY;
    rfb->appData.compressLevel = COMPRESS_LEVEL;
    rfb->FinishedFrameBufferUpdate = on_update;
    free(rfb->serverHost);
    rfb->serverHost = colon ? strndup(address, (size_t)(colon - address)) : strdup(address);
    rfb->serverPort = colon ? atoi(colon + 1) : 0;
    if (!rfbInitClient(rfb, NULL, NULL)) { /* which frees it then */
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot connect to %s", uri);
        return false;
    }
    client.rfb = rfb;
    return true;
}

static void disconnect(void)
{
    if (!client.thread)
        return;
    g_atomic_int_set(&client.ending, true);
    g_thread_join(g_steal_pointer(&client.thread));
    log_traffic();
    free(client.rfb->frameBuffer);
    rfbClientCleanup(g_steal_pointer(&client.rfb));

    struct event_row row = event_row("disconnected", samples_now_ns());
    event_row_write(&row, client.samples);
    control_notice("disconnected", "%s", "");
}

static void report_totals(void)
{
    log_traffic();
    control_notice("received-total", "shown=%d number=%d bytes=%" PRId64,
                   g_atomic_int_get(&client.shown), screen_showing_number(client.screen),
                   read_bytes());
}

static void on_command(int argc, char **argv, G_GNUC_UNUSED void *data)
{
    if (argc == 1 && g_str_equal(argv[0], "units"))
        report_totals();
    else if (argc == 1 && g_str_equal(argv[0], "disconnect"))
        disconnect();
    else
        fprintf(stderr, PROGRAM ": unknown command: %s: give units, disconnect or quit\n", argv[0]);
}

static void on_quit(G_GNUC_UNUSED void *data)
{
    g_main_loop_quit(client.loop);
}

static void run(void)
{
    struct event_row row = event_row("connected", samples_now_ns());

    event_row_write(&row, client.samples);
    client.loop = g_main_loop_new(NULL, false);
    control_start(on_command, on_quit, NULL);
    control_notice("connected", "%s", "");
    unsigned traffic = g_timeout_add(TRAFFIC_PERIOD_MS, on_traffic_due, NULL);
    client.thread = g_thread_new("vnc", follow, NULL);
    g_main_loop_run(client.loop);
    g_source_remove(traffic);
    disconnect();
    control_stop();
    g_main_loop_unref(client.loop);
}

int main(int argc, char **argv)
{
    g_autofree char *uri = NULL, *samples_path = NULL;
    const GOptionEntry entries[] = {
        {"uri", 0, 0, G_OPTION_ARG_STRING, &uri, "VNC server", URI_SCHEME "HOST:PORT"},
        {"samples", 0, 0, G_OPTION_ARG_FILENAME, &samples_path, "Write the samples to this file",
         "FILE"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) options = g_option_context_new("- VNC viewer without a window");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(options, entries, NULL);
    if (!g_option_context_parse(options, &argc, &argv, &error) || !uri || argc > 1) {
        report("usage", error ? error->message : "give --uri " URI_SCHEME "HOST:PORT");
        return client.status;
    }
    if (samples_path)
        client.samples = samples_open(samples_path, EVENT_ROW_HEADER, &error);
    client.screen = screen_create(client.samples, SCREEN_CHANNEL_NONE);
    if (error)
        report("samples", error->message);
    else if (!connect_to(uri, &error))
        report("connect", error->message);
    else
        run();
    screen_destroy(client.screen);
    if (!samples_close(client.samples))
        report("samples", "not all rows could be written: is the disk full?");
    return client.status;
}
