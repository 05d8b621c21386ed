/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* Every stream of messages is parsed whole, byte by byte, and cut once at each
 * place; all three must give the same events. */
#include "protocol/port-protocol.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define LOG_SIZE 4096

/* What the parser said, as text: "format 1280x720/3; data 5 hello; ..." */
struct listener {
    struct port_parser parser;
    uint8_t *data;
    bool refuse_data; /* answer BODY_BEGIN with no buffer */
    char log[LOG_SIZE];
};

static void say(struct listener *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct listener *l, const char *format, ...)
{
    size_t length = strlen(l->log);
    va_list args;
    va_start(args, format);
    vsnprintf(l->log + length, LOG_SIZE - length, format, args);
    va_end(args);
}

static void on_event(struct listener *l, const struct port_event *event)
{
    switch (event->kind) {
    case PORT_EVENT_NONE:
        break;
    case PORT_EVENT_CAPABILITIES:
        say(l, "capabilities %u%s;", event->bytes, event->announced ? " with ours" : "");
        break;
    case PORT_EVENT_FORMAT:
        say(l, "format %ux%u/%u;", event->format.width_px, event->format.height_px,
            event->format.codec);
        break;
    case PORT_EVENT_BODY_BEGIN:
        if (!l->refuse_data)
            port_parser_set_body(&l->parser, l->data = malloc(event->bytes));
        break;
    case PORT_EVENT_DATA_END:
    case PORT_EVENT_CURSOR_SET_END:
        say(l, "%s %u %.*s;", event->kind == PORT_EVENT_DATA_END ? "data" : "cursor-set",
            event->bytes, (int)event->bytes, (char *)l->data);
        free(l->data);
        l->data = NULL;
        break;
    case PORT_EVENT_CURSOR_MOVE:
        say(l, "cursor-move %d,%d;", event->cursor_move.x_px, event->cursor_move.y_px);
        break;
    case PORT_EVENT_START_STOP:
        say(l, "start-stop %u;", event->bytes);
        break;
    case PORT_EVENT_NOTIFY_ERROR:
        say(l, "notify %.*s;", (int)event->bytes, (const char *)event->body);
        break;
    case PORT_EVENT_KEY_FRAME_REQUEST:
        say(l, "key-frame-request;");
        break;
    case PORT_EVENT_FRAME_INFORMATION:
        say(l, "information %llx %llu %d;", (unsigned long long)event->information.id,
            (unsigned long long)event->information.capture_ns, event->information.key_frame);
        break;
    case PORT_EVENT_FEEDBACK:
        say(l, "feedback %u %u %u;", event->feedback.frames_in_flight,
            event->feedback.achieved_kbps, event->feedback.frames_dropped);
        break;
    case PORT_EVENT_SKIPPED:
        say(l, "skipped %u;", event->type);
        break;
    case PORT_EVENT_HEARTBEAT:
        say(l, "heartbeat;");
        break;
    case PORT_EVENT_TOLERATED:
        say(l, "tolerated %s;", event->error);
        break;
    case PORT_EVENT_ERROR:
        say(l, "error %s;", event->error);
        break;
    }
}

static void feed(struct listener *l, const uint8_t *bytes, size_t size)
{
    while (size > 0 && !strstr(l->log, "error ")) {
        uint8_t *where;
        size_t room;
        port_parser_want(&l->parser, &where, &room);
        assert_true(room > 0);
        if (room > size)
            room = size;
        memcpy(where, bytes, room);
        bytes += room;
        size -= room;
        struct port_event event;
        port_parser_got(&l->parser, room, &event);
        on_event(l, &event);
    }
}

static const uint8_t h264_only[] = {PORT_CODEC_H264};

static unsigned announced; /* by the reading end; enum port_extension */

static struct listener *listener_start(enum port_reader reader, bool offered)
{
    static struct listener l;
    memset(&l, 0xee, sizeof l); /* init must not rely on zeroed memory */
    l.refuse_data = false;
    l.data = NULL;
    l.log[0] = '\0';
    port_parser_init(&l.parser, reader);
    if (offered)
        port_parser_offered(&l.parser, h264_only, 1);
    port_parser_announced(&l.parser, announced);
    return &l;
}

