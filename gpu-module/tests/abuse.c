/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/tests/abuse.h"

/* clang-format off */
#define BYTES(...) .size = sizeof((uint8_t[]){ __VA_ARGS__ }), .bytes = { __VA_ARGS__ }
/* clang-format on */
/* A header of this type that claims this size; a body that can be meant seriously follows. */
#define CLAIM(type, claimed, in_state, answer)                                                   \
    {                                                                                            \
        .name = #type " of " #claimed " bytes", .state = in_state, BYTES(HEADER(type, claimed)), \
        .reply = answer                                                                          \
    }
#define WHOLE(type, body, in_state)                                                        \
    {                                                                                      \
        .name = #type " of " #body " bytes", .state = in_state, BYTES(HEADER(type, body)), \
        .zeros = body                                                                      \
    }
#define UNKNOWN_TYPE 0x7777
#define NOT_FROM_A_GUEST "a message that only the other end may send"
/* The same in each state, and what is answered before START and after it. */
#define IN_EACH_STATE(called, before, after, ...)                                       \
    {.name = called, .state = ABUSE_IDLE, BYTES(__VA_ARGS__), .reply = before},         \
        {.name = called, .state = ABUSE_STARTED, BYTES(__VA_ARGS__), .reply = after},   \
        {.name = called, .state = ABUSE_FORMATTED, BYTES(__VA_ARGS__), .reply = after}, \
    {                                                                                   \
        .name = called, .state = ABUSE_STREAMING, BYTES(__VA_ARGS__), .reply = after    \
    }

