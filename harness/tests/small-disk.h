/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * small-disk: a disk that is soon full.
 */
#ifndef VDIBENCH_TESTS_SMALL_DISK_H
#define VDIBENCH_TESTS_SMALL_DISK_H

#include <glib.h>
#include <stdbool.h>

/* Runs a script of /bin/sh in a mount namespace of its own, with `kib` KiB of
 * memory as an empty disk in the folder $DISK. false where no such thing may be
 * made: skip. Otherwise *ret_status is its wait status and *ret_complaint what it
 * wrote to standard error; free it. */
bool small_disk_run(unsigned kib, const char *script, int *ret_status, char **ret_complaint);

#endif
