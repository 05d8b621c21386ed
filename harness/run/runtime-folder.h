/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * runtime-folder: a private folder with a short name, for a port and sockets.
 *
 * Its owner holds a lock on it, which the kernel releases at the owner's end, however
 * that comes about. So a folder of vdibench's that nobody has locked is a leftover, and
 * runtime_folders_sweep() removes it. Main thread.
 */
#ifndef VDIBENCH_RUNTIME_FOLDER_H
#define VDIBENCH_RUNTIME_FOLDER_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>

struct runtime_folder {
    char *path;
    int lock; /* of the folder itself */
};

/* `fallback` is where it is made if XDG_RUNTIME_DIR is no folder. NULL and `error`, one
 * line that names that variable, if it cannot be made or its name would be too long for
 * a socket's. */
struct runtime_folder *runtime_folder_create(const char *fallback, GError **error);

/* Removes it with the files and sockets in it; NULL is allowed. */
void runtime_folder_destroy(struct runtime_folder *folder);

/* Removes what harnesses have left behind that were killed; the number of folders. */
unsigned runtime_folders_sweep(const char *fallback);

DEFINE_AUTO_DESTROY(runtime_folder, runtime_folder_destroy)

#endif
