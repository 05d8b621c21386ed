/*
 * small-disk: a disk that is soon full.
 */
#ifndef VDIBENCH_TESTS_SMALL_DISK_H
#define VDIBENCH_TESTS_SMALL_DISK_H

#include <glib.h>

/* Runs a script of /bin/sh in a mount namespace of its own, with `kib` KiB of
 * memory as an empty disk in the folder $DISK. FALSE where no such thing may be
 * made: skip. Otherwise *ret_status is its wait status and *ret_complaint what it
 * wrote to standard error; free it. */
gboolean small_disk_run(guint kib, const char *script, int *ret_status, char **ret_complaint);

#endif