static void listener_finish(struct listener *l)
{
    free(l->data);
    l->data = NULL;
}

/* Parses in all ways of cutting, and compares with the expected events. */
static void expect(enum port_reader reader, bool offered, const uint8_t *bytes, size_t size,
                   const char *expected)
{
    struct listener *l = listener_start(reader, offered);
    feed(l, bytes, size);
    assert_string_equal(l->log, expected);
    listener_finish(l);

    l = listener_start(reader, offered);
    for (size_t i = 0; i < size; i++)
        feed(l, bytes + i, 1);
    assert_string_equal(l->log, expected);
    listener_finish(l);

    for (size_t cut = 1; cut < size; cut++) {
        l = listener_start(reader, offered);
        feed(l, bytes, cut);
        feed(l, bytes + cut, size - cut);
        assert_string_equal(l->log, expected);
        listener_finish(l);
    }
}

static void a_session_of_the_guest(void **state)
{
    (void)state;
    uint8_t stream[512];
    size_t at = 0;
    const struct port_format format = {1280, 720, PORT_CODEC_H264};
    const uint8_t bits[2] = {1, 0};

    at += port_compose_capabilities(stream + at, sizeof stream - at, bits, 2);
    at += port_compose_format(stream + at, sizeof stream - at, &format);
    at += port_compose_header(stream + at, sizeof stream - at, PORT_DATA, 5);
    memcpy(stream + at, "hello", 5);
    at += 5;
    at += port_compose_header(stream + at, sizeof stream - at, PORT_CURSOR_SET, 14);
    memcpy(stream + at, "a cursor shape", 14);
    at += 14;
    at += port_compose_cursor_move(stream + at, sizeof stream - at,
                                   &(struct port_cursor_move){-2, 70000});
    at += port_compose_header(stream + at, sizeof stream - at, PORT_QUALITY_INDICATOR, 8);
    memset(stream + at, 7, 8);
    at += 8;
    at += port_compose_header(stream + at, sizeof stream - at, 0x7777, 0);
    at += port_compose_header(stream + at, sizeof stream - at, PORT_DATA, 1);
    stream[at++] = 'x';

    expect(PORT_READER_HOST, true, stream, at,
           "capabilities 2;format 1280x720/3;data 5 hello;cursor-set 14 a cursor shape;"
           "cursor-move -2,70000;skipped 9;"
           "skipped 30583;data 1 x;");
}

static void a_session_of_the_host(void **state)
{
    (void)state;
    uint8_t stream[512];
    size_t at = 0;
    const uint8_t codecs[] = {PORT_CODEC_H264, PORT_CODEC_MJPEG};

    at += port_compose_capabilities(stream + at, sizeof stream - at, NULL, 0);
    at += port_compose_start_stop(stream + at, sizeof stream - at, codecs, 2);
    at += port_compose_start_stop(stream + at, sizeof stream - at, NULL, 0);
    at += port_compose_notify_error(stream + at, sizeof stream - at, "wrong size");

    expect(PORT_READER_GUEST, false, stream, at,
           "capabilities 0;start-stop 2;start-stop 0;notify wrong size;");
}

/* --- our extension -------------------------------------------------------- */

static size_t guests_extension(uint8_t *stream, size_t room, unsigned extensions)
{
    const struct port_frame_information information = {0x123456789abcdef0, 1u << 31, true};
    size_t at = (size_t)port_compose_extensions(stream, room, extensions);

    at += (size_t)port_compose_frame_information(stream + at, room - at, &information);
    return at;
}

