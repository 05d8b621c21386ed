/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/display-owner.h"

#include <stddef.h>
#include <string.h>

static bool same_format(const struct port_format *a, const struct port_format *b)
{
    return a->width_px == b->width_px && a->height_px == b->height_px && a->codec == b->codec;
}

static uint8_t usable_codecs(const struct display_owner *owner, const struct display_client *client)
{
    return client->codecs & (uint8_t)~client->codecs_failed & owner->allowed;
}

/* Can decode the stream that the agent sends. */
static bool is_capable(const struct display_owner *owner, const struct display_client *client)
{
    return owner->has_format && usable_codecs(owner, client) & PORT_CODEC_BIT(owner->format.codec);
}

static bool any_capable(const struct display_owner *owner)
{
    for (const struct display_client *c = owner->clients; c; c = c->next)
        if (is_capable(owner, c))
            return true;
    return false;
}

static bool shows_this_stream(const struct display_owner *owner,
                              const struct display_client *client)
{
    return client->shows_pgpu && client->stream_generation == owner->generation;
}

static unsigned count_showing(const struct display_owner *owner)
{
    unsigned count = 0;
    for (const struct display_client *c = owner->clients; c; c = c->next)
        count += c->shows_pgpu;
    return count;
}

/* All codecs that some client has; first those that most have, then those with
 * the better picture at the same bitrate and the wider hardware. */
static unsigned make_offer(const struct display_owner *owner, uint8_t offer[PORT_CODECS_KNOWN])
{
    static const uint8_t preference[PORT_CODECS_KNOWN] = {
        PORT_CODEC_H264, PORT_CODEC_H265, PORT_CODEC_VP9, PORT_CODEC_VP8, PORT_CODEC_MJPEG,
    };
    unsigned clients_with[PORT_CODECS_KNOWN + 1] = {0};
    unsigned count = 0;

    for (unsigned i = 0; i < PORT_CODECS_KNOWN; i++) {
        const uint8_t codec = preference[i];
        for (const struct display_client *c = owner->clients; c; c = c->next)
            clients_with[codec] += (usable_codecs(owner, c) & PORT_CODEC_BIT(codec)) != 0;
        if (clients_with[codec] == 0)
            continue;
        unsigned at = count++;
        for (; at > 0 && clients_with[offer[at - 1]] < clients_with[codec]; at--)
            offer[at] = offer[at - 1];
        offer[at] = codec;
    }
    return count;
}

static uint8_t codec_bits(const uint8_t *codecs, unsigned count)
{
    uint8_t bits = 0;
    for (unsigned i = 0; i < count; i++)
        bits |= (uint8_t)PORT_CODEC_BIT(codecs[i]);
    return bits;
}

/* What the last START named before the stream's codec: the agent cannot encode it. */
static uint8_t codecs_declined(const struct display_owner *owner)
{
    unsigned before = 0;
    while (before < owner->offer_count && owner->offer[before] != owner->format.codec)
        before++;
    return codec_bits(owner->offer, before);
}

/* The codecs that all clients have, but for those that have none. */
static uint8_t common_codecs(const struct display_owner *owner)
{
    uint8_t common = UINT8_MAX;
    for (const struct display_client *c = owner->clients; c; c = c->next)
        if (usable_codecs(owner, c) != 0)
            common &= usable_codecs(owner, c);
    return common;
}

/* Some client cannot decode the stream, and there is a codec that would serve all. */
static bool another_would_serve_all(const struct display_owner *owner)
{
    const uint8_t common = common_codecs(owner);
    return !(common & PORT_CODEC_BIT(owner->format.codec)) && common & ~codecs_declined(owner);
}

/* Clients have come, gone or lost a codec, or the agent has chosen one: START,
 * START with other codecs, or STOP, where that is better than what was written
 * to the agent last. */
static void reconsider_offer(struct display_owner *owner)
{
    uint8_t codecs[PORT_CODECS_KNOWN] = {0};
    const unsigned count = make_offer(owner, codecs);
    const bool serves = owner->has_format && any_capable(owner);

    if (!owner->port_open || (!owner->started && count == 0))
        return;
    if (owner->started && count > 0) {
        if (serves && !another_would_serve_all(owner))
            return;
        if (!owner->has_format &&
            codec_bits(codecs, count) == codec_bits(owner->offer, owner->offer_count))
            return;
    }

    owner->started = count > 0;
    memcpy(owner->offer, codecs, sizeof owner->offer);
    owner->offer_count = count;
    owner->has_format = serves;          /* the agent may have nothing else */
    owner->key_frame_requested = serves; /* whatever it sends begins with one */
    if (owner->started)
        owner->ops->start(owner->data, codecs, count);
    else
        owner->ops->stop(owner->data);
}

static void give_back(struct display_owner *owner, struct display_client *client)
{
    if (!client->shows_pgpu)
        return;
    client->shows_pgpu = false;
    owner->ops->show_vgpu(owner->data, client);
    client->flow.dropping = false;
}

static void request_key_frame(struct display_owner *owner)
{
    /* A stream that has not begun yet begins with one. */
    if (!owner->has_format || owner->key_frame_requested)
        return;
    owner->key_frame_requested = true;
    owner->ops->request_key_frame(owner->data);
}

