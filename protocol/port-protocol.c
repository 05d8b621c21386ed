/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "protocol/port-protocol.h"

#include <errno.h>
#include <string.h>

#define FRAME_FLAG_KEY 0x01

/* Header on the wire: u8 protocol_version, u8 padding, u16 type, u32 size. */

static uint16_t get_le16(const uint8_t *from)
{
    return (uint16_t)(from[0] | from[1] << 8);
}

static uint32_t get_le32(const uint8_t *from)
{
    return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

static void put_le32(uint8_t *to, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get_le64(const uint8_t *from)
{
    return get_le32(from) | (uint64_t)get_le32(from + 4) << 32;
}

static void put_le64(uint8_t *to, uint64_t value)
{
    put_le32(to, (uint32_t)value);
    put_le32(to + 4, (uint32_t)(value >> 32));
}

/* The extensions among the bits of a CAPABILITIES message. */
static uint8_t extensions_of(const uint8_t *bits, size_t bytes)
{
    const size_t at = PORT_EXTENSION_FIRST_BIT / 8;

    return bytes > at ? bits[at] & PORT_EXTENSIONS_ALL : 0;
}

void port_parser_init(struct port_parser *parser, enum port_reader reader)
{
    parser->reader = reader;
    parser->stage = PORT_PARSE_HEADER;
    parser->format_allowed = false;
    parser->data_allowed = false;
    parser->tolerated = NULL;
    parser->codecs_offered = 0;
    parser->announced_here = 0;
    parser->announced_there = 0;
    parser->filled = 0;
    parser->type = 0;
    parser->size = 0;
    parser->body = NULL;
}

void port_parser_offered(struct port_parser *parser, const uint8_t *codecs, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (codecs[i] >= PORT_CODEC_MJPEG && codecs[i] <= PORT_CODECS_KNOWN) {
            parser->codecs_offered |= (uint8_t)(1u << codecs[i]);
            parser->format_allowed = true;
        }
    }
}

void port_parser_announced(struct port_parser *parser, unsigned extensions)
{
    parser->announced_here = (uint8_t)(extensions & PORT_EXTENSIONS_ALL);
}

void port_parser_want(struct port_parser *parser, uint8_t **ret_where, size_t *ret_bytes)
{
    size_t left = parser->size - parser->filled;

    switch (parser->stage) {
    case PORT_PARSE_HEADER:
        *ret_where = parser->header + parser->filled;
        *ret_bytes = PORT_HEADER_BYTES - parser->filled;
        return;
    case PORT_PARSE_SMALL:
        *ret_where = parser->small + parser->filled;
        *ret_bytes = left;
        return;
    case PORT_PARSE_BODY:
        *ret_where = parser->body + parser->filled;
        *ret_bytes = left;
        return;
    case PORT_PARSE_SKIP:
        *ret_where = parser->scratch;
        *ret_bytes = left < sizeof parser->scratch ? left : sizeof parser->scratch;
        return;
    case PORT_PARSE_FAILED: /* drained by the reader; keep it harmless */
        *ret_where = parser->scratch;
        *ret_bytes = sizeof parser->scratch;
        return;
    }
}

static void fail(struct port_parser *parser, struct port_event *event, const char *error)
{
    parser->stage = PORT_PARSE_FAILED;
    event->kind = PORT_EVENT_ERROR;
    event->error = error;
}

static void next_message(struct port_parser *parser)
{
    parser->stage = PORT_PARSE_HEADER;
    parser->filled = 0;
    parser->body = NULL;
}

static bool codec_was_offered(const struct port_parser *parser, uint8_t codec)
{
    return codec <= PORT_CODECS_KNOWN && (parser->codecs_offered >> codec & 1);
}

/* NULL when the format may be used. */
static const char *format_error(const struct port_format *format)
{
    if (format->width_px == 0 || format->height_px == 0)
        return "FORMAT: width and height must be at least 1";
    if (format->width_px > PORT_FORMAT_MAX_PX || format->height_px > PORT_FORMAT_MAX_PX ||
        (uint64_t)format->width_px * format->height_px > PORT_FORMAT_MAX_AREA_PX)
        return "FORMAT: larger than 8192x4320";
    return NULL;
}

/* A message that upstream's device bears as well is passed over. */
static void tolerate(struct port_event *event, const char *what)
{
    event->kind = PORT_EVENT_TOLERATED;
    event->error = what;
}

static void small_complete(struct port_parser *parser, struct port_event *event)
{
    event->body = parser->small;

    switch (parser->type) {
    case PORT_CAPABILITIES:
        event->kind = PORT_EVENT_CAPABILITIES;
        parser->announced_there = extensions_of(parser->small, parser->size);
        event->announced = parser->announced_there;
        break;
    case PORT_FORMAT: {
        struct port_format format = {
            .width_px = get_le32(parser->small),
            .height_px = get_le32(parser->small + 4),
            .codec = parser->small[8],
        };
        const char *error = format_error(&format);
        if (error) {
            fail(parser, event, error);
            return;
        }
        event->kind = PORT_EVENT_FORMAT;
        event->format = format;
        parser->data_allowed = codec_was_offered(parser, format.codec);
        if (!parser->data_allowed) /* nor does a frame of it belong to the format before */
            tolerate(event, "FORMAT: the codec was not offered");
        break;
    }
    case PORT_CURSOR_MOVE:
        event->kind = PORT_EVENT_CURSOR_MOVE;
        event->cursor_move.x_px = (int32_t)get_le32(parser->small);
        event->cursor_move.y_px = (int32_t)get_le32(parser->small + 4);
        break;
    case PORT_START_STOP:
        if ((size_t)parser->small[0] + 1 != parser->size) {
            fail(parser, event, "START_STOP: the count disagrees with the size");
            return;
        }
        event->kind = PORT_EVENT_START_STOP;
        event->body = parser->small + 1;
        event->bytes = parser->small[0];
        break;
    case PORT_NOTIFY_ERROR:
        event->kind = PORT_EVENT_NOTIFY_ERROR;
        event->body = parser->small + 4;
        event->bytes = parser->size - 4;
        break;
    case PORT_KEY_FRAME_REQUEST:
        event->kind = PORT_EVENT_KEY_FRAME_REQUEST;
        break;
    case PORT_FRAME_INFORMATION:
        event->kind = PORT_EVENT_FRAME_INFORMATION;
        event->information.id = get_le64(parser->small);
        event->information.capture_ns = get_le64(parser->small + 8);
        event->information.key_frame = parser->small[16] & FRAME_FLAG_KEY;
        break;
    case PORT_HEARTBEAT:
        event->kind = PORT_EVENT_HEARTBEAT;
        break;
    case PORT_FEEDBACK:
        event->kind = PORT_EVENT_FEEDBACK;
        event->feedback.frames_in_flight = get_le32(parser->small);
        event->feedback.achieved_kbps = get_le32(parser->small + 4);
        event->feedback.frames_dropped = get_le32(parser->small + 8);
        break;
    }
    next_message(parser);
}

struct small_rule {
    uint16_t type;
    enum port_reader reader;
    bool either;       /* legal for both readers */
    uint8_t extension; /* enum port_extension: known only when both announced it; 0: always */
    uint32_t min_bytes, max_bytes;
    const char *size_error;
};

static const struct small_rule small_rules[] = {
    {PORT_CAPABILITIES, PORT_READER_HOST, true, 0, 0, PORT_CAPABILITIES_MAX_BYTES,
     "CAPABILITIES: too large"},
    {PORT_FORMAT, PORT_READER_HOST, false, 0, PORT_FORMAT_BYTES, PORT_FORMAT_BYTES,
     "FORMAT: wrong size"},
    {PORT_CURSOR_MOVE, PORT_READER_HOST, false, 0, PORT_CURSOR_MOVE_BYTES, PORT_CURSOR_MOVE_BYTES,
     "CURSOR_MOVE: wrong size"},
    {PORT_START_STOP, PORT_READER_GUEST, false, 0, 1, 1 + PORT_CODECS_MAX,
     "START_STOP: wrong size"},
    {PORT_NOTIFY_ERROR, PORT_READER_GUEST, false, 0, 4, PORT_NOTIFY_ERROR_MAX_BYTES,
     "NOTIFY_ERROR: wrong size"},
    {PORT_KEY_FRAME_REQUEST, PORT_READER_GUEST, false, PORT_EXTENSION_KEY_FRAME_REQUEST, 0, 0,
     "key frame request: wrong size"},
    {PORT_FRAME_INFORMATION, PORT_READER_HOST, false, PORT_EXTENSION_FRAME_INFORMATION,
     PORT_FRAME_INFORMATION_BYTES, PORT_FRAME_INFORMATION_BYTES, "frame information: wrong size"},
    {PORT_FEEDBACK, PORT_READER_GUEST, false, PORT_EXTENSION_FEEDBACK, PORT_FEEDBACK_BYTES,
     PORT_FEEDBACK_BYTES, "feedback: wrong size"},
    {PORT_HEARTBEAT, PORT_READER_HOST, false, PORT_EXTENSION_HEARTBEAT, 0, 0,
     "heartbeat: wrong size"},
};

static const struct small_rule *small_rule_find(const struct port_parser *parser)
{
    const uint8_t agreed = parser->announced_here & parser->announced_there;

    for (size_t i = 0; i < sizeof small_rules / sizeof *small_rules; i++) {
        const struct small_rule *rule = &small_rules[i];
        if (rule->type == parser->type && (rule->extension & ~agreed) == 0)
            return rule;
    }
    return NULL;
}

/* NULL when a DATA or CURSOR_SET of this size may come now. */
static const char *body_error(const struct port_parser *parser)
{
    if (parser->type == PORT_CURSOR_SET) {
        if (parser->size < PORT_CURSOR_SET_MIN_BYTES)
            return "CURSOR_SET: shorter than its header";
        if (parser->size > PORT_CURSOR_SET_MAX_BYTES)
            return "CURSOR_SET: larger than 1024x1024";
        return NULL;
    }
    if (parser->size > PORT_DATA_MAX_BYTES)
        return "DATA: larger than 8 MiB";
    return NULL;
}

/* NULL when such a DATA or CURSOR_SET, of a legal size, is taken now. */
static const char *body_tolerated(const struct port_parser *parser)
{
    if (parser->type != PORT_DATA)
        return NULL;
    if (parser->size == 0)
        return "DATA: empty";
    return parser->data_allowed ? NULL : "DATA before FORMAT";
}

/* The body is skipped, and then reported: as tolerated, or as of no use. */
static void skip(struct port_parser *parser, struct port_event *event, const char *tolerated)
{
    parser->tolerated = tolerated;
    if (parser->size > 0) {
        parser->stage = PORT_PARSE_SKIP;
        return;
    }
    next_message(parser);
    event->kind = PORT_EVENT_SKIPPED;
    if (tolerated)
        tolerate(event, tolerated);
}

static void header_complete(struct port_parser *parser, struct port_event *event)
{
    parser->type = event->type = get_le16(parser->header + 2);
    parser->size = event->bytes = get_le32(parser->header + 4);
    parser->filled = 0;

    if (parser->header[0] != PORT_PROTOCOL_VERSION) {
        fail(parser, event, "protocol version is not 1");
        return;
    }
    if (parser->type == 0) {
        fail(parser, event, "message type 0 is invalid");
        return;
    }

    const struct small_rule *rule = small_rule_find(parser);
    if (rule) {
        if (!rule->either && rule->reader != parser->reader)
            fail(parser, event, "a message that only the other end may send");
        else if (parser->size < rule->min_bytes || parser->size > rule->max_bytes)
            fail(parser, event, rule->size_error);
        else if (parser->type == PORT_FORMAT && !parser->format_allowed)
            fail(parser, event, "FORMAT before START_STOP");
        else if (parser->size == 0)
            small_complete(parser, event);
        else
            parser->stage = PORT_PARSE_SMALL;
        return;
    }

    if ((parser->type == PORT_DATA || parser->type == PORT_CURSOR_SET) &&
        parser->reader == PORT_READER_HOST) {
        const char *error = body_error(parser);
        if (error) {
            fail(parser, event, error);
            return;
        }
        const char *tolerated = body_tolerated(parser);
        if (tolerated) {
            skip(parser, event, tolerated);
            return;
        }
        parser->tolerated = NULL;
        parser->stage = PORT_PARSE_SKIP; /* until the caller gives a buffer */
        event->kind = PORT_EVENT_BODY_BEGIN;
        return;
    }

    if (parser->size > PORT_SKIP_MAX_BYTES) {
        fail(parser, event, "a message without use for us is too large to skip");
        return;
    }
    skip(parser, event, NULL);
}

void port_parser_got(struct port_parser *parser, size_t bytes, struct port_event *ret_event)
{
    *ret_event =
        (struct port_event){.kind = PORT_EVENT_NONE, .type = parser->type, .bytes = parser->size};
    if (parser->stage == PORT_PARSE_FAILED)
        return;

    parser->filled += (uint32_t)bytes;

    switch (parser->stage) {
    case PORT_PARSE_HEADER:
        if (parser->filled == PORT_HEADER_BYTES)
            header_complete(parser, ret_event);
        return;
    case PORT_PARSE_SMALL:
        if (parser->filled == parser->size)
            small_complete(parser, ret_event);
        return;
    case PORT_PARSE_BODY:
    case PORT_PARSE_SKIP:
        if (parser->filled == parser->size) {
            ret_event->kind = parser->stage == PORT_PARSE_SKIP ? PORT_EVENT_SKIPPED
                              : parser->type == PORT_DATA      ? PORT_EVENT_DATA_END
                                                               : PORT_EVENT_CURSOR_SET_END;
            if (parser->stage == PORT_PARSE_SKIP && parser->tolerated)
                tolerate(ret_event, parser->tolerated);
            next_message(parser);
        }
        return;
    case PORT_PARSE_FAILED:
        return;
    }
}

void port_parser_set_body(struct port_parser *parser, uint8_t *body)
{
    parser->body = body;
    parser->stage = body ? PORT_PARSE_BODY : PORT_PARSE_SKIP;
}

uint32_t port_parser_filled(const struct port_parser *parser)
{
    return parser->filled;
}

bool port_parser_at_boundary(const struct port_parser *parser)
{
    return parser->stage == PORT_PARSE_HEADER && parser->filled == 0;
}

int port_compose_header(uint8_t *to, size_t room, enum port_message_type type, uint32_t body_bytes)
{
    if (room < PORT_HEADER_BYTES)
        return -ENOSPC;
    to[0] = PORT_PROTOCOL_VERSION;
    to[1] = 0;
    to[2] = (uint8_t)type;
    to[3] = (uint8_t)((unsigned)type >> 8);
    put_le32(to + 4, body_bytes);
    return PORT_HEADER_BYTES;
}

/* A header for `body_bytes` that fit into `room`; the body is the caller's. */
static int compose(uint8_t *to, size_t room, enum port_message_type type, size_t body_bytes)
{
    if (room < PORT_HEADER_BYTES + body_bytes)
        return -ENOSPC;
    port_compose_header(to, room, type, (uint32_t)body_bytes);
    return PORT_HEADER_BYTES + (int)body_bytes;
}

int port_compose_capabilities(uint8_t *to, size_t room, const uint8_t *bits, size_t bytes)
{
    if (bytes > PORT_CAPABILITIES_MAX_BYTES)
        return -EINVAL;
    int size = compose(to, room, PORT_CAPABILITIES, bytes);
    if (size > 0 && bytes > 0)
        memcpy(to + PORT_HEADER_BYTES, bits, bytes);
    return size;
}

int port_compose_extensions(uint8_t *to, size_t room, unsigned extensions)
{
    uint8_t bits[PORT_EXTENSION_FIRST_BIT / 8 + 1] = {0};

    bits[sizeof bits - 1] = (uint8_t)(extensions & PORT_EXTENSIONS_ALL);
    return port_compose_capabilities(to, room, bits, extensions ? sizeof bits : 1);
}

int port_compose_format(uint8_t *to, size_t room, const struct port_format *format)
{
    int size = compose(to, room, PORT_FORMAT, PORT_FORMAT_BYTES);
    if (size > 0) {
        uint8_t *body = to + PORT_HEADER_BYTES;
        put_le32(body, format->width_px);
        put_le32(body + 4, format->height_px);
        put_le32(body + 8, format->codec);
    }
    return size;
}

int port_compose_start_stop(uint8_t *to, size_t room, const uint8_t *codecs, unsigned count)
{
    if (count > PORT_CODECS_MAX)
        return -EINVAL;
    int size = compose(to, room, PORT_START_STOP, 1 + (size_t)count);
    if (size > 0) {
        to[PORT_HEADER_BYTES] = (uint8_t)count;
        if (count > 0)
            memcpy(to + PORT_HEADER_BYTES + 1, codecs, count);
    }
    return size;
}

int port_compose_cursor_move(uint8_t *to, size_t room, const struct port_cursor_move *move)
{
    int size = compose(to, room, PORT_CURSOR_MOVE, PORT_CURSOR_MOVE_BYTES);
    if (size > 0) {
        put_le32(to + PORT_HEADER_BYTES, (uint32_t)move->x_px);
        put_le32(to + PORT_HEADER_BYTES + 4, (uint32_t)move->y_px);
    }
    return size;
}

int port_compose_frame_information(uint8_t *to, size_t room,
                                   const struct port_frame_information *information)
{
    int size = compose(to, room, PORT_FRAME_INFORMATION, PORT_FRAME_INFORMATION_BYTES);
    if (size > 0) {
        uint8_t *body = to + PORT_HEADER_BYTES;
        put_le64(body, information->id);
        put_le64(body + 8, information->capture_ns);
        put_le32(body + 16, information->key_frame ? FRAME_FLAG_KEY : 0);
        put_le32(body + 20, 0);
    }
    return size;
}

int port_compose_feedback(uint8_t *to, size_t room, const struct port_feedback *feedback)
{
    int size = compose(to, room, PORT_FEEDBACK, PORT_FEEDBACK_BYTES);
    if (size > 0) {
        uint8_t *body = to + PORT_HEADER_BYTES;
        put_le32(body, feedback->frames_in_flight);
        put_le32(body + 4, feedback->achieved_kbps);
        put_le32(body + 8, feedback->frames_dropped);
        put_le32(body + 12, 0);
    }
    return size;
}

int port_compose_notify_error(uint8_t *to, size_t room, const char *text)
{
    size_t length = strlen(text);
    if (length > PORT_NOTIFY_ERROR_MAX_BYTES - 4)
        return -EINVAL;
    int size = compose(to, room, PORT_NOTIFY_ERROR, 4 + length);
    if (size > 0) {
        put_le32(to + PORT_HEADER_BYTES, 0); /* error_code: none is defined */
        memcpy(to + PORT_HEADER_BYTES + 4, text, length);
    }
    return size;
}
