/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * fake-client: a SPICE client in the server's own process, connected by socket pairs.
 * It decodes nothing, but checks that each message of the display and the cursor
 * channel is one that a client may be sent: it names streams and surfaces that exist,
 * sizes that can be allocated and codecs that the client has; the vGPU draws nothing
 * while the pGPU is shown; a pointer has the size that its header states.
 *
 * All functions are called in the thread that runs the server's main loop;
 * fake_client_connect() runs that loop itself. A violation ends the process with a
 * line that names the rule.
 */
#ifndef FUZZ_FAKE_CLIENT_H
#define FUZZ_FAKE_CLIENT_H

#include <spice.h>
#include <stdbool.h>
#include <stdint.h>

struct fake_client;

/* Connects the main, the display and the cursor channel. `codecs` are PORT_CODEC_BITs,
 * or 0. Without `sends_init` the client does not send DISPLAY_INIT: it keeps the
 * display's worker waiting, has no cursor channel, and can only be hung up. */
struct fake_client *fake_client_connect(SpiceServer *server, uint8_t codecs, bool sends_init);

/* Reads and answers what the server has sent. False when there was nothing, or when
 * the client does not read. */
bool fake_client_serve(struct fake_client *client);

/* Makes the client stop or resume reading. The server may hang up on a client that has
 * stopped reading. */
void fake_client_set_reading(struct fake_client *client, bool reads);
bool fake_client_reads(const struct fake_client *client);

/* From now on the server may end its channels. */
void fake_client_expect_end(struct fake_client *client);

/* Whether the server has read all that the client has sent. */
bool fake_client_is_read(const struct fake_client *client);

/* Reports that the client cannot decode the stream that it shows: from now on it must
 * be sent the vGPU, and no stream of this codec until fake_client_port_opens(). False
 * when it shows no stream. The client must be reading, and everything served. */
bool fake_client_cannot_decode(struct fake_client *client);
void fake_client_port_opens(struct fake_client *client);

/* Sends a stream report, which may name any stream. */
void fake_client_report(struct fake_client *client, uint32_t stream, uint32_t frames,
                        uint32_t drops);

/* To be called when everything has been served. Checks that the client shows the vGPU,
 * whose primary has this size, and a pointer whose pixels are not `foreign_pixels`,
 * those of the pGPU; or that its channels have ended. */
void fake_client_must_show_vgpu(const struct fake_client *client, unsigned width_px,
                                unsigned height_px, uint8_t foreign_pixels);

bool fake_client_shows_pgpu(const struct fake_client *client);

/* Hangs up at once, whatever the client is doing. NULL is allowed. */
void fake_client_hang_up(struct fake_client *client);

#endif
