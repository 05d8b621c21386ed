/*
 * pgpu: a physical GPU of this host that could be given to a VM.
 *
 * Looks, and touches nothing. Any thread.
 */
#ifndef VDIBENCH_PGPU_H
#define VDIBENCH_PGPU_H

#include <glib.h>

/* Where the kernel lists the devices. */
#define PGPU_PCI_DEVICES "/sys/bus/pci/devices"

typedef struct {
    char *address; /* "0000:01:00.0" */
    guint vendor, device;
    gboolean is_paper_card; /* the Radeon Pro WX4100 of the paper, else another of AMD's */
} Pgpu;

/* The card of the paper, else the first display controller of AMD's, by PCI
 * address; NULL when there is none. `devices`: PGPU_PCI_DEVICES. */
Pgpu *pgpu_find(const char *devices);
void pgpu_free(Pgpu *pgpu);

/* "Radeon Pro WX4100 (PCI 1002:67e3) at 0000:01:00.0"; free it. */
char *pgpu_text(const Pgpu *pgpu);

/* What to type for a run on it, as far as that exists; `library` is the folder
 * of our SPICE server, `client` the headless client. Free it. */
char *pgpu_commands(const Pgpu *pgpu, const char *library, const char *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pgpu, pgpu_free)

#endif
