/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/pgpu.h"

#include "protocol/port-protocol.h"

#include <string.h>

#define VENDOR_AMD 0x1002
#define DEVICE_WX4100 0x67e3
/* PCI's base class of display controllers, the upper of three bytes. */
#define CLASS_DISPLAY 0x03
#define CLASS_SHIFT 16

/* A number that the kernel shows as "0x1002\n"; 0 when it does not. */
static unsigned read_number(const char *devices, const char *address, const char *name)
{
    g_autofree char *file = g_build_filename(devices, address, name, NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(file, &text, NULL, NULL))
        return 0;
    return (unsigned)g_ascii_strtoull(text, NULL, 0);
}

static bool is_better(const struct pgpu *one, const struct pgpu *other)
{
    if (!other || one->is_paper_card != other->is_paper_card)
        return !other || one->is_paper_card;
    return strcmp(one->address, other->address) < 0;
}

struct pgpu *pgpu_find(const char *devices)
{
    g_autoptr(GDir) dir = g_dir_open(devices, 0, NULL);
    struct pgpu *best = NULL;
    const char *address;

    while (dir && (address = g_dir_read_name(dir))) {
        const struct pgpu one = {
            .address = (char *)address,
            .vendor = read_number(devices, address, "vendor"),
            .device = read_number(devices, address, "device"),
            .is_paper_card = read_number(devices, address, "device") == DEVICE_WX4100,
        };
        if (one.vendor != VENDOR_AMD ||
            read_number(devices, address, "class") >> CLASS_SHIFT != CLASS_DISPLAY ||
            !is_better(&one, best))
            continue;
        pgpu_destroy(best);
        best = g_new(struct pgpu, 1);
        *best = one;
        best->address = g_strdup(address);
    }
    return best;
}

void pgpu_destroy(struct pgpu *pgpu)
{
    if (!pgpu)
        return;
    g_free(pgpu->address);
    g_free(pgpu);
}

char *pgpu_text(const struct pgpu *pgpu)
{
    return g_strdup_printf("%s (PCI %04x:%04x) at %s",
                           pgpu->is_paper_card ? "Radeon Pro WX4100" : "display controller of AMD",
                           pgpu->vendor, pgpu->device, pgpu->address);
}

char *pgpu_commands(const struct pgpu *pgpu, const char *library, const char *client)
{
    g_autofree char *text = pgpu_text(pgpu);
    return g_strdup_printf(
        "This host has a %s. The figures above are of the simulated VM.\n"
        "For a run on it, give it to a VM (docs/deploy.md), start a capture "
        "agent in the guest, and measure:\n"
        "  LD_LIBRARY_PATH=%s qemu-system-x86_64 ... -device vfio-pci,host=%s -device qxl-vga "
        "-spice port=5910,addr=127.0.0.1,disable-ticketing=on -device virtio-serial-pci "
        "-chardev spiceport,id=pgpu,name=%s -device virtserialport,chardev=pgpu,name=%s\n"
        "  %s --uri spice://127.0.0.1:5910 --samples client.csv\n",
        text, library, pgpu->address, PORT_NAME, PORT_NAME, client);
}
