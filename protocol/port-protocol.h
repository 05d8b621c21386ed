/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * port-protocol: the messages on the port between the agent and the GPU module.
 *
 * The wire format is that of spice-protocol's <spice/stream-device.h>, version
 * 1, so that any agent of that protocol works; the paper's names for the
 * messages ("Design and implementation", figure 1(b)) are
 *
 *   capability      PORT_CAPABILITIES  both ways
 *   start, stop     PORT_START_STOP    host -> guest, no codecs = stop
 *   resolution,
 *   encoding type   PORT_FORMAT        guest -> host
 *   display
 *   information     PORT_DATA          guest -> host, one access unit each
 *
 * and the guest's pointer is PORT_CURSOR_SET, PORT_CURSOR_MOVE, guest -> host,
 * taken in every state: agents send them whenever the pointer changes.
 *
 * Our extension, of which an agent may know any part or none; a message of it
 * is legal only after both ends have announced its bit in CAPABILITIES, and
 * before that skipped like any unknown one:
 *
 *   PORT_KEY_FRAME_REQUEST  host -> guest  bit 64
 *   PORT_FRAME_INFORMATION  guest -> host  bit 65, of the DATA that comes next
 *   PORT_FEEDBACK           host -> guest  bit 66
 *   PORT_HEARTBEAT          guest -> host  bit 67, where no frame is due
 *
 * docs/port-protocol.md explains it all to authors of other agents.
 *
 * Parsing and composing are pure: bytes in, message or error out; no I/O, no
 * globals, no allocation. Both ends use this one definition; a parser belongs
 * to one thread at a time. All numbers on the wire are little-endian.
 */
#ifndef PORT_PROTOCOL_H
#define PORT_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PORT_NAME "org.spice-space.pgpu.0"
#define PORT_PROTOCOL_VERSION 1
#define PORT_HEADER_BYTES 8
#define PORT_FORMAT_BYTES 12
#define PORT_CURSOR_SET_MIN_BYTES 12 /* without any pixel */
#define PORT_CURSOR_MOVE_BYTES 8
#define PORT_FRAME_INFORMATION_BYTES 24
#define PORT_FEEDBACK_BYTES 16

/* Limits. Whatever exceeds one is a protocol error or, where its comment allows it, skipped. */

/* CAPABILITIES: the limit of <spice/stream-device.h>. */
#define PORT_CAPABILITIES_MAX_BYTES 1024
/* DATA: an IDR picture of 3840x2160 at QP 10 stays below 4 MiB; a raw NAL
 * stream has no bound of its own. */
#define PORT_DATA_MAX_BYTES (8u * 1024 * 1024)
/* FORMAT: H.264 level 6.2, the highest there is, ends at 8192x4320 (ITU-T
 * H.264 table A-1); and a client allocates 4 bytes for each pixel we name. */
#define PORT_FORMAT_MAX_PX 8192
#define PORT_FORMAT_MAX_AREA_PX (8192u * 4320u)
/* CURSOR_SET: 1024x1024, the limit of <spice/stream-device.h>, at 33 bits a
 * pixel, plus its header. */
#define PORT_CURSOR_SET_MAX_BYTES (1024u * 1024 * 4 + 1024 * 128 + PORT_CURSOR_SET_MIN_BYTES)
/* Messages that we have no use for (display information, quality, unknown
 * types) are skipped up to the largest that we do read but for DATA. */
#define PORT_SKIP_MAX_BYTES PORT_CURSOR_SET_MAX_BYTES
/* NOTIFY_ERROR: what an agent keeps of the text. */
#define PORT_NOTIFY_ERROR_MAX_BYTES 1024
/* START_STOP: the count is a byte; there are PORT_CODECS_KNOWN codecs. */
#define PORT_CODECS_MAX 255

/* The heartbeat. An agent with the paper's capturing thread proves at each slot
 * that it is alive; twice a second would wake two idle machines for nothing. */
#define PORT_HEARTBEAT_INTERVAL_MS 1000
/* More than a GPU takes to be reset (Windows gives it 2 s): an agent that comes
 * through that is not worth two switches. */
#define PORT_HEARTBEAT_TIMEOUT_MS 3000

enum port_message_type {
    PORT_CAPABILITIES = 1,
    PORT_FORMAT = 2,
    PORT_DATA = 3,
    PORT_START_STOP = 4,
    PORT_NOTIFY_ERROR = 5,
    PORT_CURSOR_SET = 6,
    PORT_CURSOR_MOVE = 7,
    PORT_DEVICE_DISPLAY_INFO = 8,
    PORT_QUALITY_INDICATOR = 9,
    PORT_KEY_FRAME_REQUEST = 0x5001, /* empty */
    PORT_FRAME_INFORMATION =
        0x5002,              /* u64 id, u64 capture_ns, u32 flags (bit 0: key frame), u32 0 */
    PORT_FEEDBACK = 0x5003,  /* u32 frames in flight, u32 kbit/s, u32 frames dropped, u32 0 */
    PORT_HEARTBEAT = 0x5004, /* empty */
};

