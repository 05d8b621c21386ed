/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/observe-module.h"

#include "gpu-module/counters-map.h"
#include "harness/instrument/samples.h"

#include <inttypes.h>

#define PERIOD_MS 100
/* What waits so long for a client is taken as it is: the ring moves on. */
#define BEHIND_MAX (COUNTERS_RING_FRAMES / 2)

struct module_observer {
    pid_t pid;
    const struct gpu_counters *counters; /* NULL: not there yet */
    struct samples *samples;
    uint64_t next; /* sequence number */
    unsigned timer;
};

static void take(struct module_observer *observer, bool all)
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

static gboolean on_timer(void *data)
{
    take(data, false);
    return G_SOURCE_CONTINUE;
}

struct module_observer *module_observer_create(pid_t pid, const char *file, GError **error)
{
    struct samples *samples = samples_open(file, FRAME_RECORD_CSV_HEADER, error);
    if (!samples)
        return NULL;
    struct module_observer *observer = g_new0(struct module_observer, 1);
    observer->pid = pid;
    observer->samples = samples;
    observer->next = 1;
    observer->timer = g_timeout_add(PERIOD_MS, on_timer, observer);
    return observer;
}

bool module_observer_destroy(struct module_observer *observer)
{
    if (!observer)
        return true;
    g_source_remove(observer->timer);
    take(observer, true);
    if (observer->counters)
        samples_row(observer->samples, "buffers,%" PRId64 ",,,,%" PRIu64 ",,,,,,", samples_now_ns(),
                    counter_get(&observer->counters->main.buffer_bytes_max));
    counters_unmap(observer->counters);
    bool ok = samples_close(observer->samples);
    g_free(observer);
    return ok;
}
