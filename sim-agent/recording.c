/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "sim-agent/recording.h"

#include "media/parameter-sets.h"
#include "media/video-file.h"
#include "protocol/access-unit.h"
#include "protocol/port-protocol.h"
#include "sim-agent/playable.h"
#include "sim-agent/recording-index.h"
#include "sim-agent/recording-times.h"

#include <gio/gio.h>
#include <inttypes.h>
#include <string.h>
#include <zlib.h>

/* The state while a file is read. */
struct loading {
    const char *path;
    const struct recording_options *options;
    struct recording *recording;
    struct video_file *file;
    uint64_t packets; /* before the current one */
    int64_t last_time_us;
    int64_t last_order;
    size_t bytes;
    unsigned sets_version; /* of the parameter sets whose SPS were checked last; 0: none */
    struct h264_sps first; /* one of those with which the recording begins */
    const char *objection; /* to an SPS that was checked, or NULL */
    struct recording_times times;
    GArray *index; /* struct recording_index_row; NULL: there is none */
};

static bool refuse(const struct loading *loading, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static bool refuse(const struct loading *loading, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *reason = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", loading->path, reason);
    return false;
}

/* The client would show frames late whose display order differs from the order in which
 * they are sent, and no live encoder of low delay makes them. Without B slices, an order
 * that goes back has been reset (MMCO 5, ITU-T H.264 8.2.1). */
static bool check_order(struct loading *loading, const struct video_packet *packet, bool idr,
                        GError **error)
{
    const char *encode = "encode it without (x264: bframes=0)";

    if (packet->time_us != VIDEO_FILE_NO_TIME) {
        if (loading->last_time_us != VIDEO_FILE_NO_TIME && packet->time_us <= loading->last_time_us)
            return refuse(loading, error, "has B-frames (time goes back at frame %" PRIu64 "): %s",
                          loading->packets, encode);
        loading->last_time_us = packet->time_us;
    }
    if (!idr && packet->bidirectional && packet->picture_order <= loading->last_order)
        return refuse(loading, error,
                      "has B-frames (frame %" PRIu64 " is shown before its predecessor): %s",
                      loading->packets, encode);
    loading->last_order = packet->picture_order;
    return true;
}

static bool check_size(const struct loading *loading, const struct video_packet *packet,
                       GError **error)
{
    unsigned width = packet->width_px, height = packet->height_px;

    if (width < 1 || height < 1)
        return refuse(loading, error, "does not declare the size of its pictures");
    if (width > PORT_FORMAT_MAX_PX || height > PORT_FORMAT_MAX_PX ||
        (uint64_t)width * height > PORT_FORMAT_MAX_AREA_PX)
        return refuse(loading, error, "is %ux%u, larger than 8192x4320: scale it down", width,
                      height);
    return true;
}

static bool append_unit(struct loading *loading, const struct video_packet *packet,
                        const GByteArray *bytes, bool key, GError **error)
{
    const struct recording_options *options = loading->options;
    const uint8_t *trailer_bytes;
    size_t trailer = options->trailer ? access_unit_trailer(PORT_CODEC_H264, &trailer_bytes) : 0;
    size_t max_bytes = options->max_bytes ? options->max_bytes : RECORDING_MAX_BYTES;
    struct recording_unit unit = {
        .size = bytes->len + trailer,
        .crc = (uint32_t)crc32(0, bytes->data, bytes->len),
        .key = key,
        .width_px = packet->width_px,
        .height_px = packet->height_px,
    };

    if (unit.size > PORT_DATA_MAX_BYTES)
        return refuse(loading, error,
                      "frame %" PRIu64 " has %zu"
                      " bytes, a message at most %u: encode it smaller",
                      loading->packets, unit.size, PORT_DATA_MAX_BYTES);
    loading->bytes += unit.size;
    if (loading->bytes > max_bytes)
        return refuse(loading, error,
                      "has more than %zu bytes of frames after %" PRIu64 " frames: cut it shorter",
                      max_bytes, loading->packets);

    uint8_t *copy = g_malloc(unit.size);
    memcpy(copy, bytes->data, bytes->len);
    if (trailer > 0)
        memcpy(copy + bytes->len, trailer_bytes, trailer);
    unit.bytes = copy;
    g_array_append_val(loading->recording->units, unit);
    loading->recording->keyframes += key;
    return true;
}

/* Checks the properties of the pictures whenever there is a new SPS. */
static void look_at_sequences(struct loading *loading)
{
    const struct parameter_sets *sets = video_file_parameter_sets(loading->file);
    struct h264_sps sps;

    if (parameter_sets_version(sets) == loading->sets_version)
        return;
    for (unsigned id = 0; id < PARAMETER_SETS_SPS; id++) {
        size_t size = 0;
        const uint8_t *nal = parameter_sets_sps(sets, id, &size);
        if (!nal || !h264_sps_read(nal, size, &sps))
            continue;
        if (!loading->objection)
            loading->objection = playable_objection(&sps);
        if (loading->sets_version == 0)
            loading->first = sps;
    }
    loading->sets_version = parameter_sets_version(sets);
}

/* Refuses what the server would refuse or drop. */
static bool check_as_server(const struct loading *loading, const GByteArray *bytes, GError **error)
{
    struct access_unit unit;
    const char *refused = access_unit_check(PORT_CODEC_H264, bytes->data, bytes->len, &unit);

    if (refused || !unit.has_slice)
        return refuse(loading, error,
                      "frame %" PRIu64 " would be refused by the server: "
                      "%s: leave its SEI out (ffmpeg -c copy -bsf:v filter_units=remove_types=6)",
                      loading->packets, refused ? refused : "no picture is found in it");
    return true;
}

/* The time of the unit that comes next; its size must be that of the index. */
static bool use_index(struct loading *loading, size_t bytes, struct video_packet *packet,
                      GError **error)
{
    const struct recording_index_row *row =
        &g_array_index(loading->index, struct recording_index_row, loading->recording->units->len);

    packet->time_us = row->time_us;
    return bytes == row->bytes ||
           refuse(loading, error,
                  "frame %u has %zu bytes, in the index %zu: take the file and the index of one "
                  "recording",
                  loading->recording->units->len, bytes, row->bytes);
}

static bool add_packet(struct loading *loading, struct video_packet *packet, GError **error)
{
    const struct parameter_sets *sets = video_file_parameter_sets(loading->file);
    const uint8_t *data = packet->packet->data;
    size_t size = (size_t)packet->packet->size;
    g_autoptr(GByteArray) bytes = NULL;

    if (packet->unit == VIDEO_FILE_NO_UNIT)
        return true; /* no picture, or none that could be decoded */
    if (loading->index && loading->recording->units->len >= loading->index->len)
        return true; /* a full disk ended the recording in the middle of it */
    if (loading->index && !use_index(loading, size, packet, error))
        return false;
    if (packet->key)
        look_at_sequences(loading);
    if (packet->field && !loading->objection)
        loading->objection = PLAYABLE_INTERLACED;
    /* What an agent has sent is sent again as it was. */
    bytes = packet->key && !loading->index
                ? parameter_sets_complete(sets, data, size)
                : g_byte_array_append(g_byte_array_new(), data, (unsigned)size);
    if (!check_size(loading, packet, error) || !check_as_server(loading, bytes, error) ||
        !check_order(loading, packet, packet->key, error) ||
        !append_unit(loading, packet, bytes, packet->key, error))
        return false;
    recording_times_add(&loading->times, packet->time_us, packet->duration_us);
    return true;
}

static bool choose_times(struct loading *loading, GError **error)
{
    const struct recording_options *options = loading->options;
    struct recording_times *times = &loading->times;
    g_autofree char *reason = NULL;

    video_file_rate(loading->file, &times->fps_num, &times->fps_den);
    video_file_grid(loading->file, &times->grid_num, &times->grid_den);
    if (times->fps_num == 0) {
        times->fps_num = loading->first.fps_num;
        times->fps_den = loading->first.fps_den;
    }
    times->captured = loading->index != NULL;
    reason = recording_times_apply(times, options->fps_num, options->fps_den, loading->recording);
    return reason ? refuse(loading, error, "%s", reason) : true;
}

static bool read_file(struct loading *loading, GError **error)
{
    g_autoptr(GError) broken = NULL;
    struct video_packet packet;

    loading->file = video_file_open(loading->path, true, error);
    if (!loading->file)
        return false;
    while (video_file_next(loading->file, &packet, &broken)) {
        if (!add_packet(loading, &packet, error))
            return false;
        loading->packets++;
    }
    if (broken) {
        g_propagate_error(error, g_steal_pointer(&broken));
        return false;
    }
    if (loading->index && loading->recording->units->len < loading->index->len)
        return refuse(loading, error,
                      "has %u frames, its index %u: take the file and the index of one recording",
                      loading->recording->units->len, loading->index->len);
    if (loading->packets == 0 || (loading->index && loading->index->len == 0))
        return refuse(loading, error, "has no frames: record it again");
    if (loading->recording->keyframes == 0)
        return refuse(loading, error,
                      "has no key frame (an IDR picture with SPS and PPS) among its"
                      " %" PRIu64 " frames: encode it with one",
                      loading->packets);
    /* Checked last: B-frames or damage are the more helpful reasons. */
    return loading->objection ? refuse(loading, error, "%s", loading->objection)
                              : choose_times(loading, error);
}

static bool load(struct loading *loading, GError **error)
{
    bool loaded =
        recording_index_read(loading->path, &loading->index, error) && read_file(loading, error);

    video_file_destroy(loading->file);
    recording_times_finish(&loading->times);
    g_clear_pointer(&loading->index, g_array_unref);
    return loaded;
}

char *recording_beside(const char *path, const char *extension)
{
    const char *name = strrchr(path, '/');
    const char *dot = strrchr(name ? name : path, '.');
    g_autofree char *stem = dot ? g_strndup(path, (size_t)(dot - path)) : g_strdup(path);

    return g_strconcat(stem, extension, NULL);
}

static bool read_provenance(struct recording *recording, const char *path, GError **error)
{
    g_autofree char *beside = recording_beside(path, ".ini");
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) local = NULL;

    if (!g_file_test(beside, G_FILE_TEST_EXISTS))
        return true;
    if (g_key_file_load_from_file(file, beside, G_KEY_FILE_NONE, &local)) {
        recording->barcode = g_key_file_get_boolean(file, "recording", "barcode", &local);
        if (!local || g_error_matches(local, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND) ||
            g_error_matches(local, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_GROUP_NOT_FOUND))
            return true;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "%s: %s: [recording] barcode= is true or false", beside, local->message);
    return false;
}

static void clear_unit(void *data)
{
    g_free((uint8_t *)((struct recording_unit *)data)->bytes);
}

struct recording *recording_load(const char *path, const struct recording_options *options,
                                 GError **error)
{
    auto_destroy(recording) recording = g_new0(struct recording, 1);
    struct loading loading = {
        .path = path,
        .options = options,
        .recording = recording,
        .last_time_us = VIDEO_FILE_NO_TIME,
    };

    recording_times_init(&loading.times);

    recording->name = g_path_get_basename(path);
    recording->units = g_array_new(false, false, sizeof(struct recording_unit));
    g_array_set_clear_func(recording->units, clear_unit);

    if (!load(&loading, error) || !read_provenance(recording, path, error))
        return NULL;
    return g_steal_pointer(&recording);
}

void recording_destroy(struct recording *recording)
{
    if (!recording)
        return;
    g_array_unref(recording->units);
    g_free(recording->name);
    g_free(recording);
}

const struct recording_unit *recording_unit(const struct recording *recording, unsigned index)
{
    return &g_array_index(recording->units, struct recording_unit, index);
}
