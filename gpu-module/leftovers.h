/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * leftovers: what the last opener of the port has left in it, and when it is gone.
 *
 * Nobody takes away what is left in a port when it is closed: a VirtIO queue
 * keeps it, and hands it on when there is room. The module reads and discards it
 * before the next opening takes effect: the next opener has written nothing yet,
 * for it waits for the module's first message. A VM that is stopped hands on
 * nothing: then no turn counts.
 *
 * Plain counters, no I/O, no clock: the caller has the timer. One thread (the
 * server's main loop).
 */
#ifndef LEFTOVERS_H
#define LEFTOVERS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Turns of the main loop without a byte after which nothing is left. A read
 * returns what has arrived; the rest of a VirtIO queue follows two turns after
 * the read that made room (QEMU: chr_write_unblocked(), then its bottom half).
 * With room to spare. */
#define LEFTOVERS_QUIET_TURNS 8u

/* From one turn to the next: QEMU runs a timer that is due at once in the same
 * turn again and again. */
#define LEFTOVERS_TURN_MS 1

/* An opening waits for no more than this: several times what a VirtIO queue
 * holds (128 buffers of Linux' 32 KiB). An agent that writes on and on before
 * it was answered gets an error for it. */
#define LEFTOVERS_MAX_BYTES (16u * 1024 * 1024)

struct leftovers {
    unsigned turns_due;   /* without a byte, until nothing is left */
    bool turn_over;       /* since the last read */
    size_t waiting_bytes; /* read while an opening waits */
};                        /* zero-initialised: nothing is left */

/* The port was closed, or closed and opened at once. */
void leftovers_expect(struct leftovers *left);

/* A turn of the main loop is over: LEFTOVERS_TURN_MS since the last read. */
void leftovers_turn_over(struct leftovers *left);

/* The port was read until nothing more was there, or enough was read; `bytes`,
 * maybe 0. `is_open`: an opening waits. */
void leftovers_read(struct leftovers *left, size_t bytes, bool is_open);

/* An opening may take effect. Else the port is to be read again after another
 * turn. */
bool leftovers_gone(const struct leftovers *left);

#ifdef __cplusplus
}
#endif
#endif
