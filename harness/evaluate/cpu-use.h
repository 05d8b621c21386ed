/*
 * cpu-use: what cpu.csv (harness/run/observe-cpu.h) holds about a process and
 * about the whole machine, within the measurement's windows.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_CPU_USE_H
#define VDIBENCH_CPU_USE_H

#include "harness/evaluate/rows.h"

/* What cpu.csv says about a process (and, when `comm` is not NULL, its
 * threads of that name) within the windows, all windows together. */
typedef struct {
    double run_ns, wait_ns;
} CpuUse;
CpuUse cpu_use(const Rows *cpu, const char *process, const char *comm);

/* How long the machine's processors were not idle within the windows, all
 * together; NAN when that is not known. */
double cpu_machine_busy_ns(const Rows *cpu);

/* The windows: their number, and the times of the `index`-th. A window that
 * was never closed is none. */
guint cpu_window_count(const Rows *cpu);
void cpu_window(const Rows *cpu, guint index, gint64 *ret_begin_ns, gint64 *ret_end_ns);

#endif
