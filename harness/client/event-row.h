/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * event-row: one row of the client's sample file.
 *
 * Set the fields that the event has; the others stay empty. The columns are
 * explained in results/README.md. Any thread.
 */
#ifndef VDIBENCH_EVENT_ROW_H
#define VDIBENCH_EVENT_ROW_H

#include "harness/instrument/samples.h"

#include <stdint.h>

#define EVENT_ROW_HEADER "event,t_ns,channel,stream,unit,bytes,crc,source,number,width,height,stale"
#define EVENT_ROW_EMPTY (-1)

struct event_row {
    const char *event;
    int64_t t_ns;
    int channel; /* display channel; EVENT_ROW_EMPTY here and below: an empty field */
    int stream;
    int unit;
    int64_t bytes;
    int64_t crc;        /* written in hexadecimal */
    const char *source; /* or NULL */
    int number;
    int width_px;
    int height_px;
    int64_t stale_px; /* pixels of the picture that its source has not painted (painted.h) */
};

/* A row with nothing but the event and its time. */
struct event_row event_row(const char *event, int64_t t_ns);

/* Appends the row to the file; does nothing when `samples` is NULL. */
void event_row_write(const struct event_row *row, struct samples *samples);

#endif
