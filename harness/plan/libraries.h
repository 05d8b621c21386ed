/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * libraries: which libspice-server the VMs of a run load. Those of the system's version,
 * or of another one that gpu-module/spice-server/build has made beside it.
 *
 * Any thread.
 */
#ifndef VDIBENCH_LIBRARIES_H
#define VDIBENCH_LIBRARIES_H

#include <gio/gio.h>
#include <stdbool.h>

/* Folders of a libspice-server.so.1. */
struct libraries {
    char *version; /* upstream's; NULL: it is not known */
    char *own;     /* with the GPU module */
    char *stock;   /* without it; NULL: the system's own */
};

/* The libraries of `version` below the folder of the binaries; NULL: of the system's version,
 * whether they are built or not. False and `error`, one line, when that version is not built. */
bool libraries_find(struct libraries *ret_libraries, const char *programs, const char *version,
                    GError **error);
void libraries_finish(struct libraries *libraries);

/* The part of a package's version (1:0.15.1-1+deb12u1) that is upstream's (0.15.1); free it. */
char *libraries_upstream_version(const char *package_version);

#endif
