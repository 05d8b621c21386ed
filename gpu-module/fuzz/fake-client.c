/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/fuzz/fake-client.h"

#include "protocol/cursor-shape.h"
#include "protocol/fuzz/must.h"
#include "protocol/port-protocol.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/sockios.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <spice/enums.h>
#include <spice/protocol.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define MINI_HEADER_BYTES 6
#define STREAMS_MAX 64 /* as many as a display channel has */
#define SURFACES_MAX 2 /* the primary, and one in which the module keeps a picture */
#define PRIMARY 0
/* The largest message: a frame, or an image of the vGPU's whole screen. */
#define MESSAGE_MAX_BYTES (PORT_DATA_MAX_BYTES + 1024)

struct channel {
    int fd;
    uint8_t *bytes; /* of the current message; room for MESSAGE_MAX_BYTES */
    size_t filled;
    uint32_t ack_window, ack_left;
};

struct fake_client {
    struct channel main, display, cursor;
    bool has_cursor, is_blocked, may_end, has_ended;
    uint8_t codecs, failed_codecs; /* PORT_CODEC_BIT each */
    uint32_t session;
    /* The state that results from the messages of the display and cursor channels. */
    struct {
        uint32_t width_px, height_px; /* 0: none */
    } surfaces[SURFACES_MAX];
    uint8_t streams[STREAMS_MAX]; /* codec, 0: none */
    unsigned streams_count;
    bool picture_owed; /* a stream has ended, and the vGPU's picture has not been sent yet */
    bool pointer_is_set;
    uint8_t pointer_pixels; /* the first byte of the pointer's shape */
};

static uint16_t le16(const uint8_t *from)
{
    return (uint16_t)(from[0] | from[1] << 8);
}

static uint32_t le32(const uint8_t *from)
{
    return le16(from) | (uint32_t)le16(from + 2) << 16;
}

