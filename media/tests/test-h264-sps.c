/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* SPSs of x264 (ffmpeg -c:v libx264, two frames of 320x240, 30 fps). */
#include "media/h264-sps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* clang-format off */
#define BYTES(...) sizeof((uint8_t[]){ __VA_ARGS__ }), { __VA_ARGS__ }
/* clang-format on */

/* clang-format off */
static const struct {
    const char *name;
    size_t size;
    uint8_t nal[32];
    struct h264_sps sps;
} cases[] = {
    { "-tune zerolatency",
      BYTES(0x67, 0x64, 0x00, 0x0d, 0xac, 0xb2, 0x02, 0x83, 0xf6, 0x02, 0x20, 0x00, 0x00, 0x03,
            0x00, 0x20, 0x00, 0x00, 0x07, 0x91, 0xe2, 0x85, 0x49),
      { .profile_idc = 100, .level_idc = 13, .frames_only = 1, .reorder_is_stated = 1,
        .chroma_format_idc = 1, .bit_depth_luma = 8, .bit_depth_chroma = 8,
        .width_px = 320, .height_px = 240, .crop_width_px = 320, .crop_height_px = 240,
        .matrix_coefficients = 2, .fps_num = 30, .fps_den = 1, .fixed_fps = 1 } },
    { "-bf 2",
      BYTES(0x67, 0x64, 0x00, 0x0d, 0xac, 0xd9, 0x41, 0x41, 0xfb, 0x01, 0x10, 0x00, 0x00, 0x03,
            0x00, 0x10, 0x00, 0x00, 0x03, 0x03, 0xc0, 0xf1, 0x42, 0x99, 0x60),
      { .profile_idc = 100, .level_idc = 13, .frames_only = 1, .reorder_is_stated = 1,
        .max_reorder_frames = 2, .chroma_format_idc = 1, .bit_depth_luma = 8,
        .bit_depth_chroma = 8, .width_px = 320, .height_px = 240, .crop_width_px = 320,
        .crop_height_px = 240, .matrix_coefficients = 2, .fps_num = 30, .fps_den = 1 } },
    { "-flags +ildct",
      BYTES(0x67, 0x64, 0x00, 0x15, 0xac, 0xe4, 0x05, 0x04, 0x3f, 0x2e, 0x02, 0x20, 0x00, 0x00,
            0x03, 0x00, 0x20, 0x00, 0x00, 0x07, 0x93, 0xe2, 0x85, 0x49),
      { .profile_idc = 100, .level_idc = 21, .mbaff = 1, .reorder_is_stated = 1,
        .chroma_format_idc = 1, .bit_depth_luma = 8, .bit_depth_chroma = 8, .width_px = 320,
        .height_px = 256, .crop_width_px = 320, .crop_height_px = 240, .matrix_coefficients = 2,
        .fps_num = 30, .fps_den = 1, .fixed_fps = 1 } },
    { "10 bit",
      BYTES(0x67, 0x6e, 0x00, 0x0d, 0xa6, 0xcb, 0x20, 0x28, 0x3f, 0x60, 0x22, 0x00, 0x00, 0x03,
            0x00, 0x02, 0x00, 0x00, 0x03, 0x00, 0x79, 0x1e, 0x28, 0x54, 0x90),
      { .profile_idc = 110, .level_idc = 13, .frames_only = 1, .reorder_is_stated = 1,
        .chroma_format_idc = 1, .bit_depth_luma = 10, .bit_depth_chroma = 10,
        .width_px = 320, .height_px = 240, .crop_width_px = 320, .crop_height_px = 240,
        .matrix_coefficients = 2, .fps_num = 30, .fps_den = 1, .fixed_fps = 1 } },
    { "4:2:2",
      BYTES(0x67, 0x7a, 0x00, 0x0d, 0xbc, 0xb2, 0x02, 0x83, 0xf6, 0x02, 0x20, 0x00, 0x00, 0x03,
            0x00, 0x20, 0x00, 0x00, 0x07, 0x91, 0xe2, 0x85, 0x49),
      { .profile_idc = 122, .level_idc = 13, .frames_only = 1, .reorder_is_stated = 1,
        .chroma_format_idc = 2, .bit_depth_luma = 8, .bit_depth_chroma = 8,
        .width_px = 320, .height_px = 240, .crop_width_px = 320, .crop_height_px = 240,
        .matrix_coefficients = 2, .fps_num = 30, .fps_den = 1, .fixed_fps = 1 } },
    { "grey, full range",
      BYTES(0x67, 0x64, 0x00, 0x0d, 0xf2, 0xc8, 0x0a, 0x0f, 0xd8, 0x0b, 0x64, 0x00, 0x00, 0x03,
            0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xf2, 0x3c, 0x50, 0xa9, 0x20),
      { .profile_idc = 100, .level_idc = 13, .frames_only = 1, .reorder_is_stated = 1,
        .chroma_format_idc = 0, .bit_depth_luma = 8, .bit_depth_chroma = 8,
        .width_px = 320, .height_px = 240, .crop_width_px = 320, .crop_height_px = 240,
        .full_range = 1, .matrix_coefficients = 2, .fps_num = 30, .fps_den = 1, .fixed_fps = 1 } },
    { "BT.709, full range",
      BYTES(0x67, 0x64, 0x00, 0x0d, 0xac, 0xb2, 0x02, 0x83, 0xf6, 0x02, 0xdc, 0x08, 0x08, 0x05,
            0x00, 0x00, 0x03, 0x00, 0x01, 0x00, 0x00, 0x03, 0x00, 0x3c, 0x8f, 0x14, 0x2a, 0x48),
      { .profile_idc = 100, .level_idc = 13, .frames_only = 1, .reorder_is_stated = 1,
        .chroma_format_idc = 1, .bit_depth_luma = 8, .bit_depth_chroma = 8,
        .width_px = 320, .height_px = 240, .crop_width_px = 320, .crop_height_px = 240,
        .full_range = 1, .matrix_coefficients = 1, .fps_num = 30, .fps_den = 1, .fixed_fps = 1 } },
    { "318x238",
      BYTES(0x67, 0x64, 0x00, 0x0d, 0xac, 0xb2, 0x02, 0x83, 0xfd, 0x56, 0x02, 0x20, 0x00, 0x00,
            0x03, 0x00, 0x20, 0x00, 0x00, 0x07, 0x91, 0xe2, 0x85, 0x49),
      { .profile_idc = 100, .level_idc = 13, .frames_only = 1, .reorder_is_stated = 1,
        .chroma_format_idc = 1, .bit_depth_luma = 8, .bit_depth_chroma = 8,
        .width_px = 320, .height_px = 240, .crop_width_px = 318, .crop_height_px = 238,
        .matrix_coefficients = 2, .fps_num = 30, .fps_den = 1, .fixed_fps = 1 } },
    /* Composed by hand, 64x48: either nothing forbids reordering, or the order of output
     * does (8.2.1.3). */
    { "Baseline without a VUI, pic_order_cnt_type 0",
      BYTES(0x67, 0x42, 0x00, 0x0a, 0xf4, 0x23, 0xc8),
      { .profile_idc = 66, .level_idc = 10, .frames_only = 1, .max_reorder_frames = 16,
        .chroma_format_idc = 1, .bit_depth_luma = 8, .bit_depth_chroma = 8,
        .width_px = 64, .height_px = 48, .crop_width_px = 64, .crop_height_px = 48,
        .matrix_coefficients = 2 } },
    { "Baseline without a VUI, pic_order_cnt_type 2",
      BYTES(0x67, 0x42, 0x00, 0x0a, 0xda, 0x11, 0xe4),
      { .profile_idc = 66, .level_idc = 10, .frames_only = 1, .reorder_is_stated = 1,
        .chroma_format_idc = 1, .bit_depth_luma = 8, .bit_depth_chroma = 8,
        .width_px = 64, .height_px = 48, .crop_width_px = 64, .crop_height_px = 48,
        .matrix_coefficients = 2 } },
};
/* clang-format on */

