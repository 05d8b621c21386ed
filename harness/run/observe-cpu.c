/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/observe-cpu.h"

#include "harness/instrument/samples.h"

#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PERIOD_MS 100
/* Threads name themselves shortly after they have begun: so many times their
 * name is read anew. */
#define NAMINGS 5

struct thread {
    int tid;
    int schedstat; /* kept open: opening costs more than reading */
    char comm[32];
    unsigned namings;
    bool seen;
};

struct process {
    char *name;
    char *task; /* its threads' folder in /proc */
    pid_t pid;
    GPtrArray *threads;
};

struct cpu_observer {
    char *proc;
    struct samples *samples;
    GPtrArray *processes;
    int stat;       /* /proc/stat */
    unsigned timer; /* 0: at marks only */
};

static void thread_destroy(struct thread *thread)
{
    if (thread->schedstat >= 0)
        close(thread->schedstat);
    g_free(thread);
}

static void process_destroy(struct process *process)
{
    g_free(process->name);
    g_free(process->task);
    g_ptr_array_unref(process->threads);
    g_free(process);
}

/* A small file of /proc; false when it is gone. */
static bool read_file(int fd, char *buffer, size_t size)
{
    ssize_t n = pread(fd, buffer, size - 1, 0);
    if (n <= 0)
        return false;
    buffer[n] = '\0';
    g_strchomp(buffer);
    return true;
}

static void read_comm(const struct process *process, struct thread *thread)
{
    g_autofree char *path = g_strdup_printf("%s/%d/comm", process->task, thread->tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || !read_file(fd, thread->comm, sizeof thread->comm))
        g_strlcpy(thread->comm, "?", sizeof thread->comm);
    if (fd >= 0)
        close(fd);
    g_strdelimit(thread->comm, ",\n", '_');
}

static struct thread *find_thread(struct process *process, int tid)
{
    for (unsigned i = 0; i < process->threads->len; i++) {
        struct thread *thread = g_ptr_array_index(process->threads, i);
        if (thread->tid == tid)
            return thread;
    }

    struct thread *thread = g_new0(struct thread, 1);
    g_autofree char *path = g_strdup_printf("%s/%d/schedstat", process->task, tid);
    thread->tid = tid;
    thread->schedstat = open(path, O_RDONLY | O_CLOEXEC);
    g_ptr_array_add(process->threads, thread);
    return thread;
}

static void sample_process(struct cpu_observer *observer, struct process *process, int64_t now_ns)
{
    g_autoptr(GDir) dir = g_dir_open(process->task, 0, NULL);
    const char *entry;

    while (dir && (entry = g_dir_read_name(dir)))
        find_thread(process, atoi(entry))->seen = true;

    for (unsigned i = process->threads->len; i-- > 0;) {
        struct thread *thread = g_ptr_array_index(process->threads, i);
        unsigned long long run_ns, wait_ns;
        char buffer[96];

        if (!thread->seen || thread->schedstat < 0 ||
            !read_file(thread->schedstat, buffer, sizeof buffer) ||
            sscanf(buffer, "%llu %llu", &run_ns, &wait_ns) != 2) {
            g_ptr_array_remove_index(process->threads, i);
            continue;
        }
        thread->seen = false;
        if (thread->namings++ < NAMINGS)
            read_comm(process, thread);
        samples_row(observer->samples, "sample,%" PRId64 ",%s,%d,%s,%llu,%llu", now_ns,
                    process->name, thread->tid, thread->comm, run_ns, wait_ns);
        if (!observer->timer)
            g_ptr_array_remove_index(process->threads, i);
    }
}

/* Busy is what is not idle: idle time is the one that the kernel counts exactly,
 * the rest it guesses from what runs at each tick. */
