/*
 * join: each capture slot of the agent with what became of it at the client.
 *
 * Access units arrive in the order in which they were written, so they are
 * matched first in, first out, with the CRC and the time (nothing arrives
 * before it was written) as the check: recordings loop and hold equal access
 * units, so a CRC alone names no frame. Where the order breaks, the shortest
 * way back to agreement is taken: access units that are missing at the client
 * are lost, those that nobody wrote are counted as foreign.
 *
 * Where the vGPU itself shows the workload there are no access units: a frame
 * is what the vGPU drew in a slot, and its barcode's number names it.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_JOIN_H
#define VDIBENCH_JOIN_H

#include "harness/evaluate/rows.h"

/* "The first second of a stream": decoder and window start in it. */
#define JOIN_STARTUP_NS G_GINT64_CONSTANT(1000000000)

typedef enum {
    FATE_SHOWN,
    FATE_SUPERSEDED, /* decoded (a film's: drawn), never shown */
    FATE_UNDECODED,  /* received, never decoded */
    FATE_DROPPED,    /* written after the module had told the agent to stop, and not received */
    FATE_LOST,       /* written, not received, and nobody said why */
    FATE_SKIPPED,    /* a slot in which the agent could not capture, or the vGPU not draw */
    FATE_COUNT
} Fate;

/* A capture slot. Times in ns of CLOCK_MONOTONIC, 0 where it did not happen. */
typedef struct {
    guint loop, unit; /* which access unit of the recording, in which round */
    gboolean key;
    guint64 bytes, crc;
    gint64 t0_ns; /* planned */
    gint64 t1_ns; /* write begins; of a film: drawing */
    gint64 t2_ns; /* first byte read by the server */
    gint64 t3_ns; /* last byte read */
    gint64 t4_ns; /* handed to a client's socket */
    gint64 t5_ns; /* received */
    gint64 t6_ns; /* decoded */
    gint64 t7_ns; /* first shown */
    Fate fate;
    guint opening;    /* the how manyth opening of the port, or film, it belongs to, from 1 */
    gboolean startup; /* planned in the first second of that one's stream */
    gint stream, stream_unit; /* the client's name for it, -1 */
} Frame;

typedef struct {
    GArray *frames; /* Frame, in the order of the slots */
    guint foreign;  /* access units received that the agent did not write, or twice */
    guint misnamed; /* pictures whose barcode is not that of the access unit by which the client
                     * calls them: its times are then of other frames */
    guint count[FATE_COUNT];
} Join;

/* Joins the sample files of the agent and of the client. NULL and `error`
 * when the rows contradict what a sample file may hold. */
Join *join_frames(const Rows *agent, const Rows *client, GError **error);

/* The same of the VM, which has played a film on its vGPU, and of the client. */
Join *join_film(const Rows *vm, const Rows *client, GError **error);

/* Adds t2 to t4 from what the server wrote of the frames (module.csv). It gets
 * each opening's frames in the order in which the agent wrote them, perhaps
 * without the last ones. False and `error` when a frame's size contradicts. */
gboolean join_module(Join *join, const Rows *module, GError **error);

void join_destroy(Join *join);

/* The frame that the client calls (stream, unit); NULL when there is none. */
const Frame *join_find(const Join *join, gint stream, gint stream_unit);

/* "shown" and so on; static. */
const char *fate_text(Fate fate);

/* Writes the join as CSV (frames.csv), one row a slot. */
gboolean join_write(const Join *join, const char *file, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Join, join_destroy)

#endif