/* The parts of our extension. Capability bit n of CAPABILITIES lies in byte
 * n / 8, there in bit n % 8; these begin at PORT_EXTENSION_FIRST_BIT. */
enum port_extension {
    PORT_EXTENSION_KEY_FRAME_REQUEST = 1 << 0, /* capability bit 64 */
    PORT_EXTENSION_FRAME_INFORMATION = 1 << 1, /* 65 */
    PORT_EXTENSION_FEEDBACK = 1 << 2,          /* 66 */
    PORT_EXTENSION_HEARTBEAT = 1 << 3,         /* 67 */
    PORT_EXTENSIONS_ALL = (1 << 4) - 1,
};
#define PORT_EXTENSION_FIRST_BIT 64

/* SpiceVideoCodecType of <spice/enums.h>. */
enum port_codec {
    PORT_CODEC_MJPEG = 1,
    PORT_CODEC_VP8 = 2,
    PORT_CODEC_H264 = 3,
    PORT_CODEC_VP9 = 4,
    PORT_CODEC_H265 = 5,
};
#define PORT_CODECS_KNOWN 5
#define PORT_CODEC_BIT(codec) (1u << (codec)) /* in a set of codecs, an uint8_t */

struct port_format {
    uint32_t width_px;
    uint32_t height_px;
    uint8_t codec; /* enum port_codec */
};

/* Where the guest's pointer is; nothing keeps it on the screen. */
struct port_cursor_move {
    int32_t x_px;
    int32_t y_px;
};

/* What the agent announces of a frame before it sends it. */
struct port_frame_information {
    uint64_t id;         /* the agent's; comes back in counters and probes */
    uint64_t capture_ns; /* on a clock of the guest's; for its own use */
    bool key_frame;      /* a hint: the module looks for itself */
};

/* How a stream fares on its way to the clients, since the last feedback. */
struct port_feedback {
    /* Between the port and the socket of the fastest client, as the frames
     * found it that came, each itself included: the mean, rounded. 1: no queue,
     * but for a burst; more: the port is kept waiting again and again. */
    uint32_t frames_in_flight;
    uint32_t achieved_kbps;  /* what the port took */
    uint32_t frames_dropped; /* left out for a client slower than the fastest */
};

/* Which end reads: decides which messages are legal and how large. */
enum port_reader {
    PORT_READER_HOST,  /* the GPU module reads what the guest wrote */
    PORT_READER_GUEST, /* the agent reads what the host wrote */
};

enum port_event_kind {
    PORT_EVENT_NONE,         /* more bytes are needed */
    PORT_EVENT_CAPABILITIES, /* .bytes of .body; .announced there */
    PORT_EVENT_FORMAT,       /* .format, checked */
    PORT_EVENT_BODY_BEGIN,   /* of a DATA or CURSOR_SET (.type): .bytes follow;
                                call port_parser_set_body() */
    PORT_EVENT_DATA_END,     /* the body is whole */
    PORT_EVENT_CURSOR_SET_END,
    PORT_EVENT_CURSOR_MOVE,  /* .cursor_move */
    PORT_EVENT_START_STOP,   /* .bytes codecs in .body; 0 = stop */
    PORT_EVENT_NOTIFY_ERROR, /* text of .bytes in .body, not terminated */
    PORT_EVENT_KEY_FRAME_REQUEST,
    PORT_EVENT_FRAME_INFORMATION, /* .information */
    PORT_EVENT_FEEDBACK,          /* .feedback */
    PORT_EVENT_HEARTBEAT,
    PORT_EVENT_SKIPPED,   /* a message without use for us was passed over */
    PORT_EVENT_TOLERATED, /* the same of one that should not have come: .error; a
                                FORMAT's .format, whose codec may be any number */
    PORT_EVENT_ERROR,     /* .error; nothing more is parsed until a reset */
};

struct port_event {
    enum port_event_kind kind;
    uint16_t type;       /* of the message, where there is one */
    uint32_t bytes;      /* size of the body */
    const uint8_t *body; /* valid until the next call; NULL for a BODY */
    unsigned announced;  /* enum port_extension */
    struct port_format format;
    struct port_cursor_move cursor_move;
    struct port_frame_information information;
    struct port_feedback feedback;
    const char *error; /* ERROR, TOLERATED: static text, one line, for NOTIFY_ERROR and the log */
};

