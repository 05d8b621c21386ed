#include "sim-agent/recording.h"

#include "gpu-module/access-unit.h"
#include "gpu-module/port-protocol.h"
#include "sim-agent/parameter-sets.h"

#include <gio/gio.h>
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

/* A picture order count that no picture has (ITU-T H.264 8.2.1: 32 bits). */
#define NO_PICTURE_ORDER INT64_MIN

/* What is needed while a file is read. */
struct reader {
    const char *path;
    const struct recording_options *options;
    Recording *recording;
    AVFormatContext *format;
    AVStream *stream;
    AVBSFContext *filter; /* mp4's length-prefixed NAL units to Annex B */
    AVCodecParserContext *parser;
    AVCodecContext *parser_codec;
    ParameterSets *sets;
    gint64 packets; /* of the video stream, read so far */
    gint64 expected_packets;
    gint64 last_pts;
    gint64 last_order;
    guint width_px, height_px; /* of the latest SPS */
    gsize bytes;
};

static gboolean refuse(const struct reader *reader, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static gboolean refuse(const struct reader *reader, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *reason = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", reader->path, reason);
    return FALSE;
}

/* Libavformat opens URLs, playlists and devices too; a recording is a file. */
static gboolean check_file(const struct reader *reader, GError **error)
{
    struct stat status;

    if (stat(reader->path, &status) < 0) {
        int saved = errno;
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved), "%s: %s", reader->path,
                    g_strerror(saved));
        return FALSE;
    }
    if (!S_ISREG(status.st_mode))
        return refuse(reader, error, "is not a file");
    if (status.st_size == 0)
        return refuse(reader, error, "is empty");
    return TRUE;
}

static gboolean open_format(struct reader *reader, GError **error)
{
    g_autofree char *url = g_strconcat("file:", reader->path, NULL);
    AVDictionary *options = NULL;

    av_dict_set(&options, "protocol_whitelist", "file", 0);
    int result = avformat_open_input(&reader->format, url, NULL, &options);
    av_dict_free(&options);
    if (result < 0)
        return refuse(reader, error, "is no video, or is truncated or damaged (%s): record it again",
                      av_err2str(result));
    result = avformat_find_stream_info(reader->format, NULL);
    if (result < 0)
        return refuse(reader, error, "is truncated or damaged (%s): record it again",
                      av_err2str(result));
    return TRUE;
}

static gboolean choose_stream(struct reader *reader, GError **error)
{
    int index = av_find_best_stream(reader->format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);

    if (index < 0)
        return refuse(reader, error, "has no video");
    reader->stream = reader->format->streams[index];
    const AVCodecParameters *codec = reader->stream->codecpar;
    if (codec->codec_id != AV_CODEC_ID_H264)
        return refuse(reader, error, "its video is %s, not H.264: encode it with H.264",
                      avcodec_get_name(codec->codec_id));
    reader->width_px = (guint)codec->width;
    reader->height_px = (guint)codec->height;
    /* An mp4 says how many frames it should have. (Not nb_frames: an edit list
     * leaves some out.) */
    if (strstr(reader->format->iformat->name, "mp4"))
        reader->expected_packets = avformat_index_get_entries_count(reader->stream);
    return TRUE;
}

static gboolean open_filter(struct reader *reader, GError **error)
{
    const AVBitStreamFilter *filter = av_bsf_get_by_name("h264_mp4toannexb");
    int result = filter ? av_bsf_alloc(filter, &reader->filter) : AVERROR_BSF_NOT_FOUND;

    if (result >= 0)
        result = avcodec_parameters_copy(reader->filter->par_in, reader->stream->codecpar);
    if (result >= 0) {
        reader->filter->time_base_in = reader->stream->time_base;
        result = av_bsf_init(reader->filter);
    }
    if (result < 0)
        return refuse(reader, error, "cannot be converted to Annex B (%s)", av_err2str(result));

    const AVCodecParameters *codec = reader->filter->par_out;
    if (codec->extradata_size > 0)
        parameter_sets_learn(reader->sets, codec->extradata, (gsize)codec->extradata_size);

    reader->parser = av_parser_init(AV_CODEC_ID_H264);
    reader->parser_codec = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264));
    if (!reader->parser || !reader->parser_codec ||
        avcodec_parameters_to_context(reader->parser_codec, codec) < 0)
        return refuse(reader, error, "libavcodec has no H.264 parser");
    reader->parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
    return TRUE;
}

static gboolean choose_fps(struct reader *reader, GError **error)
{
    Recording *recording = reader->recording;
    AVRational fps = { (int)reader->options->fps_num, (int)reader->options->fps_den };

    if (fps.num == 0 && g_str_equal(reader->format->iformat->name, "h264"))
        fps = (AVRational){ RECORDING_RAW_FPS, 1 };
    if (fps.num == 0)
        fps = av_guess_frame_rate(reader->format, reader->stream, NULL);
    if (fps.num <= 0 || fps.den <= 0 || av_q2d(fps) > RECORDING_FPS_MAX || av_q2d(fps) < 1)
        return refuse(reader, error, "has %d/%d frames a second: give 1 to %d with --fps", fps.num,
                      fps.den, RECORDING_FPS_MAX);
    recording->fps_num = (guint)fps.num;
    recording->fps_den = (guint)fps.den;
    return TRUE;
}

