/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/migration.h"

#include "harness/instrument/control.h"

#include <stdlib.h>
#include <string.h>

/* How long copying the VM's memory takes; QEMU needs seconds. It must not be too
 * short: only channels that the target's worker has accepted by then migrate
 * seamlessly, and spice-server refuses the data of a channel that comes later. */
#define COPY_MS 500

static struct {
    SpiceMigrateInstance instance;
    SpiceServer *server;
} migration;

static gboolean stop_here(void *data)
{
    spice_server_migrate_start(migration.server);
    spice_server_vm_stop(migration.server);
    spice_server_migrate_end(migration.server, true);
    return G_SOURCE_REMOVE;
}

static void connect_complete(SpiceMigrateInstance *instance)
{
    g_timeout_add(COPY_MS, stop_here, NULL);
}

static void end_complete(SpiceMigrateInstance *instance)
{
    control_notice("migrated", "%s", "");
}

static const SpiceMigrateInterface interface = {
    .base =
        {
            .type = SPICE_INTERFACE_MIGRATION,
            .description = "migration",
            .major_version = SPICE_INTERFACE_MIGRATION_MAJOR,
            .minor_version = SPICE_INTERFACE_MIGRATION_MINOR,
        },
    .migrate_connect_complete = connect_complete,
    .migrate_end_complete = end_complete,
};

void migration_add(SpiceServer *server, bool seamless)
{
    migration.server = server;
    migration.instance.base.sif = &interface.base;
    spice_server_add_interface(server, &migration.instance.base);
    spice_server_set_seamless_migration(server, seamless);
}

void migration_begin(const char *target)
{
    const char *colon = strrchr(target, ':');
    g_autofree char *host = g_strndup(target, colon ? (size_t)(colon - target) : strlen(target));

    spice_server_migrate_connect(migration.server, host, colon ? atoi(colon + 1) : 0, -1, NULL);
}
