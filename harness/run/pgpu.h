/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * pgpu: a physical GPU of this host that could be given to a VM.
 *
 * Looks, and touches nothing. Any thread.
 */
#ifndef VDIBENCH_PGPU_H
#define VDIBENCH_PGPU_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>

/* Where the kernel lists the devices. */
#define PGPU_PCI_DEVICES "/sys/bus/pci/devices"

struct pgpu {
    char *address; /* "0000:01:00.0" */
    unsigned vendor, device;
    bool is_paper_card; /* the Radeon Pro WX4100 of the paper, else another of AMD's */
};

/* The card of the paper, else the first display controller of AMD's, by PCI
 * address; NULL when there is none. `devices`: PGPU_PCI_DEVICES. */
struct pgpu *pgpu_find(const char *devices);
void pgpu_destroy(struct pgpu *pgpu);

/* "Radeon Pro WX4100 (PCI 1002:67e3) at 0000:01:00.0"; free it. */
char *pgpu_text(const struct pgpu *pgpu);

/* What to type for a run on it, as far as that exists; `library` is the folder
 * of our SPICE server, `client` the headless client. Free it. */
char *pgpu_commands(const struct pgpu *pgpu, const char *library, const char *client);

DEFINE_AUTO_DESTROY(pgpu, pgpu_destroy)

#endif
