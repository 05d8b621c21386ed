/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* trap-backends: the back ends, and what they have in common; for trap*.c alone. */
#ifndef SHADOW_PAGING_TRAP_BACKENDS_H
#define SHADOW_PAGING_TRAP_BACKENDS_H

#include "shadow-paging/trap.h"

#include <stdarg.h>
#include <stdio.h>

extern const struct trap_ops trap_fake;
extern const struct trap_ops trap_kvm;
extern const struct trap_ops trap_kvm_dirty_log;
extern const struct trap_ops trap_segv;
extern const struct trap_ops trap_userfaultfd;

/* The write lies in the table with all its bytes. */
static inline bool trap_is_inside(const struct guest_write *write)
{
    return write->offset_bytes <= TABLE_BYTES - write->size_bytes;
}

/* False, with the reason. */
__attribute__((format(printf, 2, 3))) static inline bool trap_fails(struct trap_reason *ret_reason,
                                                                    const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(ret_reason->text, sizeof ret_reason->text, format, arguments);
    va_end(arguments);
    return false;
}

#endif
