#include "reference.h"

#include "harness/common/decoder.h"

#include <gio/gio.h>
#include <libavutil/pixdesc.h>

static gboolean fail(GError **error, const char *recording, const char *what)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", recording, what);
    return FALSE;
}

/* The decoder's picture of `unit`; NULL and `error` when there is none. */
static const AVFrame *find(Decoder *decoder, const char *recording, guint unit, GError **error)
{
    g_autoptr(GError) why = NULL;
    const AVFrame *frame;
    guint shows;

    while (decoder_next(decoder, &frame, &shows, &why)) {
        if (shows == unit)
            return frame;
    }
    if (why)
        g_propagate_error(error, g_steal_pointer(&why));
    else
        fail(error, recording, "has no picture for the access unit that was shown");
    return NULL;
}

static uint8_t clamp(float value)
{
    return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)(value + 0.5f);
}

/* 8-bit planar YUV to BGRx: ITU-T H.273, equations for the matrix. */
static Picture *convert_yuv(const AVFrame *frame, const AVPixFmtDescriptor *format)
{
    DecoderColours colours = decoder_colours(frame);
    gboolean full = colours.full_range, hd = colours.bt709;
    const float kr = hd ? 0.2126f : 0.299f, kb = hd ? 0.0722f : 0.114f, kg = 1 - kr - kb;
    const float luma = full ? 1 : 255 / 219.0f, chroma = full ? 2 : 2 * 255 / 224.0f;
    Picture *picture = picture_new((unsigned)frame->width, (unsigned)frame->height);

    for (int y = 0; y < frame->height; y++) {
        const uint8_t *luma_row = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
        const uint8_t *cb_row =
            frame->data[1] + (ptrdiff_t)(y >> format->log2_chroma_h) * frame->linesize[1];
        const uint8_t *cr_row =
            frame->data[2] + (ptrdiff_t)(y >> format->log2_chroma_h) * frame->linesize[2];
        uint8_t *pixel = picture->bgrx + (size_t)y * picture->stride_bytes;
        for (int x = 0; x < frame->width; x++, pixel += 4) {
            float level = (luma_row[x] - (full ? 0 : 16)) * luma;
            float cb = (cb_row[x >> format->log2_chroma_w] - 128) * chroma;
            float cr = (cr_row[x >> format->log2_chroma_w] - 128) * chroma;
            pixel[0] = clamp(level + cb * (1 - kb));
            pixel[1] = clamp(level - (cb * kb * (1 - kb) + cr * kr * (1 - kr)) / kg);
            pixel[2] = clamp(level + cr * (1 - kr));
        }
    }
    return picture;
}

/* Planes of G, B and R, as a lossless master has them. */
static Picture *convert_rgb(const AVFrame *frame)
{
    Picture *picture = picture_new((unsigned)frame->width, (unsigned)frame->height);

    for (int y = 0; y < frame->height; y++) {
        uint8_t *pixel = picture->bgrx + (size_t)y * picture->stride_bytes;
        for (int x = 0; x < frame->width; x++, pixel += 4) {
            pixel[0] = frame->data[1][(ptrdiff_t)y * frame->linesize[1] + x];
            pixel[1] = frame->data[0][(ptrdiff_t)y * frame->linesize[0] + x];
            pixel[2] = frame->data[2][(ptrdiff_t)y * frame->linesize[2] + x];
        }
    }
    return picture;
}

Picture *reference_decode(const char *recording, guint unit, GError **error)
{
    g_autoptr(Decoder) decoder = decoder_open(recording, 1, error);
    const AVFrame *frame = decoder ? find(decoder, recording, unit, error) : NULL;
    if (!frame)
        return NULL;

    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
    if (!decoder_is_planar(frame) || (unsigned)frame->width > PICTURE_MAX_PX ||
        (unsigned)frame->height > PICTURE_MAX_PX) {
        fail(error, recording, "its pixel format cannot be compared");
        return NULL;
    }
    return format->flags & AV_PIX_FMT_FLAG_RGB ? convert_rgb(frame) : convert_yuv(frame, format);
}
