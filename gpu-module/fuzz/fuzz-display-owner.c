/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * Fuzzes display-owner and flow, together with the credit that gpu-bridge counts, with
 * a random sequence of actions of the port, the clients and their sockets. A model that
 * does not know their internals runs beside them and checks these rules:
 *
 *   - nothing is done for a client that does not exist, and nothing is done twice;
 *   - START offers exactly the codecs that the clients can decode, and never the same
 *     codecs twice in a row;
 *   - while a client is served, START is sent only if some client lacks the stream's
 *     codec and all have another one, which the last START did not list before it; then
 *     it must be sent, and the stream continues;
 *   - STOP is sent only when the clients can decode nothing, and only after a START;
 *   - after a key frame was requested, no other is requested until it arrives;
 *   - a frame is sent to clients that show its format's stream, and to none while the
 *     last format is one that was not offered;
 *   - for a client that could show the stream and missed a frame, or joined, a key
 *     frame has been requested;
 *   - a client is not switched before its last switch has been sent to it; if it then
 *     waits for a key frame, one is requested;
 *   - for a client that missed frames and has been sent all others, a key frame has
 *     been requested;
 *   - the credit is full when no frame is queued, and the queue of a client is bounded.
 *
 * Input: one event a byte, its kind in the low four bits, its argument above.
 */
#include "gpu-module/display-owner.h"
#include "protocol/fuzz/must.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define CLIENTS 4
#define INPUT_MAX 4096

/* How many frames may be queued for one client: the window, and those that were sent
 * while another client was the fastest. */
#define QUEUE_MAX (2 * FLOW_WINDOW_FRAMES)

static const struct port_format formats[4] = {
    {1280, 720, PORT_CODEC_H264},
    {1920, 1080, PORT_CODEC_H264},
    {1280, 721, PORT_CODEC_H264},
    {1280, 720, PORT_CODEC_VP8},
};

/* What a client can decode, indexed by the upper half of CLIENT_JOINS's argument. */
static const uint8_t codec_sets[4] = {
    PORT_CODEC_BIT(PORT_CODEC_H264),
    PORT_CODEC_BIT(PORT_CODEC_VP8),
    PORT_CODEC_BIT(PORT_CODEC_H264) | PORT_CODEC_BIT(PORT_CODEC_VP8),
    0,
};

enum event {
    PORT_OPENS,
    PORT_CLOSES,
    FORMAT_COMES,
    KEY_FRAME_COMES,
    FRAME_COMES,
    WORKER_TAKES_ONE, /* one message from the main loop */
    CLIENT_JOINS,
    CLIENT_CANNOT_DECODE,
    CLIENT_LEAVES,
    CLIENT_SENDS_ONE,
    SHOWING_FAILS, /* the next time the pGPU is to be shown on this client */
    CLIENT_STANDS, /* the client does not read, so a switch is not sent to it */
    CLIENT_GOES_ON,
    EVENTS
};

/* A message from the main loop to the worker. */
struct message {
    enum event kind;
    unsigned opening;
    unsigned format;
};

static struct {
    struct display_owner owner;
    struct client {
        struct display_client owned;
        bool here, shows, fails;
        bool waits;   /* for a key frame: it missed a frame of a stream that it could show */
        bool gave_up; /* showing has failed, with this format, since the port was opened */
        bool stands;  /* it does not read, so a switch is not sent to it */
        bool put_off; /* its switch is put off until it goes on */
        uint8_t codecs_announced, codecs; /* `codecs`: without those that failed */
        bool outdated;                    /* the format has changed since its stream was created */
        struct port_format stream;
        unsigned queued;
    } clients[CLIENTS];

    bool started, key_frame_requested;
    uint8_t offered;
    uint8_t order[PORT_CODECS_KNOWN]; /* of the last START */
    unsigned order_count;
    const struct port_format *format; /* of the frames that arrive now */
    const struct port_format *last;   /* the last format, kept when the port is reopened */
    bool key_frame_now;
    bool frame_now;

    /* The main loop's side, and the bridge since the port was opened. */
    bool port_open;
    unsigned opening, worker_opening;
    unsigned handed, taken, shortest_queue;
    struct message messages[INPUT_MAX];
    unsigned messages_begin, messages_end;
} m;

