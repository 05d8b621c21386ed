/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * cpu-use: what cpu.csv (harness/run/observe-cpu.h) holds about a process and
 * about the whole machine, within the measurement's windows.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_CPU_USE_H
#define VDIBENCH_CPU_USE_H

#include "harness/evaluate/rows.h"

#include <stdint.h>

/* The processor time of a process (if `comm` is not NULL: of its threads of that
 * name), summed over all windows. */
struct cpu_use {
    double run_ns, wait_ns;
};
struct cpu_use cpu_use(const struct rows *cpu, const char *process, const char *comm);

/* The same of the agent, whether it is the simulated one or the real one. */
struct cpu_use cpu_use_agent(const struct rows *cpu, const char *comm);

/* The same of the X server that the real one captures; 0: there is none. */
struct cpu_use cpu_use_x_server(const struct rows *cpu);

/* The same of the VM's process, and of what in it is the guest: a simulated VM's drawing thread, or
 * QEMU's processors. `vm_program` is the route's. */
struct cpu_use cpu_use_vm(const struct rows *cpu, const char *vm_program, const char *comm);
struct cpu_use cpu_use_guest(const struct rows *cpu, const char *vm_program);

/* The same in one window, which begins and ends with samples. */
struct cpu_use cpu_use_between(const struct rows *cpu, const char *process, const char *comm,
                               int64_t begin_ns, int64_t end_ns);

/* The same between the first and the last sample of the process from `begin_ns` to `end_ns`, of
 * which none needs to be at these times; and how long that is: 0 where there are no two. */
struct cpu_use cpu_use_within(const struct rows *cpu, const char *process, int64_t begin_ns,
                              int64_t end_ns, double *ret_seconds);

/* How long the machine's processors were busy, summed over all processors and all
 * windows; NAN if cpu.csv does not have it. */
double cpu_machine_busy_ns(const struct rows *cpu);
/* The same in one window. */
double cpu_machine_busy_between_ns(const struct rows *cpu, int64_t begin_ns, int64_t end_ns);

/* The windows: their number, and the times of the `index`-th. A window that
 * was never closed does not count. */
unsigned cpu_window_count(const struct rows *cpu);
void cpu_window(const struct rows *cpu, unsigned index, int64_t *ret_begin_ns, int64_t *ret_end_ns);

#endif
