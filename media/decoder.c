/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "media/decoder.h"

#include "media/video-file.h"

#include <gio/gio.h>
#include <inttypes.h>
#include <libavcodec/avcodec.h>
#include <libavutil/pixdesc.h>

/* From this height on, a recording that declares no matrix is taken to be BT.709, as
 * GStreamer does. */
#define HD_HEIGHT_PX 577

struct decoder {
    char *recording;
    struct video_file *file;
    AVCodecContext *codec;
    AVPacket *packet;
    AVFrame *frame;
    int64_t unit; /* the index of the access unit sent last */
    bool ended;
};

static bool fail(const struct decoder *decoder, const char *what, int code, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s%s%s", decoder->recording, what,
                code < 0 ? ": " : "", code < 0 ? av_err2str(code) : "");
    return false;
}

static bool fail_damaged(const struct decoder *decoder, int64_t unit, GError **error)
{
    g_autofree char *what = g_strdup_printf(
        "is damaged: access unit %" PRId64 " cannot be decoded: record it again", unit);
    return fail(decoder, what, 0, error);
}

static bool open_codec(struct decoder *decoder, unsigned threads, GError **error)
{
    const AVCodecParameters *parameters = video_file_codec(decoder->file);
    const AVCodec *codec = avcodec_find_decoder(parameters->codec_id);

    if (!codec)
        return fail(decoder, "no video that can be decoded", 0, error);
    decoder->codec = avcodec_alloc_context3(codec);
    decoder->packet = av_packet_alloc();
    decoder->frame = av_frame_alloc();
    int code = avcodec_parameters_to_context(decoder->codec, parameters);
    decoder->codec->thread_count = (int)threads;
    /* Crop exactly to the visible part. */
    decoder->codec->flags |= AV_CODEC_FLAG_UNALIGNED;
    if (code >= 0)
        code = avcodec_open2(decoder->codec, codec, NULL);
    return code >= 0 || fail(decoder, "cannot be decoded", code, error);
}

struct decoder *decoder_open(const char *recording, unsigned threads, GError **error)
{
    auto_destroy(decoder) decoder = g_new0(struct decoder, 1);
    decoder->recording = g_strdup(recording);
    decoder->file = video_file_open(recording, false, error);
    return decoder->file && open_codec(decoder, threads, error) ? g_steal_pointer(&decoder) : NULL;
}

void decoder_close(struct decoder *decoder)
{
    if (!decoder)
        return;
    avcodec_free_context(&decoder->codec);
    av_packet_free(&decoder->packet);
    av_frame_free(&decoder->frame);
    video_file_destroy(decoder->file);
    g_free(decoder->recording);
    g_free(decoder);
}

void decoder_cut_like_clients(struct decoder *decoder)
{
    decoder->codec->flags &= ~AV_CODEC_FLAG_UNALIGNED;
}

void decoder_size(const struct decoder *decoder, unsigned *ret_width_px, unsigned *ret_height_px)
{
    *ret_width_px = (unsigned)decoder->codec->width;
    *ret_height_px = (unsigned)decoder->codec->height;
}

/* Sends the next packet, with its number as its time stamp, or the end. A packet without
 * a number (before the first key frame) is sent for its parameter sets. */
static bool send_next(struct decoder *decoder, GError **error)
{
    g_autoptr(GError) broken = NULL;
    struct video_packet packet;
    int code;

    if (video_file_next(decoder->file, &packet, &broken)) {
        av_packet_unref(decoder->packet);
        code = av_packet_ref(decoder->packet, packet.packet);
        decoder->packet->pts = packet.unit;
        if (code >= 0)
            code = avcodec_send_packet(decoder->codec, decoder->packet);
        if (packet.unit == VIDEO_FILE_NO_UNIT)
            return true;
        decoder->unit = packet.unit;
        return code >= 0 || fail_damaged(decoder, packet.unit, error);
    }
    if (broken) {
        g_propagate_error(error, g_steal_pointer(&broken));
        return false;
    }
    code = avcodec_send_packet(decoder->codec, NULL);
    return code >= 0 || fail(decoder, "cannot be decoded", code, error);
}

static bool is_damaged(const AVFrame *frame)
{
    return frame->decode_error_flags || (frame->flags & AV_FRAME_FLAG_CORRUPT);
}

bool decoder_next(struct decoder *decoder, const AVFrame **ret_frame, unsigned *ret_unit,
                  GError **error)
{
    while (!decoder->ended) {
        int code = avcodec_receive_frame(decoder->codec, decoder->frame);
        int64_t unit = decoder->frame->pts;

        if (code == AVERROR(EAGAIN)) {
            decoder->ended = !send_next(decoder, error);
        } else if (code == AVERROR_EOF) {
            decoder->ended = true;
        } else if (code < 0 || (unit >= 0 && is_damaged(decoder->frame))) {
            decoder->ended = true;
            return fail_damaged(decoder, code < 0 ? decoder->unit : unit, error);
        } else if (unit >= 0) {
            *ret_frame = decoder->frame;
            if (ret_unit)
                *ret_unit = (unsigned)unit;
            return true;
        }
    }
    return false;
}

void decoder_rate(const struct decoder *decoder, unsigned *ret_num, unsigned *ret_den)
{
    AVRational of_stream = decoder->codec->framerate;

    video_file_rate(decoder->file, ret_num, ret_den);
    if (*ret_num > 0 || decoder->codec->codec_id != AV_CODEC_ID_H264)
        return;
    *ret_num = of_stream.num > 0 ? (unsigned)of_stream.num : VIDEO_FILE_RAW_FPS;
    *ret_den = of_stream.num > 0 ? (unsigned)of_stream.den : 1;
}

struct decoder_colours decoder_colours(const AVFrame *frame)
{
    bool unknown = frame->colorspace == AVCOL_SPC_UNSPECIFIED;

    return (struct decoder_colours){
        .full_range = frame->color_range == AVCOL_RANGE_JPEG ||
                      frame->format == AV_PIX_FMT_YUVJ420P || frame->format == AV_PIX_FMT_YUVJ444P,
        .matrix = !unknown                        ? frame->colorspace
                  : frame->height >= HD_HEIGHT_PX ? AVCOL_SPC_BT709
                                                  : AVCOL_SPC_SMPTE170M,
    };
}

bool decoder_is_planar(const AVFrame *frame)
{
    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);

    if (!format || !(format->flags & AV_PIX_FMT_FLAG_PLANAR) || format->nb_components < 3)
        return false;
    for (int i = 0; i < 3; i++) { /* NV12 is planar too, but two share a plane */
        if (format->comp[i].depth != 8 || format->comp[i].step != 1)
            return false;
    }
    return true;
}
