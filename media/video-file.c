/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "media/video-file.h"

#include "protocol/access-unit.h"

#include <gio/gio.h>
#include <inttypes.h>
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <string.h>
#include <sys/stat.h>

/* A matroska file whose last frame ends this long before the duration that the file
 * declares has lost its end. Rounding, and a last frame without a duration, make a
 * smaller difference. */
#define DURATION_TOLERANCE_US 500000

struct video_file {
    char *path;
    int64_t size_bytes;
    AVFormatContext *format;
    AVStream *stream;
    bool h264;
    AVBSFContext *filter; /* of mp4's length-prefixed NAL units to Annex B; else does nothing */
    AVCodecParserContext *parser;
    AVCodecContext *parser_codec;
    AVPacket *packet;
    struct parameter_sets *sets;
    int64_t packets; /* of the video, read so far */
    int64_t units;   /* given out so far */
    int64_t expected_packets;
    int64_t end_us; /* of the last packet of any stream */
};

static bool refuse(const struct video_file *file, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static bool refuse(const struct video_file *file, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *reason = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", file->path, reason);
    return false;
}

static bool is_container(const struct video_file *file, const char *name)
{
    return strstr(file->format->iformat->name, name) != NULL;
}

/* A raw stream: its times and its rate are libavformat's inventions. */
static bool is_raw(const struct video_file *file)
{
    return is_container(file, "h264");
}

/* Libavformat opens URLs, playlists and devices too. */
static bool check_file(struct video_file *file, GError **error)
{
    struct stat status;

    if (stat(file->path, &status) < 0) {
        int saved = errno;
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved), "%s: %s", file->path,
                    g_strerror(saved));
        return false;
    }
    if (!S_ISREG(status.st_mode))
        return refuse(file, error, "is not a file");
    if (status.st_size == 0)
        return refuse(file, error, "is empty");
    file->size_bytes = status.st_size;
    return true;
}

static bool open_format(struct video_file *file, GError **error)
{
    g_autofree char *url = g_strconcat("file:", file->path, NULL);
    AVDictionary *options = NULL;

    av_dict_set(&options, "protocol_whitelist", "file", 0);
    /* An edit list may leave out or repeat frames, but a recording is everything that was
     * encoded. */
    av_dict_set(&options, "ignore_editlist", "1", 0);
    int result = avformat_open_input(&file->format, url, NULL, &options);
    av_dict_free(&options);
    if (result < 0)
        return refuse(file, error, "is no video, or is truncated or damaged (%s): record it again",
                      av_err2str(result));
    result = avformat_find_stream_info(file->format, NULL);
    if (result < 0)
        return refuse(file, error, "is truncated or damaged (%s): record it again",
                      av_err2str(result));
    return true;
}

static bool choose_stream(struct video_file *file, bool h264, GError **error)
{
    int index = av_find_best_stream(file->format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);

    if (index < 0)
        return refuse(file, error, "has no video");
    file->stream = file->format->streams[index];
    file->h264 = file->stream->codecpar->codec_id == AV_CODEC_ID_H264;
    if (h264 && !file->h264)
        return refuse(file, error, "its video is %s, not H.264: encode it with H.264",
                      avcodec_get_name(file->stream->codecpar->codec_id));
    /* An mp4 declares its number of frames. */
    if (is_container(file, "mp4"))
        file->expected_packets = avformat_index_get_entries_count(file->stream);
    return true;
}

static bool open_filter(struct video_file *file, GError **error)
{
    const AVBitStreamFilter *filter = av_bsf_get_by_name(file->h264 ? "h264_mp4toannexb" : "null");
    int result = filter ? av_bsf_alloc(filter, &file->filter) : AVERROR_BSF_NOT_FOUND;

    if (result >= 0)
        result = avcodec_parameters_copy(file->filter->par_in, file->stream->codecpar);
    if (result >= 0) {
        file->filter->time_base_in = file->stream->time_base;
        result = av_bsf_init(file->filter);
    }
    if (result < 0)
        return refuse(file, error, "cannot be converted to Annex B (%s)", av_err2str(result));
    file->packet = av_packet_alloc();
    return true;
}

