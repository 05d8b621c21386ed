/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * helper: a process that the guest needs: its X server, its agent. It dies with this one.
 */
#ifndef VDIBENCH_GUEST_HELPER_H
#define VDIBENCH_GUEST_HELPER_H

#include <gio/gio.h>

/* Starts argv with `fd` as its descriptor HELPER_FD (taken over), its other output goes to
 * standard error. `display` NULL: DISPLAY as it is. NULL and `error` on failure. */
#define HELPER_FD 3
GSubprocess *helper_start(const char *const *argv, int fd, const char *display, GError **error);

/* Ends it by SIGTERM, waits for it, and frees it. NULL is allowed. */
void helper_end(GSubprocess *helper);

#endif
