/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* Shapes of every type and size, right ones and lies. Each body lies at the
 * end of its own allocation, so that a sanitizer sees one byte too many. */
#include "protocol/cursor-shape.h"
#include "protocol/port-protocol.h"

#include <errno.h>
#include <setjmp.h>
#include <spice/enums.h>
#include <spice/stream-device.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

_Static_assert((int)CURSOR_ALPHA == SPICE_CURSOR_TYPE_ALPHA, "ALPHA");
_Static_assert((int)CURSOR_COLOR32 == SPICE_CURSOR_TYPE_COLOR32, "COLOR32");
_Static_assert(CURSOR_MAX_PX == STREAM_MSG_CURSOR_SET_MAX_WIDTH, "width");
_Static_assert(CURSOR_MAX_PX == STREAM_MSG_CURSOR_SET_MAX_HEIGHT, "height");

#define SIZE "CURSOR_SET: the size disagrees with width, height and type"
#define LARGE "CURSOR_SET: larger than 1024x1024"
#define HOT "CURSOR_SET: the hot spot is outside of the shape"

static const struct {
    const char *name;
    unsigned width, height, hot_x, hot_y, type;
    size_t pixels_bytes;
    enum cursor_kind kind;
    const char *error;
} shapes[] = {
    {"ALPHA", 64, 64, 3, 4, SPICE_CURSOR_TYPE_ALPHA, 64 * 64 * 4, CURSOR_SHAPE, NULL},
    {"ALPHA 1x1", 1, 1, 0, 0, SPICE_CURSOR_TYPE_ALPHA, 4, CURSOR_SHAPE, NULL},
    {"ALPHA max", 1024, 1024, 1023, 1023, SPICE_CURSOR_TYPE_ALPHA, 4194304, CURSOR_SHAPE, NULL},
    {"ALPHA one byte short", 64, 64, 0, 0, SPICE_CURSOR_TYPE_ALPHA, 64 * 64 * 4 - 1, CURSOR_BAD,
     SIZE},
    {"ALPHA one byte long", 64, 64, 0, 0, SPICE_CURSOR_TYPE_ALPHA, 64 * 64 * 4 + 1, CURSOR_BAD,
     SIZE},
    {"ALPHA without pixels", 64, 64, 0, 0, SPICE_CURSOR_TYPE_ALPHA, 0, CURSOR_BAD, SIZE},
    {"COLOR32", 32, 32, 0, 0, SPICE_CURSOR_TYPE_COLOR32, 32 * 32 * 4 + 128, CURSOR_SHAPE, NULL},
    {"COLOR32, mask of a part of a byte", 3, 3, 0, 0, SPICE_CURSOR_TYPE_COLOR32, 36 + 2,
     CURSOR_SHAPE, NULL},
    {"COLOR32 max", 1024, 1024, 0, 0, SPICE_CURSOR_TYPE_COLOR32, 4194304 + 131072, CURSOR_SHAPE,
     NULL},
    {"COLOR32 without its mask", 32, 32, 0, 0, SPICE_CURSOR_TYPE_COLOR32, 32 * 32 * 4, CURSOR_BAD,
     SIZE},
    {"COLOR32 one byte short", 3, 3, 0, 0, SPICE_CURSOR_TYPE_COLOR32, 36 + 1, CURSOR_BAD, SIZE},
    {"MONO", 32, 32, 0, 0, SPICE_CURSOR_TYPE_MONO, 32 * 32 / 8 * 2, CURSOR_SKIPPED, NULL},
    {"COLOR4", 32, 32, 0, 0, SPICE_CURSOR_TYPE_COLOR4, 32 * 32 / 2 + 64 + 128, CURSOR_SKIPPED,
     NULL},
    {"COLOR8", 32, 32, 0, 0, SPICE_CURSOR_TYPE_COLOR8, 32 * 32 + 128, CURSOR_SKIPPED, NULL},
    {"COLOR16", 32, 32, 0, 0, SPICE_CURSOR_TYPE_COLOR16, 32 * 32 * 2 + 128, CURSOR_SKIPPED, NULL},
    {"COLOR24", 32, 32, 0, 0, SPICE_CURSOR_TYPE_COLOR24, 32 * 32 * 3 + 128, CURSOR_SKIPPED, NULL},
    {"type 7", 32, 32, 0, 0, 7, 0, CURSOR_SKIPPED, NULL},
    {"type 255", 1024, 1024, 65535, 65535, 255, 1, CURSOR_SKIPPED, NULL},
    {"0x0", 0, 0, 0, 0, SPICE_CURSOR_TYPE_ALPHA, 0, CURSOR_HIDDEN, NULL},
    {"0x64", 0, 64, 9, 9, SPICE_CURSOR_TYPE_ALPHA, 0, CURSOR_HIDDEN, NULL},
    {"64x0 of type 255", 64, 0, 0, 0, 255, 0, CURSOR_HIDDEN, NULL},
    {"0x0 with pixels", 0, 0, 0, 0, SPICE_CURSOR_TYPE_ALPHA, 4, CURSOR_BAD, SIZE},
    {"1025x1", 1025, 1, 0, 0, SPICE_CURSOR_TYPE_ALPHA, 4100, CURSOR_BAD, LARGE},
    {"1x1025", 1, 1025, 0, 0, SPICE_CURSOR_TYPE_ALPHA, 4100, CURSOR_BAD, LARGE},
    {"65535x65535", 65535, 65535, 0, 0, SPICE_CURSOR_TYPE_COLOR32, 16, CURSOR_BAD, LARGE},
    {"32768x32768 of type 255", 32768, 32768, 0, 0, 255, 0, CURSOR_BAD, LARGE},
    {"65535x0", 65535, 0, 0, 0, SPICE_CURSOR_TYPE_ALPHA, 0, CURSOR_BAD, LARGE},
    {"hot spot right of it", 8, 8, 8, 0, SPICE_CURSOR_TYPE_ALPHA, 256, CURSOR_BAD, HOT},
    {"hot spot below it", 8, 8, 0, 8, SPICE_CURSOR_TYPE_ALPHA, 256, CURSOR_BAD, HOT},
    {"hot spot 65535", 8, 8, 65535, 65535, SPICE_CURSOR_TYPE_ALPHA, 256, CURSOR_BAD, HOT},
};

