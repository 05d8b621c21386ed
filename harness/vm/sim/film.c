/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/film.h"

#include "media/decoder.h"
#include "media/scaler.h"

#include <gio/gio.h>
#include <inttypes.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <string.h>

/* More threads than this do not speed up the decoding of a short recording. */
#define DECODING_THREADS_MAX 8
/* The same limit as in sim-agent: no recording of a screen has more. */
#define FPS_MAX 240

#define PLANES 3

struct film {
    char *file;
    int width_px, height_px;
    unsigned rate_num, rate_den;
    struct tile_grid grid;
    GPtrArray *frames; /* AVFrame, all of one format */
    int64_t bytes;
    bool lossless;
    int shift_x[PLANES], shift_y[PLANES]; /* log2 of pixels per sample of each plane */
    struct SwsContext *to_planar;         /* NULL: the recording's format is kept */
    /* For one row of tiles, of which the last may be lower. */
    struct SwsContext *to_band, *to_last_band;
    uint8_t *band;
    size_t band_stride_bytes;
};

static bool refuse(const struct film *film, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static bool refuse(const struct film *film, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *reason = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", film->file, reason);
    return false;
}

/* Tiles are compared in planes of 8 bits; other formats are converted to RGB planes. */
static AVFrame *make_planar(struct film *film, const AVFrame *frame)
{
    if (!film->to_planar)
        film->to_planar = scaler_create(frame, frame->height, AV_PIX_FMT_GBRP);

    AVFrame *planar = av_frame_alloc();
    planar->format = AV_PIX_FMT_GBRP;
    planar->width = frame->width;
    planar->height = frame->height;
    if (film->to_planar && av_frame_get_buffer(planar, 0) >= 0)
        sws_scale(film->to_planar, (const uint8_t *const *)frame->data, frame->linesize, 0,
                  frame->height, planar->data, planar->linesize);
    else
        av_frame_free(&planar);
    return planar;
}

static int64_t frame_bytes(const AVFrame *frame)
{
    int64_t bytes = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(frame->buf) && frame->buf[i]; i++)
        bytes += (int64_t)frame->buf[i]->size;
    return bytes;
}

static bool keep(struct film *film, const AVFrame *frame, GError **error)
{
    const AVFrame *first = film->frames->len ? g_ptr_array_index(film->frames, 0) : NULL;

    if (frame->width != film->width_px || frame->height != film->height_px)
        return refuse(film, error, "picture %u is %dx%d, the vGPU's screen %dx%d: %s",
                      film->frames->len, frame->width, frame->height, film->width_px,
                      film->height_px,
                      first ? "a film that changes its size cannot be drawn, record it again"
                            : "give the film's size with --size");

    AVFrame *kept = decoder_is_planar(frame) ? av_frame_clone(frame) : make_planar(film, frame);
    if (!kept)
        return refuse(film, error, "its pixel format cannot be drawn: record it in yuv420p");
    bool alike = !first || (first->format == kept->format);
    g_ptr_array_add(film->frames, kept);
    film->bytes += frame_bytes(kept);
    if (!alike)
        return refuse(film, error, "picture %u has another pixel format: record it again",
                      film->frames->len - 1);
    return film->bytes <= FILM_MAX_BYTES ||
           refuse(film, error,
                  "takes more than %" PRId64 " MiB decoded: cut it to fewer "
                  "pictures than %u",
                  FILM_MAX_BYTES >> 20, film->frames->len);
}

static bool load(struct film *film, GError **error)
{
    unsigned threads = CLAMP(g_get_num_processors(), 1, DECODING_THREADS_MAX);
    auto_destroy(decoder) decoder = decoder_open(film->file, threads, error);
    g_autoptr(GError) why = NULL;
    const AVFrame *frame;

    if (!decoder)
        return false;
    while (decoder_next(decoder, &frame, NULL, &why)) {
        if (!keep(film, frame, error))
            return false;
    }
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (film->frames->len == 0)
        return refuse(film, error, "has no picture: record it again");
    decoder_rate(decoder, &film->rate_num, &film->rate_den);
    if (film->rate_num < film->rate_den || film->rate_num > (uint64_t)FPS_MAX * film->rate_den)
        return refuse(film, error, "has %u/%u pictures a second: between 1 and %d can be played",
                      film->rate_num, film->rate_den, FPS_MAX);
    return true;
}

static bool prepare_bands(struct film *film, GError **error)
{
    const AVFrame *frame = g_ptr_array_index(film->frames, 0);
    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
    int last_px = film->height_px - (int)(film->grid.rows - 1) * TILE_PX;

    /* A screen is drawn in RGB; a recording that is still in RGB has not been through
     * a lossy codec. */
    film->lossless = (format->flags & AV_PIX_FMT_FLAG_RGB) != 0;
    for (int plane = 1; plane < PLANES && !(format->flags & AV_PIX_FMT_FLAG_RGB); plane++) {
        film->shift_x[plane] = format->log2_chroma_w;
        film->shift_y[plane] = format->log2_chroma_h;
    }
    film->to_band = scaler_create(frame, TILE_PX, AV_PIX_FMT_BGR0);
    film->to_last_band = scaler_create(frame, last_px, AV_PIX_FMT_BGR0);
    /* The scaler writes whole vectors, and so beyond the end of a row. */
    film->band_stride_bytes = ((size_t)film->width_px + TILE_PX) * 4 / 64 * 64 + 64;
    film->band = g_malloc(film->band_stride_bytes * (TILE_PX + 1));
    return (film->to_band && film->to_last_band) ||
           refuse(film, error, "its pixel format cannot be drawn: record it in yuv420p");
}

