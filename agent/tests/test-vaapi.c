/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The encoder of a graphics card, without one: libavcodec's functions that need it are doubles
 * (by the linker's --wrap). Its surfaces lie in the system's memory, and the encoder is libx264.
 * What the real one is asked for is held against the options that it has. */
#include "agent/linux/render-node.h"
#include "agent/linux/vaapi.h"
#include "media/barcode.h"
#include "protocol/access-unit.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavutil/hwcontext.h>
#include <libavutil/opt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>
#include <cmocka.h>

#define WIDTH_PX 640
#define HEIGHT_PX 360
#define STRIDE_BYTES (WIDTH_PX * 4)
#define FOREVER INT64_MAX

static const struct encoder_settings usual = {
    .width_px = WIDTH_PX, .height_px = HEIGHT_PX, .fps_num = 30, .fps_den = 1, .kbps = 2000};

static struct encoder *encoder;
static uint8_t pixels[STRIDE_BYTES * HEIGHT_PX];

/* --- the doubles ----------------------------------------------------------------------- */

static struct {
    bool not_built;
    int devices_error, device_error, surfaces_error, upload_error, open_error;
    drmDevice cards[2];
    drmDevicePtr card_pointers[2];
    char encoder_name[32], device[32];
    char *options;
    unsigned devices, opened, uploads;
    int64_t bit_rate, max_rate;
    int buffer_size;
} doubles;

const AVCodec *__real_avcodec_find_encoder_by_name(const char *name);
const AVCodec *__wrap_avcodec_find_encoder_by_name(const char *name);
int __real_avcodec_open2(AVCodecContext *context, const AVCodec *codec, AVDictionary **options);
int __wrap_avcodec_open2(AVCodecContext *context, const AVCodec *codec, AVDictionary **options);
int __wrap_av_hwdevice_ctx_create(AVBufferRef **ret, enum AVHWDeviceType type, const char *device,
                                  AVDictionary *options, int flags);
AVBufferRef *__wrap_av_hwframe_ctx_alloc(AVBufferRef *device);
int __wrap_av_hwframe_ctx_init(AVBufferRef *frames);
int __wrap_av_hwframe_get_buffer(AVBufferRef *frames, AVFrame *frame, int flags);
int __wrap_av_hwframe_transfer_data(AVFrame *to, const AVFrame *from, int flags);
int __wrap_drmGetDevices2(uint32_t flags, drmDevicePtr devices[], int max);
void __wrap_drmFreeDevices(drmDevicePtr devices[], int count);

const AVCodec *__wrap_avcodec_find_encoder_by_name(const char *name)
{
    strncpy(doubles.encoder_name, name, sizeof doubles.encoder_name - 1);
    return doubles.not_built ? NULL : __real_avcodec_find_encoder_by_name("libx264");
}

/* In the system's memory, and with parameter sets beside the units instead of inside. */
int __wrap_avcodec_open2(AVCodecContext *context, const AVCodec *codec, AVDictionary **options)
{
    AVBufferRef *frames = context->hw_frames_ctx;
    AVDictionary *own = NULL;

    assert_int_equal(context->pix_fmt, AV_PIX_FMT_VAAPI);
    av_freep(&doubles.options);
    av_dict_get_string(*options, &doubles.options, '=', ' ');
    doubles.bit_rate = context->bit_rate;
    doubles.max_rate = context->rc_max_rate;
    doubles.buffer_size = context->rc_buffer_size;
    doubles.opened++;
    if (doubles.open_error)
        return doubles.open_error;
    context->pix_fmt = AV_PIX_FMT_NV12;
    context->hw_frames_ctx = NULL;
    av_dict_parse_string(
        &own, "preset=ultrafast:tune=zerolatency:forced-idr=1:flags=+global_header", "=", ":", 0);
    int result = __real_avcodec_open2(context, codec, &own);
    context->hw_frames_ctx = frames;
    av_dict_free(&own);
    av_dict_free(options);
    return result;
}

int __wrap_av_hwdevice_ctx_create(AVBufferRef **ret, enum AVHWDeviceType type, const char *device,
                                  AVDictionary *options, int flags)
{
    (void)options;
    (void)flags;
    assert_int_equal(type, AV_HWDEVICE_TYPE_VAAPI);
    strncpy(doubles.device, device, sizeof doubles.device - 1);
    doubles.devices++;
    if (doubles.device_error)
        return doubles.device_error;
    *ret = av_buffer_allocz(1);
    return 0;
}

AVBufferRef *__wrap_av_hwframe_ctx_alloc(AVBufferRef *device)
{
    assert_non_null(device);
    return av_buffer_allocz(sizeof(AVHWFramesContext));
}

int __wrap_av_hwframe_ctx_init(AVBufferRef *frames)
{
    const AVHWFramesContext *of = (const AVHWFramesContext *)frames->data;

    assert_int_equal(of->format, AV_PIX_FMT_VAAPI);
    assert_int_equal(of->sw_format, AV_PIX_FMT_NV12);
    assert_int_equal(of->width, WIDTH_PX);
    assert_int_equal(of->height, HEIGHT_PX);
    return doubles.surfaces_error;
}

int __wrap_av_hwframe_get_buffer(AVBufferRef *frames, AVFrame *frame, int flags)
{
    (void)frames;
    (void)flags;
    frame->format = AV_PIX_FMT_NV12;
    frame->width = WIDTH_PX;
    frame->height = HEIGHT_PX;
    return av_frame_get_buffer(frame, 0);
}

int __wrap_av_hwframe_transfer_data(AVFrame *to, const AVFrame *from, int flags)
{
    (void)flags;
    doubles.uploads++;
    return doubles.upload_error ? doubles.upload_error : av_frame_copy(to, from);
}

int __wrap_drmGetDevices2(uint32_t flags, drmDevicePtr devices[], int max)
{
    (void)flags;
    assert_true(max >= 2);
    if (doubles.devices_error)
        return doubles.devices_error;
    memcpy(devices, doubles.card_pointers, sizeof doubles.card_pointers);
    return 2;
}

void __wrap_drmFreeDevices(drmDevicePtr devices[], int count)
{
    (void)devices;
    (void)count;
}

/* --- what each test begins with: a vGPU with a render node, and a card ----------------------- */

static int set_up(void **state)
{
    static char vgpu_node[] = "/dev/dri/renderD128", card_node[] = "/dev/dri/renderD129";
    static char *nodes[2][DRM_NODE_MAX];
    static drmPciDeviceInfo infos[2] = {{.vendor_id = 0x1af4}, {.vendor_id = 0x1002}};

    (void)state;
    memset(&doubles, 0, sizeof doubles);
    nodes[0][DRM_NODE_RENDER] = vgpu_node;
    nodes[1][DRM_NODE_RENDER] = card_node;
    for (unsigned i = 0; i < 2; i++) {
        doubles.cards[i] = (drmDevice){.nodes = nodes[i],
                                       .available_nodes = 1 << DRM_NODE_RENDER,
                                       .bustype = DRM_BUS_PCI,
                                       .deviceinfo = {.pci = &infos[i]}};
        doubles.card_pointers[i] = &doubles.cards[i];
    }
    encoder = vaapi_create(PORT_CODEC_H264);
    return encoder ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    encoder->class->destroy(encoder);
    av_freep(&doubles.options);
    return 0;
}

static void open_encoder(void)
{
    assert_int_equal(encoder->class->open(encoder, &usual), 0);
}

static int encode(uint16_t number, struct encoder_unit *ret_unit)
{
    memset(pixels, 0x60, sizeof pixels);
    barcode_draw(pixels, STRIDE_BYTES, BARCODE_SOURCE_RECORDING, number);
    const struct encoder_picture picture = {pixels, STRIDE_BYTES, NULL, number};
    assert_int_equal(encoder->class->submit(encoder, &picture), 0);
    return encoder->class->get(encoder, FOREVER, ret_unit);
}

/* A decoder that knows nothing shows the picture. */
static void assert_shows(const struct encoder_unit *unit, uint16_t number)
{
    AVCodecContext *decoder = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264));
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    static uint8_t grey[sizeof pixels];
    enum barcode_source source;
    uint16_t read;

    assert_int_equal(__real_avcodec_open2(decoder, decoder->codec, NULL), 0);
    assert_int_equal(av_new_packet(packet, (int)unit->size), 0);
    memcpy(packet->data, unit->bytes, unit->size);
    assert_int_equal(avcodec_send_packet(decoder, packet), 0);
    assert_int_equal(avcodec_send_packet(decoder, NULL), 0);
    assert_int_equal(avcodec_receive_frame(decoder, frame), 0);
    assert_int_equal(frame->colorspace, AVCOL_SPC_SMPTE170M);
    assert_int_equal(frame->color_range, AVCOL_RANGE_MPEG);
    for (size_t i = 0; i < (size_t)WIDTH_PX * HEIGHT_PX; i++)
        memset(grey + i * 4, frame->data[0][i / WIDTH_PX * frame->linesize[0] + i % WIDTH_PX], 4);
    assert_true(barcode_read(grey, STRIDE_BYTES, WIDTH_PX, HEIGHT_PX, &source, &read));
    assert_int_equal(read, number);
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&decoder);
}

