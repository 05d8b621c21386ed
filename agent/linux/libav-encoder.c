/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/linux/libav-encoder.h"

#include "agent/os/thread.h"
#include "agent/queue.h"
#include "protocol/access-unit.h"

#include <errno.h>
#include <libavutil/hwcontext.h>
#include <libyuv/convert.h>
#include <libyuv/convert_from_argb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERRNO_MAX 4095

/* What a picture becomes on its way through the thread. */
struct work {
    struct encoder_picture picture;
    bool key;
    uint32_t kbps; /* the bitrate from this picture on */
};

struct done {
    struct encoder_unit unit;
    int error; /* 0 or negative errno; then there is no unit */
};

/* The capturing thread's, but for what the encoder's own thread has while it runs. */
struct libav {
    struct encoder encoder;
    const struct libav_kind *kind;
    AVDictionary *options;
    bool is_open;
    bool busy; /* a picture was submitted, its unit not yet got */
    bool key_wanted;
    uint32_t kbps;
    struct queue works; /* struct work */
    struct queue dones; /* struct done */
    struct os_thread *thread;
    struct encoder_settings settings; /* while it is open */
    /* of its own thread */
    AVCodecContext *codec;
    uint32_t codec_kbps; /* that it was opened for, or has had since */
    AVFrame *frame;      /* in the system's memory */
    AVFrame *surface;    /* in the device's, if there is one */
    AVPacket *packet;
    uint8_t *joined; /* parameter sets and a unit */
    char error[LIBAV_ENCODER_TEXT_BYTES];
};

static struct libav *libav_of(struct encoder *encoder)
{
    return (struct libav *)encoder;
}

