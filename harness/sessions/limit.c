/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/sessions/limit.h"

#include "harness/statistics/stats.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static double others_pct(const struct load *load)
{
    double others = load->busy_pct;
    for (unsigned p = 0; p < PART_COUNT; p++)
        others -= load->part_pct[p];
    return fmax(others, 0); /* two clocks of the kernel's differ by some ticks */
}

double limit_foreign_pct(const struct load *load, unsigned processors)
{
    return others_pct(load) * processors;
}

static void add_parts(GString *text, const struct load *load)
{
    static const char *const names[PART_COUNT] = {"server", "client", "agent", "drawing guest",
                                                  "harness"};

    for (unsigned p = 0; p < PART_COUNT; p++)
        g_string_append_printf(text, "%s %.0f %%, ", names[p], load->part_pct[p]);
    g_string_append_printf(text, "all others %.0f %%", others_pct(load));
}

char *limit_of_load(const struct load *load, const struct punctuality *sum, double within_ms)
{
    GString *text = g_string_new(NULL);
    unsigned missing = sum->slots - sum->in_time - sum->late;
    double all = MAX(sum->slots, 1);

    if (load->busy_pct >= LIMIT_BUSY_PCT)
        g_string_append_printf(text, "cpu: the processors were %.0f %% busy", load->busy_pct);
    else if (missing > sum->late)
        g_string_append_printf(text,
                               "frames: %.1f %% never arrived; the processors were %.0f %% "
                               "busy",
                               100 * missing / all, load->busy_pct);
    else
        g_string_append_printf(
            text,
            "latency: %.1f %% arrived later than %.1f ms, p50 %.1f ms; the "
            "processors were %.0f %% busy",
            100 * sum->late / all, within_ms,
            sum->delays_ms ? stats_median((const double *)sum->delays_ms->data, sum->delays_ms->len)
                           : NAN,
            load->busy_pct);
    g_string_append(text, " (");
    add_parts(text, load);
    g_string_append_c(text, ')');
    return g_string_free(text, false);
}

/* The number that the file begins with; -1 if there is none. */
static long number_in(const char *file)
{
    g_autofree char *text = NULL;
    return g_file_get_contents(file, &text, NULL, NULL) ? strtol(text, NULL, 10) : -1;
}

static unsigned count_open_files(void)
{
    g_autoptr(GDir) dir = g_dir_open("/proc/self/fd", 0, NULL);
    unsigned n = 0;
    while (dir && g_dir_read_name(dir))
        n++;
    return n;
}

char *limit_of_start(const char *why)
{
    struct rlimit files;
    unsigned open_files = count_open_files();
    long terminals = number_in("/proc/sys/kernel/pty/nr");
    long terminals_max = number_in("/proc/sys/kernel/pty/max");

    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && open_files + LIMIT_FILES > files.rlim_cur)
        return g_strdup_printf("files: vdibench has %u open, and may have %llu: %s", open_files,
                               (unsigned long long)files.rlim_cur, why);
    if (terminals >= 0 && terminals_max >= 0 && terminals + 1 >= terminals_max)
        return g_strdup_printf("terminals: %ld of %ld pseudo-terminals are in use: %s", terminals,
                               terminals_max, why);
    return g_strconcat("start: ", why, NULL);
}

char *limit_of_memory(void)
{
    g_autofree char *text = NULL;
    const char *line = g_file_get_contents("/proc/meminfo", &text, NULL, NULL)
                           ? strstr(text, "MemAvailable:")
                           : NULL;
    long available_mib = line ? strtol(line + strlen("MemAvailable:"), NULL, 10) / 1024 : LONG_MAX;

    return available_mib >= LIMIT_MEMORY_MIB
               ? NULL
               : g_strdup_printf(
                     "memory: %ld MiB are available, and less than %d are not enough for "
                     "one session more",
                     available_mib, LIMIT_MEMORY_MIB);
}
