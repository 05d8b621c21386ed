/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * broken-agent: an agent that follows the protocol except for one fault, for the test of
 * the conformance tester. Its frames are H.264 up to the slices' data.
 */
#include "protocol/port-protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define FRAME_INTERVAL_MS 5
#define GROUP_FRAMES 50 /* from key frame to key frame */

static const char *const faults[] = {
    "none",
    "eager",           /* does not wait for START */
    "no-format",       /* DATA without FORMAT */
    "early-data",      /* one frame before START */
    "empty-data",      /* an empty DATA among the others */
    "no-key-frame",    /* begins with a P frame */
    "no-sets",         /* its key frames lack the parameter sets */
    "interlaced",      /* each picture a field */
    "adaptive-fields", /* the SPS allows fields in a frame (MBAFF) */
    "may-reorder",     /* the SPS leaves open whether frames are reordered */
    "reorders",        /* the SPS states that they are */
    "b-frame",         /* one among the others */
    "two-units",       /* two pictures in one DATA */
    "half-units",      /* a picture in two DATA */
    "sets-alone",      /* parameter sets in a DATA of their own */
    "later-idr-bare",  /* parameter sets with the first key frame only */
    "lifeless",        /* announces heartbeats, and shows a still screen without any */
    "other-codec",     /* frames of another codec than FORMAT announces */
    "too-large",       /* a DATA larger than the limit */
    "version-2",
    "deaf-to-stop",
    "no-second-format", /* goes on where it stopped */
    "ignores-pairs",    /* if STOP and START come in one read, obeys STOP only */
    "own-codec",        /* H.264 whatever is offered */
    "any-codec",        /* the first that is offered */
    "first-codec-only", /* checks only the first codec offered */
    "no-answer",        /* announces key frame requests and ignores them */
    "silent-frames",    /* announces frame information and forgets it now and then */
    "wrong-key-flag",
    "dies-of-feedback",
    "whole-reads", /* takes each read for one message */
    "dies-of-unknown",
    "dies-of-capabilities",
    "loses-bytes", /* throws away what a full port does not take */
    "dies-of-error",
    "deaf-to-error",
    "dies-of-close",
    "eager-again", /* does not wait for START if it has had one before */
};

static const char *fault;
static bool had_start;

static bool has(const char *name)
{
    return strcmp(fault, name) == 0;
}

static struct session {
    int fd;
    struct port_parser parser;
    unsigned spoken;
    bool streaming, format_due, key_wanted, stopped_once, lost;
    uint8_t codec;
    unsigned frame;
    uint64_t id;
} session;

static void put(const uint8_t *bytes, size_t size)
{
    while (size > 0 && !session.lost) {
        ssize_t written = write(session.fd, bytes, size);
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        } else if (errno == EAGAIN) {
            if (has("loses-bytes"))
                return;
            struct pollfd room = {.fd = session.fd, .events = POLLOUT};
            poll(&room, 1, -1);
        } else {
            session.lost = true;
        }
    }
}

static void send_format(void)
{
    const struct port_format format = {64, 48, session.codec};
    uint8_t message[PORT_HEADER_BYTES + PORT_FORMAT_BYTES];

    if (!has("no-format"))
        put(message, (size_t)port_compose_format(message, sizeof message, &format));
}

static void inform(bool key)
{
    const struct port_frame_information information = {
        .id = ++session.id,
        .capture_ns = 1,
        .key_frame = has("wrong-key-flag") ? !key : key,
    };
    uint8_t message[PORT_HEADER_BYTES + PORT_FRAME_INFORMATION_BYTES];

    if (!(session.spoken & PORT_EXTENSION_FRAME_INFORMATION) ||
        (has("silent-frames") && session.id % 7 == 3))
        return;
    put(message, (size_t)port_compose_frame_information(message, sizeof message, &information));
}

/* --- its H.264: ITU-T H.264, 7.3 --- */

#define MAIN_PROFILE 77
#define SLICE_P 5 /* of all slices of the picture */
#define SLICE_B 6
#define SLICE_I 7

struct bits {
    uint8_t bytes[64];
    unsigned count;
};

static void put_bits(struct bits *to, unsigned count, unsigned value)
{
    while (count-- > 0) {
        if (value >> count & 1)
            to->bytes[to->count / 8] |= (uint8_t)(0x80 >> to->count % 8);
        to->count++;
    }
}

/* ue(v), and se(v) of 0: 9.1. */
static void put_ue(struct bits *to, unsigned value)
{
    unsigned length = 0;

    while ((value + 1) >> (length + 1))
        length++;
    put_bits(to, length, 0);
    put_bits(to, length + 1, value + 1);
}

static void put_nal(struct bits *to, unsigned header)
{
    put_bits(to, 32, 1);
    put_bits(to, 8, header);
}

static void put_end(struct bits *to)
{
    put_bits(to, 1, 1);
    while (to->count % 8)
        put_bits(to, 1, 0);
}

