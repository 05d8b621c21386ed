/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * machine: Debian's unmodified QEMU with our library, and an unmodified client at
 * it. There is no guest: the processor halts at its first instruction, and the
 * test is the driver of the virtio-serial device (virtio-serial.h).
 */
#ifndef GPU_MODULE_TESTS_MACHINE_H
#define GPU_MODULE_TESTS_MACHINE_H

#include "gpu-module/spice-server/tests/bed.h"
#include "gpu-module/spice-server/tests/qemu/qmp.h"
#include "gpu-module/spice-server/tests/qemu/qtest.h"
#include "gpu-module/spice-server/tests/qemu/virtio-serial.h"

#include <stdbool.h>

/* Ports by the device's `nr`. */
enum { PORT_PGPU = 1, PORT_STREAM = 2 };

struct machine_kind {
    const char *name;
    const char *display; /* the display's device; NULL: the VM has none */
    const char *sandbox; /* -sandbox, or NULL */
    bool stream_port;    /* upstream's port is there, too */
};

struct machine {
    const struct machine_kind *kind;
    char *name;
    struct child *qemu;
    struct child *client; /* NULL: none */
    unsigned client_cursor;
    struct qmp *qmp;
    struct qtest *qtest;
    bool black; /* it shows nothing that its console has, see machine_shows_vgpu() */
    struct virtio_serial *serial; /* NULL while a migration is expected */
};

/* NULL, or why QEMU cannot be run here: then the test is skipped. */
const char *machine_is_missing(void);

/* `incoming` (or NULL) is the socket at which it waits for a migration. */
struct machine *machine_start(const struct machine_kind *kind, const char *name,
                              const char *incoming);
/* QEMU must still be there and end with status 0, and the client too. */
void machine_end(struct machine *machine);
/* Without asking how they end; NULL is allowed. */
void machine_kill(struct machine *machine);

/* The guest boots: again after a system_reset. */
void machine_boot(struct machine *machine);

/* Connects a client that shows the vGPU; none where there is no display. */
void machine_connect_client(struct machine *machine);
void machine_disconnect_client(struct machine *machine);
/* The client shows a picture of the pGPU that is so wide. */
void machine_shows_pgpu(struct machine *machine, unsigned width_px);
/* The client's picture is QEMU's own of the vGPU, pixel for pixel; or, where QEMU
 * shows it none, is not the pGPU's. */
void machine_shows_vgpu(struct machine *machine);
/* QEMU and the client are alive. */
void machine_lives(struct machine *machine);

#endif
