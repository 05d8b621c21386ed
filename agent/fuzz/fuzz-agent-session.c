/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * Fuzzes the agent's session as the client of a host that sends anything: the four threads
 * between a port that gives the input and a capture with pictures and a pointer. Whatever the
 * host sends, what the agent writes keeps to the protocol, each frame and shape is released,
 * and the session ends when it is destroyed.
 *
 * The first byte chooses how the port behaves, the second how it cuts what it carries.
 */
#include "agent/os/linux.h"
#include "agent/os/wake.h"
#include "agent/session.h"
#include "protocol/fuzz/must.h"
#include "protocol/port-protocol.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define FRAME_BYTES 100
#define SHAPE_PX 4
#define INPUT_MAX_BYTES 4096

enum flags {
    HANGS_UP = 1 << 0, /* after the input; else the port stays open */
    STILL_SCREEN = 1 << 1,
    NO_EXTENSIONS = 1 << 2,
    NO_CAPTURE = 1 << 3, /* it cannot be opened */
};

static struct {
    uint8_t flags;
    size_t piece_bytes;
    const uint8_t *input;
    size_t left_bytes;
    bool open;
    struct os_wake *done;      /* nothing is left that could be read */
    struct port_parser parser; /* of what the agent writes */
    uint8_t *body;
    atomic_int frames; /* not released */
    unsigned units;
} host;

static const uint8_t picture[FRAME_BYTES] = {0, 0, 0, 1, 0x65, 0x88};

/* --- the port: the transporting thread's ------------------------------------------- */

static int port_open(struct port *port)
{
    static const uint8_t all[] = {PORT_CODEC_MJPEG, PORT_CODEC_VP8, PORT_CODEC_H264, PORT_CODEC_VP9,
                                  PORT_CODEC_H265};

    (void)port;
    must(!host.open);
    host.open = true;
    port_parser_init(&host.parser, PORT_READER_HOST);
    port_parser_offered(&host.parser, all, sizeof all);
    port_parser_announced(&host.parser, PORT_EXTENSIONS_ALL);
    return 0;
}

static ssize_t port_read(struct port *port, uint8_t *to, size_t room)
{
    size_t bytes = room < host.piece_bytes ? room : host.piece_bytes;

    (void)port;
    must(host.open);
    if (bytes > host.left_bytes)
        bytes = host.left_bytes;
    if (bytes == 0)
        return host.flags & HANGS_UP ? 0 : -EAGAIN;
    memcpy(to, host.input, bytes);
    host.input += bytes;
    host.left_bytes -= bytes;
    return (ssize_t)bytes;
}

static void parse(const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        uint8_t *where;
        size_t wanted;
        struct port_event event;

        port_parser_want(&host.parser, &where, &wanted);
        wanted = wanted < size ? wanted : size;
        memcpy(where, bytes, wanted);
        bytes += wanted;
        size -= wanted;
        port_parser_got(&host.parser, wanted, &event);
        must(event.kind != PORT_EVENT_ERROR && event.kind != PORT_EVENT_TOLERATED);
        if (event.kind == PORT_EVENT_BODY_BEGIN) {
            free(host.body);
            host.body = malloc(event.bytes);
            must(host.body != NULL);
            port_parser_set_body(&host.parser, host.body);
        } else if (event.kind == PORT_EVENT_DATA_END) {
            must(event.bytes == FRAME_BYTES && memcmp(host.body, picture, FRAME_BYTES) == 0);
        }
    }
}

static ssize_t port_write(struct port *port, const struct port_part *parts, unsigned count)
{
    size_t bytes = parts[0].size < host.piece_bytes ? parts[0].size : host.piece_bytes;

    (void)port;
    must(host.open && count > 0 && parts[0].size > 0);
    parse(parts[0].bytes, bytes);
    return (ssize_t)bytes;
}

static unsigned port_wait(struct port *port, unsigned wants, struct os_wake *wake)
{
    struct pollfd set = {.fd = os_wake_fd(wake), .events = POLLIN};
    unsigned ready = wants & PORT_WRITABLE;

    (void)port;
    if (host.left_bytes > 0)
        ready |= wants & PORT_READABLE;
    else if (host.flags & HANGS_UP)
        ready |= PORT_HUNG_UP;
    if (host.left_bytes == 0)
        os_wake_set(host.done);
    poll(&set, 1, ready ? 0 : -1);
    return ready | (set.revents ? PORT_WOKEN : 0);
}

static void port_close(struct port *port)
{
    (void)port;
    must(host.open);
    host.open = false;
    os_wake_set(host.done);
}

/* --- the capture: the capturing thread's ------------------------------------------- */

static int capture_open(struct capture *capture, uint8_t codec)
{
    (void)capture;
    must(codec == PORT_CODEC_H264);
    return host.flags & NO_CAPTURE ? -ENODEV : 0;
}

