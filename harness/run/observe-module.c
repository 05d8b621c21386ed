#include "harness/run/observe-module.h"

#include "gpu-module/counters-map.h"
#include "harness/instrument/samples.h"

#define PERIOD_MS 100
/* What waits so long for a client is taken as it is: the ring moves on. */
#define BEHIND_MAX (COUNTERS_RING_FRAMES / 2)

struct ModuleObserver {
    pid_t pid;
    const struct gpu_counters *counters; /* NULL: not there yet */
    Samples *samples;
    uint64_t next; /* sequence number */
    guint timer;
};

static void take(ModuleObserver *observer, gboolean all)
{
    char error[256];

    if (!observer->counters)
        observer->counters = counters_map(observer->pid, error, sizeof error);
    if (!observer->counters)
        return;
    for (const uint64_t last = counters_last(observer->counters); observer->next <= last;
         observer->next++) {
        struct frame_record record;
        char row[FRAME_RECORD_CSV_BYTES];

        if (!counters_read(observer->counters, observer->next, &record))
            continue; /* overwritten: its number is missing among the rows */
        if (!frame_record_settled(&record) && !all && last - observer->next < BEHIND_MAX)
            return;
        frame_record_csv(&record, row);
        samples_row(observer->samples, "%s", row);
    }
}

static gboolean on_timer(gpointer data)
{
    take(data, FALSE);
    return G_SOURCE_CONTINUE;
}

ModuleObserver *module_observer_create(pid_t pid, const char *file, GError **error)
{
    Samples *samples = samples_open(file, FRAME_RECORD_CSV_HEADER, error);
    if (!samples)
        return NULL;
    ModuleObserver *observer = g_new0(ModuleObserver, 1);
    observer->pid = pid;
    observer->samples = samples;
    observer->next = 1;
    observer->timer = g_timeout_add(PERIOD_MS, on_timer, observer);
    return observer;
}

gboolean module_observer_destroy(ModuleObserver *observer)
{
    if (!observer)
        return TRUE;
    g_source_remove(observer->timer);
    take(observer, TRUE);
    if (observer->counters)
        samples_row(observer->samples, "buffers,%" G_GINT64_FORMAT ",,,,%" G_GUINT64_FORMAT ",,,,,,",
                    samples_now_ns(), counter_get(&observer->counters->main.buffer_bytes_max));
    counters_unmap(observer->counters);
    gboolean ok = samples_close(observer->samples);
    g_free(observer);
    return ok;
}
