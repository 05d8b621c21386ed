/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/windows/display-choice.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char prefix[] = "\\\\.\\";

/* PCI vendors of displays that exist in software only: the vGPU, Windows' own fallback. */
static const uint16_t virtual_vendors[] = {
    0x1b36, /* Red Hat: QXL */
    0x1af4, /* Red Hat: virtio */
    0x1234, /* QEMU's standard VGA */
    0x1414, /* Microsoft: Basic Display, Hyper-V */
    0x15ad, /* VMware */
    0x80ee, /* VirtualBox */
};

static bool is_virtual(const struct display *display)
{
    for (size_t i = 0; i < sizeof virtual_vendors / sizeof *virtual_vendors; i++)
        if (display->vendor == virtual_vendors[i])
            return true;
    return false;
}

static const char *without_prefix(const char *name)
{
    return strncmp(name, prefix, sizeof prefix - 1) == 0 ? name + sizeof prefix - 1 : name;
}

static bool same_name(const char *a, const char *b)
{
    a = without_prefix(a);
    b = without_prefix(b);
    while (*a != '\0' && toupper((unsigned char)*a) == toupper((unsigned char)*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

static int choose_automatically(const struct display *displays, unsigned count)
{
    int attached = -1;

    for (unsigned i = 0; i < count; i++) {
        if (!displays[i].attached)
            continue;
        if (!is_virtual(&displays[i]))
            return (int)i;
        if (attached < 0)
            attached = (int)i;
    }
    return attached;
}

int display_choose(const struct display *displays, unsigned count, const char *name,
                   char *ret_error, size_t error_bytes)
{
    if (strcmp(name, "auto") == 0) {
        int chosen = choose_automatically(displays, count);
        if (chosen < 0)
            snprintf(ret_error, error_bytes,
                     "no display is attached to a card: plug in a monitor or a dummy plug, or "
                     "extend the desktop to it");
        return chosen;
    }
    for (unsigned i = 0; i < count; i++) {
        if (!same_name(displays[i].name, name))
            continue;
        if (displays[i].attached)
            return (int)i;
        snprintf(ret_error, error_bytes,
                 "the display %s shows no part of the desktop: extend the desktop to it", name);
        return -1;
    }
    snprintf(ret_error, error_bytes, "there is no display %s: --list has those that there are",
             name);
    return -1;
}
