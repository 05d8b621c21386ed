/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/sample-rows.h"

#include <inttypes.h>
#include <stdio.h>

bool sample_row_report(char *row, enum agent_report report, int64_t t_ns)
{
    const char *event;

    switch (report) {
    case AGENT_OPENED:
        event = "opened";
        break;
    case AGENT_STARTED:
    case AGENT_NO_CODEC:
        event = "started";
        break;
    case AGENT_STOPPED:
        event = "stopped";
        break;
    case AGENT_FORMAT:
        event = "format";
        break;
    case AGENT_CLOSED:
    case AGENT_LOST:
        event = "closed";
        break;
    default:
        return false;
    }
    snprintf(row, SAMPLE_ROW_BYTES, "%s,%" PRId64 ",,,,,,", event, t_ns);
    return true;
}

void sample_row_frame(char *row, const struct frame *frame, int64_t begin_ns, uint32_t crc)
{
    snprintf(row, SAMPLE_ROW_BYTES,
             "frame,%" PRId64 ",%" PRIu32 ",%" PRIu32 ",%" PRIu64 ",%08" PRIx32 ",%" PRId64 ",%d",
             begin_ns, frame->loop, frame->unit, (uint64_t)frame->size, crc, frame->planned_ns,
             frame->key);
}

void sample_row_sent(char *row, const struct frame *frame, int64_t end_ns)
{
    snprintf(row, SAMPLE_ROW_BYTES, "sent,%" PRId64 ",%" PRIu32 ",%" PRIu32 ",,,,", end_ns,
             frame->loop, frame->unit);
}

void sample_row_memory(char *row, uint64_t bytes, int64_t t_ns)
{
    snprintf(row, SAMPLE_ROW_BYTES, "memory,%" PRId64 ",,,%" PRIu64 ",,,", t_ns, bytes);
}

static void slot_row(char *row, const char *event, int64_t planned_ns, int64_t t_ns)
{
    snprintf(row, SAMPLE_ROW_BYTES, "%s,%" PRId64 ",,,,,%" PRId64 ",", event, t_ns, planned_ns);
}

void sample_row_skipped(char *row, int64_t planned_ns, int64_t t_ns)
{
    slot_row(row, "skipped", planned_ns, t_ns);
}

void sample_row_empty(char *row, int64_t planned_ns, int64_t t_ns)
{
    slot_row(row, "empty", planned_ns, t_ns);
}