static bool has_fields(void)
{
    return has("interlaced") || has("adaptive-fields");
}

/* The display order is the decoding order (pic_order_cnt_type 2), unless the fault is that
 * it may differ. */
static bool orders_by_count(void)
{
    return has("may-reorder") || has("reorders") || has("b-frame");
}

static void put_sps(struct bits *to)
{
    put_nal(to, 0x67);
    put_bits(to, 8, MAIN_PROFILE);
    put_bits(to, 8, 0);
    put_bits(to, 8, 10); /* level 1 */
    put_ue(to, 0);
    put_ue(to, 0); /* frame_num has 4 bits */
    put_ue(to, orders_by_count() ? 0 : 2);
    if (orders_by_count())
        put_ue(to, 0); /* pic_order_cnt_lsb has 4 bits */
    put_ue(to, 1);
    put_bits(to, 1, 0);
    put_ue(to, 3); /* 64 wide */
    put_ue(to, has_fields() ? 1 : 2);
    put_bits(to, 1, !has_fields());
    if (has_fields())
        put_bits(to, 1, has("adaptive-fields"));
    put_bits(to, 1, 1);
    put_bits(to, 1, 0);
    bool vui = has("reorders") || has("b-frame");
    put_bits(to, 1, vui);
    if (vui) { /* only the bitstream restriction */
        put_bits(to, 8, 0);
        put_bits(to, 2, 3);
        for (unsigned i = 0; i < 4; i++)
            put_ue(to, 0);
        put_ue(to, has("reorders") ? 1 : 0); /* max_num_reorder_frames */
        put_ue(to, 1);
    }
    put_end(to);
}

static void put_pps(struct bits *to)
{
    put_nal(to, 0x68);
    put_ue(to, 0);
    put_ue(to, 0);
    put_bits(to, 2, 0);
    for (unsigned i = 0; i < 3; i++)
        put_ue(to, 0);
    put_bits(to, 3, 0);
    for (unsigned i = 0; i < 3; i++)
        put_ue(to, 0);
    put_bits(to, 3, 0);
    put_end(to);
}

static void put_slice(struct bits *to, bool key, unsigned first_macroblock)
{
    unsigned type = key ? SLICE_I : has("b-frame") && session.frame == 5 ? SLICE_B : SLICE_P;

    put_nal(to, key ? 0x65 : 0x41);
    put_ue(to, first_macroblock);
    put_ue(to, type);
    put_ue(to, 0);
    put_bits(to, 4, key ? 0 : session.frame);
    if (has_fields())
        put_bits(to, 1, has("interlaced")); /* field_pic_flag */
    if (has("interlaced"))
        put_bits(to, 1, 0);
    if (key)
        put_ue(to, 0);
    if (orders_by_count())
        put_bits(to, 4, 0);
    if (type == SLICE_B)
        put_bits(to, 1, 1);
    if (type != SLICE_I)
        put_bits(to, 2, 0);
    if (type == SLICE_B)
        put_bits(to, 1, 0);
    put_bits(to, key ? 2 : 1, 0);
    put_ue(to, 0);
    while (to->count % 8)
        put_bits(to, 1, 1);
}

static void put_sets(struct bits *to)
{
    put_sps(to);
    put_pps(to);
}

/* Bodies of 8000 bytes, so that frames soon fill any port. */
static void send_data(const struct bits *bits)
{
    static uint8_t body[8000];
    uint8_t header[PORT_HEADER_BYTES];

    memset(body, 0xaa, sizeof body);
    memcpy(body, bits->bytes, bits->count / 8);
    if (has("other-codec") && session.frame == 5)
        memcpy(body, "\xff\xd8\xff", 3);
    port_compose_header(header, sizeof header, PORT_DATA,
                        has("too-large") && session.frame == 5 ? PORT_DATA_MAX_BYTES + 1
                                                               : sizeof body);
    if (has("version-2") && session.frame == 5)
        header[0] = 2;
    put(header, sizeof header);
    put(body, sizeof body);
}

/* Writes the parameter sets only, or nothing. */
static void send_small(const struct bits *bits)
{
    uint8_t header[PORT_HEADER_BYTES];

    port_compose_header(header, sizeof header, PORT_DATA, bits->count / 8);
    put(header, sizeof header);
    put(bits->bytes, bits->count / 8);
}

static void send_frame(void)
{
    bool key = (session.key_wanted || session.frame % GROUP_FRAMES == 0) &&
               !(has("no-key-frame") && session.frame == 0);
    struct bits bits = {{0}, 0}, second = {{0}, 0};

    if (has("lifeless") && session.frame > 3)
        return;
    if (has("empty-data") && session.frame == 5)
        send_small(&second);
    if (has("sets-alone") && session.frame == 5) {
        put_sets(&second);
        inform(false);
        send_small(&second);
    }
    inform(key);
    if (key && !has("no-sets") && !(has("later-idr-bare") && session.frame > 0))
        put_sets(&bits);
    put_slice(&bits, key, 0);
    if (has("two-units") && session.frame == 5) {
        put_bits(&bits, 16, 0xaaaa);
        put_slice(&bits, key, 0);
    }
    send_data(&bits);
    if (has("half-units")) {
        put_slice(&second, key, 4);
        inform(false);
        send_data(&second);
    }
    session.key_wanted = false;
    session.frame++;
}

