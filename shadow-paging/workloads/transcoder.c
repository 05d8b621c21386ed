/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/workloads/transcoder.h"

#include "media/video-file.h"

#include <gio/gio.h>
#include <libavcodec/avcodec.h>
#include <libswscale/swscale.h>

#define WIDTH_PX 1280
#define HEIGHT_PX 720
/* A stream of 720p30 as services send it. */
#define BITS_PER_SECOND 3000000
#define GPU_PAGE_BYTES 4096
/* A buffer for the coded frame that comes in, and one for that which goes out. */
#define STREAM_BYTES 65536

struct transcoder {
    char *recording;
    struct video_file *file;
    AVCodecContext *decoder, *encoder;
    struct SwsContext *scaler;
    AVFrame *decoded, *scaled[SURFACES_SCALED];
    AVPacket *packet;
    bool held[SURFACES_DECODED]; /* by the decoder, or by us */
    unsigned next_decoded;
    unsigned decoded_entries;
    unsigned frames;
};

/* A picture's memory is libavcodec's own; here it becomes a surface with a number. */
struct surface {
    struct transcoder *transcoder;
    unsigned number;
    AVBufferRef *memory[AV_NUM_DATA_POINTERS];
};

static bool fail(const struct transcoder *transcoder, const char *what, int result, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: cannot be transcoded: %s: %s",
                transcoder->recording, what, result ? av_err2str(result) : "it is not there");
    return false;
}

static void surface_free(void *opaque, uint8_t *data)
{
    struct surface *surface = opaque;

    surface->transcoder->held[surface->number] = false;
    for (unsigned i = 0; i < AV_NUM_DATA_POINTERS; i++)
        av_buffer_unref(&surface->memory[i]);
    g_free(surface);
}

/* In turn, so that a surface is not used again before all others were. */
static int take_surface(struct transcoder *transcoder)
{
    for (unsigned i = 0; i < SURFACES_DECODED; i++) {
        unsigned number = transcoder->next_decoded++ % SURFACES_DECODED;
        if (!transcoder->held[number]) {
            transcoder->held[number] = true;
            return (int)number;
        }
    }
    return -1;
}

static int get_buffer(AVCodecContext *decoder, AVFrame *frame, int flags)
{
    struct transcoder *transcoder = decoder->opaque;
    int result = avcodec_default_get_buffer2(decoder, frame, flags);
    int number = result < 0 ? -1 : take_surface(transcoder);

    if (number < 0)
        return result < 0 ? result : AVERROR(ENOBUFS);
    struct surface *surface = g_new0(struct surface, 1);
    size_t bytes = 0;
    surface->transcoder = transcoder;
    surface->number = (unsigned)number;
    for (unsigned i = 0; i < AV_NUM_DATA_POINTERS && frame->buf[i]; i++) {
        bytes += frame->buf[i]->size;
        surface->memory[i] = g_steal_pointer(&frame->buf[i]);
    }
    transcoder->decoded_entries =
        (unsigned)(((size_t)frame->width * (size_t)FFALIGN(frame->height, 16) * 3 / 2 +
                    GPU_PAGE_BYTES - 1) /
                   GPU_PAGE_BYTES);
    frame->buf[0] = av_buffer_create(frame->data[0], bytes, surface_free, surface, 0);
    return frame->buf[0] ? 0 : AVERROR(ENOMEM);
}

static bool open_decoder(struct transcoder *transcoder, GError **error)
{
    const AVCodecParameters *parameters = video_file_codec(transcoder->file);
    const AVCodec *codec = avcodec_find_decoder(parameters->codec_id);

    transcoder->decoder = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!transcoder->decoder)
        return fail(transcoder, "a decoder", 0, error);
    int result = avcodec_parameters_to_context(transcoder->decoder, parameters);
    transcoder->decoder->opaque = transcoder;
    transcoder->decoder->get_buffer2 = get_buffer;
    transcoder->decoder->thread_count = 1;
    transcoder->decoder->thread_type = FF_THREAD_SLICE; /* its surfaces are taken in this thread */
    if (result >= 0)
        result = avcodec_open2(transcoder->decoder, codec, NULL);
    return result >= 0 || fail(transcoder, "its decoder", result, error);
}

static bool open_encoder(struct transcoder *transcoder, GError **error)
{
    const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
    AVCodecContext *encoder = transcoder->encoder = codec ? avcodec_alloc_context3(codec) : NULL;
    AVDictionary *options = NULL;

    if (!encoder)
        return fail(transcoder, "libx264", 0, error);
    encoder->width = WIDTH_PX;
    encoder->height = HEIGHT_PX;
    encoder->time_base = (AVRational){1, 30};
    encoder->framerate = (AVRational){30, 1};
    encoder->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder->thread_count = 1;
    encoder->bit_rate = BITS_PER_SECOND;
    av_dict_set(&options, "preset", "ultrafast", 0);
    av_dict_set(&options, "tune", "zerolatency", 0);
    int result = avcodec_open2(encoder, codec, &options);
    av_dict_free(&options);
    return result >= 0 || fail(transcoder, "libx264", result, error);
}

