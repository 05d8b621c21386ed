/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * units: the access units of one stream, and which of them a parser gave out.
 *
 * libspice-client-glib marks each access unit that it pushes with the time of
 * the push (a GstReferenceTimestampMeta "timestamp/spice-stream"). The parser
 * cuts the byte stream elsewhere than the server did and keeps the marks of
 * all that it took bytes from, so a parsed access unit mostly has two marks:
 * its own and the next one's (the parser takes the first byte of the next
 * start code along), or, with the trailer of protocol/access-unit.h, the
 * last one's (whose trailer comes first) and its own. (The library itself
 * reads the first mark, and with the trailer takes each picture for the one
 * before.) So the marks leave a choice; the first bytes of the first slice
 * make it, and where those are equal or not found, the order.
 *
 * Pure; the caller locks.
 */
#ifndef VDIBENCH_UNITS_H
#define VDIBENCH_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many of the last access units are known by their mark: 4 s at 60 a
 * second, ten times the longest delay in the client (400 ms). */
#define UNITS_REMEMBERED 256

/* Begins with no units: struct units units = {0}. */
struct units {
    struct {
        uint64_t mark;
        uint32_t slice;
    } last[UNITS_REMEMBERED]; /* unit n at n % UNITS_REMEMBERED */
    unsigned received;
    unsigned given; /* units up to this one (exclusive) were given out */
};

/* A fingerprint of the first slice's beginning, which holds the frame's number,
 * in an H.264 byte stream; 0 when there is none. */
uint32_t units_slice(const uint8_t *bytes, size_t size);

/* The server's next access unit; gives its index, which counts from 0. */
unsigned units_add(struct units *units, uint64_t mark, uint32_t slice);

/* The unit of a parsed one with `count` marks and this first slice; each unit
 * is given at most once and none after a later one. False when none fits. */
bool units_give(struct units *units, const uint64_t *marks, unsigned count, uint32_t slice,
                unsigned *ret_unit);

#endif
