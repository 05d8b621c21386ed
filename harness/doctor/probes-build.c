/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/doctor/probe.h"
#include "harness/plan/workload.h"
#include "harness/run/environment.h"

#include <string.h>
#include <sys/statvfs.h>

#define BUILD "make programs"
/* The set `paper` writes 40 MiB, and a set with all routes and links ten times as much. */
#define DISK_MIN_MIB 500

static void look_at_programs(const struct machine *machine, struct finding *ret_finding)
{
    static const char *const programs[] = {"vm-sim", "sim-agent",    "client",
                                           "relay",  "relay-client", "websocket-bridge"};
    for (unsigned i = 0; i < G_N_ELEMENTS(programs); i++) {
        g_autofree char *file = g_build_filename(machine->programs, programs[i], NULL);
        if (!g_file_test(file, G_FILE_TEST_IS_EXECUTABLE)) {
            finding_set(ret_finding, PROBE_MISSING, BUILD, "%s is not built", file);
            return;
        }
    }
    finding_set(ret_finding, PROBE_OK, NULL, "%s", machine->programs);
}

static void look_at_library(const struct machine *machine, struct finding *ret_finding)
{
    g_autofree char *file =
        g_build_filename(machine->programs, "spice-server/lib/libspice-server.so.1", NULL);
    g_autofree char *version_file =
        g_build_filename(machine->programs, "spice-server/lib/built-from", NULL);
    g_autofree char *system = environment_package_version("libspice-server1");
    g_autofree char *ours = NULL;

    if (g_file_get_contents(version_file, &ours, NULL, NULL))
        g_strstrip(ours);
    if (!g_file_test(file, G_FILE_TEST_EXISTS))
        finding_set(ret_finding, PROBE_MISSING, "make spice-server",
                    "our SPICE server is not built: %s", file);
    else if (ours && system && !g_str_has_prefix(system, ours))
        finding_set(ret_finding, PROBE_LIMITED, "make spice-server",
                    "ours is built from %s, the system's is %s: two versions are compared", ours,
                    system);
    else if (!system)
        finding_set(ret_finding, PROBE_LIMITED, "apt-get install libspice-server1",
                    "the version of the system's libspice-server is not known");
    else
        finding_set(ret_finding, PROBE_OK, NULL, "ours beside the system's %s", system);
}

static void look_at_recordings(const struct machine *machine, struct finding *ret_finding)
{
    g_auto(GStrv) names = workload_names(machine->programs, machine->top);
    unsigned count = g_strv_length(names);

    if (count > 0)
        finding_set(ret_finding, PROBE_OK, NULL, "%u", count);
    else
        finding_set(ret_finding, PROBE_MISSING, BUILD, "there are none in %s/recordings",
                    machine->programs);
}

static void look_at_plots(const struct machine *machine, struct finding *ret_finding)
{
    look_for_program(ret_finding, PROBE_MISSING, "gnuplot", "gnuplot-nox",
                     "a report has its figures from it");
}

static void look_at_disk(const struct machine *machine, struct finding *ret_finding)
{
    g_autofree char *folder = g_strdup(machine->results);
    struct statvfs disk;

    while (statvfs(folder, &disk) < 0 && strlen(folder) > 1) { /* it may be made later */
        char *parent = g_path_get_dirname(folder);
        g_free(folder);
        folder = parent;
    }
    double mib = (double)disk.f_bavail * (double)disk.f_frsize / (1 << 20);
    if (mib < DISK_MIN_MIB)
        finding_set(ret_finding, PROBE_LIMITED, NULL,
                    "%.0f MiB left in %s: a large set needs up to %d: give another folder to "
                    "--output",
                    mib, folder, DISK_MIN_MIB);
    else
        finding_set(ret_finding, PROBE_OK, NULL, "%.0f MiB left in %s", mib, folder);
}

const struct probe probes_build[] = {
    {"programs", true, look_at_programs},      {"libspice-server", true, look_at_library},
    {"recordings", true, look_at_recordings},  {"gnuplot", true, look_at_plots},
    {"room for results", false, look_at_disk}, {NULL, false, NULL},
};
