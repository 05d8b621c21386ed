/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * flow: how much may be on its way to the clients, and what a slow one misses.
 *
 * Frames queue at the agent, the port, the module, a client's pipe and the
 * kernel's send buffer. The module lets few frames in, so that with one client
 * the agent skips captures and no encoded frame is ever dropped (a P frame
 * cannot be). With several clients the credit follows the fastest; a slower
 * one drops until the next key frame and then comes back by itself.
 *
 * Plain counters, no I/O. flow_client: one thread, the server's worker;
 * flow_credit: each function belongs to the thread that its comment names.
 */
#ifndef FLOW_H
#define FLOW_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Frames that may be between the port and a client's socket. One being sent
 * and one waiting keeps the socket busy; each more is only latency. It also
 * bounds memory: this many, plus the one being read, of PORT_DATA_MAX_BYTES. */
#define FLOW_WINDOW_FRAMES 2

/* One client's share; zero-initialised is empty. */
struct flow_client {
    unsigned queued; /* frames in its pipe, not yet handed to its socket */
    bool dropping;   /* misses frames until a key frame finds its queue short */
};

/* A frame arrives for this client. True: queue it (counted from now on).
 * False: leave it out. `alone`: it is the only client which shows
 * the stream: it never drops, for credit already follows it. */
bool flow_offer(struct flow_client *client, bool key_frame, bool alone);

/* A queued frame has been sent, or removed from the queue. True when the
 * client is drained and can only go on with a key frame. */
bool flow_sent(struct flow_client *client);

/* How much of the window is used, as the two threads see it; zero-initialised
 * is all free. */
struct flow_credit {
    uint32_t handed;   /* frames that the main loop gave to the worker */
    uint64_t progress; /* the worker's: frames it took, shifted by 32, and the queue
                        * of the fastest client. One value: a frame that goes from
                        * the one to the other is never counted nowhere. */
};

/* Main loop: one more frame is given to the worker; before it is. */
void flow_hand(struct flow_credit *credit);
/* Worker: `taken` more frames have been queued or left out, and the fastest
 * client has `shortest_queue` frames in its queue. */
void flow_progress(struct flow_credit *credit, unsigned taken, unsigned shortest_queue);
/* Either: frames between the port and the fastest client's socket. To the main
 * loop too many rather than too few. */
unsigned flow_in_flight(const struct flow_credit *credit);

#ifdef __cplusplus
}
#endif
#endif
