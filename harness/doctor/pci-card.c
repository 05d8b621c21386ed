/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/doctor/pci-card.h"

#include <string.h>

#define DEVICES "sys/bus/pci/devices"
/* PCI's base classes, the upper of three bytes. */
#define CLASS_DISPLAY 0x03
#define CLASS_BRIDGE 0x06
#define CLASS_SHIFT 16

static char *read_text(const char *folder, const char *name)
{
    g_autofree char *file = g_build_filename(folder, name, NULL);
    char *text = NULL;

    return g_file_get_contents(file, &text, NULL, NULL) ? g_strstrip(text) : NULL;
}

/* As the kernel shows it, "0x1002"; 0 when it does not. */
static unsigned read_number(const char *folder, const char *name)
{
    g_autofree char *text = read_text(folder, name);

    return text ? (unsigned)g_ascii_strtoull(text, NULL, 0) : 0;
}

/* The last part of what a link leads to; NULL when there is none. */
static char *link_name(const char *folder, const char *name)
{
    g_autofree char *file = g_build_filename(folder, name, NULL);
    g_autofree char *target = g_file_read_link(file, NULL);

    return target ? g_path_get_basename(target) : NULL;
}

static void function_destroy(struct pci_function *function)
{
    g_free(function->address);
    g_free(function->driver);
    g_free(function);
}

static struct pci_function *function_read(const char *devices, const char *address)
{
    g_autofree char *folder = g_build_filename(devices, address, NULL);
    struct pci_function *function = g_new0(struct pci_function, 1);

    function->address = g_strdup(address);
    function->vendor = read_number(folder, "vendor");
    function->device = read_number(folder, "device");
    function->class_code = read_number(folder, "class");
    function->driver = link_name(folder, "driver");
    return function;
}

static gint compare_addresses(gconstpointer a, gconstpointer b)
{
    const struct pci_function *const *one = a, *const *other = b;

    return strcmp((*one)->address, (*other)->address);
}

/* "0000:03:00.1" and "0000:03:00.0". */
static bool same_slot(const char *one, const char *other)
{
    size_t slot = strcspn(one, ".");

    return slot == strcspn(other, ".") && strncmp(one, other, slot) == 0;
}

static GPtrArray *functions_in(const char *devices, const char *folder, const char *address,
                               bool of_the_slot)
{
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)function_destroy);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        if (same_slot(name, address) != of_the_slot)
            continue;
        struct pci_function *function = function_read(devices, name);
        if (!of_the_slot && function->class_code >> CLASS_SHIFT == CLASS_BRIDGE)
            function_destroy(function);
        else
            g_ptr_array_add(found, function);
    }
    g_ptr_array_sort(found, compare_addresses);
    return found;
}

/* A connector is a folder card0-DP-1 of the card's drm/card0. */
static GPtrArray *heads_of(const char *folder)
{
    GPtrArray *heads = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *drm = g_build_filename(folder, "drm", NULL);
    g_autoptr(GDir) cards = g_dir_open(drm, 0, NULL);
    const char *card, *connector;

    while (cards && (card = g_dir_read_name(cards))) {
        g_autofree char *below = g_build_filename(drm, card, NULL);
        g_autoptr(GDir) connectors = g_dir_open(below, 0, NULL);
        while (connectors && (connector = g_dir_read_name(connectors))) {
            g_autofree char *one = g_build_filename(below, connector, NULL);
            g_autofree char *status = read_text(one, "status");
            if (g_strcmp0(status, "connected") == 0)
                g_ptr_array_add(heads, g_strdup(connector));
        }
    }
    return heads;
}

struct pci_card *pci_card_read(const char *root, const char *address)
{
    g_autofree char *devices = g_build_filename(root, DEVICES, NULL);
    g_autofree char *folder = g_build_filename(devices, address, NULL);

    if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
        return NULL;
    struct pci_card *card = g_new0(struct pci_card, 1);
    g_autofree char *together = g_build_filename(folder, "iommu_group", "devices", NULL);
    card->functions = functions_in(devices, devices, address, true);
    card->neighbours = functions_in(devices, together, address, false);
    card->group = link_name(folder, "iommu_group");
    card->reset_methods = read_text(folder, "reset_method");
    if (card->reset_methods && card->reset_methods[0] == '\0')
        g_clear_pointer(&card->reset_methods, g_free);
    card->heads = heads_of(folder);
    return card;
}

void pci_card_destroy(struct pci_card *card)
{
    if (!card)
        return;
    g_ptr_array_unref(card->functions);
    g_ptr_array_unref(card->neighbours);
    g_ptr_array_unref(card->heads);
    g_free(card->group);
    g_free(card->reset_methods);
    g_free(card);
}

const struct pci_function *pci_card_main(const struct pci_card *card, const char *address)
{
    for (unsigned i = 0; i < card->functions->len; i++) {
        const struct pci_function *function = g_ptr_array_index(card->functions, i);
        if (g_str_equal(function->address, address))
            return function;
    }
    g_assert_not_reached(); /* its folder is how the card was found */
}

bool pci_function_is_display(const struct pci_function *function)
{
    return function->class_code >> CLASS_SHIFT == CLASS_DISPLAY;
}