static struct client *known(struct display_client *owned)
{
    for (unsigned i = 0; i < CLIENTS; i++) {
        if (&m.clients[i].owned == owned) {
            must(m.clients[i].here);
            return &m.clients[i];
        }
    }
    must(!"a client of ours");
    return NULL;
}

static bool same(const struct port_format *a, const struct port_format *b)
{
    return a->width_px == b->width_px && a->height_px == b->height_px && a->codec == b->codec;
}

/* --- what the owner does: display_owner_ops -------------------------------- */

static uint8_t codecs_of_clients(void)
{
    uint8_t codecs = 0;
    for (unsigned i = 0; i < CLIENTS; i++)
        codecs |= m.clients[i].here ? m.clients[i].codecs : 0;
    return codecs;
}

/* The codecs that all clients with any codec have. */
static uint8_t codecs_of_all_clients(void)
{
    uint8_t codecs = codecs_of_clients();
    for (unsigned i = 0; i < CLIENTS; i++)
        codecs &= m.clients[i].here && m.clients[i].codecs ? m.clients[i].codecs : 0xff;
    return codecs;
}

/* Whether some client lacks the stream's codec, while all have another one that the last
 * START did not list before it. */
static bool another_serves_all(void)
{
    uint8_t codecs = codecs_of_all_clients();

    if (codecs & PORT_CODEC_BIT(m.format->codec))
        return false;
    for (unsigned i = 0; i < m.order_count && m.order[i] != m.format->codec; i++)
        codecs &= (uint8_t)~PORT_CODEC_BIT(m.order[i]);
    return codecs != 0;
}

static void on_start(void *data, const uint8_t *codecs, unsigned count)
{
    uint8_t offer = 0;

    must(m.worker_opening && count >= 1 && count <= PORT_CODECS_KNOWN);
    for (unsigned i = 0; i < count; i++) {
        must(!(offer & PORT_CODEC_BIT(codecs[i])));
        offer |= (uint8_t)PORT_CODEC_BIT(codecs[i]);
    }
    must(offer == codecs_of_clients());
    must(!m.started || m.format || offer != m.offered); /* not the same offer twice */
    if (m.started && m.format && codecs_of_clients() & PORT_CODEC_BIT(m.format->codec))
        must(another_serves_all());
    else
        m.format = NULL;
    m.started = true;
    m.offered = offer;
    memcpy(m.order, codecs, count);
    m.order_count = count;
    m.key_frame_requested = m.format; /* with which the stream begins again */
}

static void on_stop(void *data)
{
    must(m.started && m.worker_opening);
    m.started = m.key_frame_requested = false;
    m.format = NULL;
}

static void on_request_key_frame(void *data)
{
    must(m.started && !m.key_frame_requested);
    m.key_frame_requested = true;
}

static enum display_switch on_show_pgpu(void *data, struct display_client *owned,
                                        const struct port_format *format)
{
    struct client *client = known(owned);

    must(m.started && m.key_frame_now && m.format);
    must(client->codecs & PORT_CODEC_BIT(format->codec));
    must(same(format, m.format));
    must(!client->shows || client->outdated);
    must(!client->put_off);
    client->waits = false;
    if (client->stands) {
        client->put_off = true;
        return DISPLAY_SWITCHES_LATER;
    }
    if (client->fails) {
        client->fails = false;
        client->gave_up = true;
        return DISPLAY_CANNOT_SWITCH;
    }
    client->shows = true;
    client->outdated = false;
    client->stream = *format;
    return DISPLAY_SWITCHED;
}

static void remove_queued(struct client *client)
{
    for (; client->queued > 0; client->queued--)
        display_owner_frame_sent(&m.owner, &client->owned);
}

static void on_show_vgpu(void *data, struct display_client *owned)
{
    struct client *client = known(owned);

    must(client->shows);
    client->shows = false;
    remove_queued(client);
}

