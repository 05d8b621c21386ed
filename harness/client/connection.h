/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * connection: one SPICE session, with the channels that an ordinary viewer has.
 *
 * Main, all display channels, cursor and inputs are opened; USB, smart cards
 * and files are not. Nor is sound, unless it is asked for: a playback channel in
 * use changes the clock that the library shows pictures by. What plays it then
 * is a sink that nobody hears, and that says to be so far behind. Main thread only.
 */
#ifndef VDIBENCH_CLIENT_CONNECTION_H
#define VDIBENCH_CLIENT_CONNECTION_H

#include <spice-client.h>
#include <stdbool.h>

struct connection;

struct connection_events {
    void (*connected)(void *data);               /* main and a display channel are up */
    void (*failed)(const char *why, void *data); /* before that; once, then nothing more */
    void (*disconnected)(void *data);            /* after that, every channel is gone */
    void (*display_came)(SpiceChannel *channel, void *data); /* before it is opened */
    /* Cursor, inputs or main; the same. False: it is not to be opened yet. */
    bool (*pointer_came)(SpiceChannel *channel, void *data);
    void (*display_went)(SpiceChannel *channel, void *data); /* while it still lives */
};

/* Without sound. */
#define CONNECTION_NO_SOUND (-1)

/* To `uri` ("spice://host:port", "spice://host?tls-port=port") or, where that is
 * NULL, to the socket `unix_path`. `ca_file`: the certificates to be trusted,
 * NULL: the system's. `audio_delay_ms`: what the audio sink says of itself.
 * `deadline_s`: how long it may take to be connected. */
struct connection *connection_open(const char *uri, const char *unix_path, const char *ca_file,
                                   int audio_delay_ms, unsigned deadline_s,
                                   const struct connection_events *events, void *data);

/* Begins to disconnect; the event "disconnected" follows. */
void connection_close(struct connection *connection);

/* Not from within an event. No event follows. NULL is allowed. */
void connection_destroy(struct connection *connection);

bool connection_is_up(const struct connection *connection);

#endif
