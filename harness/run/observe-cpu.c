#include "harness/run/observe-cpu.h"

#include "harness/instrument/samples.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PERIOD_MS 100
/* Threads name themselves shortly after they have begun: so many times their
 * name is read anew. */
#define NAMINGS 5

typedef struct {
    int tid;
    int schedstat; /* kept open: opening costs more than reading */
    char comm[32];
    guint namings;
    gboolean seen;
} Thread;

typedef struct {
    char *name;
    pid_t pid;
    GPtrArray *threads;
} Process;

struct CpuObserver {
    Samples *samples;
    GPtrArray *processes;
    int stat; /* /proc/stat */
    guint timer;
};

static void thread_free(Thread *thread)
{
    if (thread->schedstat >= 0)
        close(thread->schedstat);
    g_free(thread);
}

static void process_free(Process *process)
{
    g_free(process->name);
    g_ptr_array_unref(process->threads);
    g_free(process);
}

/* A small file of /proc; false when it is gone. */
static gboolean read_file(int fd, char *buffer, size_t size)
{
    ssize_t n = pread(fd, buffer, size - 1, 0);
    if (n <= 0)
        return FALSE;
    buffer[n] = '\0';
    g_strchomp(buffer);
    return TRUE;
}

static void read_comm(const Process *process, Thread *thread)
{
    char path[64];
    g_snprintf(path, sizeof path, "/proc/%d/task/%d/comm", process->pid, thread->tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || !read_file(fd, thread->comm, sizeof thread->comm))
        g_strlcpy(thread->comm, "?", sizeof thread->comm);
    if (fd >= 0)
        close(fd);
    g_strdelimit(thread->comm, ",\n", '_');
}

static Thread *find_thread(Process *process, int tid)
{
    for (guint i = 0; i < process->threads->len; i++) {
        Thread *thread = g_ptr_array_index(process->threads, i);
        if (thread->tid == tid)
            return thread;
    }

    Thread *thread = g_new0(Thread, 1);
    char path[64];
    g_snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", process->pid, tid);
    thread->tid = tid;
    thread->schedstat = open(path, O_RDONLY | O_CLOEXEC);
    g_ptr_array_add(process->threads, thread);
    return thread;
}

static void sample_process(CpuObserver *observer, Process *process, gint64 now_ns)
{
    char path[64];
    g_snprintf(path, sizeof path, "/proc/%d/task", process->pid);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *entry;

    while (dir && (entry = g_dir_read_name(dir)))
        find_thread(process, atoi(entry))->seen = TRUE;

    for (guint i = process->threads->len; i-- > 0;) {
        Thread *thread = g_ptr_array_index(process->threads, i);
        unsigned long long run_ns, wait_ns;
        char buffer[96];

        if (!thread->seen || thread->schedstat < 0 ||
            !read_file(thread->schedstat, buffer, sizeof buffer) ||
            sscanf(buffer, "%llu %llu", &run_ns, &wait_ns) != 2) {
            g_ptr_array_remove_index(process->threads, i);
            continue;
        }
        thread->seen = FALSE;
        if (thread->namings++ < NAMINGS)
            read_comm(process, thread);
        samples_row(observer->samples, "sample,%" G_GINT64_FORMAT ",%s,%d,%s,%llu,%llu", now_ns,
                    process->name, thread->tid, thread->comm, run_ns, wait_ns);
    }
}

/* Busy is what is not idle: idle time is the one that the kernel counts exactly,
 * the rest it guesses from what runs at each tick. */
static void sample_machine(CpuObserver *observer, gint64 now_ns)
{
    /* user nice system idle iowait irq softirq steal: proc(5) */
    unsigned long long ticks[8] = {0};
    const gint64 tick_ns = G_GINT64_CONSTANT(1000000000) / sysconf(_SC_CLK_TCK);
    const gint64 all_ns = now_ns * sysconf(_SC_NPROCESSORS_ONLN);
    char buffer[256];

    if (observer->stat < 0 || !read_file(observer->stat, buffer, sizeof buffer) ||
        sscanf(buffer, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &ticks[0], &ticks[1],
               &ticks[2], &ticks[3], &ticks[4], &ticks[5], &ticks[6], &ticks[7]) != 8)
        return;
    samples_row(observer->samples,
                "machine,%" G_GINT64_FORMAT ",,,,%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT, now_ns,
                all_ns - (gint64)(ticks[3] + ticks[4]) * tick_ns, (gint64)ticks[7] * tick_ns);
}

static void sample(CpuObserver *observer, gint64 now_ns)
{
    sample_machine(observer, now_ns);
    for (guint i = 0; i < observer->processes->len; i++)
        sample_process(observer, g_ptr_array_index(observer->processes, i), now_ns);
}

static gboolean on_timer(gpointer data)
{
    sample(data, samples_now_ns());
    return G_SOURCE_CONTINUE;
}

CpuObserver *cpu_observer_create(const char *file, GError **error)
{
    Samples *samples = samples_open(file, "event,t_ns,process,tid,comm,run_ns,wait_ns", error);
    if (!samples)
        return NULL;
    CpuObserver *observer = g_new0(CpuObserver, 1);
    observer->samples = samples;
    observer->processes = g_ptr_array_new_with_free_func((GDestroyNotify)process_free);
    observer->stat = open("/proc/stat", O_RDONLY | O_CLOEXEC);
    cpu_observer_add(observer, "vdibench", getpid());
    observer->timer = g_timeout_add(PERIOD_MS, on_timer, observer);
    return observer;
}

gboolean cpu_observer_destroy(CpuObserver *observer)
{
    if (!observer)
        return TRUE;
    g_source_remove(observer->timer);
    g_ptr_array_unref(observer->processes);
    if (observer->stat >= 0)
        close(observer->stat);
    gboolean ok = samples_close(observer->samples);
    g_free(observer);
    return ok;
}

void cpu_observer_add(CpuObserver *observer, const char *name, pid_t pid)
{
    if (!observer)
        return;
    Process *process = g_new0(Process, 1);
    process->name = g_strdup(name);
    process->pid = pid;
    process->threads = g_ptr_array_new_with_free_func((GDestroyNotify)thread_free);
    g_ptr_array_add(observer->processes, process);
}

static gint64 timeval_ns(struct timeval time)
{
    return time.tv_sec * G_GINT64_CONSTANT(1000000000) + time.tv_usec * G_GINT64_CONSTANT(1000);
}

void cpu_observer_remove(CpuObserver *observer, pid_t pid, const struct rusage *usage)
{
    for (guint i = 0; observer && i < observer->processes->len; i++) {
        Process *process = g_ptr_array_index(observer->processes, i);
        if (process->pid != pid)
            continue;
        samples_row(observer->samples, "total,%" G_GINT64_FORMAT ",%s,%d,,%" G_GINT64_FORMAT ",",
                    samples_now_ns(), process->name, pid,
                    timeval_ns(usage->ru_utime) + timeval_ns(usage->ru_stime));
        g_ptr_array_remove_index(observer->processes, i);
        return;
    }
}

void cpu_observer_mark(CpuObserver *observer, gboolean begin)
{
    if (!observer)
        return;
    gint64 now_ns = samples_now_ns();
    samples_row(observer->samples, "%s,%" G_GINT64_FORMAT ",vdibench,,,,", begin ? "begin" : "end",
                now_ns);
    sample(observer, now_ns);
}
