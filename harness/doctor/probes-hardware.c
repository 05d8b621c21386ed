/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/doctor/probe.h"
#include "harness/run/pgpu.h"
#include "harness/run/program-output.h"

#include <string.h>
#include <unistd.h>

#define QEMU "qemu-system-x86_64"

static void look_at_pgpu(const struct machine *machine, struct finding *ret_finding)
{
    g_autofree char *devices = g_build_filename(machine->root, PGPU_PCI_DEVICES, NULL);
    auto_destroy(pgpu) pgpu = pgpu_find(devices);
    g_autofree char *text = pgpu ? pgpu_text(pgpu) : NULL;

    if (pgpu)
        finding_set(ret_finding, PROBE_OK, NULL, "%s", text);
    else
        finding_set(ret_finding, PROBE_LIMITED, NULL,
                    "no display controller of AMD: 3D and a real pGPU are not measured");
}

static void look_at_qemu(const struct machine *machine, struct finding *ret_finding)
{
    g_autofree char *program = g_find_program_in_path(QEMU);
    /* It lists QXL only if it has its SPICE modules. */
    g_autofree char *devices =
        program_output(NULL, (const char *[]){QEMU, "-M", "none", "-device", "help", NULL});

    if (devices && strstr(devices, "\"qxl-vga\""))
        finding_set(ret_finding, PROBE_OK, NULL, "%s with SPICE", program);
    else
        finding_set(ret_finding, PROBE_LIMITED, "apt-get install qemu-system-x86",
                    program ? "%s has no modules for SPICE: no real VM"
                            : "%s is not installed: no real VM",
                    QEMU);
}

static void look_at_kvm(const struct machine *machine, struct finding *ret_finding)
{
    g_autofree char *device = g_build_filename(machine->root, "dev/kvm", NULL);

    if (access(device, R_OK | W_OK) == 0)
        finding_set(ret_finding, PROBE_OK, NULL, "%s", device);
    else if (access(device, F_OK) == 0)
        finding_set(ret_finding, PROBE_LIMITED, "adduser $USER kvm", "%s cannot be opened", device);
    else
        finding_set(ret_finding, PROBE_LIMITED, "modprobe kvm_intel || modprobe kvm_amd",
                    "%s is not there: no real VM at full speed", device);
}

const struct probe probes_hardware[] = {
    {"pGPU", false, look_at_pgpu},
    {"QEMU", false, look_at_qemu},
    {"KVM", false, look_at_kvm},
    {NULL, false, NULL},
};
