/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/linux/x264.h"

#include "agent/os/thread.h"
#include "agent/queue.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
#include <libyuv/convert.h>
#include <stdlib.h>
#include <string.h>

/* The buffer that the rate control may empty at once: an eighth of a second would spoil
 * key frames, half of one lets them stand in a slow link. */
#define BUFFER_PARTS_PER_S 4

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
struct x264 {
    struct encoder encoder;
    AVDictionary *options;
    bool is_open;
    bool busy; /* a picture was submitted, its unit not yet got */
    bool key_wanted;
    uint32_t kbps;
    struct queue works; /* struct work */
    struct queue dones; /* struct done */
    struct os_thread *thread;
    /* of its own thread */
    AVCodecContext *codec;
    AVFrame *frame;
    AVPacket *packet;
};

static struct x264 *x264_of(struct encoder *encoder)
{
    return (struct x264 *)encoder;
}

/* --- its own thread -------------------------------------------------------------- */

static void use_bitrate(AVCodecContext *codec, uint32_t kbps)
{
    codec->rc_max_rate = kbps * INT64_C(1000);
    codec->rc_buffer_size = (int)(kbps * INT64_C(1000) / BUFFER_PARTS_PER_S);
    codec->bit_rate = codec->rc_max_rate; /* libx264 takes no notice of it with crf */
}

static int convert(struct x264 *self, const struct encoder_picture *picture)
{
    AVFrame *frame = self->frame;
    /* libx264 may have kept a reference to the picture before. */
    int result = av_frame_make_writable(frame);

    if (result < 0)
        return result;
    /* libyuv's name for these four bytes is that of a little-endian word. */
    if (ARGBToI420(picture->bgrx, (int)picture->stride_bytes, frame->data[0], frame->linesize[0],
                   frame->data[1], frame->linesize[1], frame->data[2], frame->linesize[2],
                   frame->width, frame->height) != 0)
        return -EINVAL;
    return 0;
}

static int encode(struct x264 *self, const struct work *work, struct encoder_unit *ret_unit)
{
    int result = convert(self, &work->picture);

    if (result < 0)
        return result;
    use_bitrate(self->codec, work->kbps);
    self->frame->pts++;
    self->frame->pict_type = work->key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    result = avcodec_send_frame(self->codec, self->frame);
    if (result >= 0)
        result = avcodec_receive_packet(self->codec, self->packet);
    if (result < 0) /* without delay one picture gives one unit at once */
        return result == AVERROR(EAGAIN) ? -EPROTO : result;
    *ret_unit = (struct encoder_unit){
        .bytes = self->packet->data,
        .size = (size_t)self->packet->size,
        .key = (self->packet->flags & AV_PKT_FLAG_KEY) != 0,
        .planned_ns = work->picture.planned_ns,
    };
    return 0;
}

static void run(void *data)
{
    struct x264 *self = data;
    struct work work;

    while (queue_pop(&self->works, &work, QUEUE_FOREVER) == QUEUE_GOT) {
        struct done done = {.error = 0};
        done.error = encode(self, &work, &done.unit);
        queue_push(&self->dones, &done);
    }
}

/* --- the caller's thread --------------------------------------------------------- */

static void x264_close(struct encoder *encoder)
{
    struct x264 *self = x264_of(encoder);

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
    av_packet_free(&self->packet);
}

static int open_codec(struct x264 *self, const struct encoder_settings *settings)
{
    static const char *const low_delay[][2] = {
        {"tune", "zerolatency"},
        {"bf", "0"},
        {"refs", "1"},
        {"forced-idr", "1"}, /* a key frame by request is an IDR picture */
    };
    const AVCodec *with = avcodec_find_encoder_by_name("libx264");
    AVCodecContext *codec = self->codec = with ? avcodec_alloc_context3(with) : NULL;
    AVDictionary *options = NULL;

    if (!codec)
        return with ? -ENOMEM : -ENOSYS;
    codec->width = (int)settings->width_px;
    codec->height = (int)settings->height_px;
    codec->framerate = (AVRational){(int)settings->fps_num, (int)settings->fps_den};
    codec->time_base = av_inv_q(codec->framerate);
    codec->pix_fmt = AV_PIX_FMT_YUV420P;
    codec->thread_count = 1;
    codec->colorspace = AVCOL_SPC_SMPTE170M; /* what ARGBToI420 computes */
    codec->color_primaries = AVCOL_PRI_BT709;
    codec->color_trc = AVCOL_TRC_BT709;
    codec->color_range = AVCOL_RANGE_MPEG;
    use_bitrate(codec, settings->kbps);
    for (unsigned i = 0; i < sizeof low_delay / sizeof *low_delay; i++)
        av_dict_set(&options, low_delay[i][0], low_delay[i][1], 0);
    av_dict_copy(&options, self->options, 0);
    int result = avcodec_open2(codec, with, &options);
    if (result >= 0 && av_dict_count(options) > 0)
        result = -EINVAL; /* an option that it does not know */
    av_dict_free(&options);
    return result >= 0 ? 0 : result == AVERROR_EXTERNAL ? -EINVAL : result;
}