static void assert_error(const char *text)
{
    if (strcmp(encoder->class->error(encoder), text) != 0)
        fail_msg("\"%s\" instead of \"%s\"", encoder->class->error(encoder), text);
}

/* --- the tests ----------------------------------------------------------------------------- */

static void the_card_is_used_and_not_the_vgpu(void **state)
{
    char path[RENDER_NODE_BYTES];

    (void)state;
    open_encoder();
    assert_string_equal(doubles.encoder_name, "h264_vaapi");
    assert_string_equal(doubles.device, "/dev/dri/renderD129");
    doubles.cards[1].available_nodes = 1 << DRM_NODE_PRIMARY;
    assert_int_equal(render_node_find(path), -ENODEV);
    doubles.devices_error = -EACCES;
    assert_int_equal(render_node_find(path), -EACCES);
}

static void a_key_frame_without_parameter_sets_gets_them(void **state)
{
    struct encoder_unit unit;

    (void)state;
    open_encoder();
    assert_int_equal(encode(1, &unit), 0);
    assert_true(unit.key);
    assert_shows(&unit, 1);
    assert_int_equal(encode(2, &unit), 0);
    assert_false(unit.key);
    encoder->class->force_key(encoder);
    assert_int_equal(encode(3, &unit), 0);
    assert_true(unit.key);
    assert_int_equal(unit.planned_ns, 3);
    assert_shows(&unit, 3);
    assert_int_equal(doubles.uploads, 3);
}

