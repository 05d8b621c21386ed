/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/doctor/given-gpu.h"

#include "harness/doctor/doctor.h"
#include "harness/doctor/pci-card.h"

#include <gio/gio.h>
#include <string.h>

/* lspci leaves this domain out, where there is no other one. */
#define FIRST_DOMAIN "0000:"

char *given_gpu_address(const char *text)
{
    return strlen(text) == strlen("03:00.0") ? g_strconcat(FIRST_DOMAIN, text, NULL)
                                             : g_strdup(text);
}

static bool is_ready(const struct machine *machine, GError **error)
{
    g_autoptr(GPtrArray) diagnoses = doctor_examine_gpu(machine);

    for (unsigned i = 0; i < diagnoses->len; i++) {
        const struct diagnosis *one = g_ptr_array_index(diagnoses, i);
        if (!one->probe->needed || one->finding.state != PROBE_MISSING)
            continue;
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "no VM can have the GPU %s: %s: %s: see vdibench doctor --gpu %s", machine->gpu,
                    one->probe->point, one->finding.found, machine->gpu);
        return false;
    }
    return true;
}

char *given_gpu_functions(const char *root, const char *text, GError **error)
{
    g_autofree char *address = given_gpu_address(text);
    const struct machine machine = {.root = root, .gpu = address};
    g_autoptr(GPtrArray) addresses = g_ptr_array_new();

    if (!is_ready(&machine, error))
        return NULL;
    auto_destroy(pci_card) card = pci_card_read(root, address);
    for (unsigned i = 0; i < card->functions->len; i++)
        g_ptr_array_add(addresses,
                        ((struct pci_function *)g_ptr_array_index(card->functions, i))->address);
    g_ptr_array_add(addresses, NULL);
    return g_strjoinv(",", (char **)addresses->pdata);
}