static void sample_machine(struct cpu_observer *observer, int64_t now_ns)
{
    /* user nice system idle iowait irq softirq steal: proc(5) */
    unsigned long long ticks[8] = {0};
    const int64_t tick_ns = INT64_C(1000000000) / sysconf(_SC_CLK_TCK);
    const int64_t all_ns = now_ns * sysconf(_SC_NPROCESSORS_ONLN);
    char buffer[256];

    if (observer->stat < 0 || !read_file(observer->stat, buffer, sizeof buffer) ||
        sscanf(buffer, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &ticks[0], &ticks[1],
               &ticks[2], &ticks[3], &ticks[4], &ticks[5], &ticks[6], &ticks[7]) != 8)
        return;
    samples_row(observer->samples, "machine,%" PRId64 ",,,,%" PRId64 ",%" PRId64, now_ns,
                all_ns - (int64_t)(ticks[3] + ticks[4]) * tick_ns, (int64_t)ticks[7] * tick_ns);
}

static void sample(struct cpu_observer *observer, int64_t now_ns)
{
    sample_machine(observer, now_ns);
    for (unsigned i = 0; i < observer->processes->len; i++)
        sample_process(observer, g_ptr_array_index(observer->processes, i), now_ns);
}

static gboolean on_timer(void *data)
{
    sample(data, samples_now_ns());
    return G_SOURCE_CONTINUE;
}

struct cpu_observer *cpu_observer_create_for_marks(const char *proc, const char *file,
                                                   GError **error)
{
    g_autofree char *stat = g_build_filename(proc, "stat", NULL);
    struct samples *samples =
        samples_open(file, "event,t_ns,process,tid,comm,run_ns,wait_ns", error);
    if (!samples)
        return NULL;
    struct cpu_observer *observer = g_new0(struct cpu_observer, 1);
    observer->proc = g_strdup(proc);
    observer->samples = samples;
    observer->processes = g_ptr_array_new_with_free_func((GDestroyNotify)process_destroy);
    observer->stat = open(stat, O_RDONLY | O_CLOEXEC);
    cpu_observer_add(observer, "vdibench", getpid());
    return observer;
}

struct cpu_observer *cpu_observer_create(const char *proc, const char *file, GError **error)
{
    struct cpu_observer *observer = cpu_observer_create_for_marks(proc, file, error);
    if (observer)
        observer->timer = g_timeout_add(PERIOD_MS, on_timer, observer);
    return observer;
}

bool cpu_observer_destroy(struct cpu_observer *observer)
{
    if (!observer)
        return true;
    if (observer->timer)
        g_source_remove(observer->timer);
    g_ptr_array_unref(observer->processes);
    if (observer->stat >= 0)
        close(observer->stat);
    bool ok = samples_close(observer->samples);
    g_free(observer->proc);
    g_free(observer);
    return ok;
}

void cpu_observer_add(struct cpu_observer *observer, const char *name, pid_t pid)
{
    if (!observer)
        return;
    struct process *process = g_new0(struct process, 1);
    process->name = g_strdup(name);
    process->task = g_strdup_printf("%s/%d/task", observer->proc, pid);
    process->pid = pid;
    process->threads = g_ptr_array_new_with_free_func((GDestroyNotify)thread_destroy);
    g_ptr_array_add(observer->processes, process);
}

static int64_t timeval_ns(struct timeval time)
{
    return time.tv_sec * INT64_C(1000000000) + time.tv_usec * INT64_C(1000);
}

void cpu_observer_remove(struct cpu_observer *observer, pid_t pid, const struct rusage *usage)
{
    for (unsigned i = 0; observer && i < observer->processes->len; i++) {
        struct process *process = g_ptr_array_index(observer->processes, i);
        if (process->pid != pid)
            continue;
        samples_row(observer->samples, "total,%" PRId64 ",%s,%d,,%" PRId64 ",", samples_now_ns(),
                    process->name, pid, timeval_ns(usage->ru_utime) + timeval_ns(usage->ru_stime));
        g_ptr_array_remove_index(observer->processes, i);
        return;
    }
}

void cpu_observer_mark(struct cpu_observer *observer, bool begin)
{
    if (!observer)
        return;
    int64_t now_ns = samples_now_ns();
    samples_row(observer->samples, "%s,%" PRId64 ",vdibench,,,,", begin ? "begin" : "end", now_ns);
    sample(observer, now_ns);
    if (!observer->timer) /* nothing else would write it out before the next mark */
        samples_flush(observer->samples);
}
