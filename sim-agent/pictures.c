/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "sim-agent/pictures.h"

#include "media/decoder.h"
#include "media/scaler.h"

#include <gio/gio.h>
#include <inttypes.h>

/* Swscale's vectors: what it writes beyond the end of a row, and where rows may begin. */
#define ALIGNMENT_BYTES 64u

/* More threads than this do not speed up the decoding of a short recording. */
#define DECODING_THREADS_MAX 8u

struct pictures {
    GArray *list; /* struct picture_at; the pixels are owned */
};

/* The state while a file is read. */
struct loading {
    struct pictures *pictures;
    const char *path;
    int64_t bytes;
    struct SwsContext *scaler; /* for pictures of this size and format */
    int width_px, height_px, format;
};

static bool refuse(const char *path, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

static bool refuse(const char *path, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *reason = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", path, reason);
    return false;
}

static void clear_picture(void *data)
{
    g_free((uint8_t *)((struct picture_at *)data)->bgrx);
}

static bool prepare_scaler(struct loading *loading, const AVFrame *frame)
{
    if (loading->scaler && loading->width_px == frame->width &&
        loading->height_px == frame->height && loading->format == frame->format)
        return true;
    sws_freeContext(loading->scaler);
    loading->scaler = scaler_create(frame, frame->height, AV_PIX_FMT_BGR0);
    loading->width_px = frame->width;
    loading->height_px = frame->height;
    loading->format = frame->format;
    return loading->scaler != NULL;
}

static bool add(struct loading *loading, const AVFrame *frame, GError **error)
{
    const char *path = loading->path;
    struct picture_at picture = {
        .width_px = (unsigned)frame->width,
        .height_px = (unsigned)frame->height,
        .stride_bytes =
            ((size_t)frame->width * 4 + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES,
    };
    size_t size = picture.stride_bytes * picture.height_px + ALIGNMENT_BYTES;

    if (picture.width_px % 2 || picture.height_px % 2)
        return refuse(path, error, "is %ux%u: only even sizes can be encoded: scale it",
                      picture.width_px, picture.height_px);
    loading->bytes += (int64_t)size;
    if (loading->bytes > PICTURES_MAX_BYTES)
        return refuse(path, error,
                      "takes more than %" PRId64 " MiB decoded: cut it to fewer pictures than %u",
                      PICTURES_MAX_BYTES >> 20, loading->pictures->list->len);

    if (!prepare_scaler(loading, frame))
        return refuse(path, error, "its pixel format cannot be shown: record it in yuv420p");
    uint8_t *bgrx = g_malloc(size);
    picture.bgrx = bgrx;
    sws_scale(loading->scaler, (const uint8_t *const *)frame->data, frame->linesize, 0,
              frame->height, &bgrx, &(int){(int)picture.stride_bytes});
    g_array_append_val(loading->pictures->list, picture);
    return true;
}

static bool load(struct loading *loading, GError **error)
{
    unsigned threads = CLAMP(g_get_num_processors(), 1, DECODING_THREADS_MAX);
    auto_destroy(decoder) decoder = decoder_open(loading->path, threads, error);
    g_autoptr(GError) why = NULL;
    const AVFrame *frame;

    if (!decoder)
        return false;
    while (decoder_next(decoder, &frame, NULL, &why)) {
        if (!add(loading, frame, error))
            return false;
    }
    bool whole = why == NULL;
    if (why)
        g_propagate_error(error, g_steal_pointer(&why));
    return whole;
}

struct pictures *pictures_load(const char *path, unsigned count, GError **error)
{
    auto_destroy(pictures) pictures = g_new0(struct pictures, 1);
    struct loading loading = {.pictures = pictures, .path = path};

    pictures->list = g_array_new(false, false, sizeof(struct picture_at));
    g_array_set_clear_func(pictures->list, clear_picture);
    bool loaded = load(&loading, error);
    sws_freeContext(loading.scaler);
    if (!loaded)
        return NULL;
    if (pictures->list->len != count) {
        refuse(path, error, "has %u pictures, the recording %u frames: make it anew",
               pictures->list->len, count);
        return NULL;
    }
    return g_steal_pointer(&pictures);
}

void pictures_destroy(struct pictures *pictures)
{
    if (!pictures)
        return;
    g_array_unref(pictures->list);
    g_free(pictures);
}

struct picture_at pictures_at(const struct pictures *pictures, unsigned index)
{
    return g_array_index(pictures->list, struct picture_at, index);
}