static void capture_describe(struct capture *capture, struct capture_description *ret_description)
{
    (void)capture;
    host.units = 0;
    *ret_description = (struct capture_description){64, 48, PORT_CODEC_H264, 30, 1};
}

static int capture_wait(struct capture *capture, unsigned wanted, int64_t deadline_ns,
                        struct os_wake *wake)
{
    (void)capture;
    if (host.flags & STILL_SCREEN)
        wanted &= ~(unsigned)CAPTURE_FRAME_DUE;
    if (!wanted)
        os_wake_wait(wake, deadline_ns);
    return (int)wanted;
}

static void release(const struct frame *frame, void *owner)
{
    (void)frame;
    (void)owner;
    host.frames--;
}

static int capture_frame(struct capture *capture, int64_t planned_ns, struct frame *ret_frame)
{
    (void)capture;
    host.frames++;
    *ret_frame = (struct frame){.bytes = picture,
                                .size = FRAME_BYTES,
                                .key = host.units++ == 0,
                                .planned_ns = planned_ns,
                                .release = release};
    return 0;
}

static int capture_cursor(struct capture *capture, struct cursor *ret_cursor)
{
    const uint32_t bytes = SHAPE_PX * SHAPE_PX * 4;

    (void)capture;
    *ret_cursor = (struct cursor){.has_shape = true,
                                  .shape = {SHAPE_PX, SHAPE_PX, 0, 0, CURSOR_ALPHA, NULL, bytes},
                                  .owned = calloc(1, bytes),
                                  .moved = true};
    must(ret_cursor->owned != NULL);
    ret_cursor->shape.pixels = ret_cursor->owned;
    return 0;
}

static void capture_request_key_frame(struct capture *capture)
{
    (void)capture;
    host.units = 0;
}

static void capture_set_step(struct capture *capture, unsigned step)
{
    must(step < capture->steps.count);
}

static void capture_close(struct capture *capture)
{
    (void)capture;
}

static struct os_wake *display_events_ended;

static enum capture_display_event capture_wait_display_event(struct capture *capture)
{
    (void)capture;
    os_wake_wait(display_events_ended, INT64_MAX);
    return CAPTURE_EVENTS_ENDED;
}

static void capture_end_display_events(struct capture *capture)
{
    (void)capture;
    os_wake_set(display_events_ended);
}

/* --- the observer -------------------------------------------------------------------- */

static void on_report(void *data, const struct agent_action *report)
{
    (void)data;
    must(report->report != AGENT_HOST_ERROR || strlen(report->text) <= PORT_NOTIFY_ERROR_MAX_BYTES);
}

static void on_frame(void *data, const struct frame *frame, int64_t time_ns)
{
    (void)data;
    (void)time_ns;
    must(frame->size == FRAME_BYTES);
}

static void on_slot(void *data, int64_t planned_ns)
{
    (void)data;
    (void)planned_ns;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    static const struct port_class port_class = {
        .open = port_open,
        .read = port_read,
        .write = port_write,
        .wait = port_wait,
        .close = port_close,
    };
    static const struct capture_class capture_class = {
        .open = capture_open,
        .describe = capture_describe,
        .wait = capture_wait,
        .frame = capture_frame,
        .cursor = capture_cursor,
        .request_key_frame = capture_request_key_frame,
        .set_step = capture_set_step,
        .close = capture_close,
        .wait_display_event = capture_wait_display_event,
        .end_display_events = capture_end_display_events,
    };
    static const struct observer observer = {
        .report = on_report,
        .frame_begun = on_frame,
        .frame_sent = on_frame,
        .slot_skipped = on_slot,
        .slot_empty = on_slot,
    };
    struct port port = {.class = &port_class};
    struct capture capture = {.class = &capture_class,
                              .codecs = PORT_CODEC_BIT(PORT_CODEC_H264),
                              .steps = {2, {1000, 4000}}};
    int error;

    if (size < 2 || size > INPUT_MAX_BYTES)
        return -1;
    host.flags = input[0];
    host.piece_bytes = 1 + (size_t)input[1];
    host.input = input + 2;
    host.left_bytes = size - 2;
    host.done = os_wake_create(&error);
    display_events_ended = os_wake_create(&error);
    must(host.done && display_events_ended);

    struct session *session = session_create(
        &port, &capture, &observer, host.flags & NO_EXTENSIONS ? 0 : PORT_EXTENSIONS_ALL, &error);
    must(session != NULL);
    session_open(session);
    os_wake_wait(host.done, INT64_MAX);
    session_destroy(session);
    must(!host.open);
    must(host.frames == 0);

    os_wake_destroy(host.done);
    os_wake_destroy(display_events_ended);
    free(host.body);
    host.body = NULL;
    return 0;
}