#define PORT_PARSER_SMALL_BYTES PORT_CAPABILITIES_MAX_BYTES
#define PORT_PARSER_SCRATCH_BYTES 4096

/* Fields are private to port-protocol.c. */
struct port_parser {
    enum port_reader reader;
    enum {
        PORT_PARSE_HEADER,
        PORT_PARSE_SMALL, /* into small[] */
        PORT_PARSE_BODY,  /* into the caller's buffer */
        PORT_PARSE_SKIP,  /* into scratch[], forgotten */
        PORT_PARSE_FAILED,
    } stage;
    bool format_allowed;
    bool data_allowed;      /* the last FORMAT was taken */
    const char *tolerated;  /* of the body that is being skipped; NULL: it has no use for us */
    uint8_t codecs_offered; /* bit n = enum port_codec n */
    uint8_t announced_here, announced_there; /* enum port_extension */
    uint8_t header[PORT_HEADER_BYTES];
    uint16_t type;
    uint32_t size;
    uint32_t filled; /* of the header or of the body */
    uint8_t *body;
    uint8_t small[PORT_PARSER_SMALL_BYTES];
    uint8_t scratch[PORT_PARSER_SCRATCH_BYTES];
};

/* Forgets everything: the state of a port that was just opened. */
void port_parser_init(struct port_parser *parser, enum port_reader reader);

/* Host: START_STOP was sent with these codecs (none after a stop). From the
 * first start on a FORMAT is legal, and taken if its codec was ever offered
 * since the port was opened: what was on its way when we stopped counts. One of
 * another codec is tolerated, and so is each DATA until a FORMAT is taken. */
void port_parser_offered(struct port_parser *parser, const uint8_t *codecs, unsigned count);

/* This end has announced these extensions (enum port_extension) in a
 * CAPABILITIES message. What the other end announces the parser reads itself. */
void port_parser_announced(struct port_parser *parser, unsigned extensions);

/* Where the next bytes of the stream belong: at most *ret_bytes (never 0) to
 * *ret_where. Never reaches past the end of the present message, so what the
 * reader reads beyond it stays in the port. */
void port_parser_want(struct port_parser *parser, uint8_t **ret_where, size_t *ret_bytes);

/* `bytes` (1 to what port_parser_want() allowed) have been put there. At most
 * one event results. An empty message ends with its header; an empty DATA is
 * tolerated. */
void port_parser_got(struct port_parser *parser, size_t bytes, struct port_event *ret_event);

/* In answer to PORT_EVENT_BODY_BEGIN, before the next port_parser_want(): the
 * buffer for the body (event.bytes large; it may be moved by calling this
 * again between two port_parser_want() with what was filled copied along), or
 * NULL to skip it (then PORT_EVENT_SKIPPED follows in place of its END). */
void port_parser_set_body(struct port_parser *parser, uint8_t *body);

/* Bytes of the present body that have been put in place so far. */
uint32_t port_parser_filled(const struct port_parser *parser);

/* True between two messages: nothing of the next has been read. */
bool port_parser_at_boundary(const struct port_parser *parser);

/* Composing. Each writes one message to `to` and gives its size, or -ENOSPC
 * when `room` is too small, or -EINVAL when an argument exceeds its limit. A
 * CURSOR_SET is composed by cursor-shape. */
int port_compose_header(uint8_t *to, size_t room, enum port_message_type type, uint32_t body_bytes);
int port_compose_capabilities(uint8_t *to, size_t room, const uint8_t *bits, size_t bytes);
/* CAPABILITIES with these extensions (enum port_extension) and nothing else;
 * with none a byte of zeros, so that nobody has to read an empty body. */
int port_compose_extensions(uint8_t *to, size_t room, unsigned extensions);
#define PORT_COMPOSED_EXTENSIONS_BYTES (PORT_HEADER_BYTES + PORT_EXTENSION_FIRST_BIT / 8 + 1)
int port_compose_format(uint8_t *to, size_t room, const struct port_format *format);
int port_compose_start_stop(uint8_t *to, size_t room, const uint8_t *codecs, unsigned count);
int port_compose_cursor_move(uint8_t *to, size_t room, const struct port_cursor_move *move);
int port_compose_frame_information(uint8_t *to, size_t room,
                                   const struct port_frame_information *information);
int port_compose_feedback(uint8_t *to, size_t room, const struct port_feedback *feedback);
int port_compose_notify_error(uint8_t *to, size_t room, const char *text);

#ifdef __cplusplus
}
#endif
#endif
