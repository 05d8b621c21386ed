#include "harness/common/decoder.h"

#include <gio/gio.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/pixdesc.h>
#include <string.h>

/* From this height on an undeclared recording is taken for BT.709, as
 * GStreamer does. */
#define HD_HEIGHT_PX 577
#define RAW_FPS 30

struct Decoder {
    char *recording;
    AVFormatContext *format;
    AVCodecContext *codec;
    AVPacket *packet;
    AVFrame *frame;
    int stream;
    gint64 units; /* sent so far */
    gboolean ended;
};

static gboolean fail(const Decoder *decoder, const char *what, int code, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s%s%s", decoder->recording, what,
                code < 0 ? ": " : "", code < 0 ? av_err2str(code) : "");
    return FALSE;
}

static gboolean open_file(Decoder *decoder, GError **error)
{
    /* Libavformat opens addresses of the network too. */
    g_autofree char *url = g_strconcat("file:", decoder->recording, NULL);
    AVDictionary *options = NULL;

    av_dict_set(&options, "protocol_whitelist", "file", 0);
    int code = avformat_open_input(&decoder->format, url, NULL, &options);
    av_dict_free(&options);
    if (code >= 0)
        code = avformat_find_stream_info(decoder->format, NULL);
    return code >= 0 || fail(decoder, "cannot be read", code, error);
}

static gboolean open_codec(Decoder *decoder, unsigned threads, GError **error)
{
    const AVCodec *codec = NULL;

    decoder->stream = av_find_best_stream(decoder->format, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
    if (decoder->stream < 0 || !codec)
        return fail(decoder, "no video that can be decoded", 0, error);

    decoder->codec = avcodec_alloc_context3(codec);
    decoder->packet = av_packet_alloc();
    decoder->frame = av_frame_alloc();
    int code = avcodec_parameters_to_context(decoder->codec,
                                             decoder->format->streams[decoder->stream]->codecpar);
    decoder->codec->thread_count = (int)threads;
    if (code >= 0)
        code = avcodec_open2(decoder->codec, codec, NULL);
    return code >= 0 || fail(decoder, "cannot be decoded", code, error);
}

Decoder *decoder_open(const char *recording, unsigned threads, GError **error)
{
    g_autoptr(Decoder) decoder = g_new0(Decoder, 1);
    decoder->recording = g_strdup(recording);
    return open_file(decoder, error) && open_codec(decoder, threads, error)
               ? g_steal_pointer(&decoder)
               : NULL;
}

void decoder_close(Decoder *decoder)
{
    if (!decoder)
        return;
    avformat_close_input(&decoder->format);
    avcodec_free_context(&decoder->codec);
    av_packet_free(&decoder->packet);
    av_frame_free(&decoder->frame);
    g_free(decoder->recording);
    g_free(decoder);
}

/* Sends the next access unit, its number as its time, or the end. */
static int send_next(Decoder *decoder)
{
    int code;

    while ((code = av_read_frame(decoder->format, decoder->packet)) >= 0) {
        if (decoder->packet->stream_index == decoder->stream) {
            decoder->packet->pts = decoder->units++;
            code = avcodec_send_packet(decoder->codec, decoder->packet);
            av_packet_unref(decoder->packet);
            return code;
        }
        av_packet_unref(decoder->packet);
    }
    return code == AVERROR_EOF ? avcodec_send_packet(decoder->codec, NULL) : code;
}

gboolean decoder_next(Decoder *decoder, const AVFrame **ret_frame, guint *ret_unit, GError **error)
{
    int code = decoder->ended ? AVERROR_EOF : 0;

    while (code >= 0) {
        code = avcodec_receive_frame(decoder->codec, decoder->frame);
        if (code >= 0) {
            *ret_frame = decoder->frame;
            if (ret_unit)
                *ret_unit = (guint)decoder->frame->pts;
            return TRUE;
        }
        if (code == AVERROR(EAGAIN))
            code = send_next(decoder);
    }
    decoder->ended = TRUE;
    if (code == AVERROR_EOF)
        return FALSE;
    g_autofree char *what =
        g_strdup_printf("access unit %" G_GINT64_FORMAT " cannot be decoded", decoder->units);
    return fail(decoder, what, code, error);
}

void decoder_rate(const Decoder *decoder, guint *ret_num, guint *ret_den)
{
    AVStream *stream = decoder->format->streams[decoder->stream];
    AVRational rate = {RAW_FPS, 1};

    if (!g_str_equal(decoder->format->iformat->name, "h264"))
        rate = av_guess_frame_rate(decoder->format, stream, NULL);
    gboolean known = rate.num > 0 && rate.den > 0;
    *ret_num = known ? (guint)rate.num : 0;
    *ret_den = known ? (guint)rate.den : 1;
}

DecoderColours decoder_colours(const AVFrame *frame)
{
    return (DecoderColours){
        .full_range = frame->color_range == AVCOL_RANGE_JPEG ||
                      frame->format == AV_PIX_FMT_YUVJ420P ||
                      frame->format == AV_PIX_FMT_YUVJ444P,
        .bt709 = frame->colorspace == AVCOL_SPC_BT709 ||
                 (frame->colorspace == AVCOL_SPC_UNSPECIFIED && frame->height >= HD_HEIGHT_PX),
    };
}

gboolean decoder_is_planar(const AVFrame *frame)
{
    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);

    if (!format || !(format->flags & AV_PIX_FMT_FLAG_PLANAR) || format->nb_components < 3)
        return FALSE;
    for (int i = 0; i < 3; i++) { /* NV12 is planar too, but two share a plane */
        if (format->comp[i].depth != 8 || format->comp[i].step != 1)
            return FALSE;
    }
    return TRUE;
}
