/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/connection.h"

#include <stdint.h>

struct connection {
    SpiceSession *session;
    struct connection_events events;
    void *data;
    bool main_is_open;
    bool is_up;
    bool has_failed;
    unsigned deadline;
    int audio_delay_ms;
};

static void fail(struct connection *connection, const char *why)
{
    if (connection->is_up || connection->has_failed)
        return;
    connection->has_failed = true;
    g_clear_handle_id(&connection->deadline, g_source_remove);
    connection->events.failed(why, connection->data);
}

static gboolean on_deadline(void *data)
{
    struct connection *connection = data;

    connection->deadline = 0;
    fail(connection, connection->main_is_open ? "the server offers no display in time"
                                              : "the server does not answer in time");
    return G_SOURCE_REMOVE;
}

static const char *failure_reason(SpiceChannelEvent event)
{
    switch (event) {
    case SPICE_CHANNEL_ERROR_CONNECT:
        return "nothing listens there";
    case SPICE_CHANNEL_ERROR_TLS:
        return "TLS failed";
    case SPICE_CHANNEL_ERROR_LINK:
        return "the server does not speak SPICE or refused";
    case SPICE_CHANNEL_ERROR_AUTH:
        return "the server asks for a password";
    case SPICE_CHANNEL_CLOSED:
        return "the server closed the connection";
    default:
        return "the connection broke";
    }
}

static void on_channel_event(SpiceChannel *channel, SpiceChannelEvent event, void *data)
{
    struct connection *connection = data;

    switch (event) {
    case SPICE_CHANNEL_OPENED:
        if (SPICE_IS_MAIN_CHANNEL(channel)) {
            connection->main_is_open = true;
        } else if (SPICE_IS_DISPLAY_CHANNEL(channel) && !connection->is_up &&
                   !connection->has_failed) {
            connection->is_up = true;
            g_clear_handle_id(&connection->deadline, g_source_remove);
            connection->events.connected(connection->data);
        }
        break;
    case SPICE_CHANNEL_NONE:
    case SPICE_CHANNEL_SWITCHING:
        break;
    default:
        if (!SPICE_IS_MAIN_CHANNEL(channel))
            break; /* another channel may close alone; without main there is no session */
        fail(connection, failure_reason(event));
        spice_session_disconnect(connection->session);
        break;
    }
}

/* Reports the delay, as an audio sink does once it has queued the sound. */
static void on_playback_data(SpiceChannel *channel, void *audio, int bytes, void *data)
{
    const struct connection *connection = data;
    spice_playback_channel_set_delay(SPICE_PLAYBACK_CHANNEL(channel),
                                     (uint32_t)connection->audio_delay_ms);
}

static void on_channel_new(SpiceSession *session, SpiceChannel *channel, void *data)
{
    struct connection *connection = data;

    if (SPICE_IS_MAIN_CHANNEL(channel)) {
        g_signal_connect(channel, "channel-event", G_CALLBACK(on_channel_event), connection);
        connection->events.pointer_added(channel, connection->data);
    } else if (SPICE_IS_DISPLAY_CHANNEL(channel)) {
        g_signal_connect(channel, "channel-event", G_CALLBACK(on_channel_event), connection);
        connection->events.display_added(channel, connection->data);
        spice_channel_connect(channel);
    } else if (SPICE_IS_PLAYBACK_CHANNEL(channel)) {
        g_signal_connect(channel, "playback-data", G_CALLBACK(on_playback_data), connection);
        spice_channel_connect(channel);
    } else if (SPICE_IS_CURSOR_CHANNEL(channel) || SPICE_IS_INPUTS_CHANNEL(channel)) {
        if (connection->events.pointer_added(channel, connection->data))
            spice_channel_connect(channel);
    }
}

static void on_channel_destroy(SpiceSession *session, SpiceChannel *channel, void *data)
{
    struct connection *connection = data;

    g_signal_handlers_disconnect_by_data(channel, connection);
    if (SPICE_IS_DISPLAY_CHANNEL(channel))
        connection->events.display_removed(channel, connection->data);
}

static void on_disconnected(SpiceSession *session, void *data)
{
    struct connection *connection = data;

    connection->main_is_open = false;
    if (!connection->is_up)
        return;
    connection->is_up = false;
    connection->has_failed = true; /* it cannot be used again */
    connection->events.disconnected(connection->data);
}

struct connection *connection_open(const char *uri, const char *unix_path, const char *ca_file,
                                   int audio_delay_ms, unsigned deadline_s,
                                   const struct connection_events *events, void *data)
{
    struct connection *connection = g_new0(struct connection, 1);

    connection->events = *events;
    connection->data = data;
    connection->audio_delay_ms = audio_delay_ms;
    connection->session = spice_session_new();
    g_object_set(connection->session, "enable-audio", audio_delay_ms != CONNECTION_NO_SOUND,
                 "enable-usbredir", false, "enable-smartcard", false, NULL);
    if (uri)
        g_object_set(connection->session, "uri", uri, NULL);
    else
        g_object_set(connection->session, "unix-path", unix_path, NULL);
    if (ca_file)
        g_object_set(connection->session, "ca-file", ca_file, NULL);
    g_signal_connect(connection->session, "channel-new", G_CALLBACK(on_channel_new), connection);
    g_signal_connect(connection->session, "channel-destroy", G_CALLBACK(on_channel_destroy),
                     connection);
    g_signal_connect(connection->session, "disconnected", G_CALLBACK(on_disconnected), connection);
    connection->deadline = g_timeout_add_seconds(deadline_s, on_deadline, connection);
    if (!spice_session_connect(connection->session))
        fail(connection, "the address cannot be used");
    return connection;
}

void connection_close(struct connection *connection)
{
    spice_session_disconnect(connection->session);
}

void connection_destroy(struct connection *connection)
{
    if (!connection)
        return;
    g_clear_handle_id(&connection->deadline, g_source_remove);
    g_signal_handlers_disconnect_by_data(connection->session, connection);
    g_object_unref(connection->session);
    g_free(connection);
}

bool connection_is_up(const struct connection *connection)
{
    return connection->is_up;
}