#define SAME(field) assert_int_equal(sps.field, cases[i].sps.field)

static void each_field_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct h264_sps sps;
        print_message("%s\n", cases[i].name);
        assert_true(h264_sps_read(cases[i].nal, cases[i].size, &sps));
        SAME(id);
        SAME(profile_idc);
        SAME(level_idc);
        SAME(frames_only);
        SAME(mbaff);
        SAME(max_reorder_frames);
        SAME(reorder_is_stated);
        SAME(chroma_format_idc);
        SAME(bit_depth_luma);
        SAME(bit_depth_chroma);
        SAME(width_px);
        SAME(height_px);
        SAME(crop_x_px);
        SAME(crop_y_px);
        SAME(crop_width_px);
        SAME(crop_height_px);
        SAME(full_range);
        SAME(matrix_coefficients);
        SAME(fps_num);
        SAME(fps_den);
        SAME(fixed_fps);
    }
}

static void what_is_no_sps_is_refused(void **state)
{
    (void)state;
    static const uint8_t pps[] = {0x68, 0xce, 0x3c, 0x80}, empty[] = {0x67};
    struct h264_sps sps;

    assert_false(h264_sps_read(pps, sizeof pps, &sps));
    assert_false(h264_sps_read(empty, sizeof empty, &sps));
    assert_false(h264_sps_read(empty, 0, &sps));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        for (size_t size = 1; size + 2 < cases[i].size / 2; size++)
            assert_false(h264_sps_read(cases[i].nal, size, &sps));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_field_is_read),
        cmocka_unit_test(what_is_no_sps_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