const struct abuse abuses[] = {
    {.name = "another protocol version",
     .state = ABUSE_STARTED,
     BYTES(2, 0, 3, 0, 5, 0, 0, 0),
     .reply = "protocol version is not 1"},
    {.name = "0x0",
     .state = ABUSE_STARTED,
     BYTES(FORMAT(0, 0, 3)),
     .reply = "FORMAT: width and height must be at least 1"},
    {.name = "0x720",
     .state = ABUSE_STARTED,
     BYTES(FORMAT(0, 720, 3)),
     .reply = "FORMAT: width and height must be at least 1"},
    {.name = "2^31 x 2^31",
     .state = ABUSE_STARTED,
     BYTES(FORMAT(0x80000000, 0x80000000, 3)),
     .reply = "FORMAT: larger than 8192x4320"},
    {.name = "65535x65535",
     .state = ABUSE_STARTED,
     BYTES(FORMAT(65535, 65535, 3)),
     .reply = "FORMAT: larger than 8192x4320"},
    {.name = "2^32-1 x 1",
     .state = ABUSE_STARTED,
     BYTES(FORMAT(0xffffffff, 1, 3)),
     .reply = "FORMAT: larger than 8192x4320"},
    {.name = "DATA of 2^31-1",
     .state = ABUSE_STARTED,
     BYTES(FORMAT(64, 64, 3), HEADER(PORT_DATA, 0x7fffffff)),
     .reply = "DATA: larger than 8 MiB"},
    {.name = "DATA of 2^31-1 before FORMAT",
     .state = ABUSE_STARTED,
     BYTES(HEADER(PORT_DATA, 0x7fffffff)),
     .reply = "DATA: larger than 8 MiB"},
    {.name = "AVCC instead of a byte stream",
     .state = ABUSE_STARTED,
     BYTES(FORMAT(64, 64, 3), HEADER(PORT_DATA, 6), 0, 0, 0, 2, 0x65, 0x88),
     .reply = "DATA: not a frame of the FORMAT's codec (H.264, H.265: in byte stream format)"},
    {.name = "START_STOP from the guest",
     .state = ABUSE_STARTED,
     BYTES(HEADER(PORT_START_STOP, 1), 0),
     .reply = NOT_FROM_A_GUEST},
    WHOLE(PORT_CAPABILITIES, 0, ABUSE_STARTED),
    WHOLE(PORT_CAPABILITIES, PORT_CAPABILITIES_MAX_BYTES, ABUSE_STARTED),
    CLAIM(PORT_CAPABILITIES, PORT_CAPABILITIES_MAX_BYTES + 1, ABUSE_STARTED,
          "CAPABILITIES: too large"),
    CLAIM(PORT_CAPABILITIES, 0xffffffff, ABUSE_STARTED, "CAPABILITIES: too large"),
    CLAIM(PORT_FORMAT, 0, ABUSE_STARTED, "FORMAT: wrong size"),
    CLAIM(PORT_FORMAT, PORT_FORMAT_BYTES - 1, ABUSE_STARTED, "FORMAT: wrong size"),
    CLAIM(PORT_FORMAT, PORT_FORMAT_BYTES + 1, ABUSE_STARTED, "FORMAT: wrong size"),
    CLAIM(PORT_FORMAT, 0xffffffff, ABUSE_STARTED, "FORMAT: wrong size"),
    WHOLE(PORT_DATA, 0, ABUSE_FORMATTED),
    CLAIM(PORT_DATA, PORT_DATA_MAX_BYTES + 1, ABUSE_FORMATTED, "DATA: larger than 8 MiB"),
    CLAIM(PORT_DATA, 0xffffffff, ABUSE_FORMATTED, "DATA: larger than 8 MiB"),
    CLAIM(PORT_CURSOR_SET, 0, ABUSE_STARTED, "CURSOR_SET: shorter than its header"),
    WHOLE(PORT_CURSOR_SET, PORT_CURSOR_SET_MIN_BYTES, ABUSE_STARTED),
    CLAIM(PORT_CURSOR_SET, PORT_CURSOR_SET_MAX_BYTES + 1, ABUSE_STARTED,
          "CURSOR_SET: larger than 1024x1024"),
    CLAIM(PORT_CURSOR_SET, 0xffffffff, ABUSE_STARTED, "CURSOR_SET: larger than 1024x1024"),
    CLAIM(PORT_CURSOR_MOVE, 0, ABUSE_STARTED, "CURSOR_MOVE: wrong size"),
    WHOLE(PORT_CURSOR_MOVE, PORT_CURSOR_MOVE_BYTES, ABUSE_STARTED),
    CLAIM(PORT_CURSOR_MOVE, 0xffffffff, ABUSE_STARTED, "CURSOR_MOVE: wrong size"),
    WHOLE(PORT_DEVICE_DISPLAY_INFO, 0, ABUSE_STARTED),
    CLAIM(PORT_QUALITY_INDICATOR, PORT_SKIP_MAX_BYTES + 1, ABUSE_STARTED,
          "a message without use for us is too large to skip"),
    CLAIM(UNKNOWN_TYPE, 0xffffffff, ABUSE_STARTED,
          "a message without use for us is too large to skip"),
    IN_EACH_STATE("CAPABILITIES", NULL, NULL, HEADER(PORT_CAPABILITIES, 1), 0),
    IN_EACH_STATE("CURSOR_MOVE", NULL, NULL, HEADER(PORT_CURSOR_MOVE, 8), 1, 2, 3, 4, 5, 6, 7, 8),
    IN_EACH_STATE("hidden cursor", NULL, NULL, HEADER(PORT_CURSOR_SET, 12), 0, 0, 0, 0, 0, 0, 0, 0,
                  0, 0, 0, 0),
    IN_EACH_STATE("QUALITY_INDICATOR", NULL, NULL, HEADER(PORT_QUALITY_INDICATOR, 4), 1, 2, 3, 4),
    IN_EACH_STATE("FORMAT", "FORMAT before START_STOP", NULL, FORMAT(640, 480, 3)),
    IN_EACH_STATE("DATA", NULL, NULL, HEADER(PORT_DATA, 5), 0, 0, 1, 0x41, 0x9a),
    IN_EACH_STATE("empty DATA", NULL, NULL, HEADER(PORT_DATA, 0)),
    IN_EACH_STATE("FORMAT of a codec that does not exist", "FORMAT before START_STOP", NULL,
                  FORMAT(64, 64, 6)),
    IN_EACH_STATE("NOTIFY_ERROR", NOT_FROM_A_GUEST, NOT_FROM_A_GUEST, HEADER(PORT_NOTIFY_ERROR, 4),
                  0, 0, 0, 0),
};
const unsigned abuses_count = sizeof abuses / sizeof abuses[0];