static int open_buffers(struct x264 *self)
{
    AVFrame *frame = self->frame = av_frame_alloc();

    self->packet = av_packet_alloc();
    if (!frame || !self->packet)
        return -ENOMEM;
    frame->format = self->codec->pix_fmt;
    frame->width = self->codec->width;
    frame->height = self->codec->height;
    frame->colorspace = self->codec->colorspace;
    frame->color_range = self->codec->color_range;
    frame->pts = -1;
    return av_frame_get_buffer(frame, 0);
}

static int start_thread(struct x264 *self)
{
    int error = queue_init(&self->works, sizeof(struct work), NULL);

    if (error < 0)
        return error;
    error = queue_init(&self->dones, sizeof(struct done), NULL);
    if (error < 0) {
        queue_finish(&self->works);
        return error;
    }
    self->is_open = true;
    self->thread = os_thread_create(X264_THREAD, run, self, &error);
    return self->thread ? 0 : error;
}

static int x264_open(struct encoder *encoder, const struct encoder_settings *settings)
{
    struct x264 *self = x264_of(encoder);

    if (self->is_open)
        return -EBUSY;
    if (settings->width_px == 0 || settings->height_px == 0 || settings->width_px % 2 != 0 ||
        settings->height_px % 2 != 0 || settings->width_px > INT16_MAX ||
        settings->height_px > INT16_MAX || settings->fps_num == 0 || settings->fps_den == 0 ||
        settings->kbps == 0 || settings->kbps > INT32_MAX / 1000)
        return -EINVAL;
    self->kbps = settings->kbps;
    int result = open_codec(self, settings);
    if (result == 0)
        result = open_buffers(self);
    if (result == 0)
        result = start_thread(self);
    if (result < 0)
        x264_close(encoder);
    return result;
}

static int x264_submit(struct encoder *encoder, const struct encoder_picture *picture)
{
    struct x264 *self = x264_of(encoder);
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

static int x264_get(struct encoder *encoder, int64_t deadline_ns, struct encoder_unit *ret_unit)
{
    struct x264 *self = x264_of(encoder);
    struct done done;

    if (!self->busy || queue_pop(&self->dones, &done, deadline_ns) != QUEUE_GOT)
        return -EAGAIN;
    self->busy = false;
    if (done.error == 0)
        *ret_unit = done.unit;
    return done.error;
}

static void x264_force_key(struct encoder *encoder)
{
    x264_of(encoder)->key_wanted = true;
}

static void x264_set_bitrate(struct encoder *encoder, uint32_t kbps)
{
    if (kbps > 0 && kbps <= INT32_MAX / 1000)
        x264_of(encoder)->kbps = kbps;
}

static void x264_destroy(struct encoder *encoder)
{
    struct x264 *self = x264_of(encoder);

    x264_close(encoder);
    av_dict_free(&self->options);
    free(self);
}

static const struct encoder_class x264_class = {
    .open = x264_open,
    .submit = x264_submit,
    .get = x264_get,
    .force_key = x264_force_key,
    .set_bitrate = x264_set_bitrate,
    .close = x264_close,
    .destroy = x264_destroy,
};

struct encoder *x264_create(const char *const *options)
{
    struct x264 *self = calloc(1, sizeof *self);

    if (!self)
        return NULL;
    self->encoder.class = &x264_class;
    for (unsigned i = 0; options && options[i]; i += 2) {
        if (av_dict_set(&self->options, options[i], options[i + 1], 0) < 0) {
            x264_destroy(&self->encoder);
            return NULL;
        }
    }
    return &self->encoder;
}