static void the_guests_extension_is_read_once_both_have_announced_it(void **state)
{
    (void)state;
    uint8_t stream[128];

    announced = PORT_EXTENSIONS_ALL;
    size_t size = guests_extension(stream, sizeof stream, PORT_EXTENSION_FRAME_INFORMATION);
    expect(PORT_READER_HOST, false, stream, size,
           "capabilities 9 with ours;information 123456789abcdef0 2147483648 1;");
    announced = PORT_EXTENSIONS_ALL & ~PORT_EXTENSION_FRAME_INFORMATION; /* we have not */
    expect(PORT_READER_HOST, false, stream, size, "capabilities 9 with ours;skipped 20482;");
    announced = PORT_EXTENSIONS_ALL; /* the guest has not */
    size = guests_extension(stream, sizeof stream, PORT_EXTENSION_FEEDBACK);
    expect(PORT_READER_HOST, false, stream, size, "capabilities 9 with ours;skipped 20482;");
    announced = 0;
}

static void the_hosts_extension_is_read_once_both_have_announced_it(void **state)
{
    (void)state;
    uint8_t stream[128];
    const struct port_feedback feedback = {2, 4000000000u, 17};
    size_t at = (size_t)port_compose_extensions(stream, sizeof stream, PORT_EXTENSIONS_ALL);
    at += (size_t)port_compose_header(stream + at, sizeof stream - at, PORT_KEY_FRAME_REQUEST, 0);
    at += (size_t)port_compose_feedback(stream + at, sizeof stream - at, &feedback);

    announced = PORT_EXTENSIONS_ALL;
    expect(PORT_READER_GUEST, false, stream, at,
           "capabilities 9 with ours;key-frame-request;feedback 2 4000000000 17;");
    announced = PORT_EXTENSION_FEEDBACK;
    expect(PORT_READER_GUEST, false, stream, at,
           "capabilities 9 with ours;skipped 20481;feedback 2 4000000000 17;");
    announced = 0;
    expect(PORT_READER_GUEST, false, stream, at,
           "capabilities 9 with ours;skipped 20481;skipped 20483;");
}

/* The newest CAPABILITIES counts; what is not ours among the bits is no matter. */
static void capability_bits_are_found(void **state)
{
    (void)state;
    static const struct {
        size_t bytes;
        uint8_t bits[12];
        const char *expected;
    } cases[] = {
        {0, {0}, "capabilities 0;"},
        {8, {255, 255, 255, 255, 255, 255, 255, 255}, "capabilities 8;"},
        {9, {0, 0, 0, 0, 0, 0, 0, 0, 0xf0}, "capabilities 9;"},
        {9, {0, 0, 0, 0, 0, 0, 0, 0, 0x08}, "capabilities 9 with ours;"},
        {9, {255, 255, 255, 255, 255, 255, 255, 255, 0x02}, "capabilities 9 with ours;"},
        {12, {0, 0, 0, 0, 0, 0, 0, 0, 0x04, 255, 255, 255}, "capabilities 12 with ours;"},
    };

    announced = PORT_EXTENSIONS_ALL;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t stream[64];
        int size = port_compose_capabilities(stream, sizeof stream, cases[i].bits, cases[i].bytes);
        expect(PORT_READER_HOST, false, stream, (size_t)size, cases[i].expected);
    }
    uint8_t stream[128];
    size_t at = (size_t)port_compose_extensions(stream, sizeof stream, PORT_EXTENSIONS_ALL);
    at += guests_extension(stream + at, sizeof stream - at, 0);
    expect(PORT_READER_HOST, false, stream, at,
           "capabilities 9 with ours;capabilities 1;skipped 20482;");
    announced = 0;
}

static void data_without_a_buffer_is_skipped(void **state)
{
    (void)state;
    uint8_t stream[64];
    size_t at = 0;
    const struct port_format format = {2, 2, PORT_CODEC_H264};
    at += port_compose_format(stream, sizeof stream, &format);
    at += port_compose_header(stream + at, sizeof stream - at, PORT_DATA, 3);
    at += 3;

    struct listener *l = listener_start(PORT_READER_HOST, true);
    l->refuse_data = true;
    feed(l, stream, at);
    assert_string_equal(l->log, "format 2x2/3;skipped 3;");
    assert_true(port_parser_at_boundary(&l->parser));
}

