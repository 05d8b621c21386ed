/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * What a host needs to give its graphics card to a VM, and what that VM needs. Everything is read from files below the
 * machine's root. What each point follows is in docs/wx4100.md.
 */
#include "harness/doctor/pci-card.h"
#include "harness/doctor/probe.h"
#include "protocol/port-protocol.h"

#include <stdlib.h>
#include <string.h>

#define VENDOR_AMD 0x1002
#define VFIO "vfio-pci"

/* Linux' number of CAP_IPC_LOCK; whoever has it may lock as much as there is. */
#define CAP_IPC_LOCK_BIT 14
/* No guest with a desktop and a graphics card does with less. */
#define MEMLOCK_MIN_MIB 2048

static void look_at_card(const struct machine *machine, struct finding *ret_finding)
{
    auto_destroy(pci_card) card = machine->gpu ? pci_card_read(machine->root, machine->gpu) : NULL;
    const struct pci_function *gpu = card ? pci_card_main(card, machine->gpu) : NULL;

    if (!machine->gpu)
        finding_set(ret_finding, PROBE_MISSING, "lspci -D -d ::0300",
                    "no display controller of AMD: name another card's PCI address");
    else if (!card)
        finding_set(ret_finding, PROBE_MISSING, "lspci -D -d ::0300", "there is no PCI device %s",
                    machine->gpu);
    else if (!pci_function_is_display(gpu))
        finding_set(ret_finding, PROBE_MISSING, "lspci -D -d ::0300",
                    "%s is no display controller (class %06x)", machine->gpu, gpu->class_code);
    else
        finding_set(ret_finding, PROBE_OK, NULL, "%s, PCI %04x:%04x, %u function%s", machine->gpu,
                    gpu->vendor, gpu->device, card->functions->len,
                    card->functions->len == 1 ? "" : "s");
}

static bool folder_has_entries(const struct machine *machine, const char *folder)
{
    g_autofree char *path = g_build_filename(machine->root, folder, NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);

    return dir && g_dir_read_name(dir);
}

static bool file_has(const struct machine *machine, const char *file, const char *word)
{
    g_autofree char *text = machine_text(machine, file);

    return text && strstr(text, word);
}

static void look_at_iommu(const struct machine *machine, struct finding *ret_finding)
{
    bool intel = file_has(machine, "proc/cpuinfo", "GenuineIntel");
    bool asked =
        !intel || file_has(machine, "proc/cmdline", "intel_iommu=on"); /* AMD's is on by itself */

    if (folder_has_entries(machine, "sys/kernel/iommu_groups"))
        finding_set(ret_finding, PROBE_OK, NULL, "the kernel has IOMMU groups");
    else if (!asked)
        finding_set(
            ret_finding, PROBE_MISSING,
            "sed -i 's/^GRUB_CMDLINE_LINUX=\"/&intel_iommu=on iommu=pt /' /etc/default/grub && "
            "update-grub && reboot",
            "the kernel has no IOMMU group, and was not asked for them");
    else
        finding_set(ret_finding, PROBE_MISSING, "systemctl reboot --firmware-setup",
                    "the kernel has no IOMMU group: switch on %s in the firmware's setup",
                    intel ? "VT-d" : "AMD-Vi (IOMMU)");
}

/* "0000:03:00.1 (snd_hda_intel), ..." of those that `vfio` does not have. */
static char *held_by_others(const GPtrArray *functions, bool without_driver, char **ret_first)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < functions->len; i++) {
        const struct pci_function *one = g_ptr_array_index((GPtrArray *)functions, i);
        if (g_strcmp0(one->driver, VFIO) == 0 || (!one->driver && !without_driver))
            continue;
        if (text->len == 0)
            *ret_first = g_strdup(one->address);
        g_string_append_printf(text, "%s%s (%s)", text->len > 0 ? ", " : "", one->address,
                               one->driver ? one->driver : "no driver");
    }
    return g_string_free(text, text->len == 0);
}

static void look_at_group(const struct machine *machine, struct finding *ret_finding)
{
    auto_destroy(pci_card) card = pci_card_read(machine->root, machine->gpu);
    g_autofree char *first = NULL;
    g_autofree char *held = held_by_others(card->neighbours, false, &first);
    g_autofree char *unbind =
        g_strdup_printf("echo %s > /sys/bus/pci/devices/%s/driver/unbind", first, first);

    if (!card->group)
        finding_set(ret_finding, PROBE_MISSING, NULL, "the card is in no IOMMU group");
    else if (held)
        finding_set(ret_finding, PROBE_MISSING, unbind,
                    "group %s also has %s: if the host needs that, put the card into another slot",
                    card->group, held);
    else
        finding_set(ret_finding, PROBE_OK, NULL, "group %s, the VM may have all of it",
                    card->group);
}

