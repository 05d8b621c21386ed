/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * join: each capture slot of the agent with what became of it at the client.
 *
 * Access units arrive in the order in which they were written, so they are
 * matched first in, first out, with the CRC and the time (nothing arrives
 * before it was written) as the check: recordings loop and hold equal access
 * units, so a CRC alone names no frame. Where the order breaks, the shortest
 * way back to agreement is taken: access units that are missing at the client
 * are lost, those that the agent did not write are counted as foreign.
 *
 * Where the vGPU itself shows the workload there are no access units: a frame
 * is what the vGPU drew in a slot, and its barcode's number names it.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_JOIN_H
#define VDIBENCH_JOIN_H

#include "auto-destroy.h"
#include "harness/evaluate/rows.h"

#include <stdbool.h>
#include <stdint.h>

/* The first second of a stream, in which the client's decoder and window start. */
#define JOIN_STARTUP_NS INT64_C(1000000000)

enum fate {
    FATE_SHOWN,
    FATE_SUPERSEDED, /* decoded (of a film: drawn), never shown */
    FATE_UNDECODED,  /* received, never decoded */
    FATE_DROPPED,    /* written after the module had ordered the agent to stop, not received */
    FATE_LOST,       /* written, not received, for no known reason */
    FATE_SKIPPED,    /* a slot in which the agent could not capture, or the vGPU could not draw */
    FATE_UNDRAINED,  /* written; the wait for it ended before it was shown */
    FATE_COUNT
};

/* A capture slot. Times in ns of CLOCK_MONOTONIC, 0 if it did not get that far. */
struct frame {
    unsigned loop, unit; /* the repetition of the recording, and the access unit's index in it */
    bool key;
    uint64_t bytes, crc;
    int64_t t0_ns; /* planned */
    int64_t t1_ns; /* the write begins; of a film: the drawing */
    int64_t t2_ns; /* first byte read by the server */
    int64_t t3_ns; /* last byte read */
    int64_t t4_ns; /* handed to a client's socket */
    int64_t t5_ns; /* received */
    int64_t t6_ns; /* decoded */
    int64_t t7_ns; /* first shown */
    enum fate fate;
    unsigned opening;        /* the ordinal of the port's opening (or of the film), from 1 */
    bool startup;            /* planned in the first second of that opening's stream */
    int stream, stream_unit; /* the client's numbers for it; -1: not received */
    int number;              /* by the barcode of the pGPU's picture that was shown; -1: none */
};

struct join {
    GArray *frames;    /* struct frame, in the order of the slots */
    unsigned foreign;  /* access units received that the agent did not write, or twice */
    unsigned misnamed; /* pictures whose barcode is another access unit's than the one by which the
                        * client identifies them: the times are then those of other frames */
    unsigned empty;    /* slots of which the agent sent nothing; they are no frames */
    unsigned count[FATE_COUNT];
};

/* The end of the frame's way: t7, or t5 if the route's client shows nothing. 0: it did
 * not get there. */
int64_t join_arrival_ns(const struct frame *frame, bool shows);

/* Joins the sample files of the agent and of the client. NULL and `error`
 * when the rows contradict what a sample file may hold. */
struct join *join_frames(const struct rows *agent, const struct rows *client, GError **error);

/* The same for a VM that has played a film on its vGPU, and the client. */
struct join *join_film(const struct rows *vm, const struct rows *client, GError **error);

/* The same for a real agent, which knows no slots: `sent` is the join of what it sent
 * (join_frames(), and join_module() where there is one), `drawn` the samples of the program
 * whose slots it captured. The barcode names the slot of a picture that was shown; that of any
 * other one is the last that was drawn before its change was noticed. A frame's t0 is its slot's
 * from there on, so that t0 to t1 is drawing, noticing, capturing and encoding. Slots that
 * were drawn while nothing was captured at all are left out; a second picture of one slot counts
 * by its bytes. NULL and `error` when the rows contradict what a sample file may hold. */
struct join *join_drawn(const struct join *sent, const struct rows *drawn, GError **error);

/* Adds t2 to t4 from the server's samples (module.csv). The server reads each
 * opening's frames in the order in which the agent wrote them, but may not have read
 * the last ones. False and `error` if a frame's size differs from the agent's. */
bool join_module(struct join *join, const struct rows *module, GError **error);

/* The wait for what was played has ended too early: the frames after the newest one that arrived
 * were still on their way. */
void join_end_undrained(struct join *join, bool shows);

void join_destroy(struct join *join);

/* The frame that the client has numbered (stream, unit); NULL if there is none. */
const struct frame *join_find(const struct join *join, int stream, int stream_unit);

/* "shown" and so on; static. */
const char *fate_text(enum fate fate);

/* Writes the join as CSV (frames.csv), one row a slot. */
bool join_write(const struct join *join, const char *file, GError **error);

DEFINE_AUTO_DESTROY(join, join_destroy)

#endif
