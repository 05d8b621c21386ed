/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/screen.h"

#include "auto-destroy.h"
#include "harness/client/event-row.h"
#include "harness/client/kept-pictures.h"
#include "harness/client/thumbnail.h"
#include "harness/instrument/control.h"

#include <stdbool.h>

/* There is one display channel for each QXL device and stream device. */
#define CHANNELS_MAX 16

struct seen {
    enum picture_source source;
    int number; /* of the barcode, or PICTURE_NUMBER_NONE */
    unsigned width_px;
    unsigned height_px;
};

/* The last picture of a primary surface that was destroyed. */
struct last {
    uint8_t *bgrx; /* NULL: none, or a new picture has been shown since */
    size_t stride_bytes;
    unsigned width_px;
    unsigned height_px;
};

struct screen {
    GMutex lock;
    struct samples *samples;
    int watched;
    struct seen of[CHANNELS_MAX];
    bool has_picture[CHANNELS_MAX];
    struct last last[CHANNELS_MAX];
    int noticed_channel;        /* of the last notice; SCREEN_CHANNEL_NONE before the first */
    struct seen noticed;        /* what the last notice reported */
    struct kept_pictures *kept; /* NULL: none are */
};

struct screen *screen_create(struct samples *samples, int watched)
{
    struct screen *screen = g_new0(struct screen, 1);
    g_mutex_init(&screen->lock);
    screen->samples = samples;
    screen->watched = watched;
    screen->noticed_channel = SCREEN_CHANNEL_NONE;
    return screen;
}

void screen_destroy(struct screen *screen)
{
    if (!screen)
        return;
    for (int channel = 0; channel < CHANNELS_MAX; channel++)
        g_free(screen->last[channel].bgrx);
    kept_pictures_destroy(screen->kept);
    g_mutex_clear(&screen->lock);
    g_free(screen);
}

static int showing(const struct screen *screen)
{
    int channel = CHANNELS_MAX - 1;
    while (channel >= 0 && (!screen->has_picture[channel] ||
                            (screen->watched != SCREEN_CHANNEL_NONE && channel != screen->watched)))
        channel--;
    return channel >= 0 ? channel : SCREEN_CHANNEL_NONE;
}

static void notice_change(struct screen *screen, int64_t time_ns)
{
    int channel = showing(screen);
    if (channel == SCREEN_CHANNEL_NONE) {
        screen->noticed_channel = SCREEN_CHANNEL_NONE; /* the next picture counts as the first */
        return;
    }

    const struct seen *seen = &screen->of[channel], *before = &screen->noticed;
    if (channel == screen->noticed_channel && seen->source == before->source &&
        seen->width_px == before->width_px && seen->height_px == before->height_px)
        return;
    screen->noticed_channel = channel;
    screen->noticed = *seen;
    control_notice_at("shown", time_ns, "source=%s channel=%d width=%u height=%u",
                      picture_source_name(seen->source), channel, seen->width_px, seen->height_px);
}

static bool is_last_stretched(struct screen *screen, int channel, const uint8_t *bgrx,
                              size_t stride_bytes, unsigned width_px, unsigned height_px)
{
    struct thumbnail thumbnail, stretched;

    if (channel < 0 || channel >= CHANNELS_MAX || !screen->last[channel].bgrx)
        return false;
    const struct last *last = &screen->last[channel];
    thumbnail_make(&thumbnail, bgrx, stride_bytes, width_px, height_px);
    thumbnail_make_stretched(&stretched, last->bgrx, last->stride_bytes, last->width_px,
                             last->height_px, width_px, height_px);
    return thumbnail_same(&thumbnail, &stretched);
}

static void write_shown(struct screen *screen, int64_t time_ns, int channel, int stream, int unit,
                        const struct seen *seen, int64_t stale_px)
{
    struct event_row row = event_row("shown", time_ns);
    row.channel = channel;
    row.stream = stream;
    row.unit = unit;
    row.source = picture_source_name(seen->source);
    row.number = seen->number;
    row.width_px = (int)seen->width_px;
    row.height_px = (int)seen->height_px;
    row.stale_px = stale_px;
    event_row_write(&row, screen->samples);

    if (channel < 0 || channel >= CHANNELS_MAX)
        return;
    g_mutex_lock(&screen->lock);
    screen->of[channel] = *seen;
    screen->has_picture[channel] = true;
    if (seen->source != PICTURE_SOURCE_BLANK && seen->source != PICTURE_SOURCE_KEPT &&
        seen->source != PICTURE_SOURCE_UNFINISHED)
        g_clear_pointer(&screen->last[channel].bgrx, g_free);
    notice_change(screen, time_ns);
    g_mutex_unlock(&screen->lock);
}

