#include "harness/evaluate/cpu-use.h"

#include <math.h>

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
