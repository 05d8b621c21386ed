/*
 * video-file: the H.264 access units of a file that libavformat can read.
 *
 * Opens nothing but regular files, finds the video, and gives its packets one
 * after the other in Annex B. Files that are truncated or damaged, as far as
 * their container tells, are an error. One thread.
 */
#ifndef SIM_AGENT_VIDEO_FILE_H
#define SIM_AGENT_VIDEO_FILE_H

#include <glib.h>

/* A raw NAL stream has no time stamps that could be relied on. */
#define VIDEO_FILE_RAW_FPS 30

#define VIDEO_FILE_NO_TIME G_MININT64

typedef struct VideoFile VideoFile;

struct video_packet {
    const guint8 *bytes; /* Annex B, valid until the next call */
    gsize size;
    gint64 pts;           /* in the file's unit, or VIDEO_FILE_NO_TIME */
    gint64 picture_order; /* the order in which pictures are shown, from IDR to IDR */
    guint width_px, height_px; /* 0 when the file does not say */
};

/* NULL and `error` when it cannot be used. */
VideoFile *video_file_open(const char *path, GError **error);
void video_file_free(VideoFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VideoFile, video_file_free)

/* Frames a second as the file says (VIDEO_FILE_RAW_FPS where it cannot);
 * 0/1 when that makes no sense. */
void video_file_fps(const VideoFile *file, guint *ret_num, guint *ret_den);

/* SPS and PPS from the container, in Annex B; NULL when it has none. */
const guint8 *video_file_parameter_sets(const VideoFile *file, gsize *ret_size);

/* The next packet. FALSE at the end, and with `error` set when the file
 * breaks off or is damaged. */
gboolean video_file_next(VideoFile *file, struct video_packet *ret_packet, GError **error);

#endif
