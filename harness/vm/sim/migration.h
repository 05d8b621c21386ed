/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * migration: the VM moves to another host together with its clients, in the way of
 * QEMU (SpiceMigrateInterface of <spice.h>): the clients connect to the target first
 * (client_migrate_info), then the VM stops here, and the clients continue there. Main
 * loop only.
 */
#ifndef VDIBENCH_VM_SIM_MIGRATION_H
#define VDIBENCH_VM_SIM_MIGRATION_H

#include <glib.h>
#include <spice.h>
#include <stdbool.h>

/* Adds the interface, once in a process. `seamless`: the channels keep their state
 * (if the client can do that), instead of starting again on the target. */
void migration_add(SpiceServer *server, bool seamless);

/* Begins to migrate to the server at "ADDRESS:PORT"; the notice "migrated" follows
 * when the clients have left this server. */
void migration_begin(const char *target);

#endif