/* Binds all functions at the next boot, before the host's own driver can: a card that this has once set up may not
 * come up in a guest. */
static char *bind_early(const struct pci_card *card)
{
    GString *command = g_string_new("printf 'options " VFIO " ids=");

    for (unsigned i = 0; i < card->functions->len; i++) {
        const struct pci_function *one = g_ptr_array_index(card->functions, i);
        g_string_append_printf(command, "%s%04x:%04x", i > 0 ? "," : "", one->vendor, one->device);
    }
    g_string_append(command, "\\nsoftdep amdgpu pre: " VFIO "\\nsoftdep snd_hda_intel pre: " VFIO
                             "\\n' > /etc/modprobe.d/spice-pgpu.conf && echo " VFIO
                             " >> /etc/initramfs-tools/modules && update-initramfs -u && reboot");
    return g_string_free(command, false);
}

static void look_at_driver(const struct machine *machine, struct finding *ret_finding)
{
    auto_destroy(pci_card) card = pci_card_read(machine->root, machine->gpu);
    g_autofree char *first = NULL, *command = bind_early(card);
    g_autofree char *held = held_by_others(card->functions, true, &first);

    if (held)
        finding_set(ret_finding, PROBE_MISSING, command, "not with " VFIO ": %s", held);
    else
        finding_set(ret_finding, PROBE_OK, NULL, VFIO " has all functions of the card");
}

static void look_at_reset(const struct machine *machine, struct finding *ret_finding)
{
    auto_destroy(pci_card) card = pci_card_read(machine->root, machine->gpu);
    const struct pci_function *gpu = pci_card_main(card, machine->gpu);
    const char *methods = card->reset_methods;
    g_autofree char *command = g_strdup_printf(
        "modprobe vendor-reset && echo device_specific > /sys/bus/pci/devices/%s/reset_method",
        machine->gpu);

    if (methods && (strstr(methods, "device_specific") || strstr(methods, "flr")))
        finding_set(ret_finding, PROBE_OK, NULL, "%s", methods);
    else if (!methods && gpu->vendor != VENDOR_AMD)
        finding_set(ret_finding, PROBE_LIMITED, NULL,
                    "the kernel knows no way to reset it: one start of a VM a boot");
    else if (gpu->vendor != VENDOR_AMD)
        finding_set(ret_finding, PROBE_OK, NULL, "%s", methods);
    else
        finding_set(
            ret_finding, PROBE_LIMITED, command,
            "%s: a card of the family Polaris may not start a second time (module vendor-reset, from source)",
            methods ? methods : "no reset method");
}

/* "Max locked memory   8388608   8388608   bytes": the soft limit in MiB, G_MAXUINT64 if there is none. */
static uint64_t locked_memory_max_mib(const struct machine *machine)
{
    g_autofree char *limits = machine_text(machine, "proc/self/limits");
    g_autofree char *status = machine_text(machine, "proc/self/status");
    const char *capabilities = status ? strstr(status, "CapEff:") : NULL;
    const char *limit = limits ? strstr(limits, "Max locked memory") : NULL;

    if (capabilities &&
        (g_ascii_strtoull(capabilities + strlen("CapEff:\t"), NULL, 16) >> CAP_IPC_LOCK_BIT & 1))
        return G_MAXUINT64;
    if (!limit)
        return 0;
    limit += strlen("Max locked memory");
    limit += strspn(limit, " ");
    return g_str_has_prefix(limit, "unlimited") ? G_MAXUINT64
                                                : g_ascii_strtoull(limit, NULL, 10) >> 20;
}

static void look_at_memlock(const struct machine *machine, struct finding *ret_finding)
{
    uint64_t mib = locked_memory_max_mib(machine);
    const char *command =
        "echo \"$USER - memlock unlimited\" | sudo tee /etc/security/limits.d/spice-pgpu.conf";

    if (mib == G_MAXUINT64)
        finding_set(ret_finding, PROBE_OK, NULL, "no limit for this user");
    else if (mib < MEMLOCK_MIN_MIB)
        finding_set(ret_finding, PROBE_MISSING, command,
                    "%" G_GUINT64_FORMAT
                    " MiB may be locked, all of the guest's memory has to be (libvirt raises "
                    "the limit by itself)",
                    mib);
    else
        finding_set(ret_finding, PROBE_LIMITED, command,
                    "%" G_GUINT64_FORMAT " MiB may be locked: no guest with more memory", mib);
}

