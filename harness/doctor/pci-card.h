/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * pci-card: what the kernel shows of a graphics card that a VM is to have: its functions, their drivers, and what else
 * is in its IOMMU group. Read from sysfs below a root, which a test can give; touches nothing. Any thread.
 *
 * Follows the kernel's Documentation/ABI/testing/sysfs-bus-pci and sysfs-kernel-iommu_groups.
 */
#ifndef VDIBENCH_PCI_CARD_H
#define VDIBENCH_PCI_CARD_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>

/* A device, one function of a card for example. */
struct pci_function {
    char *address; /* "0000:03:00.1" */
    unsigned vendor, device;
    unsigned class_code; /* three bytes, the base class is the upper one */
    char *driver;        /* NULL: it has none */
};

struct pci_card {
    GPtrArray *
        functions; /* struct pci_function of the same slot: the graphics, and its HDMI audio; by address */
    GPtrArray *neighbours; /* struct pci_function: the rest of the IOMMU group, without bridges */
    char *group;           /* the IOMMU group's number; NULL: it has none */
    char *
        reset_methods; /* "device_specific bus"; NULL: the device cannot be reset, or the kernel is older than 5.15 */
    GPtrArray *
        heads; /* char *: connectors of the card that have a monitor, if a driver of the host's shows them */
};

/* `root`: what lies above sys/. NULL when no device has this address. */
struct pci_card *pci_card_read(const char *root, const char *address);
void pci_card_destroy(struct pci_card *card);

/* The function that was asked for. */
const struct pci_function *pci_card_main(const struct pci_card *card, const char *address);

bool pci_function_is_display(const struct pci_function *function);

DEFINE_AUTO_DESTROY(pci_card, pci_card_destroy)

#endif
