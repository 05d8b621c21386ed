/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "protocol/tests/coded-frames.h"

#include "media/barcode.h"

#include <libavformat/avformat.h>
#include <stdint.h>
#include <stdio.h>

/* A slope that moves to the right, so that each frame differs everywhere. */
static void draw(uint8_t *bgrx, unsigned width_px, unsigned height_px, unsigned number)
{
    for (unsigned y = 0; y < height_px; y++)
        for (unsigned x = 0; x < width_px; x++) {
            uint8_t *pixel = bgrx + ((size_t)y * width_px + x) * 4;
            pixel[0] = (uint8_t)(y * 255 / height_px);
            pixel[1] = (uint8_t)((x + 8 * number) % width_px * 255 / width_px);
            pixel[2] = 128;
            pixel[3] = 0;
        }
    barcode_draw(bgrx, (size_t)width_px * 4, BARCODE_SOURCE_RECORDING, (uint16_t)number);
}

static void write_pictures(const char *file, unsigned width_px, unsigned height_px, unsigned count)
{
    const size_t bytes = (size_t)width_px * height_px * 4;
    g_autofree uint8_t *pictures = g_malloc(bytes * count);

    for (unsigned i = 0; i < count; i++)
        draw(pictures + i * bytes, width_px, height_px, i);
    g_assert_true(
        g_file_set_contents(file, (const char *)pictures, (ssize_t)(bytes * count), NULL));
}

static GPtrArray *read_packets(const char *file)
{
    GPtrArray *packets = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    AVFormatContext *input = NULL;
    AVPacket *packet = av_packet_alloc();

    g_assert_true(avformat_open_input(&input, file, NULL, NULL) == 0);
    while (av_read_frame(input, packet) == 0) {
        g_ptr_array_add(packets, g_bytes_new(packet->data, (size_t)packet->size));
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    avformat_close_input(&input);
    return packets;
}

GPtrArray *coded_frames_make(const char *encoder, unsigned width_px, unsigned height_px,
                             unsigned count, const char *folder)
{
    g_autofree char *pictures = g_build_filename(folder, "pictures.bgrx", NULL);
    /* NUT keeps each packet as the encoder made it. Since FFmpeg 7 it has the parameter sets in
     * the file's head alone, whatever -flags asks for: dump_extra puts them back. */
    g_autofree char *coded = g_build_filename(folder, "coded.nut", NULL);
    g_autofree char *command = g_strdup_printf(
        "ffmpeg -v error -f rawvideo -pix_fmt bgr0 -s %ux%u -r 30 -i %s -pix_fmt yuv420p -g 1000 "
        "-flags -global_header -c:v %s -bsf:v dump_extra -y -f nut %s",
        width_px, height_px, pictures, encoder, coded);
    int status = -1;

    write_pictures(pictures, width_px, height_px, count);
    if (!g_spawn_command_line_sync(command, NULL, NULL, &status, NULL) || status != 0)
        return NULL;
    return read_packets(coded);
}