static int fail(struct libav *self, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int fail(struct libav *self, int error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(self->error, sizeof self->error, format, args);
    va_end(args);
    return error < -ERRNO_MAX ? -EIO : error; /* FFmpeg has numbers of its own */
}

/* --- its own thread -------------------------------------------------------------- */

static void use_bitrate(struct libav *self, uint32_t kbps)
{
    AVCodecContext *codec = self->codec;
    int64_t bits_per_s = kbps * INT64_C(1000);

    codec->rc_max_rate = bits_per_s;
    if (self->kind->buffer_parts_per_s)
        codec->rc_buffer_size = (int)(bits_per_s / self->kind->buffer_parts_per_s);
    codec->bit_rate = bits_per_s; /* libx264 takes no notice of it with crf */
    self->codec_kbps = kbps;
}

/* Begins a context, with the pictures' memory of the one before, if there is one. */
static int open_codec(struct libav *self, uint32_t kbps, AVBufferRef *frames)
{
    const struct libav_kind *kind = self->kind;
    const struct encoder_settings *settings = &self->settings;
    const AVCodec *with = avcodec_find_encoder_by_name(kind->name);
    AVCodecContext *codec = self->codec = with ? avcodec_alloc_context3(with) : NULL;
    AVDictionary *options = NULL;
    int result = 0;

    if (!with)
        return fail(self, -ENOSYS, "libavcodec was built without %s: install another build",
                    kind->name);
    if (!codec)
        return fail(self, -ENOMEM, "%s: memory is short", kind->name);
    codec->width = (int)settings->width_px;
    codec->height = (int)settings->height_px;
    codec->framerate = (AVRational){(int)settings->fps_num, (int)settings->fps_den};
    codec->time_base = av_inv_q(codec->framerate);
    codec->pix_fmt = kind->pictures;
    codec->thread_count = 1;
    codec->colorspace = AVCOL_SPC_SMPTE170M; /* what libyuv computes */
    codec->color_primaries = AVCOL_PRI_BT709;
    codec->color_trc = AVCOL_TRC_BT709;
    codec->color_range = AVCOL_RANGE_MPEG;
    use_bitrate(self, kbps);
    if (frames) {
        codec->pix_fmt = ((AVHWFramesContext *)frames->data)->format;
        codec->hw_frames_ctx = av_buffer_ref(frames);
        result = codec->hw_frames_ctx ? 0 : -ENOMEM;
    } else if (kind->use_device) {
        result = kind->use_device(codec, kind->pictures, self->error);
    }
    if (result < 0)
        return result;
    for (unsigned i = 0; kind->options[i][0]; i++)
        av_dict_set(&options, kind->options[i][0], kind->options[i][1], 0);
    av_dict_copy(&options, self->options, 0);
    result = avcodec_open2(codec, with, &options);
    if (result >= 0 && av_dict_count(options) > 0)
        result = -EINVAL; /* an option that it does not know */
    av_dict_free(&options);
    if (result == AVERROR_EXTERNAL)
        result = -EINVAL;
    return result >= 0 ? 0
                       : fail(self, result, "%s cannot encode %ux%u at %u kbit/s: %s", kind->name,
                              settings->width_px, settings->height_px, kbps, av_err2str(result));
}

/* With the same surfaces. */
static int open_codec_again(struct libav *self, uint32_t kbps)
{
    AVBufferRef *frames =
        self->codec->hw_frames_ctx ? av_buffer_ref(self->codec->hw_frames_ctx) : NULL;

    avcodec_free_context(&self->codec);
    int result = open_codec(self, kbps, frames);
    av_buffer_unref(&frames);
    return result;
}

static int convert(struct libav *self, const struct encoder_picture *picture)
{
    AVFrame *frame = self->frame;
    int stride_bytes = (int)picture->stride_bytes;
    /* libx264 may have kept a reference to the picture before. */
    int result = av_frame_make_writable(frame);

    if (result < 0)
        return result;
    /* libyuv's name for these four bytes is that of a little-endian word. */
    if (frame->format == AV_PIX_FMT_NV12)
        result = ARGBToNV12(picture->bgrx, stride_bytes, frame->data[0], frame->linesize[0],
                            frame->data[1], frame->linesize[1], frame->width, frame->height);
    else
        result = ARGBToI420(picture->bgrx, stride_bytes, frame->data[0], frame->linesize[0],
                            frame->data[1], frame->linesize[1], frame->data[2], frame->linesize[2],
                            frame->width, frame->height);
    return result == 0 ? 0 : -EINVAL;
}

/* The picture where the encoder reads it. */
static int upload(struct libav *self, AVFrame **ret_frame)
{
    *ret_frame = self->frame;
    if (!self->codec->hw_frames_ctx)
        return 0;
    av_frame_unref(self->surface);
    int result = av_hwframe_get_buffer(self->codec->hw_frames_ctx, self->surface, 0);
    if (result >= 0)
        result = av_hwframe_transfer_data(self->surface, self->frame, 0);
    if (result >= 0)
        result = av_frame_copy_props(self->surface, self->frame);
    *ret_frame = self->surface;
    return result;
}

/* A decoder must be able to start at a key frame: one that has no parameter sets gets those
 * that the encoder keeps beside. */
static int complete(struct libav *self, struct encoder_unit *unit)
{
    struct access_unit seen;
    size_t sets_bytes = self->codec->extradata ? (size_t)self->codec->extradata_size : 0;

    if (!access_unit_scan(self->kind->codec, unit->bytes, unit->size, &seen) || !seen.has_slice)
        return -EPROTO;
    unit->key = access_unit_is_key_frame(&seen);
    if (unit->key || !seen.has_idr)
        return 0;
    uint8_t *joined = sets_bytes ? realloc(self->joined, sets_bytes + unit->size) : NULL;
    if (!joined)
        return sets_bytes ? -ENOMEM : -EPROTO;
    self->joined = joined;
    memcpy(joined, self->codec->extradata, sets_bytes);
    memcpy(joined + sets_bytes, unit->bytes, unit->size);
    unit->bytes = joined;
    unit->size += sets_bytes;
    access_unit_scan(self->kind->codec, unit->bytes, unit->size, &seen);
    unit->key = access_unit_is_key_frame(&seen);
    return unit->key ? 0 : -EPROTO;
}

static int encode_picture(struct libav *self, const struct work *work,
                          struct encoder_unit *ret_unit)
{
    AVFrame *frame;
    int result = convert(self, &work->picture);

    if (result == 0 && work->kbps != self->codec_kbps) {
        if (self->kind->opens_for_bitrate)
            result = open_codec_again(self, work->kbps);
        else
            use_bitrate(self, work->kbps);
    }
    if (result < 0)
        return result;
    self->frame->pts++;
    self->frame->pict_type = work->key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    result = upload(self, &frame);
    if (result >= 0)
        result = avcodec_send_frame(self->codec, frame);
    if (result >= 0)
        result = avcodec_receive_packet(self->codec, self->packet);
    if (result < 0) /* without delay one picture gives one unit at once */
        return result == AVERROR(EAGAIN) ? -EPROTO : result;
    *ret_unit = (struct encoder_unit){
        .bytes = self->packet->data,
        .size = (size_t)self->packet->size,
        .planned_ns = work->picture.planned_ns,
    };
    return complete(self, ret_unit);
}

static int encode(struct libav *self, const struct work *work, struct encoder_unit *ret_unit)
{
    self->error[0] = '\0';
    int result = encode_picture(self, work, ret_unit);
    if (result < 0 && !self->error[0])
        return fail(self, result, "%s failed at a picture: %s", self->kind->name,
                    av_err2str(result));
    return result;
}

/* Opens here too, because libx264's own threads get the name of the one that opens it. The first
 * answer is how that went. */
static void run(void *data)
{
    struct libav *self = data;
    const struct done opened = {.error = open_codec(self, self->settings.kbps, NULL)};
    struct work work;

    queue_push(&self->dones, &opened);
    while (queue_pop(&self->works, &work, QUEUE_FOREVER) == QUEUE_GOT) {
        struct done done = {.error = 0};
        done.error = encode(self, &work, &done.unit);
        queue_push(&self->dones, &done);
    }
}

/* --- the caller's thread --------------------------------------------------------- */

static void libav_close(struct encoder *encoder)
{
    struct libav *self = libav_of(encoder);

    if (self->thread) {
        queue_close(&self->works);
        os_thread_join(self->thread);
        self->thread = NULL;
    }
    if (self->is_open) {
        queue_finish(&self->works);
        queue_finish(&self->dones);
    }
    self->is_open = self->busy = self->key_wanted = false;
    avcodec_free_context(&self->codec);
    av_frame_free(&self->frame);
    av_frame_free(&self->surface);
    av_packet_free(&self->packet);
}

static int open_buffers(struct libav *self)
{
    AVFrame *frame = self->frame = av_frame_alloc();

    self->surface = av_frame_alloc();
    self->packet = av_packet_alloc();
    if (!frame || !self->surface || !self->packet)
        return -ENOMEM;
    frame->format = self->kind->pictures;
    frame->width = self->codec->width;
    frame->height = self->codec->height;
    frame->colorspace = self->codec->colorspace;
    frame->color_range = self->codec->color_range;
    frame->pts = -1;
    return av_frame_get_buffer(frame, 0);
}

/* Once the codec is open. */
static int start_thread(struct libav *self)
{
    struct done opened;
    int error = queue_init(&self->works, sizeof(struct work), NULL);

    if (error < 0)
        return error;
    error = queue_init(&self->dones, sizeof(struct done), NULL);
    if (error < 0) {
        queue_finish(&self->works);
        return error;
    }
    self->is_open = true;
    self->thread = os_thread_create(LIBAV_ENCODER_THREAD, run, self, &error);
    if (!self->thread)
        return error;
    queue_pop(&self->dones, &opened, QUEUE_FOREVER);
    return opened.error;
}

static int libav_open(struct encoder *encoder, const struct encoder_settings *settings)
{
    struct libav *self = libav_of(encoder);

    if (self->is_open)
        return -EBUSY;
    if (settings->width_px == 0 || settings->height_px == 0 || settings->width_px % 2 != 0 ||
        settings->height_px % 2 != 0 || settings->width_px > INT16_MAX ||
        settings->height_px > INT16_MAX || settings->fps_num == 0 || settings->fps_den == 0 ||
        settings->kbps == 0 || settings->kbps > INT32_MAX / 1000)
        return fail(self, -EINVAL, "%s cannot have pictures of %ux%u", self->kind->name,
                    settings->width_px, settings->height_px);
    self->kbps = settings->kbps;
    self->settings = *settings;
    self->error[0] = '\0';
    int result = start_thread(self);
    if (result == 0)
        result = open_buffers(self);
    if (result < 0 && !self->error[0])
        result = fail(self, result, "%s cannot begin: %s", self->kind->name, av_err2str(result));
    if (result < 0)
        libav_close(encoder);
    return result;
}

static int libav_submit(struct encoder *encoder, const struct encoder_picture *picture)
{
    struct libav *self = libav_of(encoder);
    const struct work work = {*picture, self->key_wanted, self->kbps};

    if (!self->is_open)
        return -EINVAL;
    if (self->busy)
        return -EBUSY;
    self->busy = true;
    self->key_wanted = false;
    queue_push(&self->works, &work);
    return 0;
}

static int libav_get(struct encoder *encoder, int64_t deadline_ns, struct encoder_unit *ret_unit)
{
    struct libav *self = libav_of(encoder);
    struct done done;

    if (!self->busy || queue_pop(&self->dones, &done, deadline_ns) != QUEUE_GOT)
        return -EAGAIN;
    self->busy = false;
    if (done.error == 0)
        *ret_unit = done.unit;
    return done.error;
}

static void libav_force_key(struct encoder *encoder)
{
    libav_of(encoder)->key_wanted = true;
}

static void libav_set_bitrate(struct encoder *encoder, uint32_t kbps)
{
    if (kbps > 0 && kbps <= INT32_MAX / 1000)
        libav_of(encoder)->kbps = kbps;
}

static const char *libav_error(const struct encoder *encoder)
{
    return ((const struct libav *)encoder)->error;
}

static void libav_destroy(struct encoder *encoder)
{
    struct libav *self = libav_of(encoder);

    libav_close(encoder);
    av_dict_free(&self->options);
    free(self->joined);
    free(self);
}

static const struct encoder_class libav_class = {
    .open = libav_open,
    .submit = libav_submit,
    .get = libav_get,
    .force_key = libav_force_key,
    .set_bitrate = libav_set_bitrate,
    .error = libav_error,
    .close = libav_close,
    .destroy = libav_destroy,
};

struct encoder *libav_encoder_create(const struct libav_kind *kind, const char *const *options)
{
    struct libav *self = calloc(1, sizeof *self);

    if (!self)
        return NULL;
    self->encoder.class = &libav_class;
    self->kind = kind;
    for (unsigned i = 0; options && options[i]; i += 2) {
        if (av_dict_set(&self->options, options[i], options[i + 1], 0) < 0) {
            libav_destroy(&self->encoder);
            return NULL;
        }
    }
    return &self->encoder;
}
