/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * Fuzzes the port's parser, as both ends read. However the stream of bytes is
 * cut into reads, the events must be the same; what the parser asks for never
 * is nothing, never reaches past the present message; and what it gives out
 * keeps the limits that port-protocol.h promises.
 *
 * Input: one byte of flags, one seeds the cutting, the rest is the stream.
 */
#include "protocol/fuzz/must.h"
#include "protocol/port-protocol.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { READ_AS_GUEST = 1, OFFERED = 2, REFUSE_BODIES = 4, EXTENSIONS_ANNOUNCED = 8 };

/* The shortest message is a header alone. */
#define EVENTS_MAX 2048

struct record {
    enum port_event_kind kind;
    uint32_t type, bytes;
    uint32_t sum; /* of the body, the format or the error's text */
};

struct records {
    unsigned count;
    struct record list[EVENTS_MAX];
};

static uint32_t sum(const void *bytes, size_t size)
{
    uint32_t value = 2166136261u;
    for (const uint8_t *at = bytes, *end = at + size; at < end; at++)
        value = (value ^ *at) * 16777619u;
    return value;
}

static uint32_t sum_of(const struct port_event *event, const uint8_t *own_body)
{
    switch (event->kind) {
    case PORT_EVENT_CAPABILITIES:
        must(event->announced <= PORT_EXTENSIONS_ALL);
        return sum(event->body, event->bytes) + event->announced;
    case PORT_EVENT_START_STOP:
    case PORT_EVENT_NOTIFY_ERROR:
        return sum(event->body, event->bytes);
    case PORT_EVENT_FORMAT:
        must(event->format.width_px >= 1 && event->format.width_px <= PORT_FORMAT_MAX_PX);
        must(event->format.height_px >= 1 && event->format.height_px <= PORT_FORMAT_MAX_PX);
        must((uint64_t)event->format.width_px * event->format.height_px <= PORT_FORMAT_MAX_AREA_PX);
        must(event->format.codec == PORT_CODEC_H264); /* the only one offered below */
        return event->format.width_px * 31 + event->format.height_px;
    case PORT_EVENT_DATA_END:
        must(event->bytes >= 1 && event->bytes <= PORT_DATA_MAX_BYTES);
        return sum(own_body, event->bytes);
    case PORT_EVENT_CURSOR_SET_END:
        must(event->bytes >= PORT_CURSOR_SET_MIN_BYTES &&
             event->bytes <= PORT_CURSOR_SET_MAX_BYTES);
        return sum(own_body, event->bytes);
    case PORT_EVENT_CURSOR_MOVE:
        return (uint32_t)event->cursor_move.x_px * 31 + (uint32_t)event->cursor_move.y_px;
    case PORT_EVENT_FRAME_INFORMATION:
        return (uint32_t)(event->information.id * 31 + event->information.capture_ns * 17 +
                          event->information.key_frame);
    case PORT_EVENT_FEEDBACK:
        return event->feedback.frames_in_flight * 31 + event->feedback.achieved_kbps * 17 +
               event->feedback.frames_dropped;
    case PORT_EVENT_TOLERATED:
        must(event->type == PORT_DATA || event->type == PORT_FORMAT);
        return sum(event->error, strlen(event->error));
    case PORT_EVENT_ERROR:
        return sum(event->error, strlen(event->error));
    default:
        return 0;
    }
}

enum cutting { WHOLE, BYTES, SEEDED };

static size_t cut(enum cutting cutting, uint32_t *seed, size_t most)
{
    switch (cutting) {
    case WHOLE:
        return most;
    case BYTES:
        return 1;
    case SEEDED:
        *seed = *seed * 1664525u + 1013904223u;
        return 1 + (*seed >> 16) % most;
    }
    return most;
}

static void parse(struct records *ret, uint8_t flags, uint32_t seed, enum cutting cutting,
                  const uint8_t *bytes, size_t size)
{
    static struct port_parser parser;
    static const uint8_t offered[] = {PORT_CODEC_H264};
    uint8_t *body = NULL;
    bool failed = false, format_taken = false;

    memset(&parser, 0xee, sizeof parser); /* init must not rely on zeroed memory */
    port_parser_init(&parser, flags & READ_AS_GUEST ? PORT_READER_GUEST : PORT_READER_HOST);
    if (flags & OFFERED)
        port_parser_offered(&parser, offered, sizeof offered);
    if (flags & EXTENSIONS_ANNOUNCED)
        port_parser_announced(&parser, PORT_EXTENSIONS_ALL);

    ret->count = 0;
    while (size > 0) {
        uint8_t *where;
        size_t wanted;
        struct port_event event;

        port_parser_want(&parser, &where, &wanted);
        must(wanted > 0);
        size_t got = cut(cutting, &seed, wanted < size ? wanted : size);
        memcpy(where, bytes, got); /* the sanitizer sees where it does not belong */
        bytes += got;
        size -= got;
        port_parser_got(&parser, got, &event);
        must(!failed || event.kind == PORT_EVENT_NONE);
        /* Each frame belongs to the last FORMAT, and that was taken. */
        if (event.type == PORT_FORMAT && event.kind != PORT_EVENT_NONE)
            format_taken = event.kind == PORT_EVENT_FORMAT;
        must(event.kind != PORT_EVENT_BODY_BEGIN || event.type != PORT_DATA || format_taken);
        failed = failed || event.kind == PORT_EVENT_ERROR;
        if (event.kind == PORT_EVENT_NONE)
            continue;
        must(ret->count < EVENTS_MAX);
        ret->list[ret->count++] =
            (struct record){event.kind, event.type, event.bytes, sum_of(&event, body)};
        must(event.kind == PORT_EVENT_BODY_BEGIN || failed || port_parser_at_boundary(&parser));

        if (event.kind == PORT_EVENT_BODY_BEGIN) {
            /* No byte more than the stream still has: that much is ever read. */
            body =
                flags & REFUSE_BODIES ? NULL : malloc(event.bytes < size ? event.bytes : size + 1);
            port_parser_set_body(&parser, body);
        } else {
            free(body);
            body = NULL;
        }
    }
    free(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    static struct records whole, other;

    if (size < 2 || size > EVENTS_MAX * PORT_HEADER_BYTES)
        return -1;
    parse(&whole, input[0], input[1], WHOLE, input + 2, size - 2);
    for (enum cutting cutting = BYTES; cutting <= SEEDED; cutting++) {
        parse(&other, input[0], input[1], cutting, input + 2, size - 2);
        must(other.count == whole.count);
        for (unsigned i = 0; i < whole.count; i++)
            must(memcmp(&other.list[i], &whole.list[i], sizeof whole.list[i]) == 0);
    }
    return 0;
}
