/*
 * fake-client: a SPICE client in the server's own process, at the other end of
 * socket pairs. It decodes nothing, and holds each message of the display
 * channel against what a client may be sent: streams and surfaces that exist,
 * sizes that can be allocated, the vGPU silent while the pGPU is shown.
 *
 * One thread, the one that runs the server's main loop, which it runs while it
 * connects. A broken rule ends the process with a line that names it.
 */
#ifndef FUZZ_FAKE_CLIENT_H
#define FUZZ_FAKE_CLIENT_H

#include <spice.h>
#include <stdbool.h>

struct fake_client;

/* Connects the main and the display channel. One that does not say DISPLAY_INIT
 * keeps the display's worker waiting: only hang up then. */
struct fake_client *fake_client_connect(SpiceServer *server, bool has_h264, bool says_init);

/* Takes and answers what the server sent. False when there was nothing. */
bool fake_client_serve(struct fake_client *client);

/* The server has read all that the client said. */
bool fake_client_is_heard(const struct fake_client *client);

/* After all was served: it shows the vGPU, whose primary has this size. */
void fake_client_must_show_vgpu(const struct fake_client *client, unsigned width_px,
                                unsigned height_px);

bool fake_client_shows_pgpu(const struct fake_client *client);

/* Hangs up, in the middle of whatever it is. NULL is allowed. */
void fake_client_hang_up(struct fake_client *client);

#endif
