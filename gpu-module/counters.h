/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * counters: what the GPU module counts while it runs, for others to read.
 *
 * One fixed layout in memory that the module writes and any number of readers
 * map (spice-server/gpu-trace puts it into a memfd, gpu-counters.c and the
 * harness read it): named counters, and a ring of the last frames with their
 * clock points t2, t3 and t4. Nobody waits for anybody: each field has one
 * writer (the thread that its table names), stores are relaxed, and a reader
 * finds out by a sequence number when a frame's record was written anew under
 * its hands. The writing costs the same whether anybody reads or not: a store
 * a field.
 *
 * Plain C on memory that the caller provides; no I/O, no allocation.
 */
#ifndef COUNTERS_H
#define COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of the memfd, as /proc/PID/fd shows it. */
#define COUNTERS_NAME "spice-gpu-counters"
#define COUNTERS_MAGIC UINT64_C(0x5550474543495053) /* "SPICEGPU" */
/* Changes with anything below: reader and writer must have the same. */
#define COUNTERS_VERSION 2
/* 8 s at 120 Hz: a reader that comes by each second misses nothing. */
#define COUNTERS_RING_FRAMES 1024

/* X(kind, name): COUNT only grows, GAUGE is a present value.
 * Written by the main loop: */
#define COUNTERS_MAIN(X)                                                                          \
    X(GAUGE, port_open)                                                                           \
    X(COUNT, port_opens)                                                                          \
    X(COUNT, violations)               /* of the protocol, by the agent */                        \
    X(COUNT, tolerated)                /* its messages that were ignored instead */               \
    X(COUNT, hangs)                    /* of the agent: its heartbeat was missing */              \
    X(COUNT, bodies_without_memory)    /* given up: the host has none for a frame or a pointer */ \
    X(COUNT, opens_without_display)    /* there is no QXL display */                              \
    X(COUNT, opens_without_descriptor) /* no open file may be added */                            \
    X(COUNT, sizes_refused)            /* FORMATs larger than the host allows */                  \
    X(COUNT, main_warnings_left_out)   /* of the log, see log-rate.h */                           \
    X(COUNT, starts)                   /* START written to the agent; STOP: */                    \
    X(COUNT, stops)                                                                               \
    X(COUNT, key_frame_requests)                                                                  \
    X(COUNT, main_wakeups)           /* our code was called by the main loop */                   \
    X(COUNT, port_reads)             /* that gave anything */                                     \
    X(COUNT, port_bytes)             /* that they gave */                                         \
    X(COUNT, credit_stalls)          /* stopped reading, as enough was on its way */              \
    X(COUNT, switch_stalls)          /* the same, as the guest switches too often */              \
    X(COUNT, frames_received)        /* whole */                                                  \
    X(COUNT, key_frames_received)    /* of these */                                               \
    X(COUNT, bytes_received)         /* in these */                                               \
    X(COUNT, bytes_moved)            /* copied as a frame's buffer grew */                        \
    X(COUNT, bytes_scanned)          /* looked at for a frame's first slice */                    \
    X(COUNT, frames_cut)             /* port closed, or violation, before it was whole */         \
    X(COUNT, frames_without_display) /* dropped: there is no QXL display */                       \
    X(GAUGE, buffer_bytes_max)       /* most that buffer_bytes ever was */

/* Written by the display's worker. A frame counts once for each client in
 * those marked "each client". */
#define COUNTERS_WORKER(X)                                                                      \
    X(COUNT, worker_wakeups)           /* by the main loop, for messages or an opening */       \
    X(COUNT, frames_too_late)          /* dropped: their port was closed meanwhile */           \
    X(COUNT, frames_unwanted)          /* dropped: nobody shows the stream (yet) */             \
    X(COUNT, frames_slow_client)       /* dropped, each client: its queue is full */            \
    X(COUNT, frames_unsent)            /* dropped, each client: taken out of its queue */       \
    X(COUNT, frames_sent)              /* each client */                                        \
    X(COUNT, bytes_sent)               /* in these, without our trailer */                      \
    X(COUNT, switches_to_pgpu)         /* each client */                                        \
    X(COUNT, switches_to_vgpu)         /* each client */                                        \
    X(COUNT, switches_refused)         /* each client: all streams are the vGPU's */            \
    X(COUNT, clients_cannot_decode)    /* reports of clients that they cannot */                \
    X(COUNT, displays_taken_over)      /* by another port of our name */                        \
    X(COUNT, worker_warnings_left_out) /* of the log, see log-rate.h */                         \
    X(GAUGE, pipe_items_max)           /* most messages that waited for a client at a switch */ \
    X(GAUGE, queued)                   /* frames in the queue of the fastest client */          \
    X(GAUGE, queued_all)               /* frames in the queues of all clients */

