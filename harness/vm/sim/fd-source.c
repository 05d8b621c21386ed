/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/fd-source.h"

#include <stdbool.h>

unsigned fd_source_add(int fd, GIOCondition condition, GUnixFDSourceFunc function, void *data)
{
    g_autoptr(GSource) source = g_unix_fd_source_new(fd, condition);

    g_source_set_callback(source, G_SOURCE_FUNC(function), data, NULL);
    g_source_set_can_recurse(source, true);
    return g_source_attach(source, NULL);
}