/* Frames that are shown in another order than they are sent would be shown
 * late by the client, and cannot come from a live encoder of low delay. */
static gboolean check_order(struct reader *reader, const AVPacket *packet,
                            const struct access_unit *unit, GError **error)
{
    const char *encode = "encode it without (x264: bframes=0)";
    gint64 order = reader->parser->output_picture_number;

    if (packet->pts != AV_NOPTS_VALUE) {
        if (reader->last_pts != AV_NOPTS_VALUE && packet->pts <= reader->last_pts)
            return refuse(reader, error, "has B-frames (time goes back at frame %" G_GINT64_FORMAT
                          "): %s", reader->packets, encode);
        reader->last_pts = packet->pts;
    }
    if (unit->has_idr)
        reader->last_order = NO_PICTURE_ORDER;
    if (reader->last_order != NO_PICTURE_ORDER && order <= reader->last_order)
        return refuse(reader, error, "has B-frames (frame %" G_GINT64_FORMAT
                      " is shown before its predecessor): %s", reader->packets, encode);
    reader->last_order = order;
    return TRUE;
}

static gboolean check_size(const struct reader *reader, GError **error)
{
    guint width = reader->width_px, height = reader->height_px;

    if (width < 1 || height < 1)
        return refuse(reader, error, "does not say how large its pictures are");
    if (width > PORT_FORMAT_MAX_PX || height > PORT_FORMAT_MAX_PX ||
        (guint64)width * height > PORT_FORMAT_MAX_AREA_PX)
        return refuse(reader, error, "is %ux%u, larger than 8192x4320: scale it down", width,
                      height);
    return TRUE;
}

static gboolean append_unit(struct reader *reader, const GByteArray *bytes, gboolean key,
                            GError **error)
{
    gsize trailer = reader->options->trailer ? ACCESS_UNIT_TRAILER_BYTES : 0;
    gsize max_bytes = reader->options->max_bytes ? reader->options->max_bytes : RECORDING_MAX_BYTES;
    struct recording_unit unit = {
        .size = bytes->len + trailer,
        .crc = (guint32)crc32(0, bytes->data, bytes->len),
        .key = key,
        .width_px = reader->width_px,
        .height_px = reader->height_px,
    };

    if (unit.size > PORT_DATA_MAX_BYTES)
        return refuse(reader, error, "frame %" G_GINT64_FORMAT " has %" G_GSIZE_FORMAT
                      " bytes, a message at most %u: encode it smaller", reader->packets, unit.size,
                      PORT_DATA_MAX_BYTES);
    reader->bytes += unit.size;
    if (reader->bytes > max_bytes)
        return refuse(reader, error, "does not fit into %" G_GSIZE_FORMAT " MiB: cut it shorter",
                      max_bytes >> 20);

    guint8 *copy = g_malloc(unit.size);
    memcpy(copy, bytes->data, bytes->len);
    memcpy(copy + bytes->len, access_unit_trailer, trailer);
    unit.bytes = copy;
    g_array_append_val(reader->recording->units, unit);
    reader->recording->keyframes += key;
    return TRUE;
}

/* A packet in Annex B: one access unit. */
static gboolean add_packet(struct reader *reader, const AVPacket *packet, GError **error)
{
    struct access_unit unit;
    guint8 *parsed;
    int parsed_size;

    if (!access_unit_scan(packet->data, (gsize)packet->size, &unit))
        return refuse(reader, error, "is damaged at frame %" G_GINT64_FORMAT ": record it again",
                      reader->packets);
    if (!unit.has_slice) { /* parameter sets on their own, an end of sequence */
        parameter_sets_learn(reader->sets, packet->data, (gsize)packet->size);
        return TRUE;
    }

    av_parser_parse2(reader->parser, reader->parser_codec, &parsed, &parsed_size, packet->data,
                     packet->size, packet->pts, packet->dts, -1);
    if (reader->parser->width > 0 && reader->parser->height > 0) {
        reader->width_px = (guint)reader->parser->width;
        reader->height_px = (guint)reader->parser->height;
    }

    g_autoptr(GByteArray) bytes = NULL;
    if (unit.has_idr) {
        bytes = parameter_sets_complete(reader->sets, packet->data, (gsize)packet->size);
        access_unit_scan(bytes->data, bytes->len, &unit);
    } else {
        parameter_sets_learn(reader->sets, packet->data, (gsize)packet->size);
        bytes = g_byte_array_new();
        g_byte_array_append(bytes, packet->data, (guint)packet->size);
    }
    if (!check_order(reader, packet, &unit, error))
        return FALSE;
    gboolean key = access_unit_is_key_frame(&unit);
    if (!key && reader->recording->keyframes == 0)
        return TRUE; /* nothing could decode it */
    return check_size(reader, error) && append_unit(reader, bytes, key, error);
}

