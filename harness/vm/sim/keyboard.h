/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * keyboard: the guest's keyboard. The server hands it the scan codes (set 1) that a
 * client has sent, in the main thread, at the place where QEMU would interrupt the
 * guest.
 */
#ifndef VDIBENCH_VM_KEYBOARD_H
#define VDIBENCH_VM_KEYBOARD_H

#include "harness/instrument/samples.h"

#include <spice.h>

/* Adds the one keyboard to the server; it lives as long as the process. Each key that is
 * pressed becomes a row `key` of `samples` (NULL: of none), with its scan code in
 * `number`. */
void keyboard_add(SpiceServer *server, struct samples *samples);

#endif
