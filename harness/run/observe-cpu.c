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

guint cpu_window_count(const Rows *cpu)
{
    guint n = 0;
    for (guint i = 0; i < rows_count(cpu); i++)
        n += rows_is(cpu, i, "end");
    return n;
}

void cpu_window(const Rows *cpu, guint index, gint64 *ret_begin_ns, gint64 *ret_end_ns)
{
    guint n = 0;
    *ret_begin_ns = *ret_end_ns = 0;
    for (guint i = 0; i < rows_count(cpu); i++) {
        if (rows_is(cpu, i, "begin"))
            *ret_begin_ns = rows_time_ns(cpu, i);
        else if (rows_is(cpu, i, "end") && n++ == index) {
            *ret_end_ns = rows_time_ns(cpu, i);
            return;
        }
    }
}

typedef struct {
    CpuUse begin, last; /* at the window's begin, and at its latest sample */
} Span;

static CpuUse use_in_window(const Rows *cpu, const char *process, const char *comm,
                            gint64 begin_ns, gint64 end_ns)
{
    g_autoptr(GHashTable) spans = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    CpuUse use = {0, 0};

    for (guint i = 0; i < rows_count(cpu); i++) {
        gint64 time_ns = rows_time_ns(cpu, i);
        if (!rows_is(cpu, i, "sample") || time_ns < begin_ns || time_ns > end_ns ||
            !g_str_equal(rows_text(cpu, i, "process"), process) ||
            (comm && !g_str_equal(rows_text(cpu, i, "comm"), comm)))
            continue;
        const char *tid = rows_text(cpu, i, "tid");
        CpuUse now = {(double)rows_number(cpu, i, "run_ns", 0),
                      (double)rows_number(cpu, i, "wait_ns", 0)};
        Span *span = g_hash_table_lookup(spans, tid);
        if (!span) {
            span = g_new0(Span, 1); /* a thread that began inside the window began at 0 */
            if (time_ns == begin_ns)
                span->begin = now;
            g_hash_table_insert(spans, (gpointer)tid, span);
        }
        span->last = now;
    }

    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, spans);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Span *span = value;
        use.run_ns += span->last.run_ns - span->begin.run_ns;
        use.wait_ns += span->last.wait_ns - span->begin.wait_ns;
    }
    return use;
}

CpuUse cpu_use(const Rows *cpu, const char *process, const char *comm)
{
    CpuUse all = {0, 0};
    for (guint i = 0; i < cpu_window_count(cpu); i++) {
        gint64 begin_ns, end_ns;
        cpu_window(cpu, i, &begin_ns, &end_ns);
        CpuUse use = use_in_window(cpu, process, comm, begin_ns, end_ns);
        all.run_ns += use.run_ns;
        all.wait_ns += use.wait_ns;
    }
    return all;
}

static double busy_in_window_ns(const Rows *cpu, gint64 begin_ns, gint64 end_ns)
{
    double begin = NAN, last = NAN;
    for (guint i = 0; i < rows_count(cpu); i++) {
        gint64 time_ns = rows_time_ns(cpu, i);
        if (!rows_is(cpu, i, "machine") || time_ns < begin_ns || time_ns > end_ns)
            continue;
        last = (double)rows_number(cpu, i, "run_ns", 0);
        if (time_ns == begin_ns)
            begin = last;
    }
    return last - begin;
}

double cpu_machine_busy_ns(const Rows *cpu)
{
    double all = 0;
    for (guint i = 0; i < cpu_window_count(cpu); i++) {
        gint64 begin_ns, end_ns;
        cpu_window(cpu, i, &begin_ns, &end_ns);
        all += busy_in_window_ns(cpu, begin_ns, end_ns);
    }
    return all;
}
