/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * link-probe: what a link carries, and how long it takes, measured on the link itself.
 *
 * Over one TCP connection between its ends: round trips of one byte, then a short
 * transfer from the server to the client. Main thread.
 */
#ifndef VDIBENCH_LINK_PROBE_H
#define VDIBENCH_LINK_PROBE_H

#include "harness/run/link.h"

#include <stdbool.h>

struct link_probe {
    double mbit_s; /* on the wire: headers of full packets included */
    double rtt_ms; /* the shortest round trip: nothing waits in a queue */
};

/* False and `error` when the link does not work. Takes about a second. */
bool link_probe_measure(const struct link *link, struct link_probe *ret_probe, GError **error);

#endif