static void free_frame(void *data)
{
    AVFrame *frame = data;
    av_frame_free(&frame);
}

struct film *film_load(const char *file, int width_px, int height_px, GError **error)
{
    auto_destroy(film) film = g_new0(struct film, 1);
    film->file = g_strdup(file);
    film->width_px = width_px;
    film->height_px = height_px;
    film->grid = tile_grid(width_px, height_px);
    film->frames = g_ptr_array_new_with_free_func(free_frame);
    return load(film, error) && prepare_bands(film, error) ? g_steal_pointer(&film) : NULL;
}

void film_destroy(struct film *film)
{
    if (!film)
        return;
    g_ptr_array_unref(film->frames);
    sws_freeContext(film->to_planar);
    sws_freeContext(film->to_band);
    sws_freeContext(film->to_last_band);
    g_free(film->band);
    g_free(film->file);
    g_free(film);
}

unsigned film_pictures(const struct film *film)
{
    return film->frames->len;
}

void film_rate(const struct film *film, unsigned *ret_num, unsigned *ret_den)
{
    *ret_num = film->rate_num;
    *ret_den = film->rate_den;
}

struct tile_grid film_grid(const struct film *film)
{
    return film->grid;
}

static const AVFrame *frame_at(const struct film *film, unsigned index)
{
    return g_ptr_array_index(film->frames, index);
}

static struct tile_block block_at(const AVFrame *frame, int plane, unsigned x, unsigned y)
{
    size_t stride_bytes = (size_t)frame->linesize[plane];
    return (struct tile_block){frame->data[plane] + y * stride_bytes + x, stride_bytes};
}

bool film_tile_differs(const struct film *film, unsigned before, unsigned after, unsigned column,
                       unsigned row)
{
    bool (*differ)(struct tile_block, struct tile_block, unsigned, unsigned) =
        film->lossless ? tile_differs : tile_has_changed;
    const AVFrame *a = frame_at(film, before), *b = frame_at(film, after);
    unsigned left = column * TILE_PX, top = row * TILE_PX;
    unsigned right = MIN(left + TILE_PX, (unsigned)film->width_px);
    unsigned bottom = MIN(top + TILE_PX, (unsigned)film->height_px);

    for (int plane = 0; plane < PLANES; plane++) {
        int shift_x = film->shift_x[plane], shift_y = film->shift_y[plane];
        unsigned x = left >> shift_x, y = top >> shift_y;
        unsigned width = ((right + (1u << shift_x) - 1) >> shift_x) - x;
        unsigned height = ((bottom + (1u << shift_y) - 1) >> shift_y) - y;
        if (differ(block_at(a, plane, x, y), block_at(b, plane, x, y), width, height))
            return true;
    }
    return false;
}

static void convert_band(struct film *film, const AVFrame *frame, unsigned row, unsigned height_px,
                         uint8_t *pixels, size_t stride_bytes)
{
    const uint8_t *from[4] = {NULL};
    uint8_t *to[4] = {pixels};
    int to_stride_bytes[4] = {(int)stride_bytes};

    for (int plane = 0; plane < PLANES; plane++) {
        from[plane] = block_at(frame, plane, 0, row * TILE_PX >> film->shift_y[plane]).samples;
    }
    sws_scale(row + 1 < film->grid.rows ? film->to_band : film->to_last_band, from, frame->linesize,
              0, (int)height_px, to, to_stride_bytes);
}

static void copy_run(const struct film *film, unsigned row, unsigned column, unsigned end,
                     unsigned height_px, struct framebuffer *picture)
{
    unsigned left = column * TILE_PX, right = MIN(end * TILE_PX, (unsigned)film->width_px);

    for (unsigned y = 0; y < height_px; y++)
        memcpy(framebuffer_pixel(picture, (int)left, (int)(row * TILE_PX + y)),
               film->band + y * film->band_stride_bytes + (size_t)left * 4,
               (size_t)(right - left) * 4);
}

/* A whole row of tiles can be converted into the picture itself, unless the scaler's
 * vectors would reach beyond the picture. */
static bool can_convert_in_place(const struct film *film, const uint8_t *line)
{
    return film->width_px % TILE_PX == 0 && !memchr(line, 0, film->grid.columns);
}

void film_draw(struct film *film, unsigned index, const uint8_t *wanted,
               struct framebuffer *picture)
{
    const AVFrame *frame = frame_at(film, index);

    for (unsigned row = 0; row < film->grid.rows; row++) {
        const uint8_t *line = wanted + (size_t)row * film->grid.columns;
        unsigned height_px = MIN(TILE_PX, (unsigned)film->height_px - row * TILE_PX);
        bool converted = false;
        if (can_convert_in_place(film, line)) {
            convert_band(film, frame, row, height_px,
                         framebuffer_pixel(picture, 0, (int)(row * TILE_PX)),
                         picture->stride_bytes);
            continue;
        }
        for (unsigned column = 0; column < film->grid.columns; column++) {
            unsigned end = column;
            while (end < film->grid.columns && line[end])
                end++;
            if (end == column)
                continue;
            if (!converted)
                convert_band(film, frame, row, height_px, film->band, film->band_stride_bytes);
            converted = true;
            copy_run(film, row, column, end, height_px, picture);
            column = end;
        }
    }
}