static gboolean filter_packet(struct reader *reader, AVPacket *packet, GError **error)
{
    int result = av_bsf_send_packet(reader->filter, packet);

    if (result < 0)
        return refuse(reader, error, "is damaged at frame %" G_GINT64_FORMAT " (%s): record it again",
                      reader->packets, av_err2str(result));
    while ((result = av_bsf_receive_packet(reader->filter, packet)) >= 0) {
        gboolean added = add_packet(reader, packet, error);
        av_packet_unref(packet);
        if (!added)
            return FALSE;
    }
    if (result != AVERROR(EAGAIN) && result != AVERROR_EOF)
        return refuse(reader, error, "is damaged at frame %" G_GINT64_FORMAT " (%s): record it again",
                      reader->packets, av_err2str(result));
    return TRUE;
}

static gboolean read_packets(struct reader *reader, AVPacket *packet, GError **error)
{
    int result;

    while ((result = av_read_frame(reader->format, packet)) >= 0) {
        gboolean ours = packet->stream_index == reader->stream->index;
        gboolean corrupt = ours && packet->flags & AV_PKT_FLAG_CORRUPT;
        gboolean used = !ours || (!corrupt && filter_packet(reader, packet, error));

        av_packet_unref(packet);
        if (corrupt)
            return refuse(reader, error, "is truncated or damaged after %" G_GINT64_FORMAT
                          " frames: record it again", reader->packets);
        if (!used)
            return FALSE;
        reader->packets += ours;
    }
    if (result != AVERROR_EOF || (reader->format->pb && reader->format->pb->error < 0))
        return refuse(reader, error, "is truncated or damaged after %" G_GINT64_FORMAT
                      " frames (%s): record it again", reader->packets, av_err2str(result));
    if (reader->packets < reader->expected_packets)
        return refuse(reader, error, "is truncated: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                      " frames are there: record it again", reader->packets,
                      reader->expected_packets);
    if (reader->recording->keyframes == 0)
        return refuse(reader, error, "has no key frame (an IDR picture with SPS and PPS) among its %"
                      G_GINT64_FORMAT " frames: encode it with one", reader->packets);
    return TRUE;
}

static gboolean read_file(struct reader *reader, GError **error)
{
    AVPacket *packet = av_packet_alloc();
    gboolean done = check_file(reader, error) && open_format(reader, error) &&
                    choose_stream(reader, error) && choose_fps(reader, error) &&
                    open_filter(reader, error) && read_packets(reader, packet, error);

    av_packet_free(&packet);
    return done;
}

static gboolean read_provenance(Recording *recording, const char *path, GError **error)
{
    g_autofree char *beside = g_strconcat(path, ".ini", NULL);
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) local = NULL;

    if (!g_file_test(beside, G_FILE_TEST_EXISTS))
        return TRUE;
    if (g_key_file_load_from_file(file, beside, G_KEY_FILE_NONE, &local)) {
        recording->barcode = g_key_file_get_boolean(file, "recording", "barcode", &local);
        if (!local || g_error_matches(local, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND) ||
            g_error_matches(local, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_GROUP_NOT_FOUND))
            return TRUE;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s: [recording] barcode= is true"
                " or false", beside, local->message);
    return FALSE;
}

static void clear_unit(void *data)
{
    g_free((guint8 *)((struct recording_unit *)data)->bytes);
}

Recording *recording_load(const char *path, const struct recording_options *options,
                          GError **error)
{
    g_autoptr(Recording) recording = g_new0(Recording, 1);
    struct reader reader = {
        .path = path,
        .options = options,
        .recording = recording,
        .sets = parameter_sets_new(),
        .last_pts = AV_NOPTS_VALUE,
        .last_order = NO_PICTURE_ORDER,
    };

    recording->name = g_path_get_basename(path);
    recording->units = g_array_new(FALSE, FALSE, sizeof(struct recording_unit));
    g_array_set_clear_func(recording->units, clear_unit);

    gboolean loaded = read_file(&reader, error) && read_provenance(recording, path, error);

    avcodec_free_context(&reader.parser_codec);
    av_parser_close(reader.parser);
    av_bsf_free(&reader.filter);
    avformat_close_input(&reader.format);
    parameter_sets_free(reader.sets);
    return loaded ? g_steal_pointer(&recording) : NULL;
}

void recording_free(Recording *recording)
{
    if (!recording)
        return;
    g_array_unref(recording->units);
    g_free(recording->name);
    g_free(recording);
}

const struct recording_unit *recording_unit(const Recording *recording, guint index)
{
    return &g_array_index(recording->units, struct recording_unit, index);
}