/* Nothing beyond the present message is asked for: it stays in the port. */
static void want_ends_with_the_message(void **state)
{
    (void)state;
    struct listener *l = listener_start(PORT_READER_HOST, true);
    uint8_t *where, header[PORT_HEADER_BYTES];
    size_t room;

    port_parser_want(&l->parser, &where, &room);
    assert_int_equal(room, PORT_HEADER_BYTES);
    port_compose_header(header, sizeof header, PORT_FORMAT, PORT_FORMAT_BYTES);
    feed(l, header, sizeof header);
    assert_false(port_parser_at_boundary(&l->parser));
    port_parser_want(&l->parser, &where, &room);
    assert_int_equal(room, PORT_FORMAT_BYTES);
}

#define HEADER(type, size)                                                                \
    1, 0, (type)&0xff, (type) >> 8, (size)&0xff, (size) >> 8 & 0xff, (size) >> 16 & 0xff, \
        (size) >> 24 & 0xff
#define LE32(n) (n) & 0xff, (n) >> 8 & 0xff, (n) >> 16 & 0xff, (n) >> 24 & 0xff
#define FORMAT(w, h, codec) HEADER(PORT_FORMAT, 12), LE32(w), LE32(h), codec, 0, 0, 0

#define OURS HEADER(PORT_CAPABILITIES, 9), 0, 0, 0, 0, 0, 0, 0, 0, PORT_EXTENSIONS_ALL

#define TO_HOST PORT_READER_HOST
#define TO_GUEST PORT_READER_GUEST