/* By whoever has the last hold of a frame: the one field with several writers. */
#define COUNTERS_SHARED(X) X(GAUGE, buffer_bytes) /* allocated for frames at present */

enum frame_fate {
    FRAME_WAITS,    /* on its way to the worker, or in clients' queues */
    FRAME_SENT,     /* to one client at least */
    FRAME_UNSENT,   /* taken out of all queues again */
    FRAME_SLOW,     /* the queue of each client that shows the stream was full */
    FRAME_UNWANTED, /* nobody shows the stream */
    FRAME_TOO_LATE, /* the port was closed meanwhile */
    FRAME_NOWHERE,  /* no display */
    FRAME_FATES
};

/* What the main loop knows of a frame. Times: CLOCK_MONOTONIC in ns. */
struct frame_received {
    uint64_t edition;  /* the ring's own */
    uint64_t sequence; /* frames_received with this one */
    uint64_t id;       /* the agent's, where it sends one; else the sequence */
    uint64_t opening;  /* port_opens then */
    uint64_t bytes;
    uint64_t flags;
    uint64_t t2_ns; /* the first byte of its message was read */
    uint64_t t3_ns; /* the last byte */
};
#define FRAME_KEY_FRAME 1u
#define FRAME_HANDED 2u /* to the worker: there is a display */

/* What the worker knows of it. */
struct frame_sent {
    uint64_t edition;
    uint64_t sequence;
    uint64_t t4_ns;   /* the first client's socket took the last byte; 0: none has */
    uint64_t clients; /* that got it */
    uint64_t waiting; /* clients in whose queues it is */
    uint64_t fate;    /* enum frame_fate */
};

/* A thread's part of the layout lies in cache lines of its own. */
#define COUNTERS_APART __attribute__((aligned(64)))

struct frame_record {
    struct frame_received received COUNTERS_APART;
    struct frame_sent sent COUNTERS_APART;
};

#define COUNTERS_FIELD(kind, name) uint64_t name;
struct gpu_counters {
    uint64_t magic;
    uint32_t version;
    uint32_t size; /* of the whole */
    struct {
        COUNTERS_MAIN(COUNTERS_FIELD)
    } main COUNTERS_APART;
    struct {
        COUNTERS_WORKER(COUNTERS_FIELD)
    } worker COUNTERS_APART;
    struct {
        COUNTERS_SHARED(COUNTERS_FIELD)
    } shared COUNTERS_APART;
    struct frame_record ring[COUNTERS_RING_FRAMES];
};
#undef COUNTERS_FIELD

/* Makes zeroed memory, aligned to 64 bytes, a set of counters. */
void counters_init(struct gpu_counters *counters);

/* NULL when `mapped_bytes` at `counters` can be read as a set of counters,
 * else why not: static text, to be put after the name of what was mapped. */
const char *counters_check(const struct gpu_counters *counters, size_t mapped_bytes);

/* A field's writer. */
static inline void counter_set(uint64_t *field, uint64_t value)
{
    __atomic_store_n(field, value, __ATOMIC_RELAXED);
}

static inline void counter_add(uint64_t *field, uint64_t more)
{
    /* No other thread writes it: no need for a locked addition. */
    counter_set(field, __atomic_load_n(field, __ATOMIC_RELAXED) + more);
}

/* Any thread or process. */
static inline uint64_t counter_get(const uint64_t *field)
{
    return __atomic_load_n(field, __ATOMIC_RELAXED);
}

/* One counter of the tables, to go through all by index. */
struct counter {
    const char *name;
    bool gauge;
    size_t offset; /* in struct gpu_counters */
};

/* NULL past the last one. */
const struct counter *counters_at(unsigned index);

/* Main loop: the record of a frame that has been received whole, in place of
 * the oldest. */
void counters_note_received(struct gpu_counters *counters, const struct frame_received *frame);

/* Worker: what has become of a frame so far; may be called again for it. One
 * that has left the ring meanwhile is ignored. */
void counters_note_sent(struct gpu_counters *counters, const struct frame_sent *frame);

/* Any thread or process: frames received so far, which is the sequence number
 * of the last one. */
uint64_t counters_last(const struct gpu_counters *counters);

/* Reads a frame's record. False when it is not there: not yet, or not any
 * more. What the worker has not noted is 0. */
bool counters_read(const struct gpu_counters *counters, uint64_t sequence,
                   struct frame_record *ret_record);

/* Nothing will change in this record any more. */
bool frame_record_settled(const struct frame_record *record);

/* What has become of the frame, the main loop's part included. */
enum frame_fate frame_record_fate(const struct frame_record *record);

/* "sent" and so on; static. */
const char *frame_fate_text(enum frame_fate fate);

#ifdef __cplusplus
}
#endif
#endif
