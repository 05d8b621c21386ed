/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * virtio-serial: a guest's driver for the ports of a VirtIO console device,
 * over qtest: the legacy interface on PCI, split queues (VirtIO 1.1, 2.6, 4.1.4.8
 * and 5.3).
 *
 * As Linux' driver does it, a buffer holds 32 KiB at most, and what is written
 * lies in the queue until the device has taken it: closing a port takes nothing
 * back.
 */
#ifndef GPU_MODULE_TESTS_VIRTIO_SERIAL_H
#define GPU_MODULE_TESTS_VIRTIO_SERIAL_H

#include "gpu-module/spice-server/tests/qemu/qtest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Port 0 is the console's; the device's `nr`. */
#define VIRTIO_SERIAL_PORTS_MAX 3

#define VIRTIO_SERIAL_BUFFER_BYTES 32768u

struct virtio_serial;

/* Sets up the device in this slot of PCI bus 0 and all its ports, as a guest that
 * boots. `qtest` stays the caller's. */
struct virtio_serial *virtio_serial_create(struct qtest *qtest, unsigned slot);
/* NULL is allowed. */
void virtio_serial_destroy(struct virtio_serial *serial);
/* The guest goes on in another QEMU. */
void virtio_serial_moved(struct virtio_serial *serial, struct qtest *qtest);

/* A port that was plugged in. */
void virtio_serial_port_ready(struct virtio_serial *serial, unsigned port);
void virtio_serial_open(struct virtio_serial *serial, unsigned port);
void virtio_serial_close(struct virtio_serial *serial, unsigned port);
/* Both, so that the device finds them together. */
void virtio_serial_close_and_open(struct virtio_serial *serial, unsigned port);

/* Puts it in the queue; waits for room only. False when the device has taken nothing
 * for `patience_ms`: then what is left was not written. */
bool virtio_serial_write(struct virtio_serial *serial, unsigned port, const void *bytes,
                         size_t size, unsigned patience_ms);
/* Bytes that the device has put there since; 0: none yet. */
size_t virtio_serial_read(struct virtio_serial *serial, unsigned port, void *bytes, size_t room);
/* Buffers written that the device has not yet given back. */
unsigned virtio_serial_unreturned(struct virtio_serial *serial, unsigned port);

#endif
