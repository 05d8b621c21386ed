/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * Fuzzes the whole GPU module in a real SPICE server inside this process: a vGPU that
 * may be unplugged, a port on which the input acts as the guest, a client that is always
 * connected, and a second one with other codecs that connects, disconnects and may stop
 * reading (fake-client). These rules are checked for each input:
 *
 *   - the clients are sent only what a client may be sent (fake-client.c);
 *   - the guest is sent only valid messages, with at most one NOTIFY_ERROR;
 *   - a client that reports that it cannot decode is sent the vGPU, and no such stream
 *     again;
 *   - once the port is closed the clients show the vGPU and its pointer;
 *   - a well-behaved guest is served afterwards.
 *
 * Input: a byte for the event, one for its argument, and for BYTES as many bytes as the
 * argument gives. The worker is a thread of its own; it has finished its work wherever
 * inner_settle() returns. Timers expire at once.
 */
#include "gpu-module/fuzz/inner-server.h"
#include "protocol/fuzz/must.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define FLOOD_MESSAGES 64
/* How many drawings the vGPU's ring holds: more would wait for the worker. */
#define DRAWINGS_MAX 16
/* These show whose pointer a client shows. */
#define VGPU_POINTER_PIXELS 0x5a
#define PGPU_POINTER_PIXELS 0xa5
/* Bounded since the worker waits 10 ms for a client that sends no DISPLAY_INIT. */
#define SECOND_CLIENTS_MAX 4

enum happening {
    PORT_OPENS,
    PORT_CLOSES,
    BYTES,
    FORMAT,
    KEY_FRAME,
    FRAME,
    BIG_DATA, /* a DATA whose header announces more than is sent */
    CURSORS,  /* pointer shapes and moves */
    SETTLE,
    SECOND_CLIENT,
    VGPU_DRAWS,
    VGPU_CHANGES, /* its mode is changed, or it is reset */
    PORT_READS,   /* sets how many bytes one read returns at most */
    GUEST_READS,  /* the guest stops or resumes reading */
    CLIENT_READS, /* the second client stops or resumes reading */
    CLIENT_REPORTS,
    VGPU_POINTER,
    UNPLUG, /* only as the first event: replaces the vGPU at the end, which is slow */
    HAPPENINGS
};

static struct {
    unsigned drawings, second_clients;
} input_so_far;

/* --- the rest of the VM ------------------------------------------------------ */

/* A client that does not read blocks the vGPU, which then waits for it: a known
 * limitation of upstream's server. */
static bool all_clients_read(void)
{
    return !inner.second || fake_client_reads(inner.second);
}

static void vgpu_draws(unsigned where)
{
    static uint8_t pixels[INNER_VGPU_WIDTH_PX * INNER_VGPU_HEIGHT_PX * 4];
    const struct framebuffer picture = {INNER_VGPU_WIDTH_PX, INNER_VGPU_HEIGHT_PX,
                                        INNER_VGPU_WIDTH_PX * 4, pixels};
    const struct rect rect = {(int)where % 32, (int)where / 32, 8, 8};

    if (all_clients_read() && input_so_far.drawings++ < DRAWINGS_MAX)
        qxl_device_draw(inner.vgpu, &picture, &rect);
}

static void vgpu_pointer(unsigned what)
{
    if (!all_clients_read() || input_so_far.drawings++ >= DRAWINGS_MAX)
        return;
    if (what % 4 == 0)
        qxl_device_hide_cursor(inner.vgpu);
    else if (what % 4 == 1)
        qxl_device_move_cursor(inner.vgpu, (int)what, (int)what);
    else
        qxl_device_set_cursor(inner.vgpu, 1 + what / 4 % 16, VGPU_POINTER_PIXELS);
}

/* Not while a client does not read: what it still has to be sent for the last mode
 * may never arrive, which is not tested here. */
static void vgpu_changes(unsigned how)
{
    if (!all_clients_read())
        return;
    inner_settle();
    if (how % 4 == 3)
        qxl_device_reset(inner.vgpu);
    else
        qxl_device_set_mode(inner.vgpu, INNER_VGPU_WIDTH_PX + 16 * (how % 4), INNER_VGPU_HEIGHT_PX);
}

