/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/display.h"

#include "harness/client/event-row.h"
#include "harness/client/own-cost.h"
#include "harness/client/painted.h"
#include "harness/instrument/control.h"

#include <stdint.h>

/* The priority at which GTK redraws a window (GDK_PRIORITY_REDRAW). */
#define REDRAW_PRIORITY (G_PRIORITY_HIGH_IDLE + 20)

struct display {
    SpiceChannel *channel;
    int id;
    struct pipelines *pipelines;
    struct samples *samples;
    struct screen *screen;

    /* The primary surface. `pixels` belong to the library; NULL without a primary. */
    const uint8_t *pixels;
    size_t stride_bytes;
    unsigned width_px;
    unsigned height_px;
    bool is_32_bit;

    struct painted painted;
    unsigned redraw; /* source id of a new primary's pending redraw, or 0 */
    bool marked;     /* a new primary does not reset it, as in the library */
};

static void show(struct display *display, int64_t now_ns, int stream, int unit, int64_t stale_px)
{
    g_clear_handle_id(&display->redraw, g_source_remove);
    if (display->is_32_bit)
        screen_show(display->screen, now_ns, display->id, stream, unit, display->pixels,
                    display->stride_bytes, display->width_px, display->height_px, stale_px,
                    display->painted.unfinished);
}

static gboolean on_redraw(void *data)
{
    struct display *display = data;

    display->redraw = 0;
    show(display, samples_now_ns(), EVENT_ROW_EMPTY, EVENT_ROW_EMPTY, 0);
    return G_SOURCE_REMOVE;
}

static void on_primary_create(SpiceChannel *channel, int format, int width, int height, int stride,
                              int shmid, void *pixels, void *data)
{
    struct display *display = data;
    int64_t now_ns = samples_now_ns();

    display->pixels = pixels;
    display->stride_bytes = (size_t)stride;
    display->width_px = (unsigned)width;
    display->height_px = (unsigned)height;
    display->is_32_bit = format == SPICE_SURFACE_FMT_32_xRGB || format == SPICE_SURFACE_FMT_32_ARGB;
    struct event_row row = event_row("primary", now_ns);
    row.channel = display->id;
    row.width_px = width;
    row.height_px = height;
    event_row_write(&row, display->samples);
    control_notice_at("primary", now_ns, "channel=%d width=%u height=%u", display->id,
                      display->width_px, display->height_px);
    painted_finish(&display->painted);
    painted_init(&display->painted, display->width_px, display->height_px);
    if (display->marked)
        display->redraw = g_idle_add_full(REDRAW_PRIORITY, on_redraw, display, NULL);
}

static void on_primary_destroy(SpiceChannel *channel, void *data)
{
    struct display *display = data;

    if (display->pixels && display->is_32_bit)
        screen_keep_last(display->screen, display->id, display->pixels, display->stride_bytes,
                         display->width_px, display->height_px);
    display->pixels = NULL;
    g_clear_handle_id(&display->redraw, g_source_remove);
    screen_forget(display->screen, display->id);
}

static void on_invalidate(SpiceChannel *channel, int x, int y, int width, int height, void *data)
{
    int64_t now_ns = samples_now_ns();
    int64_t cost_ns = own_cost_begin();
    struct display *display = data;
    int unit = EVENT_ROW_EMPTY;

    if (!display->pixels)
        return;
    struct stream *stream = pipelines_take_shown(display->pipelines, &unit);
    int64_t stale_px = painted_add(&display->painted, stream ? PAINTER_STREAM : PAINTER_DRAWING, x,
                                   y, width, height);
    if (display->marked)
        show(display, now_ns, stream ? (int)stream_ordinal(stream) : EVENT_ROW_EMPTY, unit,
             stale_px);
    own_cost_end(cost_ns);
}

static void on_mark(SpiceChannel *channel, int mark, void *data)
{
    struct display *display = data;
    bool now_visible = mark && !display->marked;

    display->marked = mark != 0;
    if (now_visible && display->pixels)
        show(display, samples_now_ns(), EVENT_ROW_EMPTY, EVENT_ROW_EMPTY, 0);
}

