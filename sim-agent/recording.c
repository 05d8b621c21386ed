#include "sim-agent/recording.h"

#include "gpu-module/access-unit.h"
#include "gpu-module/port-protocol.h"
#include "sim-agent/parameter-sets.h"
#include "sim-agent/video-file.h"

#include <gio/gio.h>
#include <string.h>
#include <zlib.h>

#define NO_PICTURE_ORDER G_MININT64

/* What is needed while a file is read. */
struct loading {
    const char *path;
    const struct recording_options *options;
    Recording *recording;
    ParameterSets *sets;
    guint64 packets; /* before the present one */
    gint64 last_pts;
    gint64 last_order;
    gsize bytes;
};

static gboolean refuse(const struct loading *loading, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static gboolean refuse(const struct loading *loading, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *reason = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", loading->path, reason);
    return FALSE;
}

static gboolean choose_fps(const struct loading *loading, const VideoFile *file, GError **error)
{
    guint num = loading->options->fps_num, den = loading->options->fps_den;

    if (num == 0)
        video_file_fps(file, &num, &den);
    if (num < den || num > (guint64)den * RECORDING_FPS_MAX)
        return refuse(loading, error, "has %u/%u frames a second: give 1 to %d with --fps", num,
                      den, RECORDING_FPS_MAX);
    loading->recording->fps_num = num;
    loading->recording->fps_den = den;
    return TRUE;
}

/* Frames that are shown in another order than they are sent would be shown
 * late by the client, and cannot come from a live encoder of low delay. */
static gboolean check_order(struct loading *loading, const struct video_packet *packet,
                            const struct access_unit *unit, GError **error)
{
    const char *encode = "encode it without (x264: bframes=0)";

    if (packet->pts != VIDEO_FILE_NO_TIME) {
        if (loading->last_pts != VIDEO_FILE_NO_TIME && packet->pts <= loading->last_pts)
            return refuse(loading, error, "has B-frames (time goes back at frame %" G_GUINT64_FORMAT
                          "): %s", loading->packets, encode);
        loading->last_pts = packet->pts;
    }
    if (unit->has_idr)
        loading->last_order = NO_PICTURE_ORDER;
    if (loading->last_order != NO_PICTURE_ORDER && packet->picture_order <= loading->last_order)
        return refuse(loading, error, "has B-frames (frame %" G_GUINT64_FORMAT
                      " is shown before its predecessor): %s", loading->packets, encode);
    loading->last_order = packet->picture_order;
    return TRUE;
}

static gboolean check_size(const struct loading *loading, const struct video_packet *packet,
                           GError **error)
{
    guint width = packet->width_px, height = packet->height_px;

    if (width < 1 || height < 1)
        return refuse(loading, error, "does not say how large its pictures are");
    if (width > PORT_FORMAT_MAX_PX || height > PORT_FORMAT_MAX_PX ||
        (guint64)width * height > PORT_FORMAT_MAX_AREA_PX)
        return refuse(loading, error, "is %ux%u, larger than 8192x4320: scale it down", width,
                      height);
    return TRUE;
}

static gboolean append_unit(struct loading *loading, const struct video_packet *packet,
                            const GByteArray *bytes, gboolean key, GError **error)
{
    const struct recording_options *options = loading->options;
    const guint8 *trailer_bytes;
    gsize trailer = options->trailer ? access_unit_trailer(PORT_CODEC_H264, &trailer_bytes) : 0;
    gsize max_bytes = options->max_bytes ? options->max_bytes : RECORDING_MAX_BYTES;
    struct recording_unit unit = {
        .size = bytes->len + trailer,
        .crc = (guint32)crc32(0, bytes->data, bytes->len),
        .key = key,
        .width_px = packet->width_px,
        .height_px = packet->height_px,
    };

    if (unit.size > PORT_DATA_MAX_BYTES)
        return refuse(loading, error, "frame %" G_GUINT64_FORMAT " has %" G_GSIZE_FORMAT
                      " bytes, a message at most %u: encode it smaller", loading->packets,
                      unit.size, PORT_DATA_MAX_BYTES);
    loading->bytes += unit.size;
    if (loading->bytes > max_bytes)
        return refuse(loading, error, "has more than %" G_GSIZE_FORMAT " bytes of frames after %"
                      G_GUINT64_FORMAT " frames: cut it shorter", max_bytes, loading->packets);

    guint8 *copy = g_malloc(unit.size);
    memcpy(copy, bytes->data, bytes->len);
    if (trailer > 0)
        memcpy(copy + bytes->len, trailer_bytes, trailer);
    unit.bytes = copy;
    g_array_append_val(loading->recording->units, unit);
    loading->recording->keyframes += key;
    return TRUE;
}

static gboolean add_packet(struct loading *loading, const struct video_packet *packet,
                           GError **error)
{
    struct access_unit unit;

    if (!access_unit_scan(PORT_CODEC_H264, packet->bytes, packet->size, &unit))
        return refuse(loading, error, "is damaged at frame %" G_GUINT64_FORMAT ": record it again",
                      loading->packets);
    if (!unit.has_slice) { /* parameter sets on their own, an end of sequence */
        parameter_sets_learn(loading->sets, packet->bytes, packet->size);
        return TRUE;
    }

    g_autoptr(GByteArray) bytes = NULL;
    if (unit.has_idr) {
        bytes = parameter_sets_complete(loading->sets, packet->bytes, packet->size);
        access_unit_scan(PORT_CODEC_H264, bytes->data, bytes->len, &unit);
    } else {
        parameter_sets_learn(loading->sets, packet->bytes, packet->size);
        bytes = g_byte_array_append(g_byte_array_new(), packet->bytes, (guint)packet->size);
    }
    gboolean key = access_unit_is_key_frame(&unit);
    if (!key && loading->recording->keyframes == 0)
        return TRUE; /* nothing could decode it */
    return check_order(loading, packet, &unit, error) && check_size(loading, packet, error) &&
           append_unit(loading, packet, bytes, key, error);
}

static gboolean load(struct loading *loading, GError **error)
{
    g_autoptr(VideoFile) file = video_file_open(loading->path, error);
    g_autoptr(GError) broken = NULL;
    struct video_packet packet;

    if (!file)
        return FALSE;

    gsize size;
    const guint8 *sets = video_file_parameter_sets(file, &size);
    if (sets)
        parameter_sets_learn(loading->sets, sets, size);

    while (video_file_next(file, &packet, &broken)) {
        if (!add_packet(loading, &packet, error))
            return FALSE;
        loading->packets++;
    }
    if (broken) {
        g_propagate_error(error, g_steal_pointer(&broken));
        return FALSE;
    }
    if (loading->packets == 0)
        return refuse(loading, error, "has no frames: record it again");
    if (loading->recording->keyframes == 0)
        return refuse(loading, error, "has no key frame (an IDR picture with SPS and PPS) among its"
                      " %" G_GUINT64_FORMAT " frames: encode it with one", loading->packets);
    return choose_fps(loading, file, error);
}

char *recording_beside(const char *path, const char *extension)
{
    const char *name = strrchr(path, '/');
    const char *dot = strrchr(name ? name : path, '.');
    g_autofree char *stem = dot ? g_strndup(path, (gsize)(dot - path)) : g_strdup(path);

    return g_strconcat(stem, extension, NULL);
}

static gboolean read_provenance(Recording *recording, const char *path, GError **error)
{
    g_autofree char *beside = recording_beside(path, ".ini");
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
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "%s: %s: [recording] barcode= is true or false", beside, local->message);
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
    g_autoptr(ParameterSets) sets = parameter_sets_new();
    struct loading loading = {
        .path = path,
        .options = options,
        .recording = recording,
        .sets = sets,
        .last_pts = VIDEO_FILE_NO_TIME,
        .last_order = NO_PICTURE_ORDER,
    };

    recording->name = g_path_get_basename(path);
    recording->units = g_array_new(FALSE, FALSE, sizeof(struct recording_unit));
    g_array_set_clear_func(recording->units, clear_unit);

    if (!load(&loading, error) || !read_provenance(recording, path, error))
        return NULL;
    return g_steal_pointer(&recording);
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
