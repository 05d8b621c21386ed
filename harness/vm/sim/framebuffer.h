/*
 * framebuffer: the vGPU's own picture in memory, 32-bit BGRx, top-down.
 * Everything that is drawn is clipped to it. One thread at a time.
 */
#ifndef VDIBENCH_FRAMEBUFFER_H
#define VDIBENCH_FRAMEBUFFER_H

#include <glib.h>
#include <stdint.h>

typedef struct {
    int x, y, width, height; /* pixels */
} Rect;

typedef struct {
    int width_px, height_px;
    size_t stride_bytes;
    uint8_t *pixels;
} Framebuffer;

#define FRAMEBUFFER_RGB(red, green, blue) ((uint32_t)(red) << 16 | (green) << 8 | (blue))

/* A black picture. */
Framebuffer *framebuffer_create(int width_px, int height_px);
void framebuffer_destroy(Framebuffer *picture);

/* Where the pixel lies; it must be inside. */
static inline uint8_t *framebuffer_pixel(const Framebuffer *picture, int x, int y)
{
    return picture->pixels + (size_t)y * picture->stride_bytes + (size_t)x * 4;
}

/* The part of `rect` inside the picture; width and height are 0 if there is none. */
Rect framebuffer_clip(const Framebuffer *picture, Rect rect);

/* Fills with one colour, 0xRRGGBB. */
void framebuffer_fill(Framebuffer *picture, Rect rect, uint32_t colour);

/* Moves the inside of `rect` by (dx, dy); what comes from outside the
 * rectangle stays as it was. */
void framebuffer_scroll(Framebuffer *picture, Rect rect, int dx, int dy);

/* Writes an RGB PNG, replacing `path`. */
gboolean framebuffer_write_png(const Framebuffer *picture, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Framebuffer, framebuffer_destroy)

#endif
