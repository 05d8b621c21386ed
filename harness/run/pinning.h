/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * pinning: which processors each process of a run may use, so that the kernel moves none of
 * them and none takes time from another.
 *
 * The processors that the harness itself may use are sorted by package, core and number, so
 * that the threads of one core stay together, and are divided as results/README.md says.
 * Any thread.
 */
#ifndef VDIBENCH_PINNING_H
#define VDIBENCH_PINNING_H

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

enum pinned {
    PINNED_VM,      /* with the SPICE server; or the relay */
    PINNED_CLIENT,  /* all of them, and what stands between them and the server */
    PINNED_AGENT,   /* with its encoder */
    PINNED_HARNESS, /* vdibench itself */
    PINNED_COUNT
};

struct pinning {
    char *processors[PINNED_COUNT]; /* a list for taskset, "0,4" */
};

/* Divides `n` processors. Two: the VM has the first, everything else the second. Three: the
 * client has the second, agent and harness the third. Four or more: each has a quarter, and
 * the VM what is left over. NULL and `error` for fewer than two: there is nothing to
 * divide. */
struct pinning *pinning_divide(const unsigned *processors, unsigned n, GError **error);
/* Those that this process may use; it is pinned to the harness's share itself. */
struct pinning *pinning_begin(GError **error);
void pinning_destroy(struct pinning *pinning);

/* As result.json has it: for each its processors. */
JsonObject *pinning_describe(const struct pinning *pinning);

#endif