static void second_client(unsigned argument)
{
    if (inner.second) {
        fake_client_hang_up(inner.second);
        inner.second = NULL;
    } else if (input_so_far.second_clients++ < SECOND_CLIENTS_MAX) {
        static const uint8_t codecs[] = {
            0,
            PORT_CODEC_BIT(PORT_CODEC_H264),
            PORT_CODEC_BIT(PORT_CODEC_MJPEG) | PORT_CODEC_BIT(PORT_CODEC_VP8),
            INNER_ALL_CODECS,
        };
        bool comes_and_goes = argument % 4 == 3;
        inner.second = fake_client_connect(
            inner.server, codecs[argument / 4 % G_N_ELEMENTS(codecs)], !comes_and_goes);
        if (comes_and_goes)
            second_client(0);
    }
}

static void client_reads(unsigned argument)
{
    if (inner.second)
        fake_client_set_reading(inner.second, argument % 2 == 1);
}

/* A report on the stream that the client shows, or a meaningless one. */
static void client_reports(unsigned argument)
{
    struct fake_client *client = argument % 2 && inner.second ? inner.second : inner.first;

    if (!fake_client_reads(client))
        return;
    inner_settle();
    if (argument & 2) {
        fake_client_report(client, argument >> 2 & 15, argument >> 6,
                           argument & 64 ? UINT32_MAX : 0);
    } else if (fake_client_cannot_decode(client)) {
        inner_settle();
        must(!fake_client_shows_pgpu(client));
    }
}

/* --- what the guest writes ---------------------------------------------------- */

static void write_format(unsigned index)
{
    static const struct port_format formats[] = {
        {INNER_VGPU_WIDTH_PX, INNER_VGPU_HEIGHT_PX, PORT_CODEC_H264},
        {1, 1, PORT_CODEC_H264},
        {641, 479, PORT_CODEC_H264},
        {8192, 1, PORT_CODEC_H264},
        {8192, 4320, PORT_CODEC_H264},
        {65535, 65535, PORT_CODEC_H264},
        {0, 0, PORT_CODEC_H264},
        {64, 64, PORT_CODEC_VP8},
        {64, 64, PORT_CODEC_MJPEG},
        {64, 48, PORT_CODEC_VP9},
        {64, 48, PORT_CODEC_H265},
    };

    inner_guest_format(&formats[index % G_N_ELEMENTS(formats)]);
}

static void write_big_data(unsigned argument)
{
    static const uint32_t claims[] = {
        PORT_DATA_MAX_BYTES, PORT_DATA_MAX_BYTES + 1, 0, UINT32_MAX, 100000, 65536, 65537, 1};
    static const uint8_t bytes[100000] = {0, 0, 0, 1, 0x65};
    uint8_t header[PORT_HEADER_BYTES];
    uint32_t claim = claims[argument % G_N_ELEMENTS(claims)];

    port_compose_header(header, sizeof header, PORT_DATA, claim);
    inner_guest_write(header, sizeof header);
    inner_guest_write(bytes, MIN(sizeof bytes, claim));
}

static void write_pointer_moves(unsigned where)
{
    uint8_t message[PORT_HEADER_BYTES + PORT_CURSOR_MOVE_BYTES] = {0};

    port_compose_header(message, sizeof message, PORT_CURSOR_MOVE, PORT_CURSOR_MOVE_BYTES);
    message[PORT_HEADER_BYTES] = (uint8_t)where;
    for (unsigned i = 0; i < FLOOD_MESSAGES; i++)
        inner_guest_write(message, sizeof message);
}

/* A square of up to 15 px, where 0 hides it; or one whose header states a wrong size. */
static void write_pointer_shape(unsigned size_px, bool lies)
{
    uint8_t body[PORT_CURSOR_SET_MIN_BYTES + 15 * 15 * 4];
    uint8_t header[PORT_HEADER_BYTES];
    const uint32_t size =
        PORT_CURSOR_SET_MIN_BYTES + size_px * size_px * 4 - (lies && size_px ? 1 : 0);

    memset(body, PGPU_POINTER_PIXELS, sizeof body);
    memset(
        body, 0,
        PORT_CURSOR_SET_MIN_BYTES); /* StreamMsgCursorSet: u16 width, height, hot spot, u8 type */
    body[0] = body[2] = (uint8_t)size_px;
    port_compose_header(header, sizeof header, PORT_CURSOR_SET, size);
    inner_guest_write(header, sizeof header);
    inner_guest_write(body, size);
}

static void write_cursors(unsigned argument)
{
    if (argument % 2)
        write_pointer_shape(argument >> 1 & 15, (argument >> 5) == 7);
    else
        write_pointer_moves(argument);
}

/* --- plugging ---------------------------------------------------------------- */