/* Libavcodec cannot change a card's bitrate meanwhile. */
static void another_bitrate_begins_anew_on_the_same_device(void **state)
{
    struct encoder_unit unit;

    (void)state;
    open_encoder();
    assert_int_equal(doubles.bit_rate, 2000000);
    assert_int_equal(doubles.max_rate, 2000000);
    assert_int_equal(doubles.buffer_size, 0); /* libavcodec chooses a second */
    assert_int_equal(encode(1, &unit), 0);
    encoder->class->set_bitrate(encoder, 500);
    assert_int_equal(encode(2, &unit), 0);
    assert_true(unit.key);
    assert_shows(&unit, 2);
    assert_int_equal(doubles.bit_rate, 500000);
    assert_int_equal(encode(3, &unit), 0);
    assert_false(unit.key);
    assert_int_equal(doubles.opened, 2);
    assert_int_equal(doubles.devices, 1);
}

/* What libavcodec's encoder of the name accepts; needs no card. */
static void assert_has_options(const char *name, const char *text)
{
    const AVCodec *codec = __real_avcodec_find_encoder_by_name(name);
    AVDictionary *options = NULL;
    const AVDictionaryEntry *option = NULL;

    if (!codec) {
        print_message("libavcodec was built without %s\n", name);
        skip();
    }
    AVCodecContext *context = avcodec_alloc_context3(codec);
    assert_int_equal(av_dict_parse_string(&options, text, "=", " ", 0), 0);
    while ((option = av_dict_get(options, "", option, AV_DICT_IGNORE_SUFFIX)))
        if (av_opt_set(context, option->key, option->value, AV_OPT_SEARCH_CHILDREN) != 0)
            fail_msg("%s has no option %s=%s", name, option->key, option->value);
    av_dict_free(&options);
    avcodec_free_context(&context);
}

