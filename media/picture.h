/*
 * picture: 32-bit BGRx pictures, their PNG files, and how far two are apart.
 *
 * BGRx is what SPICE's 32-bit surfaces and GStreamer's video sinks hold; the
 * x byte means nothing and is never compared. A Picture belongs to one thread
 * at a time; the functions have no globals. Follows libpng's manual, section
 * "Simplified API".
 */
#ifndef VDIBENCH_PICTURE_H
#define VDIBENCH_PICTURE_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* A file may claim any size; this is SPICE's and H.264's largest, rounded up. */
#define PICTURE_MAX_PX 8192u

typedef struct Picture {
    unsigned width_px;
    unsigned height_px;
    size_t stride_bytes; /* width_px * 4 */
    uint8_t *bgrx;       /* owned */
} Picture;

typedef struct PictureDifference {
    uint64_t wrong_pixels; /* in which B, G or R differ */
    double psnr_db;        /* over B, G and R; INFINITY when nothing differs */
} PictureDifference;

/* A black picture. Sizes are 1 to PICTURE_MAX_PX. */
Picture *picture_new(unsigned width_px, unsigned height_px);

/* Copies pixels that lie `stride_bytes` apart from row to row. */
Picture *picture_copy(const uint8_t *bgrx, size_t stride_bytes, unsigned width_px,
                      unsigned height_px);

/* NULL is allowed. */
void picture_free(Picture *picture);

/* Reads a PNG of any depth and colour type; transparency is ignored. NULL and
 * `error` (G_IO_ERROR) when it cannot be read or is larger than the maximum. */
Picture *picture_load(const char *path, GError **error);

/* Writes an 8-bit RGB PNG, replacing the file; fast rather than small. */
gboolean picture_save(const Picture *picture, const char *path, GError **error);

/* FALSE and `error` when the sizes differ: such pictures have no distance. */
gboolean picture_compare(const Picture *a, const Picture *b, PictureDifference *ret_difference,
                         GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Picture, picture_free)

#endif