static bool open_parser(struct video_file *file, GError **error)
{
    const AVCodecParameters *codec = file->filter->par_out;

    file->parser = av_parser_init(AV_CODEC_ID_H264);
    file->parser_codec = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264));
    if (!file->parser || !file->parser_codec ||
        avcodec_parameters_to_context(file->parser_codec, codec) < 0)
        return refuse(file, error, "libavcodec has no H.264 parser");
    file->parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
    file->sets = parameter_sets_create();
    if (codec->extradata_size > 0)
        parameter_sets_learn(file->sets, codec->extradata, (size_t)codec->extradata_size);
    return true;
}

struct video_file *video_file_open(const char *path, bool h264, GError **error)
{
    auto_destroy(video_file) file = g_new0(struct video_file, 1);

    file->path = g_strdup(path);
    if (!check_file(file, error) || !open_format(file, error) ||
        !choose_stream(file, h264, error) || !open_filter(file, error) ||
        (file->h264 && !open_parser(file, error)))
        return NULL;
    return g_steal_pointer(&file);
}

void video_file_destroy(struct video_file *file)
{
    if (!file)
        return;
    av_packet_free(&file->packet);
    parameter_sets_destroy(file->sets);
    avcodec_free_context(&file->parser_codec);
    av_parser_close(file->parser);
    av_bsf_free(&file->filter);
    avformat_close_input(&file->format);
    g_free(file->path);
    g_free(file);
}

static void give_rate(AVRational rate, unsigned *ret_num, unsigned *ret_den)
{
    bool known = rate.num > 0 && rate.den > 0;

    *ret_num = known ? (unsigned)rate.num : 0;
    *ret_den = known ? (unsigned)rate.den : 1;
}

void video_file_rate(const struct video_file *file, unsigned *ret_num, unsigned *ret_den)
{
    AVRational unknown = {0, 1};

    give_rate(is_raw(file) ? unknown : av_guess_frame_rate(file->format, file->stream, NULL),
              ret_num, ret_den);
}

void video_file_grid(const struct video_file *file, unsigned *ret_num, unsigned *ret_den)
{
    give_rate(file->stream->r_frame_rate, ret_num, ret_den);
}

const AVCodecParameters *video_file_codec(const struct video_file *file)
{
    return file->filter->par_out;
}

const struct parameter_sets *video_file_parameter_sets(const struct video_file *file)
{
    return file->sets;
}

/* At the end: whether the container declares that there should be more. */
static bool check_complete(const struct video_file *file, int result, GError **error)
{
    if (result != AVERROR_EOF || (file->format->pb && file->format->pb->error < 0))
        return refuse(file, error,
                      "is truncated or damaged after %" PRId64 " frames (%s): record it again",
                      file->packets, av_err2str(result));
    if (file->packets < file->expected_packets)
        return refuse(file, error,
                      "is truncated: %" PRId64 " of %" PRId64 " frames are there: record it again",
                      file->packets, file->expected_packets);
    if (is_container(file, "matroska") && file->format->duration > 0 &&
        file->end_us < file->format->duration - DURATION_TOLERANCE_US)
        return refuse(file, error,
                      "is truncated: %" PRId64 " frames, %.1f of %.1f s "
                      "are there: record it again",
                      file->packets, (double)file->end_us / 1e6,
                      (double)file->format->duration / 1e6);
    /* A transport stream's packets have 188 bytes; 192 with time stamps, 204 with error
     * correction. */
    if (is_container(file, "mpegts") && file->size_bytes % 188 && file->size_bytes % 192 &&
        file->size_bytes % 204)
        return refuse(file, error,
                      "is truncated: %" PRId64 " frames, and it ends within "
                      "a packet: record it again",
                      file->packets);
    return true;
}

static void note_end(struct video_file *file)
{
    const AVPacket *packet = file->packet;
    AVRational unit = file->format->streams[packet->stream_index]->time_base;

    if (packet->pts != AV_NOPTS_VALUE)
        file->end_us =
            MAX(file->end_us, av_rescale_q(packet->pts + packet->duration, unit, AV_TIME_BASE_Q));
}

