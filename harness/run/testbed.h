/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * testbed: the processes of one repeat, and what is done with them.
 *
 * Starts the VM and the agent, carries out the scenario's timeline (the client
 * is started by its first "client connect"), and ends them all, whatever
 * happens. Main thread; runs the default main context.
 */
#ifndef VDIBENCH_TESTBED_H
#define VDIBENCH_TESTBED_H

#include "harness/plan/case.h"
#include "harness/plan/libraries.h"
#include "harness/run/notes.h"
#include "harness/run/observe-cpu.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

/* Where a repeat takes place. Nothing is owned. */
struct place {
    const char *programs; /* folder of the binaries */
    const struct libraries *libraries;
    const char *recording;   /* file of the workload */
    const char *lossless;    /* of the same pictures without loss, or `recording`; NULL: they
                            * have been compared before */
    const char *runtime;     /* private folder for the port and sockets; short, empty, exists */
    const char *folder;      /* for samples, logs and pictures; exists, empty */
    bool receive_only;       /* the client decodes nothing but key frames */
    const char *gpu, *guest; /* of a real VM, as struct run_options has them */
    const struct pinning *pinning; /* NULL: the kernel decides where a process runs */
    GCancellable *cancellable;
};

/* One repeat. False and `error` (one line: the step, and what happened) when
 * it could not be carried out; CHILD_ERROR_SKIP when something is missing on
 * this machine, G_IO_ERROR_CANCELLED when it was interrupted. The samples are
 * kept in any case. */
bool testbed_run(const struct plan_case *c, const struct place *place, struct notes *notes,
                 GError **error);

/* Everything up to the scenario's first `play`, which then goes on by itself
 * while the main context runs. `cpu` observes what its processes use of the
 * processors (NULL: nobody does). The arguments are borrowed until testbed_end(),
 * which ends the processes. NULL and `error` as above. */
struct testbed;
struct testbed *testbed_start(const struct plan_case *c, const struct place *place,
                              struct cpu_observer *cpu, GError **error);
void testbed_end(struct testbed *bed);

#endif
