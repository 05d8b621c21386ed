/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/cpu-use.h"

#include "harness/run/processes.h"

#include <math.h>
#include <stdbool.h>

unsigned cpu_window_count(const struct rows *cpu)
{
    unsigned n = 0;
    for (unsigned i = 0; i < rows_count(cpu); i++)
        n += rows_is(cpu, i, "end");
    return n;
}

void cpu_window(const struct rows *cpu, unsigned index, int64_t *ret_begin_ns, int64_t *ret_end_ns)
{
    unsigned n = 0;
    *ret_begin_ns = *ret_end_ns = 0;
    for (unsigned i = 0; i < rows_count(cpu); i++) {
        if (rows_is(cpu, i, "begin"))
            *ret_begin_ns = rows_time_ns(cpu, i);
        else if (rows_is(cpu, i, "end") && n++ == index) {
            *ret_end_ns = rows_time_ns(cpu, i);
            return;
        }
    }
}

struct span {
    struct cpu_use begin, last; /* at the beginning of the window, and at its latest sample */
};

struct cpu_use cpu_use_between(const struct rows *cpu, const char *process, const char *comm,
                               int64_t begin_ns, int64_t end_ns)
{
    g_autoptr(GHashTable) spans = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    struct cpu_use use = {0, 0};

    for (unsigned i = 0; i < rows_count(cpu); i++) {
        int64_t time_ns = rows_time_ns(cpu, i);
        if (!rows_is(cpu, i, "sample") || time_ns < begin_ns || time_ns > end_ns ||
            !g_str_equal(rows_text(cpu, i, "process"), process) ||
            (comm && !g_str_equal(rows_text(cpu, i, "comm"), comm)))
            continue;
        const char *tid = rows_text(cpu, i, "tid");
        struct cpu_use now = {(double)rows_number(cpu, i, "run_ns", 0),
                              (double)rows_number(cpu, i, "wait_ns", 0)};
        struct span *span = g_hash_table_lookup(spans, tid);
        if (!span) {
            span = g_new0(struct span, 1); /* a thread that began inside the window began at 0 */
            if (time_ns == begin_ns)
                span->begin = now;
            g_hash_table_insert(spans, (void *)tid, span);
        }
        span->last = now;
    }

    GHashTableIter iter;
    void *value;
    g_hash_table_iter_init(&iter, spans);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct span *span = value;
        use.run_ns += span->last.run_ns - span->begin.run_ns;
        use.wait_ns += span->last.wait_ns - span->begin.wait_ns;
    }
    return use;
}

/* The time of the process' first sample from `begin_ns` on, or, if `last`, of its last one
 * until `end_ns`; 0: none. */
static int64_t sample_time(const struct rows *cpu, const char *process, int64_t begin_ns,
                           int64_t end_ns, bool last)
{
    int64_t found_ns = 0;

    for (unsigned i = 0; i < rows_count(cpu) && (last || !found_ns); i++) {
        int64_t time_ns = rows_time_ns(cpu, i);
        if (rows_is(cpu, i, "sample") && time_ns >= begin_ns && time_ns <= end_ns &&
            g_str_equal(rows_text(cpu, i, "process"), process))
            found_ns = time_ns;
    }
    return found_ns;
}

struct cpu_use cpu_use_within(const struct rows *cpu, const char *process, int64_t begin_ns,
                              int64_t end_ns, double *ret_seconds)
{
    int64_t first_ns = sample_time(cpu, process, begin_ns, end_ns, false);
    int64_t last_ns = sample_time(cpu, process, begin_ns, end_ns, true);

    *ret_seconds = (double)(last_ns - first_ns) / 1e9;
    return last_ns > first_ns ? cpu_use_between(cpu, process, NULL, first_ns, last_ns)
                              : (struct cpu_use){0, 0};
}

struct cpu_use cpu_use(const struct rows *cpu, const char *process, const char *comm)
{
    struct cpu_use all = {0, 0};
    for (unsigned i = 0; i < cpu_window_count(cpu); i++) {
        int64_t begin_ns, end_ns;
        cpu_window(cpu, i, &begin_ns, &end_ns);
        struct cpu_use use = cpu_use_between(cpu, process, comm, begin_ns, end_ns);
        all.run_ns += use.run_ns;
        all.wait_ns += use.wait_ns;
    }
    return all;
}

struct cpu_use cpu_use_agent(const struct rows *cpu, const char *comm)
{
    struct cpu_use simulated = cpu_use(cpu, "sim-agent", comm);
    struct cpu_use real = cpu_use(cpu, PROCESSES_REAL_AGENT, comm);

    return (struct cpu_use){simulated.run_ns + real.run_ns, simulated.wait_ns + real.wait_ns};
}

struct cpu_use cpu_use_vm(const struct rows *cpu, const char *vm_program, const char *comm)
{
    struct cpu_use simulated = cpu_use(cpu, vm_program, comm);
    struct cpu_use real = cpu_use(cpu, PROCESSES_QEMU, comm);

    return (struct cpu_use){simulated.run_ns + real.run_ns, simulated.wait_ns + real.wait_ns};
}

struct cpu_use cpu_use_guest(const struct rows *cpu, const char *vm_program)
{
    /* QEMU's names of the threads, of as many processors as vm-qemu gives a guest. */
    static const char *const processors[] = {"CPU 0/TCG", "CPU 1/TCG", "CPU 0/KVM", "CPU 1/KVM"};
    struct cpu_use all = cpu_use(cpu, vm_program, "vgpu-draw");

    for (unsigned i = 0; i < G_N_ELEMENTS(processors); i++) {
        struct cpu_use one = cpu_use(cpu, PROCESSES_QEMU, processors[i]);
        all.run_ns += one.run_ns;
        all.wait_ns += one.wait_ns;
    }
    return all;
}

struct cpu_use cpu_use_x_server(const struct rows *cpu)
{
    return cpu_use(cpu, PROCESSES_X_SERVER, NULL);
}

double cpu_machine_busy_between_ns(const struct rows *cpu, int64_t begin_ns, int64_t end_ns)
{
    double begin = NAN, last = NAN;
    for (unsigned i = 0; i < rows_count(cpu); i++) {
        int64_t time_ns = rows_time_ns(cpu, i);
        if (!rows_is(cpu, i, "machine") || time_ns < begin_ns || time_ns > end_ns)
            continue;
        last = (double)rows_number(cpu, i, "run_ns", 0);
        if (time_ns == begin_ns)
            begin = last;
    }
    return last - begin;
}

double cpu_machine_busy_ns(const struct rows *cpu)
{
    double all = 0;
    for (unsigned i = 0; i < cpu_window_count(cpu); i++) {
        int64_t begin_ns, end_ns;
        cpu_window(cpu, i, &begin_ns, &end_ns);
        all += cpu_machine_busy_between_ns(cpu, begin_ns, end_ns);
    }
    return all;
}