static void libavcodec_knows_the_options(void **state)
{
    static const char options[] =
        "async_depth=1 rc_mode=CBR bf=0 g=32767 idr_interval=0 flags=+global_header sei=0";

    (void)state;
    open_encoder();
    assert_string_equal(doubles.options, options);
    assert_has_options("h264_vaapi", options);
    encoder->class->destroy(encoder);
    encoder = vaapi_create(PORT_CODEC_H265);
    open_encoder();
    assert_string_equal(doubles.encoder_name, "hevc_vaapi");
    assert_string_equal(doubles.options, options);
    assert_has_options("hevc_vaapi", options);
}

static void what_is_missing_is_reported(void **state)
{
    (void)state;
    doubles.not_built = true;
    assert_int_equal(encoder->class->open(encoder, &usual), -ENOSYS);
    assert_error("libavcodec was built without h264_vaapi: install another build");
    doubles.not_built = false;
    doubles.devices_error = -ENOENT;
    assert_int_equal(encoder->class->open(encoder, &usual), -ENODEV);
    assert_error("no graphics card can encode: No such device: is one passed through to this "
                 "guest, and is its driver loaded (/dev/dri)?");
    doubles.devices_error = 0;
    doubles.device_error = AVERROR(EIO);
    assert_int_equal(encoder->class->open(encoder, &usual), -EIO);
    assert_error("VA-API does not work on /dev/dri/renderD129: Input/output error: may this user "
                 "open it, and is its VA-API driver installed? See vainfo");
    doubles.device_error = 0;
    doubles.surfaces_error = AVERROR(ENOMEM);
    assert_int_equal(encoder->class->open(encoder, &usual), -ENOMEM);
    assert_error("there is no memory for pictures on /dev/dri/renderD129: Cannot allocate memory: "
                 "close what else uses the card");
    doubles.surfaces_error = 0;
    doubles.open_error = AVERROR(ENOSYS);
    assert_int_equal(encoder->class->open(encoder, &usual), -ENOSYS);
    assert_error("h264_vaapi cannot encode 640x360 at 2000 kbit/s: Function not implemented");
    doubles.open_error = 0;
    open_encoder(); /* none of them has left anything behind */
}

static void a_failure_at_a_picture_is_reported(void **state)
{
    struct encoder_unit unit;

    (void)state;
    open_encoder();
    assert_int_equal(encode(1, &unit), 0);
    doubles.upload_error = AVERROR_EXTERNAL; /* FFmpeg's own number */
    assert_int_equal(encode(2, &unit), -EIO);
    assert_error("h264_vaapi failed at a picture: Generic error in an external library");
}

int main(void)
{
    av_log_set_level(AV_LOG_QUIET);
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_card_is_used_and_not_the_vgpu),
        TEST(a_key_frame_without_parameter_sets_gets_them),
        TEST(another_bitrate_begins_anew_on_the_same_device),
        TEST(libavcodec_knows_the_options),
        TEST(what_is_missing_is_reported),
        TEST(a_failure_at_a_picture_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