static void look_at_head(const struct machine *machine, struct finding *ret_finding)
{
    auto_destroy(pci_card) card = pci_card_read(machine->root, machine->gpu);
    const struct pci_function *gpu = pci_card_main(card, machine->gpu);

    if (card->heads->len > 0)
        finding_set(ret_finding, PROBE_OK, NULL, "%s has a monitor",
                    (char *)g_ptr_array_index(card->heads, 0));
    else if (g_strcmp0(gpu->driver, VFIO) == 0)
        finding_set(ret_finding, PROBE_LIMITED, "vdibench-agent --list",
                    "only the guest sees its monitors now; without one nothing is drawn");
    else
        finding_set(
            ret_finding, PROBE_MISSING,
            "sed -i 's/^GRUB_CMDLINE_LINUX=\"/&video=DP-1:1920x1080@60e /' /etc/default/grub && update-grub",
            "no monitor: connect one or a dummy plug, or force a head in the guest");
}

static void look_at_firmware(const struct machine *machine, struct finding *ret_finding)
{
    static const char *const files[] = {"usr/share/OVMF/OVMF_CODE_4M.fd",
                                        "usr/share/OVMF/OVMF_CODE.fd"};

    for (unsigned i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *file = g_build_filename(machine->root, files[i], NULL);
        if (g_file_test(file, G_FILE_TEST_EXISTS)) {
            finding_set(ret_finding, PROBE_OK, NULL, "OVMF: /%s", files[i]);
            return;
        }
    }
    finding_set(
        ret_finding, PROBE_MISSING, "apt-get install ovmf",
        "OVMF, the VM's UEFI firmware, is not installed: the card's own firmware runs in it alone");
}

/* The command line of the process whose VM has the card, its words separated by blanks; NULL when no process has. */
static char *vm_with_card(const struct machine *machine, char **ret_pid)
{
    g_autofree char *processes = g_build_filename(machine->root, "proc", NULL);
    g_autoptr(GDir) dir = g_dir_open(processes, 0, NULL);
    const char *short_address = strchr(machine->gpu, ':') + 1; /* QEMU takes 03:00.0, too */
    const char *pid;

    while (dir && (pid = g_dir_read_name(dir))) {
        g_autofree char *file = g_build_filename(processes, pid, "cmdline", NULL);
        g_autofree char *words = NULL;
        size_t length;
        if (!g_ascii_isdigit(pid[0]) || !g_file_get_contents(file, &words, &length, NULL))
            continue;
        for (size_t i = 0; i + 1 < length; i++) {
            if (words[i] == '\0')
                words[i] = ' ';
        }
        if (strstr(words, VFIO) && strstr(words, short_address)) {
            *ret_pid = g_strdup(pid);
            return g_steal_pointer(&words);
        }
    }
    return NULL;
}

static void look_at_port(const struct machine *machine, struct finding *ret_finding)
{
    g_autofree char *pid = NULL;
    g_autofree char *words = vm_with_card(machine, &pid);
    g_autofree char *counters = g_strconcat("gpu-counters ", pid, NULL);

    if (!words)
        finding_set(ret_finding, PROBE_LIMITED, NULL,
                    "no VM with the card runs: look again when it does");
    else if (!strstr(words, "name=" PORT_NAME))
        finding_set(ret_finding, PROBE_MISSING, "man spice-pgpu-qemu",
                    "the VM of process %s has no port " PORT_NAME " for the guest's agent", pid);
    else
        finding_set(ret_finding, PROBE_OK, counters,
                    "process %s has the port; what its agent has sent:", pid);
}

const struct probe probes_gpu[] = {
    {"card", true, look_at_card},          {"IOMMU", true, look_at_iommu},
    {"group", true, look_at_group},        {"driver", true, look_at_driver},
    {"reset", false, look_at_reset},       {"memlock", true, look_at_memlock},
    {"head", true, look_at_head},          {"firmware", true, look_at_firmware},
    {"agent's port", false, look_at_port}, {NULL, false, NULL},
};
