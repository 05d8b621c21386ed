/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* port-protocol.h against the published definition, <spice/stream-device.h>. */
#include "protocol/port-protocol.h"

#include <setjmp.h>
#include <spice/enums.h>
#include <spice/stream-device.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

_Static_assert(PORT_PROTOCOL_VERSION == STREAM_DEVICE_PROTOCOL, "version");
_Static_assert(PORT_HEADER_BYTES == sizeof(StreamDevHeader), "header");
_Static_assert(PORT_FORMAT_BYTES == sizeof(StreamMsgFormat), "FORMAT");
_Static_assert(PORT_CAPABILITIES_MAX_BYTES == STREAM_MSG_CAPABILITIES_MAX_BYTES, "CAPABILITIES");
_Static_assert(PORT_CURSOR_SET_MIN_BYTES == sizeof(StreamMsgCursorSet), "CURSOR_SET");
_Static_assert(PORT_CURSOR_SET_MAX_BYTES ==
                   sizeof(StreamMsgCursorSet) +
                       (STREAM_MSG_CURSOR_SET_MAX_WIDTH * 4 + STREAM_MSG_CURSOR_SET_MAX_WIDTH / 8) *
                           STREAM_MSG_CURSOR_SET_MAX_HEIGHT,
               "the largest legal cursor");
_Static_assert(PORT_CURSOR_MOVE_BYTES == sizeof(StreamMsgCursorMove), "CURSOR_MOVE");

static void the_numbers_are_the_published_ones(void **state)
{
    (void)state;
    assert_int_equal(PORT_CAPABILITIES, STREAM_TYPE_CAPABILITIES);
    assert_int_equal(PORT_FORMAT, STREAM_TYPE_FORMAT);
    assert_int_equal(PORT_DATA, STREAM_TYPE_DATA);
    assert_int_equal(PORT_START_STOP, STREAM_TYPE_START_STOP);
    assert_int_equal(PORT_NOTIFY_ERROR, STREAM_TYPE_NOTIFY_ERROR);
    assert_int_equal(PORT_CURSOR_SET, STREAM_TYPE_CURSOR_SET);
    assert_int_equal(PORT_CURSOR_MOVE, STREAM_TYPE_CURSOR_MOVE);
    assert_int_equal(PORT_DEVICE_DISPLAY_INFO, STREAM_TYPE_DEVICE_DISPLAY_INFO);
    assert_int_equal(PORT_QUALITY_INDICATOR, STREAM_TYPE_QUALITY_INDICATOR);
    assert_int_equal(PORT_CODEC_MJPEG, SPICE_VIDEO_CODEC_TYPE_MJPEG);
    assert_int_equal(PORT_CODEC_VP8, SPICE_VIDEO_CODEC_TYPE_VP8);
    assert_int_equal(PORT_CODEC_H264, SPICE_VIDEO_CODEC_TYPE_H264);
    assert_int_equal(PORT_CODEC_VP9, SPICE_VIDEO_CODEC_TYPE_VP9);
    assert_int_equal(PORT_CODEC_H265, SPICE_VIDEO_CODEC_TYPE_H265);
}

static void the_layout_is_the_published_one(void **state)
{
    (void)state;
    uint8_t message[PORT_HEADER_BYTES + PORT_FORMAT_BYTES];
    const struct port_format format = {0x01020304, 0x05060708, PORT_CODEC_H264};
    StreamDevHeader header;
    StreamMsgFormat body;

    assert_int_equal(port_compose_format(message, sizeof message, &format), sizeof message);
    memcpy(&header, message, sizeof header);
    memcpy(&body, message + sizeof header, sizeof body);
    assert_int_equal(header.protocol_version, STREAM_DEVICE_PROTOCOL);
    assert_int_equal(header.padding, 0);
    assert_int_equal(header.type, STREAM_TYPE_FORMAT);
    assert_int_equal(header.size, sizeof body);
    assert_int_equal(body.width, format.width_px);
    assert_int_equal(body.height, format.height_px);
    assert_int_equal(body.codec, format.codec);
    assert_int_equal(offsetof(StreamMsgStartStop, codecs), 1);
    assert_int_equal(offsetof(StreamMsgNotifyError, msg), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_numbers_are_the_published_ones),
        cmocka_unit_test(the_layout_is_the_published_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
