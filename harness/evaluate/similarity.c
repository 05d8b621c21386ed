/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/similarity.h"

#include <gio/gio.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/dict.h>
#include <libavutil/frame.h>
#include <libavutil/log.h>
#include <math.h>

/* The filters pass on their first picture, with the figures as its metadata. */
#define GRAPH                                                                       \
    "buffer@shown=%s[shown];buffer@master=%s,split[a][b];[shown][a]psnr[measured];" \
    "[measured][b]ssim,buffersink@out"
#define KEY_MSE "lavfi.psnr.mse_avg"
#define KEY_SSIM "lavfi.ssim.All"

static AVFrame *planes_of(const struct picture *picture)
{
    AVFrame *frame = av_frame_alloc();

    frame->format = AV_PIX_FMT_GBRP;
    frame->width = (int)picture->width_px;
    frame->height = (int)picture->height_px;
    frame->pts = 0;
    if (av_frame_get_buffer(frame, 0) < 0)
        g_error("out of memory");
    for (unsigned y = 0; y < picture->height_px; y++) {
        const uint8_t *pixel = picture->bgrx + y * picture->stride_bytes;
        for (unsigned x = 0; x < picture->width_px; x++, pixel += 4) {
            frame->data[1][(ptrdiff_t)y * frame->linesize[1] + x] = pixel[0];
            frame->data[0][(ptrdiff_t)y * frame->linesize[0] + x] = pixel[1];
            frame->data[2][(ptrdiff_t)y * frame->linesize[2] + x] = pixel[2];
        }
    }
    return frame;
}

/* Gives the picture to the source of this name, and then its end. */
static bool feed(AVFilterGraph *graph, const char *name, const struct picture *picture)
{
    AVFilterContext *source = avfilter_graph_get_filter(graph, name);
    AVFrame *frame = planes_of(picture);
    bool fed = source && av_buffersrc_add_frame(source, frame) >= 0 &&
               av_buffersrc_close(source, 0, 0) >= 0;

    av_frame_free(&frame);
    return fed;
}

static double figure(const AVFrame *frame, const char *key)
{
    const AVDictionaryEntry *entry = av_dict_get(frame->metadata, key, NULL, 0);
    return entry ? g_ascii_strtod(entry->value, NULL) : NAN;
}

static bool run(AVFilterGraph *graph, const struct picture *shown, const struct picture *master,
                struct similarity *ret_similarity)
{
    g_autofree char *source = g_strdup_printf("video_size=%ux%u:pix_fmt=gbrp:time_base=1/1",
                                              shown->width_px, shown->height_px);
    g_autofree char *text = g_strdup_printf(GRAPH, source, source);
    AVFilterInOut *inputs = NULL, *outputs = NULL;
    AVFrame *frame = av_frame_alloc();
    bool done = avfilter_graph_parse2(graph, text, &inputs, &outputs) >= 0 &&
                avfilter_graph_config(graph, NULL) >= 0 && feed(graph, "buffer@shown", shown) &&
                feed(graph, "buffer@master", master);

    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
    AVFilterContext *out = done ? avfilter_graph_get_filter(graph, "buffersink@out") : NULL;
    done = out && av_buffersink_get_frame(out, frame) >= 0;
    if (done)
        *ret_similarity = (struct similarity){
            .mse = figure(frame, KEY_MSE),
            .ssim = figure(frame, KEY_SSIM),
        };
    av_frame_free(&frame);
    return done && !isnan(ret_similarity->mse) && !isnan(ret_similarity->ssim);
}

double similarity_psnr_db(double mse)
{
    return fmin(10 * log10(255.0 * 255 / mse), SIMILARITY_PSNR_MAX_DB);
}

bool similarity_measure(const struct picture *shown, const struct picture *master,
                        struct similarity *ret_similarity, GError **error)
{
    if (shown->width_px != master->width_px || shown->height_px != master->height_px) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "the pictures have different sizes: %ux%u and %ux%u", shown->width_px,
                    shown->height_px, master->width_px, master->height_px);
        return false;
    }
    int level = av_log_get_level();
    av_log_set_level(AV_LOG_QUIET); /* the filters log their means */
    AVFilterGraph *graph = avfilter_graph_alloc();
    bool done = run(graph, shown, master, ret_similarity);
    avfilter_graph_free(&graph);
    av_log_set_level(level);
    if (!done)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "this libavfilter cannot compare pictures: it needs the filters psnr and ssim");
    return done;
}
