/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * heartbeat: when an agent that writes nothing counts as hung.
 *
 * A hung agent's port stays open, and the clients would look at its last
 * picture for ever. An agent that announced the extension's heartbeat (see
 * port-protocol.h) lets no PORT_HEARTBEAT_INTERVAL_MS pass without a message
 * from a FORMAT on until STOP is written. Each byte that is read is a sign of
 * life; without any for PORT_HEARTBEAT_TIMEOUT_MS the vGPU is shown, and the
 * next byte begins the session anew.
 *
 * What counts is intervals, not time: a main loop that was held up, a host that
 * was suspended, is one interval. A port that is not read (no credit) shows
 * nothing of the agent. A VM that was stopped has hung as well, and goes on as
 * an agent that has come to itself.
 *
 * Plain counter, no I/O, no clock: the caller has the timer. One thread (the
 * server's main loop).
 */
#ifndef HEARTBEAT_H
#define HEARTBEAT_H

#include "protocol/port-protocol.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whole intervals without a byte: the first was begun when the last one came. */
#define HEARTBEAT_SILENT_INTERVALS (PORT_HEARTBEAT_TIMEOUT_MS / PORT_HEARTBEAT_INTERVAL_MS + 1)

struct heartbeat {
    bool watched;       /* a timer of PORT_HEARTBEAT_INTERVAL_MS runs */
    bool silent;        /* the agent counts as hung */
    unsigned intervals; /* since the last byte */
};                      /* zero-initialised: of a port that was just opened */

/* The agent owes a heartbeat from now on: a FORMAT came. True when the timer is
 * to be started. */
bool heartbeat_watch(struct heartbeat *beat);

/* It owes none any more: STOP, or START with other codecs, was written.
 * Then the timer is to be stopped. */
void heartbeat_forget(struct heartbeat *beat);

/* Something was read. True when the agent counted as hung: it begins anew. */
static inline bool heartbeat_heard(struct heartbeat *beat)
{
    const bool back = beat->silent;

    beat->intervals = 0;
    beat->silent = false;
    return back;
}

/* The timer's interval is over; `read`: the port was read until it had nothing
 * more. True when the agent counts as hung now; the timer is then to be
 * stopped, else to be started again. */
bool heartbeat_interval(struct heartbeat *beat, bool read);

#ifdef __cplusplus
}
#endif
#endif