static void each_shape_is_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        StreamMsgCursorSet header = {
            .width = (uint16_t)shapes[i].width,
            .height = (uint16_t)shapes[i].height,
            .hot_spot_x = (uint16_t)shapes[i].hot_x,
            .hot_spot_y = (uint16_t)shapes[i].hot_y,
            .type = (uint8_t)shapes[i].type,
        };
        size_t bytes = sizeof header + shapes[i].pixels_bytes;
        uint8_t *body = calloc(1, bytes);
        const char *error = NULL;
        struct cursor_shape shape;

        print_message("%s\n", shapes[i].name);
        memcpy(body, &header, sizeof header); /* this host is little-endian, as the wire */
        assert_int_equal(cursor_read(body, bytes, &shape, &error), shapes[i].kind);
        if (shapes[i].error)
            assert_string_equal(error, shapes[i].error);
        else
            assert_null(error);
        if (shapes[i].kind == CURSOR_SHAPE) {
            assert_int_equal(shape.width_px, shapes[i].width);
            assert_int_equal(shape.height_px, shapes[i].height);
            assert_int_equal(shape.hot_x_px, shapes[i].hot_x);
            assert_int_equal(shape.hot_y_px, shapes[i].hot_y);
            assert_int_equal(shape.type, shapes[i].type);
            assert_ptr_equal(shape.pixels, body + sizeof header);
            assert_int_equal(shape.pixels_bytes, shapes[i].pixels_bytes);
            assert_true(bytes <= PORT_CURSOR_SET_MAX_BYTES);
        }
        free(body);
    }
}

/* What is composed is read as it was; what would not be taken is not composed. */
static void each_shape_is_composed_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const struct cursor_shape shape = {
            .width_px = (uint16_t)shapes[i].width,
            .height_px = (uint16_t)shapes[i].height,
            .hot_x_px = (uint16_t)shapes[i].hot_x,
            .hot_y_px = (uint16_t)shapes[i].hot_y,
            .type = (uint8_t)shapes[i].type,
            .pixels_bytes = (uint32_t)shapes[i].pixels_bytes,
        };
        uint8_t header[CURSOR_COMPOSED_BYTES];
        const StreamMsgCursorSet expected = {
            .width = shape.width_px,
            .height = shape.height_px,
            .hot_spot_x = shape.hot_x_px,
            .hot_spot_y = shape.hot_y_px,
            .type = shape.type,
        };

        print_message("%s\n", shapes[i].name);
        memset(header, 0xee, sizeof header);
        int size = cursor_compose(header, sizeof header, &shape);
        if (shapes[i].kind != CURSOR_SHAPE && shapes[i].kind != CURSOR_HIDDEN) {
            assert_int_equal(size, -EINVAL);
            continue;
        }
        assert_int_equal(size, sizeof header);
        assert_int_equal(cursor_compose(header, sizeof header - 1, &shape), -ENOSPC);
        assert_int_equal(header[2], PORT_CURSOR_SET);
        assert_int_equal(header[4] | header[5] << 8 | header[6] << 16 | header[7] << 24,
                         sizeof expected + shapes[i].pixels_bytes);
        assert_memory_equal(header + PORT_HEADER_BYTES, &expected, sizeof expected);
    }
}

static void a_header_cut_short_is_bad(void **state)
{
    (void)state;
    for (size_t bytes = 0; bytes < sizeof(StreamMsgCursorSet); bytes++) {
        uint8_t *body = calloc(1, bytes + (bytes == 0));
        const char *error = NULL;
        struct cursor_shape shape;

        assert_int_equal(cursor_read(body, bytes, &shape, &error), CURSOR_BAD);
        assert_string_equal(error, "CURSOR_SET: shorter than its header");
        free(body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_shape_is_what_it_is),
        cmocka_unit_test(each_shape_is_composed_or_refused),
        cmocka_unit_test(a_header_cut_short_is_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
