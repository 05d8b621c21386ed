/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/doctor/probe.h"
#include "harness/run/program-output.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/* A timer that is coarser than this is late by as much as is measured. */
#define TIMER_RESOLUTION_MAX_NS 1000
/* What the kernel gives to a process that demands nothing. */
#define TIMER_SLACK_DEFAULT_NS 50000
/* With more, only root may read what another process's threads do. */
#define PERF_PARANOID_MAX 1

/* As the transports do it: the guest's port is a pty. */
static void look_at_pty(const struct machine *machine, struct finding *ret_finding)
{
    g_autofree char *file = g_build_filename(machine->root, "dev/ptmx", NULL);
    int fd = open(file, O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0)
        finding_set(ret_finding, PROBE_OK, NULL, "%s", ptsname(fd));
    else
        finding_set(ret_finding, PROBE_MISSING, "mount -t devpts devpts /dev/pts",
                    "%s gives no pty: the port of the simulated VM", file);
    if (fd >= 0)
        close(fd);
}

static void look_at_schedstat(const struct machine *machine, struct finding *ret_finding)
{
    g_autofree char *text = machine_text(machine, "proc/self/schedstat");

    if (text && strchr(text, ' '))
        finding_set(ret_finding, PROBE_OK, NULL, "the time that each thread runs and waits");
    else
        finding_set(ret_finding, PROBE_MISSING, NULL,
                    "/proc/self/schedstat cannot be read: boot a kernel with CONFIG_SCHED_INFO");
}

static bool runs_in_namespace(const char *const *command)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_ptr_array_add(argv, (void *)"unshare");
    g_ptr_array_add(argv, (void *)"--net");
    for (; *command; command++)
        g_ptr_array_add(argv, (void *)*command);
    g_ptr_array_add(argv, NULL);
    g_autofree char *output = program_output(NULL, (const char *const *)argv->pdata);
    return output != NULL;
}

static void look_at_namespaces(const struct machine *machine, struct finding *ret_finding)
{
    if (runs_in_namespace((const char *[]){"true", NULL}))
        finding_set(ret_finding, PROBE_OK, NULL, "network namespaces can be made");
    else
        finding_set(ret_finding, PROBE_LIMITED, "sudo build/vdibench run ...",
                    "no network namespace can be made: no limited link");
}

/* `module` is the kernel's that has it. */
static void look_for_in_kernel(struct finding *finding, const char *const *command,
                               const char *module, const char *serves)
{
    static const char *const nothing[] = {"true", NULL};
    g_autofree char *program = g_find_program_in_path(command[0]);
    g_autofree char *load = g_strconcat("modprobe ", module, NULL);

    if (!program)
        finding_set(finding, PROBE_LIMITED, "apt-get install iproute2",
                    "%s is not installed: no limited link", command[0]);
    else if (runs_in_namespace(command))
        finding_set(finding, PROBE_OK, NULL, "%s", serves);
    else if (!runs_in_namespace(nothing))
        finding_set(finding, PROBE_LIMITED, "sudo build/vdibench doctor",
                    "only root can find out: %s", serves);
    else
        finding_set(finding, PROBE_LIMITED, load, "the kernel does not have it: %s cannot be made",
                    serves);
}

static void look_at_veth(const struct machine *machine, struct finding *ret_finding)
{
    look_for_in_kernel(ret_finding,
                       (const char *[]){"ip", "link", "add", "probe0", "type", "veth", "peer",
                                        "name", "probe1", NULL},
                       "veth", "a link between two namespaces");
}

static void look_at_tbf(const struct machine *machine, struct finding *ret_finding)
{
    look_for_in_kernel(ret_finding,
                       (const char *[]){"tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate",
                                        "1mbit", "burst", "5kb", "limit", "10kb", NULL},
                       "sch_tbf", "a link of a limited rate");
}

static void look_at_netem(const struct machine *machine, struct finding *ret_finding)
{
    look_for_in_kernel(
        ret_finding,
        (const char *[]){"tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms", NULL},
        "sch_netem", "a link with delay and loss");
}

static void look_at_wirefilter(const struct machine *machine, struct finding *ret_finding)
{
    look_for_program(ret_finding, PROBE_LIMITED, "wirefilter", "vde2",
                     "no link with delay and loss where the kernel has no netem");
}

static void look_at_clock(const struct machine *machine, struct finding *ret_finding)
{
#define CLOCK_SOURCE "sys/devices/system/clocksource/clocksource0/current_clocksource"
    g_autofree char *source = machine_text(machine, CLOCK_SOURCE);
    /* These are read without a system call. */
    bool quick = g_strcmp0(source, "tsc") == 0 || g_strcmp0(source, "kvm-clock") == 0 ||
                 g_strcmp0(source, "arch_sys_counter") == 0 ||
                 g_strcmp0(source, "hyperv_clocksource_tsc_page") == 0;

    if (quick)
        finding_set(ret_finding, PROBE_OK, NULL, "%s", source);
    else if (source)
        finding_set(ret_finding, PROBE_LIMITED, "echo tsc > /" CLOCK_SOURCE,
                    "%s: each reading costs a system call or more", source);
    else
        finding_set(ret_finding, PROBE_LIMITED, NULL, "the kernel does not report it");
}

static void look_at_timers(const struct machine *machine, struct finding *ret_finding)
{
    struct timespec resolution = {.tv_sec = 1};
    bool precise = clock_getres(CLOCK_MONOTONIC, &resolution) == 0 && resolution.tv_sec == 0 &&
                   resolution.tv_nsec <= TIMER_RESOLUTION_MAX_NS;
    int slack_ns = prctl(PR_GET_TIMERSLACK);

    if (!precise)
        finding_set(ret_finding, PROBE_LIMITED, NULL,
                    "a resolution of %ld ns: boot without highres=off and nohz=off",
                    resolution.tv_sec ? 1000000000L : resolution.tv_nsec);
    else if (slack_ns > TIMER_SLACK_DEFAULT_NS)
        finding_set(ret_finding, PROBE_LIMITED, NULL,
                    "a slack of %d us: whoever started this process allows the kernel to be late",
                    slack_ns / 1000);
    else
        finding_set(ret_finding, PROBE_OK, NULL, "resolution %ld ns, slack %d us",
                    resolution.tv_nsec, slack_ns / 1000);
}

static void look_at_perf(const struct machine *machine, struct finding *ret_finding)
{
    g_autofree char *level = machine_text(machine, "proc/sys/kernel/perf_event_paranoid");

    if (!level)
        finding_set(ret_finding, PROBE_LIMITED, NULL, "the kernel has no performance counters");
    else if (atoi(level) > PERF_PARANOID_MAX && geteuid() != 0)
        finding_set(ret_finding, PROBE_LIMITED,
                    "sysctl kernel.perf_event_paranoid=" G_STRINGIFY(PERF_PARANOID_MAX),
                    "perf_event_paranoid is %s: no profile of a run", level);
    else
        finding_set(ret_finding, PROBE_OK, NULL, "perf_event_paranoid is %s", level);
}

const struct probe probes_kernel[] = {
    {"pty", true, look_at_pty},
    {"schedstat", true, look_at_schedstat},
    {"namespaces", false, look_at_namespaces},
    {"veth", false, look_at_veth},
    {"tbf", false, look_at_tbf},
    {"netem", false, look_at_netem},
    {"wirefilter", false, look_at_wirefilter},
    {"clock source", false, look_at_clock},
    {"timers", false, look_at_timers},
    {"perf", false, look_at_perf},
    {NULL, false, NULL},
};
