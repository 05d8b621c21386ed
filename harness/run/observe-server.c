/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/observe-server.h"

#include "harness/instrument/samples.h"

#include <inttypes.h>
#include <string.h>

#define PERIOD_S 10
/* The threads that are the guest, not the server: vm-sim's, and QEMU's processors. */
#define GUEST_COMM "vgpu-draw"
#define PROCESSOR_COMM "CPU "

struct server_observer {
    pid_t pid;
    struct samples *samples;
    unsigned timer;
};

/* The number behind `key` in a small file of /proc; -1 when it is not there. */
static int64_t number_in(const char *text, const char *key)
{
    const char *at = strstr(text, key);
    return at ? g_ascii_strtoll(at + strlen(key), NULL, 10) : -1;
}

static int64_t read_private_dirty_kib(pid_t pid)
{
    g_autofree char *file = g_strdup_printf("/proc/%d/smaps_rollup", (int)pid);
    g_autofree char *text = NULL;
    return g_file_get_contents(file, &text, NULL, NULL) ? number_in(text, "\nPrivate_Dirty:") : -1;
}

static int64_t read_wakeups(pid_t pid)
{
    g_autofree char *folder = g_strdup_printf("/proc/%d/task", (int)pid);
    g_autoptr(GDir) threads = g_dir_open(folder, 0, NULL);
    const char *tid;
    int64_t wakeups = 0;

    while (threads && (tid = g_dir_read_name(threads))) {
        g_autofree char *file = g_build_filename(folder, tid, "status", NULL);
        g_autofree char *text = NULL;
        if (g_file_get_contents(file, &text, NULL, NULL) &&
            !g_str_has_prefix(text, "Name:\t" GUEST_COMM "\n") &&
            !g_str_has_prefix(text, "Name:\t" PROCESSOR_COMM))
            wakeups += MAX(number_in(text, "\nvoluntary_ctxt_switches:"), 0);
    }
    return wakeups;
}

void server_observer_mark(struct server_observer *observer, const char *event)
{
    const int64_t private_dirty_kib = read_private_dirty_kib(observer->pid);

    if (private_dirty_kib >= 0) /* else it has ended */
        samples_row(observer->samples, "%s,%" PRId64 ",%" PRId64 ",%" PRId64, event,
                    samples_now_ns(), private_dirty_kib, read_wakeups(observer->pid));
}

static gboolean on_timer(void *data)
{
    server_observer_mark(data, "sample");
    return G_SOURCE_CONTINUE;
}

struct server_observer *server_observer_create(pid_t pid, const char *file, GError **error)
{
    struct samples *samples = samples_open(file, "event,t_ns,private_dirty_kib,wakeups", error);
    if (!samples)
        return NULL;
    struct server_observer *observer = g_new0(struct server_observer, 1);
    observer->pid = pid;
    observer->samples = samples;
    observer->timer = g_timeout_add_seconds(PERIOD_S, on_timer, observer);
    return observer;
}

bool server_observer_destroy(struct server_observer *observer)
{
    if (!observer)
        return true;
    g_source_remove(observer->timer);
    bool ok = samples_close(observer->samples);
    g_free(observer);
    return ok;
}
