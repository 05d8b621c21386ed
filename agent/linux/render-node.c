/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/linux/render-node.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <xf86drm.h>

#define CARDS_MAX 16

/* virtio-gpu is the only vGPU with a render node. */
#define PCI_VENDOR_VIRTIO 0x1af4

static bool is_vgpu(const drmDevice *device)
{
    return device->bustype == DRM_BUS_PCI && device->deviceinfo.pci->vendor_id == PCI_VENDOR_VIRTIO;
}

int render_node_find(char ret_path[RENDER_NODE_BYTES])
{
    drmDevicePtr devices[CARDS_MAX];
    int count = drmGetDevices2(0, devices, CARDS_MAX);
    int result = -ENODEV;

    if (count < 0)
        return count == -ENOENT ? -ENODEV : count; /* there is no /dev/dri */
    for (int i = 0; i < count && result < 0; i++) {
        if (!(devices[i]->available_nodes & 1 << DRM_NODE_RENDER) || is_vgpu(devices[i]))
            continue;
        snprintf(ret_path, RENDER_NODE_BYTES, "%s", devices[i]->nodes[DRM_NODE_RENDER]);
        result = 0;
    }
    drmFreeDevices(devices, count);
    return result;
}