static void on_send_frame(void *data, struct display_client *owned)
{
    struct client *client = known(owned);

    must(m.frame_now && client->shows && m.format);
    must(!client->outdated && same(&client->stream, m.format));
    client->queued++;
    must(client->queued <= QUEUE_MAX);
}

static const struct display_owner_ops ops = {
    on_start, on_stop, on_request_key_frame, on_show_pgpu, on_show_vgpu, on_send_frame,
};

/* --- what happens to the owner: events ------------------------------------- */

static void send_to_worker(enum event kind, unsigned format)
{
    m.messages[m.messages_end++] = (struct message){kind, m.opening, format};
}

static bool has_credit(void)
{
    return m.handed - m.taken + m.shortest_queue < FLOW_WINDOW_FRAMES;
}

static bool could_show(const struct client *client)
{
    return m.started && m.format && client->here && !client->gave_up && !client->put_off &&
           client->codecs & PORT_CODEC_BIT(m.format->codec) && (!client->shows || client->outdated);
}

static void frame_comes(bool key_frame)
{
    for (unsigned i = 0; i < CLIENTS; i++)
        m.clients[i].waits = m.clients[i].waits || (!key_frame && could_show(&m.clients[i]));

    m.frame_now = true;
    m.key_frame_now = key_frame;
    if (key_frame && m.started && m.format)
        m.key_frame_requested = false;
    display_owner_frame(&m.owner, key_frame);
    m.frame_now = m.key_frame_now = false;
}

static void format_comes(const struct port_format *format)
{
    if (m.started && m.offered & PORT_CODEC_BIT(format->codec)) {
        for (unsigned i = 0; i < CLIENTS; i++)
            m.clients[i].outdated = m.clients[i].outdated || !m.last || !same(format, m.last);
        for (unsigned i = 0; i < CLIENTS && (!m.last || !same(format, m.last)); i++)
            m.clients[i].gave_up = false;
        m.format = m.last = format;
        display_owner_format(&m.owner, format);
        return;
    }
    const bool ends_a_stream = m.format;
    m.format = NULL; /* the frames of this format are for no client */
    m.key_frame_requested = false;
    display_owner_format(&m.owner, format);
    for (unsigned i = 0; i < CLIENTS; i++)
        must(!ends_a_stream || !m.clients[i].here || !m.clients[i].shows);
}

static void worker_takes_one(void)
{
    if (m.messages_begin == m.messages_end)
        return;
    const struct message *message = &m.messages[m.messages_begin++];
    const bool of_this_opening = message->opening == m.worker_opening;

    if (message->kind == PORT_OPENS) {
        m.worker_opening = message->opening;
        m.started = m.key_frame_requested = false; /* a new session */
        m.format = NULL;
        for (unsigned i = 0; i < CLIENTS; i++) {
            m.clients[i].codecs = m.clients[i].codecs_announced;
            m.clients[i].gave_up = m.clients[i].put_off = false;
        }
        display_owner_port_opened(&m.owner);
    } else if (message->kind == PORT_CLOSES && of_this_opening) {
        display_owner_port_closed(&m.owner);
        m.worker_opening = 0;
        m.started = m.key_frame_requested = false;
        m.format = NULL;
        for (unsigned i = 0; i < CLIENTS; i++) {
            must(!m.clients[i].here || !m.clients[i].shows);
            m.clients[i].put_off = false;
        }
    } else if (message->kind == FORMAT_COMES && of_this_opening) {
        format_comes(&formats[message->format]);
    } else if (of_this_opening) {
        frame_comes(message->kind == KEY_FRAME_COMES);
    }
    if (message->kind == KEY_FRAME_COMES || message->kind == FRAME_COMES)
        m.taken += message->opening == m.opening;
}

static void goes_on(struct client *client)
{
    const bool was_put_off = client->put_off;

    client->stands = client->put_off = false;
    client->waits = client->waits || (was_put_off && could_show(client));
    display_owner_client_ready(&m.owner, &client->owned);
}

