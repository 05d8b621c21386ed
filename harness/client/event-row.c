/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/event-row.h"

#include <inttypes.h>

struct event_row event_row(const char *event, int64_t t_ns)
{
    return (struct event_row){
        .event = event,
        .t_ns = t_ns,
        .channel = EVENT_ROW_EMPTY,
        .stream = EVENT_ROW_EMPTY,
        .unit = EVENT_ROW_EMPTY,
        .bytes = EVENT_ROW_EMPTY,
        .crc = EVENT_ROW_EMPTY,
        .number = EVENT_ROW_EMPTY,
        .width_px = EVENT_ROW_EMPTY,
        .height_px = EVENT_ROW_EMPTY,
        .stale_px = EVENT_ROW_EMPTY,
    };
}

/* Enough for any 64-bit number. */
#define FIELD_BYTES 24

static const char *number(char field[FIELD_BYTES], const char *format, int64_t value)
{
    if (value == EVENT_ROW_EMPTY)
        return "";
    g_snprintf(field, FIELD_BYTES, format, value);
    return field;
}

void event_row_write(const struct event_row *row, struct samples *samples)
{
    static const char decimal[] = "%" PRId64, hexadecimal[] = "%08" PRIx64;
    char fields[9][FIELD_BYTES];

    if (!samples)
        return;
    samples_row(samples, "%s,%" PRId64 ",%s,%s,%s,%s,%s,%s,%s,%s,%s,%s", row->event, row->t_ns,
                number(fields[0], decimal, row->channel), number(fields[1], decimal, row->stream),
                number(fields[2], decimal, row->unit), number(fields[3], decimal, row->bytes),
                number(fields[4], hexadecimal, row->crc), row->source ? row->source : "",
                number(fields[5], decimal, row->number), number(fields[6], decimal, row->width_px),
                number(fields[7], decimal, row->height_px),
                number(fields[8], decimal, row->stale_px));
}