/* Gives the next packet of the video to the filter. */
static bool feed_filter(struct video_file *file, GError **error)
{
    for (;;) {
        int result = av_read_frame(file->format, file->packet);
        if (result < 0) {
            return check_complete(file, result, error) &&
                   av_bsf_send_packet(file->filter, NULL) >= 0;
        }
        note_end(file);
        if (file->packet->stream_index != file->stream->index) {
            av_packet_unref(file->packet);
            continue;
        }
        if (file->packet->flags & AV_PKT_FLAG_CORRUPT)
            return refuse(file, error,
                          "is truncated or damaged after %" PRId64 " frames: record it again",
                          file->packets);
        result = av_bsf_send_packet(file->filter, file->packet);
        if (result < 0)
            return refuse(file, error, "is damaged after %" PRId64 " frames (%s): record it again",
                          file->packets, av_err2str(result));
        file->packets++;
        return true;
    }
}

static int64_t to_us(const struct video_file *file, int64_t time)
{
    return av_rescale_q(time, file->stream->time_base, AV_TIME_BASE_Q);
}

static void parse_h264(struct video_file *file, struct video_packet *packet)
{
    const AVPacket *from = packet->packet;
    const AVCodecParserContext *parser = file->parser;
    uint8_t *parsed;
    int parsed_size;

    av_parser_parse2(file->parser, file->parser_codec, &parsed, &parsed_size, from->data,
                     from->size, from->pts, from->dts, -1);
    packet->picture_order = parser->output_picture_number;
    packet->bidirectional = parser->pict_type == AV_PICTURE_TYPE_B;
    packet->field = parser->picture_structure == AV_PICTURE_STRUCTURE_TOP_FIELD ||
                    parser->picture_structure == AV_PICTURE_STRUCTURE_BOTTOM_FIELD;
    if (parser->width > 0 && parser->height > 0) {
        packet->width_px = (unsigned)parser->width;
        packet->height_px = (unsigned)parser->height;
    }
}

/* Numbers the packet's access unit; false if it is damaged. */
static bool number_h264(struct video_file *file, struct video_packet *packet)
{
    const AVPacket *from = packet->packet;
    size_t size = (size_t)from->size;
    struct access_unit unit;

    if (!access_unit_scan(PORT_CODEC_H264, from->data, size, &unit))
        return false;
    parameter_sets_learn(file->sets, from->data, size);
    if (!unit.has_slice)
        return true;
    packet->key = unit.has_idr && parameter_sets_known(file->sets);
    if (packet->key || file->units > 0)
        packet->unit = file->units++;
    return true;
}

static bool describe(struct video_file *file, struct video_packet *ret_packet)
{
    const AVPacket *packet = file->packet;
    const AVCodecParameters *codec = file->stream->codecpar;

    *ret_packet = (struct video_packet){
        .packet = packet,
        .unit = VIDEO_FILE_NO_UNIT,
        .time_us = packet->pts == AV_NOPTS_VALUE || is_raw(file) ? VIDEO_FILE_NO_TIME
                                                                 : to_us(file, packet->pts),
        .duration_us = to_us(file, packet->duration),
        .width_px = (unsigned)MAX(codec->width, 0),
        .height_px = (unsigned)MAX(codec->height, 0),
    };
    if (!file->h264) {
        ret_packet->unit = file->units++;
        return true;
    }
    parse_h264(file, ret_packet);
    return number_h264(file, ret_packet);
}

bool video_file_next(struct video_file *file, struct video_packet *ret_packet, GError **error)
{
    int result;

    av_packet_unref(file->packet);
    while ((result = av_bsf_receive_packet(file->filter, file->packet)) == AVERROR(EAGAIN)) {
        if (!feed_filter(file, error))
            return false;
    }
    if (result == AVERROR_EOF)
        return false;
    if (result < 0 || !describe(file, ret_packet))
        return refuse(file, error, "is damaged after %" PRId64 " frames (%s): record it again",
                      file->packets, result < 0 ? av_err2str(result) : "a forbidden bit");
    return true;
}