/* A widget would draw the scanout with GL. Here nothing is drawn, so the server is
 * informed at once that it is done. */
static void on_gl_draw(SpiceDisplayChannel *channel, unsigned x, unsigned y, unsigned width,
                       unsigned height, void *data)
{
    struct display *display = data;
    const SpiceGlScanout *scanout = spice_display_channel_get_gl_scanout(channel);

    if (scanout)
        screen_show_scanout(display->screen, samples_now_ns(), display->id, scanout->width,
                            scanout->height);
    spice_display_channel_gl_draw_done(channel);
}

static void on_monitors(GObject *channel, GParamSpec *property, void *data)
{
    struct display *display = data;
    int64_t now_ns = samples_now_ns();
    g_autoptr(GArray) monitors = NULL;

    g_object_get(channel, "monitors", &monitors, NULL);
    if (!monitors || monitors->len == 0)
        return;
    const SpiceDisplayMonitorConfig *first = &g_array_index(monitors, SpiceDisplayMonitorConfig, 0);
    struct event_row row = event_row("monitors", now_ns);
    row.channel = display->id;
    row.number = (int)monitors->len;
    row.width_px = (int)first->width;
    row.height_px = (int)first->height;
    event_row_write(&row, display->samples);
    control_notice_at("monitors", now_ns, "channel=%d heads=%u width=%u height=%u", display->id,
                      monitors->len, first->width, first->height);
}

static gboolean on_overlay(SpiceChannel *channel, void *playbin, void *data)
{
    struct display *display = data;
    return pipelines_hand_over(display->pipelines, playbin, display->id);
}

struct display *display_create(SpiceChannel *channel, struct pipelines *pipelines,
                               struct samples *samples, struct screen *screen)
{
    struct display *display = g_new0(struct display, 1);

    display->channel = channel;
    g_object_get(channel, "channel-id", &display->id, NULL);
    display->pipelines = pipelines;
    display->samples = samples;
    display->screen = screen;
    painted_init(&display->painted, 0, 0);
    g_signal_connect(channel, "display-primary-create", G_CALLBACK(on_primary_create), display);
    g_signal_connect(channel, "display-primary-destroy", G_CALLBACK(on_primary_destroy), display);
    g_signal_connect(channel, "display-invalidate", G_CALLBACK(on_invalidate), display);
    g_signal_connect(channel, "display-mark", G_CALLBACK(on_mark), display);
    g_signal_connect(channel, "notify::monitors", G_CALLBACK(on_monitors), display);
    g_signal_connect(channel, "gl-draw", G_CALLBACK(on_gl_draw), display);
    g_signal_connect(channel, "gst-video-overlay", G_CALLBACK(on_overlay), display);
    return display;
}

void display_destroy(struct display *display)
{
    if (!display)
        return;
    g_signal_handlers_disconnect_by_data(display->channel, display);
    g_clear_handle_id(&display->redraw, g_source_remove);
    painted_finish(&display->painted);
    screen_forget(display->screen, display->id);
    g_free(display);
}

int display_channel_id(const struct display *display)
{
    return display->id;
}

bool display_is_of(const struct display *display, const SpiceChannel *channel)
{
    return display->channel == channel;
}

unsigned long display_read_bytes(const struct display *display)
{
    unsigned long bytes = 0;
    g_object_get(display->channel, "total-read-bytes", &bytes, NULL);
    return bytes;
}

struct picture *display_copy_picture(const struct display *display)
{
    struct stream *overlay = pipelines_overlay_of(display->pipelines, display->id);
    struct picture *picture = overlay ? stream_copy_picture(overlay) : NULL;

    if (!picture && display->pixels && display->is_32_bit)
        picture = picture_copy(display->pixels, display->stride_bytes, display->width_px,
                               display->height_px);
    return picture;
}
