/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/doctor/probe.h"
#include "harness/evaluate/quality.h"
#include "harness/run/environment.h"

#include <string.h>
#include <unistd.h>

/* Server, client and agent each have one, and another one is left for the rest. */
#define PROCESSORS_MIN 4
/* Of one core: what a hypervisor withholds makes every time later and none shorter. */
#define STEAL_MAX_PCT 2.0
/* A film in memory: FILM_MAX_BYTES of the simulated VM is for the longest; those of the
 * recordings that come along need less. */
#define MEMORY_MIN_MIB 2048

#define CPU_FOLDER "sys/devices/system/cpu/"

static void look_at_count(const struct machine *machine, struct finding *ret_finding)
{
    g_autofree char *model = environment_cpu_model(machine->root);
    long count = sysconf(_SC_NPROCESSORS_ONLN);

    if (count < PROCESSORS_MIN)
        finding_set(ret_finding, PROBE_LIMITED, NULL,
                    "%ld x %s: server, client and agent make each other wait; take a machine with "
                    "%d",
                    count, model ? model : "unknown model", PROCESSORS_MIN);
    else
        finding_set(ret_finding, PROBE_OK, NULL, "%ld x %s", count,
                    model ? model : "unknown model");
}

static void look_at_governor(const struct machine *machine, struct finding *ret_finding)
{
    g_autofree char *governor = machine_text(machine, CPU_FOLDER "cpu0/cpufreq/scaling_governor");

    if (g_strcmp0(governor, "performance") == 0)
        finding_set(ret_finding, PROBE_OK, NULL, "%s", governor);
    else if (governor)
        finding_set(ret_finding, PROBE_LIMITED,
                    "echo performance | tee /" CPU_FOLDER "cpu*/cpufreq/scaling_governor",
                    "%s: the clock follows the load, so an idle route looks slower", governor);
    else
        finding_set(ret_finding, PROBE_LIMITED, NULL,
                    "not to be seen from here: the host of a VM has it");
}

/* A setting of which `bad` makes measurements less steady. */
static void look_at_switch(const struct machine *machine, const char *file, const char *bad,
                           const char *mend, const char *why, struct finding *ret_finding)
{
    g_autofree char *value = machine_text(machine, file);

    if (!value)
        finding_set(ret_finding, PROBE_LIMITED, NULL,
                    "not to be seen from here: the host of a VM has it");
    else if (g_str_equal(value, bad))
        finding_set(ret_finding, PROBE_LIMITED, mend, "on: %s", why);
    else
        finding_set(ret_finding, PROBE_OK, NULL, "off");
}

static void look_at_smt(const struct machine *machine, struct finding *ret_finding)
{
    look_at_switch(machine, CPU_FOLDER "smt/active", "1", "echo off > /" CPU_FOLDER "smt/control",
                   "two threads of one core slow each other down", ret_finding);
}

static void look_at_turbo(const struct machine *machine, struct finding *ret_finding)
{
    static const char why[] = "the clock depends on how warm the processor is";
    g_autofree char *intel = machine_text(machine, CPU_FOLDER "intel_pstate/no_turbo");

    if (intel)
        look_at_switch(machine, CPU_FOLDER "intel_pstate/no_turbo", "0",
                       "echo 1 > /" CPU_FOLDER "intel_pstate/no_turbo", why, ret_finding);
    else
        look_at_switch(machine, CPU_FOLDER "cpufreq/boost", "1",
                       "echo 0 > /" CPU_FOLDER "cpufreq/boost", why, ret_finding);
}

struct usage {
    double busy, steal, all; /* ticks of all processors together */
};

/* The first line of /proc/stat: user nice system idle iowait irq softirq steal ... */
static bool read_usage(const struct machine *machine, struct usage *ret_usage)
{
    enum { IDLE = 3, IOWAIT, STEAL = 7, COLUMNS };
    g_autofree char *text = machine_text(machine, "proc/stat");

    *ret_usage = (struct usage){0};
    if (!text || !g_str_has_prefix(text, "cpu "))
        return false;
    char *at = text + strlen("cpu ");
    for (unsigned column = 0; column < COLUMNS; column++) {
        double ticks = (double)g_ascii_strtoull(at, &at, 10);
        ret_usage->all += ticks;
        ret_usage->steal += column == STEAL ? ticks : 0;
        ret_usage->busy += column == IDLE || column == IOWAIT || column == STEAL ? 0 : ticks;
    }
    return true;
}

/* Over the machine's sampling time, in percent of one core. */
static bool watch(const struct machine *machine, struct usage *ret_pct)
{
    struct usage before, after;
    double cores = (double)sysconf(_SC_NPROCESSORS_ONLN);

    if (!read_usage(machine, &before))
        return false;
    g_usleep(machine->sample_ms * 1000ul);
    if (!read_usage(machine, &after))
        return false;
    double all = MAX(after.all - before.all, 1);
    ret_pct->busy = (after.busy - before.busy) / all * 100 * cores;
    ret_pct->steal = (after.steal - before.steal) / all * 100 * cores;
    return true;
}

static void look_at_load(const struct machine *machine, struct finding *ret_finding)
{
    struct usage pct;

    if (!watch(machine, &pct))
        finding_set(ret_finding, PROBE_MISSING, "mount -t proc proc /proc",
                    "/proc/stat cannot be read");
    else if (pct.steal > STEAL_MAX_PCT)
        finding_set(ret_finding, PROBE_LIMITED, NULL,
                    "a hypervisor withholds %.0f %% of one core: take a machine of your own",
                    pct.steal);
    else if (pct.busy > QUALITY_FOREIGN_CPU_MAX_PCT)
        finding_set(ret_finding, PROBE_LIMITED, "top -o %CPU",
                    "%.0f %% of one core is in use: above %d %% a repeat is unfit", pct.busy,
                    QUALITY_FOREIGN_CPU_MAX_PCT);
    else
        finding_set(ret_finding, PROBE_OK, NULL, "%.0f %% of one core in use, %.0f %% withheld",
                    pct.busy, pct.steal);
}

static void look_at_memory(const struct machine *machine, struct finding *ret_finding)
{
    g_autofree char *text = machine_text(machine, "proc/meminfo");
    const char *line = text ? strstr(text, "MemAvailable:") : NULL;
    unsigned long mib =
        line ? g_ascii_strtoull(line + strlen("MemAvailable:"), NULL, 10) / 1024 : 0;

    if (mib >= MEMORY_MIN_MIB)
        finding_set(ret_finding, PROBE_OK, NULL, "%lu MiB available", mib);
    else
        finding_set(ret_finding, PROBE_LIMITED, NULL,
                    "%lu MiB available: a vGPU that draws a long recording needs up to %d", mib,
                    MEMORY_MIN_MIB);
}

const struct probe probes_processors[] = {
    {"processors", false, look_at_count},
    {"governor", false, look_at_governor},
    {"SMT", false, look_at_smt},
    {"turbo", false, look_at_turbo},
    {"load now", false, look_at_load},
    {"memory", false, look_at_memory},
    {NULL, false, NULL},
};
