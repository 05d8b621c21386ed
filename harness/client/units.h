/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * units: the access units of one stream, and which of them the parser's output is.
 *
 * libspice-client-glib marks each access unit that it pushes with the time of
 * the push (a GstReferenceTimestampMeta "timestamp/spice-stream"). The parser
 * cuts the byte stream at other places than the server did, and keeps the marks
 * of all buffers from which it took bytes. So a parsed access unit usually has two
 * marks: its own and that of the next unit (the parser includes the first byte of
 * the next start code) or, with the trailer of protocol/access-unit.h, that of the
 * unit before (whose trailer comes first) and its own. (The library itself uses
 * the first mark, and so with the trailer mistakes each picture for the one
 * before.) Among the units that have these marks, the one whose first slice begins
 * with the same bytes is chosen; if several do or none does, the first.
 *
 * Pure; the caller locks.
 */
#ifndef VDIBENCH_UNITS_H
#define VDIBENCH_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many of the latest access units are remembered: 4 s at 60 a second, ten times
 * the longest delay in the client (400 ms). */
#define UNITS_REMEMBERED 256

/* Begins with no units: struct units units = {0}. */
struct units {
    struct {
        uint64_t mark;
        uint32_t slice;
    } last[UNITS_REMEMBERED]; /* unit n at n % UNITS_REMEMBERED */
    unsigned received;
    unsigned taken; /* units before this one have been taken or passed over */
};

/* A checksum of the beginning of the first slice in an H.264 byte stream, which
 * contains the frame number; 0 when there is no slice. */
uint32_t units_slice(const uint8_t *bytes, size_t size);

/* Adds the server's next access unit; returns its index, counted from 0. */
unsigned units_add(struct units *units, uint64_t mark, uint32_t slice);

/* Finds the unit that a parsed access unit with `count` marks and this first slice
 * (units_slice()) is, and takes it: a unit is taken at most once, and none after a
 * later one. False when no unit matches. */
bool units_take(struct units *units, const uint64_t *marks, unsigned count, uint32_t slice,
                unsigned *ret_unit);

#endif
