/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * connection: one SPICE session, with the channels that an ordinary viewer has.
 *
 * Main, all display channels, cursor and inputs are opened; USB, smart cards
 * and files are not. Sound is opened only on request, because a playback channel
 * in use changes the clock by which the library shows pictures. The sound is then
 * discarded, and the delay of an audio sink is reported for it. Main thread only.
 */
#ifndef VDIBENCH_CLIENT_CONNECTION_H
#define VDIBENCH_CLIENT_CONNECTION_H

#include <spice-client.h>
#include <stdbool.h>

struct connection;

struct connection_events {
    void (*connected)(void *data);               /* main and a display channel are open */
    void (*failed)(const char *why, void *data); /* instead of `connected`; no other follows */
    void (*disconnected)(void *data);            /* after `connected`: every channel is gone */
    void (*display_added)(SpiceChannel *channel, void *data); /* before it is opened */
    /* A cursor, inputs or main channel, before it is opened. Returns false when it
     * must not be opened yet. */
    bool (*pointer_added)(SpiceChannel *channel, void *data);
    void (*display_removed)(SpiceChannel *channel, void *data); /* while it still exists */
};

/* For `audio_delay_ms`: no sound. */
#define CONNECTION_NO_SOUND (-1)

/* Connects to `uri` ("spice://host:port", "spice://host?tls-port=port") or, where
 * that is NULL, to the socket `unix_path`. `ca_file`: the certificates to trust,
 * NULL: the system's. `audio_delay_ms`: the delay that the audio sink reports.
 * `deadline_s`: how long connecting may take. Never returns NULL. */
struct connection *connection_open(const char *uri, const char *unix_path, const char *ca_file,
                                   int audio_delay_ms, unsigned deadline_s,
                                   const struct connection_events *events, void *data);

/* Begins to disconnect; the event "disconnected" follows. */
void connection_close(struct connection *connection);

/* Must not be called from within an event. No event follows. NULL is allowed. */
void connection_destroy(struct connection *connection);

bool connection_is_up(const struct connection *connection);

#endif
