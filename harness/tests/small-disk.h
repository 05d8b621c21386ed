/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * small-disk: a disk so small that a test can fill it.
 */
#ifndef VDIBENCH_TESTS_SMALL_DISK_H
#define VDIBENCH_TESTS_SMALL_DISK_H

#include <glib.h>
#include <stdbool.h>

/* Runs a script of /bin/sh in a mount namespace of its own, with an empty disk of `kib`
 * KiB (in memory) mounted at $DISK. False when this is not permitted: then skip the test.
 * Otherwise *ret_status is the script's wait status and *ret_complaint what it wrote to
 * standard error, which the caller frees. */
bool small_disk_run(unsigned kib, const char *script, int *ret_status, char **ret_complaint);

#endif
