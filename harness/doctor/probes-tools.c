/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/doctor/probe.h"

static void look_at_slurm(const struct machine *machine, struct finding *ret_finding)
{
    look_for_program(ret_finding, PROBE_LIMITED, "sbatch", "slurm-client", "no run on many hosts");
}

static void look_at_jq(const struct machine *machine, struct finding *ret_finding)
{
    look_for_program(ret_finding, PROBE_LIMITED, "jq", "jq",
                     "the examples that read result.json need it");
}

/* Debian has no package of it. */
static void look_at_benchstat(const struct machine *machine, struct finding *ret_finding)
{
    g_autofree char *program = g_find_program_in_path("benchstat");

    if (program)
        finding_set(ret_finding, PROBE_OK, NULL, "%s", program);
    else
        finding_set(ret_finding, PROBE_LIMITED, "go install golang.org/x/perf/cmd/benchstat@latest",
                    "benchstat is not installed: no second opinion on a comparison");
}

const struct probe probes_tools[] = {
    {"Slurm", false, look_at_slurm},
    {"jq", false, look_at_jq},
    {"benchstat", false, look_at_benchstat},
    {NULL, false, NULL},
};