static void start(const uint8_t *codecs, unsigned count)
{
    unsigned looked_at = has("first-codec-only") ? 1 : count;

    session.codec = 0;
    for (unsigned i = 0; i < looked_at; i++)
        if (codecs[i] == PORT_CODEC_H264)
            session.codec = PORT_CODEC_H264;
    if (has("any-codec"))
        session.codec = codecs[0];
    else if (has("own-codec") && codecs[0] >= 1 && codecs[0] <= 5)
        session.codec = PORT_CODEC_H264;
    if (session.codec == 0 || session.streaming)
        return;
    session.streaming = had_start = true;
    session.format_due = !(has("no-second-format") && session.stopped_once);
    if (session.format_due)
        session.frame = 0;
}

static void stop(void)
{
    session.stopped_once = true;
    if (!has("deaf-to-stop"))
        session.streaming = false;
}

static void handle(const struct port_event *event)
{
    uint8_t message[PORT_COMPOSED_EXTENSIONS_BYTES];

    switch (event->kind) {
    case PORT_EVENT_CAPABILITIES:
        if (has("dies-of-capabilities") && session.streaming)
            exit(1);
        session.spoken = event->announced;
        port_parser_announced(&session.parser, PORT_EXTENSIONS_ALL);
        put(message, (size_t)port_compose_extensions(message, sizeof message, PORT_EXTENSIONS_ALL));
        break;
    case PORT_EVENT_START_STOP:
        if (event->bytes > 0)
            start(event->body, event->bytes);
        else
            stop();
        break;
    case PORT_EVENT_NOTIFY_ERROR:
        if (has("dies-of-error"))
            exit(1);
        session.streaming = session.streaming && has("deaf-to-error");
        break;
    case PORT_EVENT_KEY_FRAME_REQUEST:
        session.key_wanted = !has("no-answer");
        break;
    case PORT_EVENT_FEEDBACK:
        if (has("dies-of-feedback"))
            exit(1);
        break;
    case PORT_EVENT_SKIPPED:
        if (has("dies-of-unknown"))
            exit(1);
        break;
    default:
        break;
    }
}

/* Reads everything that is there now. */
static void receive(void)
{
    uint8_t bytes[4096];
    ssize_t got = read(session.fd, bytes, sizeof bytes);

    if (got <= 0) {
        session.lost = session.lost || got == 0 || errno != EAGAIN;
        return;
    }
    if (has("whole-reads"))
        port_parser_init(&session.parser, PORT_READER_GUEST);
    bool stopped = false;
    for (ssize_t at = 0; at < got;) {
        struct port_event event;
        uint8_t *where;
        size_t room;
        port_parser_want(&session.parser, &where, &room);
        if (room > (size_t)(got - at))
            room = (size_t)(got - at);
        memcpy(where, bytes + at, room);
        at += (ssize_t)room;
        port_parser_got(&session.parser, room, &event);
        if (!(has("ignores-pairs") && stopped))
            handle(&event);
        stopped = stopped || (event.kind == PORT_EVENT_START_STOP && event.bytes == 0);
    }
}

static void serve(void)
{
    if (has("eager") || (has("eager-again") && had_start)) {
        session.codec = PORT_CODEC_H264;
        session.streaming = session.format_due = true;
    }
    if (has("early-data"))
        send_frame();
    while (!session.lost) {
        struct pollfd port = {.fd = session.fd, .events = POLLIN};
        if (poll(&port, 1, FRAME_INTERVAL_MS) > 0)
            receive();
        if (!session.streaming || session.lost)
            continue;
        if (session.format_due)
            send_format();
        session.format_due = false;
        send_frame();
    }
}

static bool is_known(const char *name)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (strcmp(faults[i], name) == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    const char *path = getenv("PORT");

    if (argc != 2 || !path || !is_known(argv[1])) {
        fprintf(stderr, "broken-agent: PORT=PATH broken-agent FAULT\n");
        return 2;
    }
    fault = argv[1];
    for (;;) { /* the tester ends it */
        struct termios line;
        session = (struct session){.fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK)};
        if (session.fd < 0) {
            usleep(10000);
            continue;
        }
        if (tcgetattr(session.fd, &line) == 0) {
            cfmakeraw(&line);
            tcsetattr(session.fd, TCSANOW, &line);
        }
        port_parser_init(&session.parser, PORT_READER_GUEST);
        serve();
        close(session.fd);
        if (has("dies-of-close"))
            return 1;
    }
}
