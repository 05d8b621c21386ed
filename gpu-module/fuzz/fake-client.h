/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * fake-client: a SPICE client in the server's own process, at the other end of
 * socket pairs. It decodes nothing, and holds each message of the display
 * and the cursor channel against what a client may be sent: streams and
 * surfaces that exist, sizes that can be allocated, codecs that it has, the vGPU
 * silent while the pGPU is shown, pointers of the size that their header names.
 *
 * One thread, the one that runs the server's main loop, which it runs while it
 * connects. A broken rule ends the process with a line that names it.
 */
#ifndef FUZZ_FAKE_CLIENT_H
#define FUZZ_FAKE_CLIENT_H

#include <spice.h>
#include <stdbool.h>
#include <stdint.h>

struct fake_client;

/* Connects the main, the display and the cursor channel. `codecs`, PORT_CODEC_BIT
 * each, may be 0. One that does not send DISPLAY_INIT keeps the display's worker
 * waiting and has no cursor channel: only hang up then. */
struct fake_client *fake_client_connect(SpiceServer *server, uint8_t codecs, bool sends_init);

/* Takes and answers what the server sent. False when there was nothing, or the
 * client does not read. */
bool fake_client_serve(struct fake_client *client);

/* From now on it reads nothing, or goes on. One that did not read may be hung up
 * by the server. */
void fake_client_set_reading(struct fake_client *client, bool reads);
bool fake_client_reads(const struct fake_client *client);

/* From now on the server may end its channels. */
void fake_client_expect_end(struct fake_client *client);

/* The server has read all that the client sent. */
bool fake_client_is_heard(const struct fake_client *client);

/* Reports that it cannot decode the stream that it shows: it must get the vGPU,
 * and no stream of this codec until fake_client_port_opens(). False when it shows
 * none. For a client that reads, after all was served. */
bool fake_client_cannot_decode(struct fake_client *client);
void fake_client_port_opens(struct fake_client *client);

/* Sends a stream report as such that names any stream. */
void fake_client_report(struct fake_client *client, uint32_t stream, uint32_t frames,
                        uint32_t drops);

/* After all was served: it shows the vGPU, whose primary has this size, and a
 * pointer whose pixels are not of `foreign_pixels`, the pGPU's; or its channels
 * have ended. */
void fake_client_must_show_vgpu(const struct fake_client *client, unsigned width_px,
                                unsigned height_px, uint8_t foreign_pixels);

bool fake_client_shows_pgpu(const struct fake_client *client);

/* Hangs up, in the middle of whatever it is. NULL is allowed. */
void fake_client_hang_up(struct fake_client *client);

#endif