static void happen(enum event kind, unsigned argument)
{
    struct client *client = &m.clients[argument % CLIENTS];

    switch (kind) {
    case PORT_OPENS:
        if (m.port_open)
            send_to_worker(PORT_CLOSES, 0);
        m.port_open = true;
        m.opening++;
        m.handed = m.taken = m.shortest_queue = 0;
        send_to_worker(PORT_OPENS, 0);
        return;
    case PORT_CLOSES:
        if (m.port_open)
            send_to_worker(PORT_CLOSES, 0);
        m.port_open = false;
        return;
    case FORMAT_COMES:
        if (m.port_open)
            send_to_worker(kind, argument % 4);
        return;
    case KEY_FRAME_COMES:
    case FRAME_COMES:
        if (m.port_open && has_credit()) {
            m.handed++;
            send_to_worker(kind, 0);
        }
        return;
    case WORKER_TAKES_ONE:
        worker_takes_one();
        return;
    case CLIENT_JOINS:
        if (client->here)
            return;
        memset(client, 0xee, sizeof *client); /* the owner initialises its part */
        client->here = true;
        client->codecs = client->codecs_announced = codec_sets[argument / CLIENTS];
        client->shows = client->fails = client->outdated = client->gave_up = false;
        client->stands = client->put_off = false;
        client->queued = 0;
        client->waits = could_show(client);
        display_owner_client_joined(&m.owner, &client->owned, client->codecs);
        return;
    case CLIENT_CANNOT_DECODE:
        if (!client->here)
            return;
        if (client->shows)
            client->codecs &= (uint8_t)~PORT_CODEC_BIT(client->stream.codec);
        display_owner_client_cannot_decode(&m.owner, &client->owned);
        must(!client->shows);
        return;
    case CLIENT_LEAVES:
        if (!client->here)
            return;
        client->here = false;
        display_owner_client_left(&m.owner, &client->owned);
        return;
    case CLIENT_SENDS_ONE:
        if (client->here && client->queued > 0) {
            client->queued--;
            display_owner_frame_sent(&m.owner, &client->owned);
        }
        return;
    case SHOWING_FAILS:
        client->fails = client->here;
        return;
    case CLIENT_STANDS:
        client->stands = client->here;
        return;
    case CLIENT_GOES_ON:
        if (client->here)
            goes_on(client);
        return;
    case EVENTS:
        return;
    }
}

/* The bridge of a closed port is not used any more. */
static bool connected(void)
{
    return m.port_open && m.worker_opening == m.opening;
}

static void check(void)
{
    bool showing = false;

    if (connected())
        m.shortest_queue = display_owner_shortest_queue(&m.owner);
    for (unsigned i = 0; i < CLIENTS; i++) {
        struct client *client = &m.clients[i];
        if (!client->here)
            continue;
        client->waits = client->waits && could_show(client);
        must(!client->waits || m.key_frame_requested);
        showing = showing || client->shows;
        must(client->owned.shows_pgpu == client->shows);
        must(!client->shows || m.worker_opening);
        if (client->shows)
            must(client->owned.flow.queued == client->queued);
    }
    must(m.started == (m.worker_opening && codecs_of_clients() != 0));
    must(!m.started || !m.format || !another_serves_all());
    must(showing || !connected() || m.shortest_queue == 0);
}

/* Everything that is queued is sent: then no credit may be in use. */
static void drain(void)
{
    while (m.messages_begin < m.messages_end) {
        worker_takes_one();
        check();
    }
    for (unsigned i = 0; i < CLIENTS; i++) {
        while (m.clients[i].here && m.clients[i].queued > 0)
            happen(CLIENT_SENDS_ONE, i);
    }
    check();
    for (unsigned i = 0; i < CLIENTS; i++) {
        const struct client *client = &m.clients[i];
        must(!client->here || !client->shows || !client->owned.flow.dropping ||
             m.key_frame_requested || !m.format);
    }
    must(!connected() || (m.handed == m.taken && m.shortest_queue == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    if (size > INPUT_MAX / 2) /* an event causes at most two messages */
        return -1;
    memset(&m, 0, sizeof m);
    display_owner_init(&m.owner, &ops, NULL);
    for (size_t i = 0; i < size; i++) {
        happen(input[i] % 16 % EVENTS, input[i] >> 4);
        check();
    }
    drain();
    happen(PORT_CLOSES, 0);
    drain();
    return 0;
}