static const struct abuse {
    const char *name;
    enum port_reader reader;
    bool not_offered;
    size_t size;
    uint8_t bytes[48];
    const char *expected;
} abuses[] = {
/* clang-format off */
#define BYTES(...) sizeof((uint8_t[]){ __VA_ARGS__ }), { __VA_ARGS__ }
    /* clang-format on */
    {"version 0", TO_HOST, false, BYTES(0, 0, 1, 0, 0, 0, 0, 0),
     "error protocol version is not 1;"},
    {"version 2", TO_HOST, false, BYTES(2, 0, 1, 0, 0, 0, 0, 0),
     "error protocol version is not 1;"},
    {"type 0", TO_HOST, false, BYTES(HEADER(0, 0)), "error message type 0 is invalid;"},
    {"CAPABILITIES of 1025", TO_HOST, false, BYTES(HEADER(1, 1025)),
     "error CAPABILITIES: too large;"},
    {"CAPABILITIES of 2^32-1", TO_HOST, false, BYTES(HEADER(1, 0xffffffff)),
     "error CAPABILITIES: too large;"},
    {"FORMAT of 0", TO_HOST, false, BYTES(HEADER(2, 0)), "error FORMAT: wrong size;"},
    {"FORMAT of 11", TO_HOST, false, BYTES(HEADER(2, 11)), "error FORMAT: wrong size;"},
    {"FORMAT of 13", TO_HOST, false, BYTES(HEADER(2, 13)), "error FORMAT: wrong size;"},
    {"FORMAT before START", TO_HOST, true, BYTES(FORMAT(64, 64, 3)),
     "error FORMAT before START_STOP;"},
    {"FORMAT 0x0", TO_HOST, false, BYTES(FORMAT(0, 0, 3)),
     "error FORMAT: width and height must be at least 1;"},
    {"FORMAT 0x720", TO_HOST, false, BYTES(FORMAT(0, 720, 3)),
     "error FORMAT: width and height must be at least 1;"},
    {"FORMAT 720x0", TO_HOST, false, BYTES(FORMAT(720, 0, 3)),
     "error FORMAT: width and height must be at least 1;"},
    {"FORMAT 1x1", TO_HOST, false, BYTES(FORMAT(1, 1, 3)), "format 1x1/3;"},
    {"FORMAT 8192x4320", TO_HOST, false, BYTES(FORMAT(8192, 4320, 3)), "format 8192x4320/3;"},
    {"FORMAT 8193x1", TO_HOST, false, BYTES(FORMAT(8193, 1, 3)),
     "error FORMAT: larger than 8192x4320;"},
    {"FORMAT 8192x4321", TO_HOST, false, BYTES(FORMAT(8192, 4321, 3)),
     "error FORMAT: larger than 8192x4320;"},
    {"FORMAT 2^31 x 2^31", TO_HOST, false, BYTES(FORMAT(0x80000000, 0x80000000, 3)),
     "error FORMAT: larger than 8192x4320;"},
    {"FORMAT 65535x65535", TO_HOST, false, BYTES(FORMAT(65535, 65535, 3)),
     "error FORMAT: larger than 8192x4320;"},
    {"FORMAT 2^32-1 x 1", TO_HOST, false, BYTES(FORMAT(0xffffffff, 1, 3)),
     "error FORMAT: larger than 8192x4320;"},
    {"FORMAT codec 0", TO_HOST, false, BYTES(FORMAT(64, 64, 0)),
     "tolerated FORMAT: the codec was not offered;"},
    {"FORMAT codec 1", TO_HOST, false, BYTES(FORMAT(64, 64, 1)),
     "tolerated FORMAT: the codec was not offered;"},
    {"FORMAT codec 6", TO_HOST, false, BYTES(FORMAT(64, 64, 6)),
     "tolerated FORMAT: the codec was not offered;"},
    {"FORMAT codec 255", TO_HOST, false, BYTES(FORMAT(64, 64, 255)),
     "tolerated FORMAT: the codec was not offered;"},
    {"DATA before FORMAT", TO_HOST, false,
     BYTES(HEADER(3, 5), 1, 2, 3, 4, 5, HEADER(7, 8), LE32(1), LE32(2)),
     "tolerated DATA before FORMAT;cursor-move 1,2;"},
    {"DATA before START", TO_HOST, true, BYTES(HEADER(3, 1), 1, HEADER(3, 0)),
     "tolerated DATA before FORMAT;tolerated DATA: empty;"},
    {"DATA of 0", TO_HOST, false, BYTES(FORMAT(64, 64, 3), HEADER(3, 0), HEADER(3, 1), 'x'),
     "format 64x64/3;tolerated DATA: empty;data 1 x;"},
    {"DATA of 8 MiB + 1 before FORMAT", TO_HOST, false, BYTES(HEADER(3, 8388609)),
     "error DATA: larger than 8 MiB;"},
    {"FORMAT 0x0 of another codec", TO_HOST, false, BYTES(FORMAT(0, 0, 1)),
     "error FORMAT: width and height must be at least 1;"},
    {"FORMAT of another codec before START", TO_HOST, true, BYTES(FORMAT(64, 64, 1)),
     "error FORMAT before START_STOP;"},
    {"DATA of 8 MiB + 1", TO_HOST, false, BYTES(FORMAT(64, 64, 3), HEADER(3, 8388609)),
     "format 64x64/3;error DATA: larger than 8 MiB;"},
    {"DATA of 2^31-1", TO_HOST, false, BYTES(FORMAT(64, 64, 3), HEADER(3, 0x7fffffff)),
     "format 64x64/3;error DATA: larger than 8 MiB;"},
    {"DATA of 2^32-1", TO_HOST, false, BYTES(FORMAT(64, 64, 3), HEADER(3, 0xffffffff)),
     "format 64x64/3;error DATA: larger than 8 MiB;"},
    {"CURSOR_SET before START", TO_HOST, true,
     BYTES(HEADER(6, 12), 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'),
     "cursor-set 12 abcdefghijkl;"},
    {"CURSOR_SET of 0", TO_HOST, false, BYTES(HEADER(6, 0)),
     "error CURSOR_SET: shorter than its header;"},
    {"CURSOR_SET of 11", TO_HOST, false, BYTES(HEADER(6, 11)),
     "error CURSOR_SET: shorter than its header;"},
    {"CURSOR_SET over its limit", TO_HOST, false, BYTES(HEADER(6, PORT_CURSOR_SET_MAX_BYTES + 1)),
     "error CURSOR_SET: larger than 1024x1024;"},
    {"CURSOR_SET of 2^32-1", TO_HOST, false, BYTES(HEADER(6, 0xffffffff)),
     "error CURSOR_SET: larger than 1024x1024;"},
    {"CURSOR_MOVE", TO_HOST, true, BYTES(HEADER(7, 8), LE32(640), LE32(-2)), "cursor-move 640,-2;"},
    {"CURSOR_MOVE of 0", TO_HOST, false, BYTES(HEADER(7, 0)), "error CURSOR_MOVE: wrong size;"},
    {"CURSOR_MOVE of 7", TO_HOST, false, BYTES(HEADER(7, 7)), "error CURSOR_MOVE: wrong size;"},
    {"CURSOR_MOVE of 9", TO_HOST, false, BYTES(HEADER(7, 9)), "error CURSOR_MOVE: wrong size;"},
    {"CURSOR_MOVE of 2^32-1", TO_HOST, false, BYTES(HEADER(7, 0xffffffff)),
     "error CURSOR_MOVE: wrong size;"},
    {"CURSOR_MOVE to the guest", TO_GUEST, false, BYTES(HEADER(7, 8), LE32(1), LE32(1)),
     "error a message that only the other end may send;"},
    {"CURSOR_SET to the guest is skipped", TO_GUEST, false, BYTES(HEADER(6, 2), 1, 2),
     "skipped 6;"},
    {"unknown type of 2^32-1", TO_HOST, false, BYTES(HEADER(0xffff, 0xffffffff)),
     "error a message without use for us is too large to skip;"},
    {"frame information of 0", TO_HOST, false, BYTES(OURS, HEADER(0x5002, 0)),
     "capabilities 9 with ours;error frame information: wrong size;"},
    {"frame information of 23", TO_HOST, false, BYTES(OURS, HEADER(0x5002, 23)),
     "capabilities 9 with ours;error frame information: wrong size;"},
    {"frame information of 25", TO_HOST, false, BYTES(OURS, HEADER(0x5002, 25)),
     "capabilities 9 with ours;error frame information: wrong size;"},
    {"frame information of 2^32-1", TO_HOST, false, BYTES(OURS, HEADER(0x5002, 0xffffffff)),
     "capabilities 9 with ours;error frame information: wrong size;"},
    {"frame information of 2^32-1, not announced", TO_HOST, false,
     BYTES(HEADER(0x5002, 0xffffffff)), "error a message without use for us is too large to skip;"},
    {"key frame request to the host", TO_HOST, false, BYTES(OURS, HEADER(0x5001, 0)),
     "capabilities 9 with ours;error a message that only the other end may send;"},
    {"feedback to the host", TO_HOST, false, BYTES(OURS, HEADER(0x5003, 16)),
     "capabilities 9 with ours;error a message that only the other end may send;"},
    {"heartbeat", TO_HOST, true, BYTES(OURS, HEADER(0x5004, 0), HEADER(0x5004, 0)),
     "capabilities 9 with ours;heartbeat;heartbeat;"},
    {"heartbeat, not announced", TO_HOST, true, BYTES(HEADER(0x5004, 0), HEADER(0x5004, 2), 1, 2),
     "skipped 20484;skipped 20484;"},
    {"heartbeat of 1", TO_HOST, true, BYTES(OURS, HEADER(0x5004, 1)),
     "capabilities 9 with ours;error heartbeat: wrong size;"},
    {"heartbeat to the guest", TO_GUEST, true, BYTES(OURS, HEADER(0x5004, 0)),
     "capabilities 9 with ours;error a message that only the other end may send;"},
    {"frame information to the guest", TO_GUEST, false, BYTES(OURS, HEADER(0x5002, 24)),
     "capabilities 9 with ours;error a message that only the other end may send;"},
    {"key frame request of 1", TO_GUEST, false, BYTES(OURS, HEADER(0x5001, 1)),
     "capabilities 9 with ours;error key frame request: wrong size;"},
    {"feedback of 15", TO_GUEST, false, BYTES(OURS, HEADER(0x5003, 15)),
     "capabilities 9 with ours;error feedback: wrong size;"},
    {"feedback of 17", TO_GUEST, false, BYTES(OURS, HEADER(0x5003, 17)),
     "capabilities 9 with ours;error feedback: wrong size;"},
    {"START_STOP to the host", TO_HOST, false, BYTES(HEADER(4, 1), 0),
     "error a message that only the other end may send;"},
    {"NOTIFY_ERROR to the host", TO_HOST, false, BYTES(HEADER(5, 4), 0, 0, 0, 0),
     "error a message that only the other end may send;"},
    {"FORMAT to the guest", TO_GUEST, false, BYTES(FORMAT(64, 64, 3)),
     "error a message that only the other end may send;"},
    {"START_STOP of 0", TO_GUEST, false, BYTES(HEADER(4, 0)), "error START_STOP: wrong size;"},
    {"START_STOP of 257", TO_GUEST, false, BYTES(HEADER(4, 257)), "error START_STOP: wrong size;"},
    {"START_STOP counts more than it has", TO_GUEST, false, BYTES(HEADER(4, 2), 2, 3),
     "error START_STOP: the count disagrees with the size;"},
    {"START_STOP counts less than it has", TO_GUEST, false, BYTES(HEADER(4, 3), 1, 3, 3),
     "error START_STOP: the count disagrees with the size;"},
    {"NOTIFY_ERROR of 3", TO_GUEST, false, BYTES(HEADER(5, 3)), "error NOTIFY_ERROR: wrong size;"},
    {"NOTIFY_ERROR of 1025", TO_GUEST, false, BYTES(HEADER(5, 1025)),
     "error NOTIFY_ERROR: wrong size;"},
    {"DATA to the guest is skipped", TO_GUEST, false, BYTES(HEADER(3, 2), 1, 2), "skipped 3;"},
};

static void each_abuse_has_its_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof abuses / sizeof *abuses; i++) {
        const struct abuse *a = &abuses[i];
        print_message("%s\n", a->name);
        announced = PORT_EXTENSIONS_ALL;
        expect(a->reader, !a->not_offered, a->bytes, a->size, a->expected);
    }
    announced = 0;
}

