/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * display-owner: who owns each client's display, the vGPU or the pGPU.
 *
 * The paper's three working conditions ("The GPU module works on the following
 * conditions") as a state machine: (1) the port is open, (2) a client is
 * connected (one that can decode a stream), (3) the VM uses the pGPU, which
 * is what an open port means. START goes to the agent when (1) and (2) hold,
 * a client's display changes hands at the first key frame after a valid
 * FORMAT, and goes back to the vGPU when the port closes.
 *
 *   event             written to the agent   clients
 *   port opened       START if one can       -
 *                     decode anything
 *   client joined     START if it is the     vGPU until the next key frame
 *                     first, else a key
 *                     frame is asked for
 *   FORMAT            START if nobody has    keep what they show until the
 *                     its codec any more,    next key frame; without this
 *                     or as below            codec: vGPU
 *   FORMAT that was   -                      all show the vGPU, frames go to
 *   not offered                              nobody until the next FORMAT
 *   key frame         -                      those with the codec show the pGPU
 *   frame             a key frame is asked   those that show this format's
 *                     for if somebody waits  stream get it
 *   client ready      a key frame is asked   -
 *                     for if it waits
 *   client left       STOP if nobody is      -
 *   or cannot decode  left; START if none    vGPU
 *                     of those left has
 *                     the format's codec
 *   port closed,      -                      all show the vGPU
 *   protocol error
 *
 * START offers all codecs that some client has, first those that most have:
 * the agent takes the first one that it can encode, and each client is served
 * by what it can decode. A client that fails to decode a codec counts as one
 * without it until the port is opened again.
 *
 * Once frames come, START is sent again only where it gains something: where
 * some client has none of the stream's codec, and all have another that the
 * last START did not name before it. An agent that cannot encode that one goes
 * on with the codec that it has, and is not asked again: so clients that are
 * served stay served, and the stream goes on until the agent's next FORMAT.
 * Clients without any codec do not count.
 *
 * Pure: events in, calls of display_owner_ops out; no I/O, no allocation. One
 * thread (the server's worker). The ops must not call back into the owner,
 * except that removing queued frames may call display_owner_frame_sent().
 */
#ifndef DISPLAY_OWNER_H
#define DISPLAY_OWNER_H

#include "gpu-module/flow.h"
#include "protocol/port-protocol.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One client of the display; the memory is the caller's, which sets nothing in
 * it, between display_owner_client_joined() and _left(). */
struct display_client {
    struct display_client *next;
    uint8_t codecs;        /* it can decode: PORT_CODEC_BIT each */
    uint8_t codecs_failed; /* it announced them, but could not decode them */
    bool shows_pgpu;
    uint8_t stream_codec;       /* of the stream that it shows */
    uint32_t stream_generation; /* of the format that its stream was made for */
    bool unswitchable;          /* show_pgpu failed; not tried again for this format */
    bool busy;                  /* show_pgpu answered LATER: display_owner_client_ready() comes */
    struct flow_client flow;
};

enum display_switch { DISPLAY_SWITCHED, DISPLAY_CANNOT_SWITCH, DISPLAY_SWITCHES_LATER };

struct display_owner_ops {
    /* To the agent. START with 1 to PORT_CODECS_KNOWN codecs, preferred ones
     * first, and again with others while it is started. A key frame is asked
     * for only once until it comes. */
    void (*start)(void *data, const uint8_t *codecs, unsigned count);
    void (*stop)(void *data);
    void (*request_key_frame)(void *data);
    /* Makes a stream of this format on the client's display, in place of what
     * it shows: the vGPU, or a stream of another format. Else nothing has
     * changed: it is not possible, or not before the client has been sent what
     * it was switched to before; then display_owner_client_ready() follows. */
    enum display_switch (*show_pgpu)(void *data, struct display_client *client,
                                     const struct port_format *format);
    /* Gives the client's display back to the vGPU, whole; maybe not before the
     * client has been sent what it was switched to before. */
    void (*show_vgpu)(void *data, struct display_client *client);
    /* Queues the frame that display_owner_frame() was called for. */
    void (*send_frame)(void *data, struct display_client *client);
};

struct display_owner {
    const struct display_owner_ops *ops;
    void *data;
    struct display_client *clients;
    bool port_open;
    bool started;                     /* START was the last message to the agent */
    uint8_t allowed;                  /* the codecs that the host lets pass */
    uint8_t offer[PORT_CODECS_KNOWN]; /* the codecs of the last START, in that order */
    unsigned offer_count;
    bool has_format;
    bool key_frame_requested;
    struct port_format format;
    uint32_t generation;     /* counts formats that differ */
    uint64_t frames_dropped; /* left out for clients slower than the fastest */
};

void display_owner_init(struct display_owner *owner, const struct display_owner_ops *ops,
                        void *data);

/* The codecs that the host lets pass (all, if this is not called), from the next
 * change of clients or port on. */
void display_owner_allow(struct display_owner *owner, uint8_t codecs);

void display_owner_port_opened(struct display_owner *owner);

/* The port was closed, or its guest violated the protocol: no further frame
 * is taken until it is opened again. */
void display_owner_port_closed(struct display_owner *owner);

/* `codecs` that the client announces it can decode, PORT_CODEC_BIT each; may be 0. */
void display_owner_client_joined(struct display_owner *owner, struct display_client *client,
                                 uint8_t codecs);

/* The client reports that it cannot decode the stream that it shows. No effect
 * when it shows none: the report of a stream that is over. */
void display_owner_client_cannot_decode(struct display_owner *owner, struct display_client *client);

/* The client can be switched again. */
void display_owner_client_ready(struct display_owner *owner, struct display_client *client);

/* The client is gone: nothing is sent to it any more. */
void display_owner_client_left(struct display_owner *owner, struct display_client *client);

/* A FORMAT that port_parser accepted. The same format again is a restart of
 * the stream and changes no display. One with a codec that the last START did
 * not offer is ignored, with the frames behind it: if it was on its way
 * meanwhile, the right one follows; clients keep their picture until then, but
 * get the vGPU back if it has ended the stream that they were being shown. */
void display_owner_format(struct display_owner *owner, const struct port_format *format);

/* A whole frame arrived. Calls show_pgpu and send_frame for each client that
 * is to get it. */
void display_owner_frame(struct display_owner *owner, bool key_frame);

/* A frame queued for this client was sent or removed. */
void display_owner_frame_sent(struct display_owner *owner, struct display_client *client);

/* Frames queued for the fastest of the clients that show the pGPU; 0 when
 * none does. Credit for the port is what this leaves of FLOW_WINDOW_FRAMES. */
unsigned display_owner_shortest_queue(const struct display_owner *owner);

#ifdef __cplusplus
}
#endif
#endif
