#include "display-owner.h"

#include <stddef.h>
#include <string.h>

static bool same_format(const struct port_format *a, const struct port_format *b)
{
    return a->width_px == b->width_px && a->height_px == b->height_px && a->codec == b->codec;
}

static bool any_capable(const struct display_owner *owner)
{
    for (const struct display_client *c = owner->clients; c; c = c->next)
        if (c->capable)
            return true;
    return false;
}

static bool shows_this_stream(const struct display_owner *owner, const struct display_client *client)
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

static void start(struct display_owner *owner)
{
    owner->started = true;
    owner->has_format = false;
    owner->key_frame_requested = false;
    owner->ops->start(owner->data);
}

static void request_key_frame(struct display_owner *owner)
{
    if (!owner->started || owner->key_frame_requested)
        return;
    owner->key_frame_requested = true;
    owner->ops->request_key_frame(owner->data);
}

void display_owner_init(struct display_owner *owner, const struct display_owner_ops *ops, void *data)
{
    *owner = (struct display_owner){ .ops = ops, .data = data };
}

void display_owner_port_opened(struct display_owner *owner)
{
    if (owner->port_open)
        display_owner_port_closed(owner);
    owner->port_open = true;
    if (any_capable(owner))
        start(owner);
}

void display_owner_port_closed(struct display_owner *owner)
{
    owner->port_open = false;
    owner->started = false;
    owner->has_format = false;
    owner->key_frame_requested = false;

    for (struct display_client *c = owner->clients; c; c = c->next) {
        c->unswitchable = false;
        if (!c->shows_pgpu)
            continue;
        c->shows_pgpu = false;
        owner->ops->show_vgpu(owner->data, c);
        c->flow.dropping = false;
    }
}

void display_owner_client_joined(struct display_owner *owner, struct display_client *client,
                                 bool capable)
{
    *client = (struct display_client){ .next = owner->clients, .capable = capable };
    owner->clients = client;

    if (!owner->port_open || !capable)
        return;
    if (owner->started)
        request_key_frame(owner);
    else
        start(owner);
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

    if (owner->started && !any_capable(owner)) {
        owner->started = false;
        owner->has_format = false;
        owner->ops->stop(owner->data);
    }
}

void display_owner_format(struct display_owner *owner, const struct port_format *format)
{
    if (!owner->started) /* was on its way when the agent was told to stop */
        return;
    if (owner->generation == 0 || !same_format(&owner->format, format)) {
        owner->format = *format;
        owner->generation++;
        for (struct display_client *c = owner->clients; c; c = c->next)
            c->unswitchable = false;
    }
    owner->has_format = true;
}

void display_owner_frame(struct display_owner *owner, bool key_frame)
{
    if (!owner->started || !owner->has_format)
        return;
    if (key_frame)
        owner->key_frame_requested = false;

    bool somebody_waits = false;
    for (struct display_client *c = owner->clients; c; c = c->next) {
        if (!c->capable || c->unswitchable || shows_this_stream(owner, c))
            continue;
        if (!key_frame) {
            somebody_waits = true;
        } else if (owner->ops->show_pgpu(owner->data, c, &owner->format)) {
            c->shows_pgpu = true;
            c->stream_generation = owner->generation;
            c->flow.dropping = false;
        } else {
            c->unswitchable = true;
        }
    }

    bool alone = count_showing(owner) == 1;
    for (struct display_client *c = owner->clients; c; c = c->next) {
        if (shows_this_stream(owner, c) && flow_offer(&c->flow, key_frame, alone))
            owner->ops->send_frame(owner->data, c);
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
