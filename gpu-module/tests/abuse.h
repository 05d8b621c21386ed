/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * abuse: what a guest may write that it should not, and the module's answer to each: the one table,
 * which is sent to the module in the simulated VM (test-hostile-guest) and, by root in a real
 * guest, in QEMU (guest-abuse).
 *
 * Constant; tests only.
 */
#ifndef GPU_MODULE_TESTS_ABUSE_H
#define GPU_MODULE_TESTS_ABUSE_H

#include "protocol/port-protocol.h"

#include <stddef.h>
#include <stdint.h>

/* Messages that are composed by hand. */
#define HEADER(type, size)                                                                       \
    1, 0, (type)&0xff, (type) >> 8 & 0xff, (size)&0xff, (size) >> 8 & 0xff, (size) >> 16 & 0xff, \
        (size) >> 24 & 0xff
#define LE32(n) (n) & 0xff, (n) >> 8 & 0xff, (n) >> 16 & 0xff, (n) >> 24 & 0xff
#define FORMAT(w, h, codec) HEADER(PORT_FORMAT, 12), LE32(w), LE32(h), codec, 0, 0, 0

/* How far a session has come: nobody looks; after START; after FORMAT; while its picture is
 * shown. */
enum abuse_state { ABUSE_IDLE, ABUSE_STARTED, ABUSE_FORMATTED, ABUSE_STREAMING, ABUSE_STATES };

struct abuse {
    const char *name;
    enum abuse_state state; /* in which it is sent */
    uint16_t size;          /* of `bytes` */
    uint8_t bytes[48];
    uint32_t zeros; /* that follow */
    /* The host's NOTIFY_ERROR; NULL: it is tolerated. What the guest sends after it is drained. */
    const char *reply;
};

/* A message that the module never tolerates, and its answer. */
#define ABUSE_LAST HEADER(0, 0)
#define ABUSE_LAST_REPLY "message type 0 is invalid"

extern const struct abuse abuses[];
extern const unsigned abuses_count;

#endif