static void put_le32(uint8_t *to, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

/* --- messages ------------------------------------------------------------- */

static void channel_write(struct channel *channel, const void *bytes, size_t size)
{
    /* The messages are short and the server reads the socket, so they always fit,
     * unless the server has hung up. */
    ssize_t put = send(channel->fd, bytes, size, MSG_NOSIGNAL);
    must(put == (ssize_t)size || (put < 0 && (errno == EPIPE || errno == ECONNRESET)));
}

static void channel_send(struct channel *channel, uint16_t type, const uint8_t *body, uint32_t size)
{
    uint8_t message[64] = {(uint8_t)type, (uint8_t)(type >> 8)};

    must(MINI_HEADER_BYTES + size <= sizeof message);
    put_le32(message + 2, size);
    if (size > 0)
        memcpy(message + MINI_HEADER_BYTES, body, size);
    channel_write(channel, message, MINI_HEADER_BYTES + size);
}

static void must_be_drawable(const struct fake_client *client, uint32_t width_px,
                             uint32_t height_px)
{
    must(width_px >= 1 && height_px >= 1);
    must(width_px <= PORT_FORMAT_MAX_PX && height_px <= PORT_FORMAT_MAX_PX);
    must((uint64_t)width_px * height_px <= PORT_FORMAT_MAX_AREA_PX);
}

static void on_surface_create(struct fake_client *client, const uint8_t *body, size_t size)
{
    must(size == 20);
    uint32_t id = le32(body), flags = le32(body + 16);

    must(id < SURFACES_MAX && client->surfaces[id].width_px == 0);
    must(flags == (id == PRIMARY ? SPICE_SURFACE_FLAGS_PRIMARY : 0));
    must(client->streams_count == 0);
    must_be_drawable(client, le32(body + 4), le32(body + 8));
    client->surfaces[id].width_px = le32(body + 4);
    client->surfaces[id].height_px = le32(body + 8);
}

static void on_draw_copy(struct fake_client *client, const uint8_t *body, size_t size)
{
    must(size >= 25);
    /* Surface, box, clip (which usually has no rectangles). */
    size_t source = 4 + 16 + 1 + (body[20] == SPICE_CLIP_TYPE_RECTS ? 4 + 16 * le32(body + 21) : 0);
    must(source + 4 <= size && le32(body + source) + 18 <= size);
    const uint8_t *image = body + le32(body + source); /* u64 id, u8 type, flags, size */

    must(le32(body) < SURFACES_MAX && client->surfaces[le32(body)].width_px != 0);
    must(client->streams_count == 0); /* the vGPU must draw nothing now */
    if (image[8] != SPICE_IMAGE_TYPE_SURFACE) {
        must(le32(body) == PRIMARY);
        client->picture_owed = false;
        return;
    }
    must(le32(image + 18) < SURFACES_MAX && client->surfaces[le32(image + 18)].width_px != 0);
}

static void on_stream_create(struct fake_client *client, const uint8_t *body, size_t size)
{
    must(size >= 51);
    uint32_t surface = le32(body), id = le32(body + 4);
    uint32_t width_px = le32(body + 18), height_px = le32(body + 22);
    const uint8_t *dest = body + 34; /* top, left, bottom, right */

    must(surface == PRIMARY && client->surfaces[PRIMARY].width_px != 0);
    must(id < STREAMS_MAX && !client->streams[id]);
    must(body[9] >= 1 && body[9] <= PORT_CODECS_KNOWN);
    must(client->codecs & PORT_CODEC_BIT(body[9]));
    must(!(client->failed_codecs & PORT_CODEC_BIT(body[9])));
    must_be_drawable(client, width_px, height_px);
    must(le32(dest) == 0 && le32(dest + 4) == 0);
    must(le32(dest + 8) <= client->surfaces[PRIMARY].height_px);
    must(le32(dest + 12) <= client->surfaces[PRIMARY].width_px);
    client->streams[id] = body[9];
    client->streams_count++;
}

static void on_display_message(struct fake_client *client, uint16_t type, const uint8_t *body,
                               size_t size)
{
    switch (type) {
    case SPICE_MSG_DISPLAY_SURFACE_CREATE:
        on_surface_create(client, body, size);
        return;
    case SPICE_MSG_DISPLAY_SURFACE_DESTROY:
        must(size == 4 && le32(body) < SURFACES_MAX && client->surfaces[le32(body)].width_px != 0);
        must(client->streams_count == 0);
        client->surfaces[le32(body)].width_px = client->surfaces[le32(body)].height_px = 0;
        return;
    case SPICE_MSG_DISPLAY_STREAM_DESTROY_ALL:
        must(size == 0);
        memset(client->streams, 0, sizeof client->streams);
        client->picture_owed = client->picture_owed || client->streams_count > 0;
        client->streams_count = 0;
        return;
    case SPICE_MSG_DISPLAY_STREAM_CREATE:
        on_stream_create(client, body, size);
        return;
    case SPICE_MSG_DISPLAY_STREAM_DATA:
        must(size >= 12 && le32(body) < STREAMS_MAX && client->streams[le32(body)]);
        must(le32(body + 8) == size - 12 && size > 12);
        return;
    case SPICE_MSG_DISPLAY_STREAM_DESTROY:
        must(size == 4 && le32(body) < STREAMS_MAX && client->streams[le32(body)]);
        client->streams[le32(body)] = 0;
        client->streams_count--;
        client->picture_owed = true;
        return;
    case SPICE_MSG_DISPLAY_DRAW_COPY:
        on_draw_copy(client, body, size);
        return;
    case SPICE_MSG_DISPLAY_MARK:
    case SPICE_MSG_DISPLAY_RESET:
    case SPICE_MSG_DISPLAY_MONITORS_CONFIG:
    case SPICE_MSG_DISPLAY_INVAL_ALL_PIXMAPS:
    case SPICE_MSG_DISPLAY_INVAL_ALL_PALETTES:
        return;
    default:
        fprintf(stderr, "display message of type %u\n", type);
        must(!"a display message of a known type");
    }
}

/* SpiceCursor: flags; unless these exclude it, a header and the pixels. */
static void on_pointer(struct fake_client *client, const uint8_t *body, size_t size)
{
    enum { HEADER_BYTES = 17 };
    must(size >= 2);
    const uint16_t flags = le16(body);

    client->pointer_is_set = !(flags & SPICE_CURSOR_FLAGS_NONE);
    if (flags & SPICE_CURSOR_FLAGS_NONE)
        return;
    must(size >= 2 + HEADER_BYTES);
    const uint8_t *header = body + 2; /* u64 unique, u8 type, u16 width, height, hot spot */
    const uint32_t width_px = le16(header + 9), height_px = le16(header + 11);
    const size_t pixels_bytes = size - 2 - HEADER_BYTES;

    must(!(flags & SPICE_CURSOR_FLAGS_FROM_CACHE)); /* this client has no cache */
    must(width_px >= 1 && width_px <= CURSOR_MAX_PX && height_px >= 1 &&
         height_px <= CURSOR_MAX_PX);
    must(le16(header + 13) < width_px && le16(header + 15) < height_px);
    must(header[8] == SPICE_CURSOR_TYPE_ALPHA || header[8] == SPICE_CURSOR_TYPE_COLOR32);
    must(pixels_bytes >= (size_t)width_px * height_px * 4);
    client->pointer_pixels = header[HEADER_BYTES];
}

static void on_cursor_message(struct fake_client *client, uint16_t type, const uint8_t *body,
                              size_t size)
{
    switch (type) {
    case SPICE_MSG_CURSOR_INIT: /* position, trail, visible */
        must(size > 9);
        on_pointer(client, body + 9, size - 9);
        return;
    case SPICE_MSG_CURSOR_SET: /* position, visible */
        must(size > 5);
        on_pointer(client, body + 5, size - 5);
        return;
    case SPICE_MSG_CURSOR_RESET:
        client->pointer_is_set = false;
        return;
    case SPICE_MSG_CURSOR_MOVE:
        must(size == 4);
        return;
    case SPICE_MSG_CURSOR_HIDE:
    case SPICE_MSG_CURSOR_INVAL_ALL:
        return;
    default:
        fprintf(stderr, "cursor message of type %u\n", type);
        must(!"a cursor message of a known type");
    }
}

static void on_message(struct fake_client *client, struct channel *channel)
{
    const uint16_t type = le16(channel->bytes);
    const uint8_t *body = channel->bytes + MINI_HEADER_BYTES;
    const uint32_t size = le32(channel->bytes + 2);

    if (type == SPICE_MSG_SET_ACK) {
        must(size == 8);
        channel_send(channel, SPICE_MSGC_ACK_SYNC, body, 4);
        channel->ack_window = channel->ack_left = le32(body + 4);
        return; /* this message is not counted itself */
    }
    if (type == SPICE_MSG_PING)
        channel_send(channel, SPICE_MSGC_PONG, body, 12);
    else if (channel == &client->main && type == SPICE_MSG_MAIN_INIT)
        client->session = le32(body);
    else if (channel == &client->display && type > SPICE_MSG_BASE_LAST)
        on_display_message(client, type, body, size);
    else if (channel == &client->cursor && type > SPICE_MSG_BASE_LAST)
        on_cursor_message(client, type, body, size);

    if (channel->ack_window > 0 && --channel->ack_left == 0) {
        channel_send(channel, SPICE_MSGC_ACK, NULL, 0);
        channel->ack_left = channel->ack_window;
    }
}

static bool channel_serve(struct fake_client *client, struct channel *channel)
{
    bool served = false;

    for (;;) {
        size_t whole = MINI_HEADER_BYTES;
        if (channel->filled >= MINI_HEADER_BYTES)
            whole += le32(channel->bytes + 2);
        must(whole <= MESSAGE_MAX_BYTES);
        if (channel->filled >= MINI_HEADER_BYTES && channel->filled == whole) {
            on_message(client, channel);
            channel->filled = 0;
            continue;
        }
        ssize_t got = recv(channel->fd, channel->bytes + channel->filled, whole - channel->filled,
                           MSG_DONTWAIT);
        if (got <= 0) {
            if (got == 0 || errno != EAGAIN) {
                must(client->may_end); /* the server must not hang up on it */
                client->has_ended = true;
            }
            return served;
        }
        channel->filled += (size_t)got;
        served = true;
    }
}

/* --- connecting ------------------------------------------------------------ */

static void read_whole(int fd, void *to, size_t size)
{
    for (uint8_t *at = to, *end = at + size; at < end;) {
        ssize_t got = recv(fd, at, (size_t)(end - at), MSG_DONTWAIT);
        if (got > 0)
            at += got;
        else
            must(got < 0 && errno == EAGAIN);
        g_main_context_iteration(NULL, false);
    }
}

/* Replaces libcrypto's function: the server creates a key for each connection, which
 * takes fifty times as long as everything else in an input. Here all share one key. */
EVP_PKEY *EVP_PKEY_Q_keygen(OSSL_LIB_CTX *library, const char *properties, const char *type, ...)
{
    typedef EVP_PKEY *keygen(OSSL_LIB_CTX *, const char *, const char *, ...);
    static EVP_PKEY *key;

    if (!key)
        key = ((keygen *)dlsym(RTLD_NEXT, "EVP_PKEY_Q_keygen"))(
            library, properties, type, (size_t)SPICE_TICKET_KEY_PAIR_LENGTH);
    EVP_PKEY_up_ref(key);
    return key;
}

/* The password is empty, but must be encrypted with the server's key nevertheless. */
static void encrypt_ticket(const uint8_t *key_der,
                           uint8_t ret_ticket[SPICE_TICKET_KEY_PAIR_LENGTH / 8])
{
    EVP_PKEY *key = d2i_PUBKEY(NULL, &key_der, SPICE_TICKET_PUBKEY_BYTES);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    size_t size = SPICE_TICKET_KEY_PAIR_LENGTH / 8;

    must(EVP_PKEY_encrypt_init(context) > 0);
    must(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0);
    must(EVP_PKEY_encrypt(context, ret_ticket, &size, (const uint8_t *)"", 1) > 0);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
}

/* `first` is sent at once: otherwise the display's worker would sleep 10 ms. */
static void channel_connect(struct channel *channel, SpiceServer *server, uint8_t type,
                            uint32_t session, uint32_t capabilities, const uint8_t *first,
                            uint32_t first_size)
{
    struct {
        SpiceLinkHeader header;
        SpiceLinkMess link;
        uint32_t common, own;
    } __attribute__((packed)) hello = {
        .header = {SPICE_MAGIC, SPICE_VERSION_MAJOR, SPICE_VERSION_MINOR,
                   sizeof hello - sizeof hello.header},
        .link = {session, type, 0, 1, 1, sizeof hello.link},
        .common = 1u << SPICE_COMMON_CAP_PROTOCOL_AUTH_SELECTION |
                  1u << SPICE_COMMON_CAP_AUTH_SPICE | 1u << SPICE_COMMON_CAP_MINI_HEADER,
        .own = capabilities,
    };
    struct {
        SpiceLinkHeader header;
        SpiceLinkReply link;
    } __attribute__((packed)) reply;
    uint8_t capabilities_of_server[256], answer[4 + SPICE_TICKET_KEY_PAIR_LENGTH / 8];
    uint32_t result;
    int pair[2];

    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    channel->fd = pair[0];
    channel->bytes = malloc(MESSAGE_MAX_BYTES);
    must(fcntl(pair[1], F_SETFL, O_NONBLOCK) == 0);
    must(spice_server_add_client(server, pair[1], 1) == 0);

    channel_write(channel, &hello, sizeof hello);
    read_whole(channel->fd, &reply, sizeof reply);
    must(reply.link.error == 0);
    must(reply.header.size - sizeof reply.link <= sizeof capabilities_of_server);
    read_whole(channel->fd, capabilities_of_server, reply.header.size - sizeof reply.link);

    put_le32(answer, SPICE_COMMON_CAP_AUTH_SPICE);
    encrypt_ticket(reply.link.pub_key, answer + 4);
    channel_write(channel, answer, sizeof answer);
    if (first)
        channel_send(channel, SPICE_MSGC_DISPLAY_INIT, first, first_size);
    read_whole(channel->fd, &result, sizeof result);
    must(result == 0);
}

static uint32_t display_capabilities(uint8_t codecs)
{
    static const uint8_t capability[PORT_CODECS_KNOWN + 1] = {
        [PORT_CODEC_MJPEG] = SPICE_DISPLAY_CAP_CODEC_MJPEG,
        [PORT_CODEC_VP8] = SPICE_DISPLAY_CAP_CODEC_VP8,
        [PORT_CODEC_H264] = SPICE_DISPLAY_CAP_CODEC_H264,
        [PORT_CODEC_VP9] = SPICE_DISPLAY_CAP_CODEC_VP9,
        [PORT_CODEC_H265] = SPICE_DISPLAY_CAP_CODEC_H265,
    };
    uint32_t capabilities =
        1u << SPICE_DISPLAY_CAP_MONITORS_CONFIG | 1u << SPICE_DISPLAY_CAP_MULTI_CODEC;

    for (unsigned codec = 1; codec <= PORT_CODECS_KNOWN; codec++)
        if (codecs & PORT_CODEC_BIT(codec))
            capabilities |= 1u << capability[codec];
    return capabilities;
}

struct fake_client *fake_client_connect(SpiceServer *server, uint8_t codecs, bool sends_init)
{
    struct fake_client *client = calloc(1, sizeof *client);
    /* Without cache and dictionary: all images are sent whole. */
    static const uint8_t init[14] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    client->codecs = codecs;
    channel_connect(&client->main, server, SPICE_CHANNEL_MAIN, 0, 0, NULL, 0);
    while (client->session == 0) {
        g_main_context_iteration(NULL, false);
        channel_serve(client, &client->main);
    }
    channel_connect(&client->display, server, SPICE_CHANNEL_DISPLAY, client->session,
                    display_capabilities(codecs), sends_init ? init : NULL, sizeof init);
    if (sends_init) { /* otherwise the worker, which serves this channel too, is kept waiting */
        channel_connect(&client->cursor, server, SPICE_CHANNEL_CURSOR, client->session, 0, NULL, 0);
        client->has_cursor = true;
    }
    return client;
}

bool fake_client_serve(struct fake_client *client)
{
    if (client->is_blocked)
        return false;
    bool served = channel_serve(client, &client->main);
    served = channel_serve(client, &client->display) || served;
    return (client->has_cursor && channel_serve(client, &client->cursor)) || served;
}

void fake_client_set_reading(struct fake_client *client, bool reads)
{
    client->is_blocked = !reads;
    client->may_end = client->may_end || !reads;
}

bool fake_client_reads(const struct fake_client *client)
{
    return !client->is_blocked;
}

void fake_client_expect_end(struct fake_client *client)
{
    client->may_end = true;
}

void fake_client_report(struct fake_client *client, uint32_t stream, uint32_t frames,
                        uint32_t drops)
{
    uint8_t report[32] = {0}; /* SpiceMsgcDisplayStreamReport */

    put_le32(report, stream);
    put_le32(report + 16, frames);
    put_le32(report + 20, drops);
    channel_send(&client->display, SPICE_MSGC_DISPLAY_STREAM_REPORT, report, sizeof report);
}

bool fake_client_cannot_decode(struct fake_client *client)
{
    for (uint32_t id = 0; id < STREAMS_MAX; id++) {
        if (client->streams[id]) {
            client->failed_codecs |= (uint8_t)PORT_CODEC_BIT(client->streams[id]);
            fake_client_report(client, id, 0, UINT32_MAX);
            return true;
        }
    }
    return false;
}

void fake_client_port_opens(struct fake_client *client)
{
    client->failed_codecs = 0;
}

bool fake_client_is_read(const struct fake_client *client)
{
    const int sockets[] = {client->main.fd, client->display.fd, client->cursor.fd};

    for (unsigned i = 0; i < (client->has_cursor ? 3 : 2); i++) {
        int unread = 0;
        must(ioctl(sockets[i], SIOCOUTQ, &unread) == 0);
        if (unread > 0)
            return false;
    }
    return true;
}

bool fake_client_shows_pgpu(const struct fake_client *client)
{
    return client->streams_count > 0;
}

void fake_client_must_show_vgpu(const struct fake_client *client, unsigned width_px,
                                unsigned height_px, uint8_t foreign_pixels)
{
    if (client->has_ended)
        return;
    must(!client->pointer_is_set || client->pointer_pixels != foreign_pixels);
    must(client->streams_count == 0);
    must(client->surfaces[PRIMARY].width_px == width_px);
    must(client->surfaces[PRIMARY].height_px == height_px);
    must(client->surfaces[1].width_px == 0);
    must(!client->picture_owed);
}

void fake_client_hang_up(struct fake_client *client)
{
    if (!client)
        return;
    close(client->display.fd);
    close(client->main.fd);
    if (client->has_cursor)
        close(client->cursor.fd);
    free(client->cursor.bytes);
    free(client->display.bytes);
    free(client->main.bytes);
    free(client);
}
