/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* A double of the kernel, with which vdibench-agent-unmappable is linked: the real one, but that the
 * processor cannot map the pictures of any card, as those of a GPU. So the agent imports them. */
#include "agent/linux/kms-cursor.h"
#include "agent/linux/kms-kernel.h"

#include <errno.h>

struct kms_kernel *__real_kms_kernel_create(void);
struct kms_kernel *__wrap_kms_kernel_create(void);

static int (*map_in_fact)(struct kms_kernel *kernel, uint32_t framebuffer_id,
                          struct kms_mapping *ret_mapping);

static int map(struct kms_kernel *kernel, uint32_t framebuffer_id, struct kms_mapping *ret_mapping)
{
    const int result = map_in_fact(kernel, framebuffer_id, ret_mapping);

    if (result < 0 || ret_mapping->buffer.width_px <= KMS_CURSOR_LARGEST_PX)
        return result;
    kernel->class->unmap(kernel, ret_mapping);
    return -EOPNOTSUPP;
}

struct kms_kernel *__wrap_kms_kernel_create(void)
{
    static struct kms_kernel_class class;
    struct kms_kernel *kernel = __real_kms_kernel_create();

    if (!kernel)
        return NULL;
    class = *kernel->class;
    map_in_fact = class.map;
    class.map = map;
    kernel->class = &class;
    return kernel;
}
