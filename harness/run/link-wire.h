/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * link-wire: a wire with delay and loss between two tap devices, where the kernel
 * has no netem: wirefilter, and a vde_plug at each end (Debian: vde-wirefilter,
 * vdeplug).
 *
 * Its three processes die with this one's main thread, however it ends. Main thread.
 */
#ifndef VDIBENCH_LINK_WIRE_H
#define VDIBENCH_LINK_WIRE_H

#include "auto-destroy.h"

#include <gio/gio.h>

/* What wirefilter carries with both ends on two cores; with more, it would be what is
 * measured. */
#define LINK_WIRE_MBIT_S_MAX 200

struct link_wire;

/* Between the tap device `tap`, which is there, of two network namespaces.
 * `prefixes`: what enters them (link_prefix()), the server's first. NULL and
 * `error`: CHILD_ERROR_SKIP when a program is not installed. */
struct link_wire *link_wire_create(char **const prefixes[2], const char *tap, double delay_ms,
                                   double loss_pct, GError **error);
void link_wire_destroy(struct link_wire *wire); /* NULL is allowed */

#define LINK_WIRE_PROCESSES 3

/* Their process ids. */
const pid_t *link_wire_pids(const struct link_wire *wire);

DEFINE_AUTO_DESTROY(link_wire, link_wire_destroy)

#endif
