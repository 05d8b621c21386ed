/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * migration: the VM goes to another host, and takes its clients along, as QEMU
 * does it (SpiceMigrateInterface of <spice.h>): the clients connect to the
 * target beforehand (client_migrate_info), the VM stops here, and they go on
 * there. Main loop only.
 */
#ifndef VDIBENCH_VM_SIM_MIGRATION_H
#define VDIBENCH_VM_SIM_MIGRATION_H

#include <glib.h>
#include <spice.h>
#include <stdbool.h>

/* Adds the interface; once in a process. `seamless`: the channels go on where
 * they were (where the client can), instead of beginning anew on the target. */
void migration_add(SpiceServer *server, bool seamless);

/* Begins to migrate to the server at "ADDRESS:PORT"; "migrated" when its
 * clients are gone. */
void migration_begin(const char *target);

#endif