static bool make_frames(struct transcoder *transcoder, GError **error)
{
    transcoder->decoded = av_frame_alloc();
    transcoder->packet = av_packet_alloc();
    for (unsigned i = 0; i < SURFACES_SCALED; i++) {
        AVFrame *frame = transcoder->scaled[i] = av_frame_alloc();
        frame->format = AV_PIX_FMT_YUV420P;
        frame->width = WIDTH_PX;
        frame->height = HEIGHT_PX;
        int result = av_frame_get_buffer(frame, 0);
        if (result < 0)
            return fail(transcoder, "memory", result, error);
    }
    return true;
}

struct transcoder *transcoder_create(const char *recording, GError **error)
{
    struct transcoder *transcoder = g_new0(struct transcoder, 1);

    transcoder->recording = g_strdup(recording);
    transcoder->file = video_file_open(recording, false, error);
    if (transcoder->file && open_decoder(transcoder, error) && open_encoder(transcoder, error) &&
        make_frames(transcoder, error))
        return transcoder;
    transcoder_destroy(transcoder);
    return NULL;
}

void transcoder_destroy(struct transcoder *transcoder)
{
    if (!transcoder)
        return;
    av_frame_free(&transcoder->decoded);
    for (unsigned i = 0; i < SURFACES_SCALED; i++)
        av_frame_free(&transcoder->scaled[i]);
    av_packet_free(&transcoder->packet);
    avcodec_free_context(&transcoder->decoder); /* gives its surfaces back */
    avcodec_free_context(&transcoder->encoder);
    sws_freeContext(transcoder->scaler);
    video_file_destroy(transcoder->file);
    g_free(transcoder->recording);
    g_free(transcoder);
}

/* The next packet, at the end of the file the first one again. */
static bool send_packet(struct transcoder *transcoder, GError **error)
{
    g_autoptr(GError) why = NULL;
    struct video_packet packet;

    if (!video_file_next(transcoder->file, &packet, &why)) {
        if (why) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        video_file_destroy(transcoder->file);
        avcodec_flush_buffers(transcoder->decoder);
        transcoder->file = video_file_open(transcoder->recording, false, error);
        if (!transcoder->file || !video_file_next(transcoder->file, &packet, error))
            return false;
    }
    int result = avcodec_send_packet(transcoder->decoder, packet.packet);
    return result >= 0 || fail(transcoder, "decoding", result, error);
}

static bool decode(struct transcoder *transcoder, GError **error)
{
    for (;;) {
        int result = avcodec_receive_frame(transcoder->decoder, transcoder->decoded);
        if (result >= 0)
            return true;
        if (result != AVERROR(EAGAIN))
            return fail(transcoder, "decoding", result, error);
        if (!send_packet(transcoder, error))
            return false;
    }
}

static bool scale(struct transcoder *transcoder, AVFrame *scaled, GError **error)
{
    const AVFrame *decoded = transcoder->decoded;

    transcoder->scaler = sws_getCachedContext(
        transcoder->scaler, decoded->width, decoded->height, (enum AVPixelFormat)decoded->format,
        WIDTH_PX, HEIGHT_PX, AV_PIX_FMT_YUV420P, SWS_FAST_BILINEAR, NULL, NULL, NULL);
    if (!transcoder->scaler)
        return fail(transcoder, "a scaler", 0, error);
    int result = av_frame_make_writable(scaled);
    if (result < 0)
        return fail(transcoder, "scaling", result, error);
    sws_scale(transcoder->scaler, (const uint8_t *const *)decoded->data, decoded->linesize, 0,
              decoded->height, scaled->data, scaled->linesize);
    return true;
}

static bool encode(struct transcoder *transcoder, AVFrame *scaled, GError **error)
{
    scaled->pts = transcoder->frames;
    int result = avcodec_send_frame(transcoder->encoder, scaled);
    if (result >= 0)
        result = avcodec_receive_packet(transcoder->encoder, transcoder->packet);
    av_packet_unref(transcoder->packet);
    return result >= 0 || result == AVERROR(EAGAIN) || fail(transcoder, "encoding", result, error);
}

static void add_use(struct surface_uses *uses, unsigned surface, size_t bytes)
{
    uses->uses[uses->n++] =
        (struct surface_use){surface, (unsigned)((bytes + GPU_PAGE_BYTES - 1) / GPU_PAGE_BYTES)};
}

bool transcoder_next(struct transcoder *transcoder, struct surface_uses *ret_uses, GError **error)
{
    const unsigned number = transcoder->frames % SURFACES_SCALED;
    AVFrame *scaled = transcoder->scaled[number];
    const unsigned streams = SURFACES_DECODED + SURFACES_SCALED;

    if (!decode(transcoder, error) || !scale(transcoder, scaled, error) ||
        !encode(transcoder, scaled, error))
        return false;
    ret_uses->n = 0;
    for (unsigned i = 0; i < SURFACES_DECODED; i++) {
        if (transcoder->held[i])
            ret_uses->uses[ret_uses->n++] = (struct surface_use){i, transcoder->decoded_entries};
    }
    add_use(ret_uses, SURFACES_DECODED + number, WIDTH_PX * HEIGHT_PX * 3 / 2);
    add_use(ret_uses, streams + 2 * transcoder->frames % SURFACES_STREAM, STREAM_BYTES);
    add_use(ret_uses, streams + (2 * transcoder->frames + 1) % SURFACES_STREAM, STREAM_BYTES);
    transcoder->frames++;
    av_frame_unref(transcoder->decoded);
    return true;
}
