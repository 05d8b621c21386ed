/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * observe-cpu: what each thread of a run uses of the processors.
 *
 * Reads /proc/PID/task/TID/schedstat (time on a processor, time ready but
 * waiting for one) of the processes that were added to it, every 100 ms and at marks,
 * into the sample file cpu.csv:
 *   event,t_ns,process,tid,comm,run_ns,wait_ns
 * with the events `sample` (one row a thread), `begin` and `end` (a mark: a
 * window of the measurement begins or ends, the rows that follow with the same
 * t_ns are its samples), `machine` (how long all processors together were not
 * idle, whoever used them, and how long the hypervisor withheld them, in
 * run_ns and wait_ns; by /proc/stat, in steps of 10 ms), and `total` (a process
 * has ended: run_ns by wait4, its threads that ended before included).
 *
 * Main thread only; samples are taken while the default main context runs.
 */
#ifndef VDIBENCH_OBSERVE_CPU_H
#define VDIBENCH_OBSERVE_CPU_H

#include <glib.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

struct cpu_observer;

/* Where the kernel reports on processes; a test has a folder of its own. */
#define CPU_OBSERVER_PROC "/proc"

/* Creates `file` and begins. The harness's own process is always observed, as
 * "vdibench", so that the cost of measuring is known. `proc` is CPU_OBSERVER_PROC. */
struct cpu_observer *cpu_observer_create(const char *proc, const char *file, GError **error);

/* The same for many observers at once: there are samples at marks only, and no file is
 * kept open between them. */
struct cpu_observer *cpu_observer_create_for_marks(const char *proc, const char *file,
                                                   GError **error);

/* Writes out what is left and frees. False when a row could not be written. */
bool cpu_observer_destroy(struct cpu_observer *observer);

/* A process to be observed from now on; `name` as in the rows. Without an
 * observer (NULL) nothing happens, here and below. */
void cpu_observer_add(struct cpu_observer *observer, const char *name, pid_t pid);

/* It has ended, and used that much. */
void cpu_observer_remove(struct cpu_observer *observer, pid_t pid, const struct rusage *usage);

/* A window begins or ends now: samples at once. */
void cpu_observer_mark(struct cpu_observer *observer, bool begin);

#endif
