/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* Doubles, with which vdibench-agent-gpu is linked: each card has a GPU, and that is Mesa's software
 * renderer. All else is the real kernel and the real Mesa. */
#include "agent/linux/kms-kernel.h"

struct kms_kernel *__real_kms_kernel_create(void);
struct kms_kernel *__wrap_kms_kernel_create(void);
struct scanout_import *__real_scanout_import_create(int card_fd, bool software);
struct scanout_import *__wrap_scanout_import_create(int card_fd, bool software);

static bool has_gpu(const struct kms_kernel *kernel)
{
    (void)kernel;
    return true;
}

struct kms_kernel *__wrap_kms_kernel_create(void)
{
    static struct kms_kernel_class class;
    struct kms_kernel *kernel = __real_kms_kernel_create();

    if (!kernel)
        return NULL;
    class = *kernel->class;
    class.has_gpu = has_gpu;
    kernel->class = &class;
    return kernel;
}

struct scanout_import *__wrap_scanout_import_create(int card_fd, bool software)
{
    (void)software;
    return __real_scanout_import_create(card_fd, true);
}