void screen_show(struct screen *screen, int64_t time_ns, int channel, int stream, int unit,
                 const uint8_t *bgrx, size_t stride_bytes, unsigned width_px, unsigned height_px,
                 int64_t stale_px, bool unfinished)
{
    int number;
    struct seen seen = {
        .source = picture_source_of(bgrx, stride_bytes, width_px, height_px,
                                    stream != EVENT_ROW_EMPTY, &number),
        .width_px = width_px,
        .height_px = height_px,
    };

    seen.number = number;
    g_mutex_lock(&screen->lock);
    if (seen.source == PICTURE_SOURCE_OTHER &&
        is_last_stretched(screen, channel, bgrx, stride_bytes, width_px, height_px))
        seen.source = PICTURE_SOURCE_KEPT;
    else if (seen.source == PICTURE_SOURCE_OTHER && unfinished)
        seen.source = PICTURE_SOURCE_UNFINISHED;
    if (screen->kept)
        kept_pictures_offer(screen->kept, time_ns, channel, unit != EVENT_ROW_EMPTY ? unit : number,
                            bgrx, stride_bytes, width_px, height_px);
    g_mutex_unlock(&screen->lock);
    write_shown(screen, time_ns, channel, stream, unit, &seen, stale_px);
}

void screen_show_scanout(struct screen *screen, int64_t time_ns, int channel, unsigned width_px,
                         unsigned height_px)
{
    const struct seen seen = {
        .source = PICTURE_SOURCE_VGPU,
        .number = PICTURE_NUMBER_NONE,
        .width_px = width_px,
        .height_px = height_px,
    };

    write_shown(screen, time_ns, channel, EVENT_ROW_EMPTY, EVENT_ROW_EMPTY, &seen, 0);
}

void screen_keep_pictures(struct screen *screen)
{
    g_mutex_lock(&screen->lock);
    if (!screen->kept)
        screen->kept = kept_pictures_create();
    g_mutex_unlock(&screen->lock);
}

int screen_write_kept(struct screen *screen, const char *folder, GError **error)
{
    g_mutex_lock(&screen->lock);
    auto_destroy(kept_pictures) kept = g_steal_pointer(&screen->kept);
    g_mutex_unlock(&screen->lock);
    return kept ? kept_pictures_write(kept, folder, screen->samples, error) : 0;
}

void screen_keep_last(struct screen *screen, int channel, const uint8_t *bgrx, size_t stride_bytes,
                      unsigned width_px, unsigned height_px)
{
    if (channel < 0 || channel >= CHANNELS_MAX)
        return;
    g_mutex_lock(&screen->lock);
    g_free(screen->last[channel].bgrx);
    screen->last[channel] = (struct last){
        .bgrx = g_memdup2(bgrx, stride_bytes * height_px),
        .stride_bytes = stride_bytes,
        .width_px = width_px,
        .height_px = height_px,
    };
    g_mutex_unlock(&screen->lock);
}

void screen_forget(struct screen *screen, int channel)
{
    if (channel < 0 || channel >= CHANNELS_MAX)
        return;
    g_mutex_lock(&screen->lock);
    screen->has_picture[channel] = false;
    notice_change(screen, samples_now_ns());
    g_mutex_unlock(&screen->lock);
}

int screen_showing_channel(struct screen *screen)
{
    g_mutex_lock(&screen->lock);
    int channel = showing(screen);
    g_mutex_unlock(&screen->lock);
    return channel;
}

enum picture_source screen_showing_source(struct screen *screen)
{
    g_mutex_lock(&screen->lock);
    int channel = showing(screen);
    enum picture_source source =
        channel == SCREEN_CHANNEL_NONE ? PICTURE_SOURCE_OTHER : screen->of[channel].source;
    g_mutex_unlock(&screen->lock);
    return source;
}

int screen_showing_number(struct screen *screen)
{
    g_mutex_lock(&screen->lock);
    int channel = showing(screen);
    int number = channel == SCREEN_CHANNEL_NONE ? PICTURE_NUMBER_NONE : screen->of[channel].number;
    g_mutex_unlock(&screen->lock);
    return number;
}