void display_owner_init(struct display_owner *owner, const struct display_owner_ops *ops,
                        void *data)
{
    *owner = (struct display_owner){.ops = ops, .data = data, .allowed = UINT8_MAX};
}

void display_owner_allow(struct display_owner *owner, uint8_t codecs)
{
    owner->allowed = codecs;
}

void display_owner_port_opened(struct display_owner *owner)
{
    if (owner->port_open)
        display_owner_port_closed(owner);
    owner->port_open = true;
    for (struct display_client *c = owner->clients; c; c = c->next)
        c->codecs_failed = 0;
    reconsider_offer(owner);
}

void display_owner_port_closed(struct display_owner *owner)
{
    owner->port_open = false;
    owner->started = false;
    owner->has_format = false;
    owner->key_frame_requested = false;

    for (struct display_client *c = owner->clients; c; c = c->next) {
        c->unswitchable = c->busy = false;
        give_back(owner, c);
    }
}

void display_owner_client_joined(struct display_owner *owner, struct display_client *client,
                                 uint8_t codecs)
{
    *client = (struct display_client){.next = owner->clients, .codecs = codecs};
    owner->clients = client;
    reconsider_offer(owner);
    if (is_capable(owner, client))
        request_key_frame(owner);
}

void display_owner_client_cannot_decode(struct display_owner *owner, struct display_client *client)
{
    if (!client->shows_pgpu)
        return;
    client->codecs_failed |= (uint8_t)PORT_CODEC_BIT(client->stream_codec);
    give_back(owner, client);
    reconsider_offer(owner);
}

void display_owner_client_ready(struct display_owner *owner, struct display_client *client)
{
    if (!client->busy)
        return;
    client->busy = false;
    if (is_capable(owner, client) && !shows_this_stream(owner, client))
        request_key_frame(owner);
}

void display_owner_client_left(struct display_owner *owner, struct display_client *client)
{
    for (struct display_client **link = &owner->clients; *link; link = &(*link)->next) {
        if (*link == client) {
            *link = client->next;
            break;
        }
    }
    client->next = NULL;
    client->shows_pgpu = false;
    reconsider_offer(owner);
}

/* The stream before has ended, and what comes now is for nobody. */
static void ignore_stream(struct display_owner *owner)
{
    if (!owner->has_format)
        return; /* the first one after START: clients that show a picture keep it */
    owner->has_format = false;
    owner->key_frame_requested = false; /* no key frame of this stream answers it */
    for (struct display_client *c = owner->clients; c; c = c->next)
        give_back(owner, c);
}

void display_owner_format(struct display_owner *owner, const struct port_format *format)
{
    /* Was on its way when STOP, or START with other codecs, was written. */
    if (!owner->started ||
        !(codec_bits(owner->offer, owner->offer_count) & PORT_CODEC_BIT(format->codec))) {
        ignore_stream(owner);
        return;
    }
    owner->has_format = true;
    if (owner->generation == 0 || !same_format(&owner->format, format)) {
        owner->format = *format;
        owner->generation++;
        for (struct display_client *c = owner->clients; c; c = c->next) {
            c->unswitchable = false;
            if (!is_capable(owner, c))
                give_back(owner, c);
        }
    }
    reconsider_offer(owner); /* clients may have come and gone since START */
}

void display_owner_frame(struct display_owner *owner, bool key_frame)
{
    if (!owner->started || !owner->has_format)
        return;
    if (key_frame)
        owner->key_frame_requested = false;

    bool somebody_waits = false;
    for (struct display_client *c = owner->clients; c; c = c->next) {
        if (!is_capable(owner, c) || c->unswitchable || c->busy || shows_this_stream(owner, c))
            continue;
        if (!key_frame) {
            somebody_waits = true;
            continue;
        }
        switch (owner->ops->show_pgpu(owner->data, c, &owner->format)) {
        case DISPLAY_SWITCHED:
            c->shows_pgpu = true;
            c->stream_generation = owner->generation;
            c->stream_codec = owner->format.codec;
            c->flow.dropping = false;
            break;
        case DISPLAY_CANNOT_SWITCH:
            c->unswitchable = true;
            give_back(owner, c); /* the stream that it still shows has ended */
            break;
        case DISPLAY_SWITCHES_LATER:
            c->busy = true;
            break;
        }
    }

    bool alone = count_showing(owner) == 1;
    for (struct display_client *c = owner->clients; c; c = c->next) {
        if (!shows_this_stream(owner, c))
            continue;
        if (flow_offer(&c->flow, key_frame, alone))
            owner->ops->send_frame(owner->data, c);
        else
            owner->frames_dropped++;
    }

    if (somebody_waits)
        request_key_frame(owner);
}

void display_owner_frame_sent(struct display_owner *owner, struct display_client *client)
{
    if (flow_sent(&client->flow))
        request_key_frame(owner);
}

unsigned display_owner_shortest_queue(const struct display_owner *owner)
{
    unsigned shortest = 0;
    bool found = false;

    for (const struct display_client *c = owner->clients; c; c = c->next) {
        if (c->shows_pgpu && (!found || c->flow.queued < shortest)) {
            shortest = c->flow.queued;
            found = true;
        }
    }
    return shortest;
}