static void connect_first(void)
{
    inner.first = fake_client_connect(inner.server, INNER_ALL_CODECS, true);
}

/* Unplugs the vGPU while clients show it and wait for it, and plugs in another. */
static void unplug(void)
{
    fake_client_expect_end(inner.first);
    if (inner.second)
        fake_client_expect_end(inner.second);
    inner_unplug();
    inner_settle();
    write_format(0); /* an agent that still sends has no viewer */
    inner_guest_frame(true, PORT_CODEC_H264);
    inner_settle();
    must(inner.to_host_read == inner.to_host->len || !inner.port_open);
    fake_client_hang_up(inner.second);
    inner.second = NULL;
    fake_client_hang_up(inner.first);
    inner.first = NULL;
    inner_settle();
    inner_forget_vgpu();
    inner_plug_in();
    connect_first();
    inner_settle();
}

/* --- one input ------------------------------------------------------------------ */

/* Executes the next event of the input; returns how many bytes it took. */
static size_t happen(const uint8_t *input, size_t size)
{
    const unsigned argument = size > 1 ? input[1] : 0;
    const size_t header = MIN(size, 2), bytes = MIN(size - header, argument);

    switch ((enum happening)(input[0] % HAPPENINGS)) {
    case PORT_OPENS:
        inner_port_set_open(true);
        break;
    case PORT_CLOSES:
        inner_port_set_open(false);
        break;
    case BYTES:
        inner_guest_write(input + header, bytes);
        spice_server_char_device_wakeup(&inner.port);
        return header + bytes;
    case FORMAT:
        write_format(argument);
        break;
    case KEY_FRAME:
        inner_guest_frame(true, argument);
        break;
    case FRAME:
        inner_guest_frame(false, argument);
        break;
    case BIG_DATA:
        write_big_data(argument);
        break;
    case CURSORS:
        write_cursors(argument);
        break;
    case SETTLE:
        inner_settle();
        break;
    case SECOND_CLIENT:
        second_client(argument);
        break;
    case VGPU_DRAWS:
        vgpu_draws(argument);
        break;
    case VGPU_CHANGES:
        vgpu_changes(argument);
        break;
    case PORT_READS:
        inner.read_max = argument ? argument : SIZE_MAX;
        break;
    case GUEST_READS:
        inner.guest_blocks = argument % 2;
        break;
    case CLIENT_READS:
        client_reads(argument);
        break;
    case CLIENT_REPORTS:
        client_reports(argument);
        break;
    case VGPU_POINTER:
        vgpu_pointer(argument);
        break;
    case UNPLUG:
        break;
    case HAPPENINGS:
        break;
    }
    spice_server_char_device_wakeup(&inner.port);
    return header;
}

static void an_honest_guest_is_served(void)
{
    inner_port_set_open(true);
    inner_settle();
    must(inner.started && inner.errors == 0);
    write_format(0);
    inner_guest_frame(true, PORT_CODEC_H264);
    inner_guest_frame(false, PORT_CODEC_H264);
    inner_settle();
    must(inner.errors == 0 && inner.to_host_read == inner.to_host->len);
    must(fake_client_shows_pgpu(inner.first));
}

static void the_vgpu_is_shown(void)
{
    inner_port_set_open(false);
    inner_settle();
    fake_client_must_show_vgpu(inner.first, qxl_device_width_px(inner.vgpu),
                               qxl_device_height_px(inner.vgpu), PGPU_POINTER_PIXELS);
    if (inner.second)
        fake_client_must_show_vgpu(inner.second, qxl_device_width_px(inner.vgpu),
                                   qxl_device_height_px(inner.vgpu), PGPU_POINTER_PIXELS);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    inner.read_max = SIZE_MAX;
    input_so_far.drawings = input_so_far.second_clients = 0;
    const bool unplugs = size > 0 && input[0] % HAPPENINGS == UNPLUG;
    while (size > 0) {
        size_t taken = happen(input, size);
        input += taken;
        size -= taken;
    }
    inner.read_max = SIZE_MAX;
    client_reads(true);
    if (unplugs)
        unplug();
    the_vgpu_is_shown();
    an_honest_guest_is_served();
    the_vgpu_is_shown();
    if (inner.second)
        second_client(0);
    inner_settle();
    return 0;
}

/* --- set-up ----------------------------------------------------------------------- */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    inner_server_start();
    connect_first();
    inner_settle();
    an_honest_guest_is_served();
    the_vgpu_is_shown();
    return 0;
}