static void after_an_error_nothing_is_parsed_until_init(void **state)
{
    (void)state;
    struct listener *l = listener_start(PORT_READER_HOST, true);
    const uint8_t bad[] = {HEADER(0, 0)}, good[] = {FORMAT(64, 64, 3)};
    feed(l, bad, sizeof bad);
    l->log[0] = '\0';
    feed(l, good, sizeof good);
    assert_string_equal(l->log, "");

    port_parser_init(&l->parser, PORT_READER_HOST);
    port_parser_offered(&l->parser, h264_only, 1);
    feed(l, good, sizeof good);
    assert_string_equal(l->log, "format 64x64/3;");
}

static void what_was_on_its_way_at_a_stop_is_no_error(void **state)
{
    (void)state;
    struct listener *l = listener_start(PORT_READER_HOST, true);
    const uint8_t late[] = {FORMAT(64, 64, 3), HEADER(PORT_DATA, 1), 'x'};
    port_parser_offered(&l->parser, NULL, 0); /* STOP */
    feed(l, late, sizeof late);
    assert_string_equal(l->log, "format 64x64/3;data 1 x;");
}

/* A frame after a FORMAT that is passed over belongs to no stream: least of all
 * to that of the FORMAT before. What follows a FORMAT that is taken does. */
static void after_a_format_that_is_passed_over_no_frame_is_taken(void **state)
{
    (void)state;
    static const uint8_t stream[] = {
        FORMAT(64, 64, PORT_CODEC_H264),
        HEADER(PORT_DATA, 1),
        'a',
        FORMAT(64, 64, PORT_CODEC_VP8),
        HEADER(PORT_DATA, 2),
        'b',
        'b',
        HEADER(PORT_DATA, 1),
        'c',
        FORMAT(64, 64, PORT_CODEC_H264),
        HEADER(PORT_DATA, 1),
        'd',
    };

    expect(PORT_READER_HOST, true, stream, sizeof stream,
           "format 64x64/3;data 1 a;"
           "tolerated FORMAT: the codec was not offered;"
           "tolerated DATA before FORMAT;tolerated DATA before FORMAT;"
           "format 64x64/3;data 1 d;");
}

