#include "reference.h"

#include <gio/gio.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/pixdesc.h>

/* From this height on an undeclared recording is taken for BT.709, as
 * GStreamer does. */
#define HD_HEIGHT_PX 577

typedef struct {
    AVFormatContext *format;
    AVCodecContext *codec;
    AVPacket *packet;
    AVFrame *frame;
    int stream;
} Decoder;

static void decoder_finish(Decoder *decoder)
{
    avformat_close_input(&decoder->format);
    avcodec_free_context(&decoder->codec);
    av_packet_free(&decoder->packet);
    av_frame_free(&decoder->frame);
}

static gboolean fail(GError **error, const char *recording, const char *what, int code)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s%s%s", recording, what,
                code < 0 ? ": " : "", code < 0 ? av_err2str(code) : "");
    return FALSE;
}

static gboolean decoder_init(Decoder *decoder, const char *recording, GError **error)
{
    const AVCodec *codec = NULL;
    int code = avformat_open_input(&decoder->format, recording, NULL, NULL);
    if (code < 0)
        return fail(error, recording, "cannot be read", code);
    code = avformat_find_stream_info(decoder->format, NULL);
    if (code < 0)
        return fail(error, recording, "cannot be read", code);
    decoder->stream = av_find_best_stream(decoder->format, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
    if (decoder->stream < 0 || !codec)
        return fail(error, recording, "no video that can be decoded", 0);

    decoder->codec = avcodec_alloc_context3(codec);
    decoder->packet = av_packet_alloc();
    decoder->frame = av_frame_alloc();
    code = avcodec_parameters_to_context(decoder->codec,
                                         decoder->format->streams[decoder->stream]->codecpar);
    if (code >= 0)
        code = avcodec_open2(decoder->codec, codec, NULL);
    return code >= 0 || fail(error, recording, "cannot be decoded", code);
}

/* Sends the next access unit, numbered, or the end. False when that fails. */
static int send_next(Decoder *decoder, gint64 *number)
{
    int code;
    while ((code = av_read_frame(decoder->format, decoder->packet)) >= 0) {
        if (decoder->packet->stream_index == decoder->stream) {
            decoder->codec->reordered_opaque = (*number)++;
            code = avcodec_send_packet(decoder->codec, decoder->packet);
            av_packet_unref(decoder->packet);
            return code;
        }
        av_packet_unref(decoder->packet);
    }
    return avcodec_send_packet(decoder->codec, NULL);
}

/* Decodes until decoder->frame is the picture of `unit`. */
static int decode(Decoder *decoder, guint unit)
{
    gint64 number = 0;
    for (;;) {
        int code = avcodec_receive_frame(decoder->codec, decoder->frame);
        if (code >= 0 && decoder->frame->reordered_opaque == unit)
            return 0;
        if (code == AVERROR(EAGAIN))
            code = send_next(decoder, &number);
        if (code < 0)
            return code;
    }
}

static uint8_t clamp(float value)
{
    return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)(value + 0.5f);
}

/* 8-bit planar YUV to BGRx: ITU-T H.273, equations for the matrix. */
static Picture *convert(const AVFrame *frame, const AVPixFmtDescriptor *format)
{
    gboolean full = frame->color_range == AVCOL_RANGE_JPEG ||
                    frame->format == AV_PIX_FMT_YUVJ420P;
    gboolean hd = frame->colorspace == AVCOL_SPC_BT709 ||
                  (frame->colorspace == AVCOL_SPC_UNSPECIFIED && frame->height >= HD_HEIGHT_PX);
    const float kr = hd ? 0.2126f : 0.299f, kb = hd ? 0.0722f : 0.114f, kg = 1 - kr - kb;
    const float luma = full ? 1 : 255 / 219.0f, chroma = full ? 2 : 2 * 255 / 224.0f;
    Picture *picture = picture_new((unsigned)frame->width, (unsigned)frame->height);

    for (int y = 0; y < frame->height; y++) {
        const uint8_t *luma_row = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
        const uint8_t *cb_row =
            frame->data[1] + (ptrdiff_t)(y >> format->log2_chroma_h) * frame->linesize[1];
        const uint8_t *cr_row =
            frame->data[2] + (ptrdiff_t)(y >> format->log2_chroma_h) * frame->linesize[2];
        uint8_t *pixel = picture->bgrx + (size_t)y * picture->stride_bytes;
        for (int x = 0; x < frame->width; x++, pixel += 4) {
            float level = (luma_row[x] - (full ? 0 : 16)) * luma;
            float cb = (cb_row[x >> format->log2_chroma_w] - 128) * chroma;
            float cr = (cr_row[x >> format->log2_chroma_w] - 128) * chroma;
            pixel[0] = clamp(level + cb * (1 - kb));
            pixel[1] = clamp(level - (cb * kb * (1 - kb) + cr * kr * (1 - kr)) / kg);
            pixel[2] = clamp(level + cr * (1 - kr));
        }
    }
    return picture;
}

Picture *reference_decode(const char *recording, guint unit, GError **error)
{
    Decoder decoder = {0};
    Picture *picture = NULL;

    if (decoder_init(&decoder, recording, error)) {
        int code = decode(&decoder, unit);
        const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(decoder.frame->format);
        if (code < 0)
            fail(error, recording, "has no picture for the access unit that was shown", code);
        else if (!format || !(format->flags & AV_PIX_FMT_FLAG_PLANAR) ||
                 (format->flags & AV_PIX_FMT_FLAG_RGB) || format->nb_components < 3 ||
                 format->comp[0].depth != 8 || (unsigned)decoder.frame->width > PICTURE_MAX_PX ||
                 (unsigned)decoder.frame->height > PICTURE_MAX_PX)
            fail(error, recording, "its pixel format cannot be compared", 0);
        else
            picture = convert(decoder.frame, format);
    }
    decoder_finish(&decoder);
    return picture;
}