/* An agent without any codec that was offered is served when its own is. */
static void a_codec_that_is_offered_later_is_taken_then(void **state)
{
    (void)state;
    static const uint8_t vp8[] = {PORT_CODEC_VP8};
    static const uint8_t session[] = {FORMAT(64, 64, PORT_CODEC_H264), HEADER(PORT_DATA, 1), 'x'};
    struct listener *l = listener_start(PORT_READER_HOST, false);

    port_parser_offered(&l->parser, vp8, 1);
    feed(l, session, sizeof session);
    port_parser_offered(&l->parser, h264_only, 1);
    feed(l, session, sizeof session);
    assert_string_equal(l->log, "tolerated FORMAT: the codec was not offered;"
                                "tolerated DATA before FORMAT;format 64x64/3;data 1 x;");
    listener_finish(l);
}

static void composing_checks_room_and_limits(void **state)
{
    (void)state;
    uint8_t room[PORT_HEADER_BYTES + 4], big[2048] = {0};
    const struct port_format format = {1, 1, 3};
    char text[PORT_NOTIFY_ERROR_MAX_BYTES];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';

    assert_int_equal(port_compose_header(room, 7, PORT_DATA, 1), -ENOSPC);
    assert_int_equal(port_compose_format(room, sizeof room, &format), -ENOSPC);
    assert_int_equal(port_compose_capabilities(room, sizeof room, big, 5), -ENOSPC);
    assert_int_equal(port_compose_capabilities(big, sizeof big, big, 1025), -EINVAL);
    assert_int_equal(port_compose_start_stop(big, sizeof big, big, 256), -EINVAL);
    assert_int_equal(port_compose_notify_error(big, sizeof big, text), -EINVAL);
    assert_int_equal(port_compose_start_stop(room, sizeof room, h264_only, 1), 10);
    assert_int_equal(port_compose_extensions(room, sizeof room, 1), -ENOSPC);
    assert_int_equal(port_compose_extensions(big, sizeof big, ~0u), PORT_COMPOSED_EXTENSIONS_BYTES);
    assert_int_equal(big[PORT_COMPOSED_EXTENSIONS_BYTES - 1], PORT_EXTENSIONS_ALL);
    assert_int_equal(
        port_compose_frame_information(room, sizeof room, &(struct port_frame_information){0}),
        -ENOSPC);
    assert_int_equal(port_compose_feedback(room, sizeof room, &(struct port_feedback){0}), -ENOSPC);
    assert_int_equal(port_compose_cursor_move(room, sizeof room, &(struct port_cursor_move){0}),
                     -ENOSPC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_of_the_guest),
        cmocka_unit_test(a_session_of_the_host),
        cmocka_unit_test(the_guests_extension_is_read_once_both_have_announced_it),
        cmocka_unit_test(the_hosts_extension_is_read_once_both_have_announced_it),
        cmocka_unit_test(capability_bits_are_found),
        cmocka_unit_test(data_without_a_buffer_is_skipped),
        cmocka_unit_test(want_ends_with_the_message),
        cmocka_unit_test(each_abuse_has_its_answer),
        cmocka_unit_test(after_an_error_nothing_is_parsed_until_init),
        cmocka_unit_test(what_was_on_its_way_at_a_stop_is_no_error),
        cmocka_unit_test(after_a_format_that_is_passed_over_no_frame_is_taken),
        cmocka_unit_test(a_codec_that_is_offered_later_is_taken_then),
        cmocka_unit_test(composing_checks_room_and_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
