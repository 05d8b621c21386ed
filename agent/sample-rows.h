/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * sample-rows: the rows of an agent's sample file (results/README.md), as every agent writes
 * them.
 *
 * Pure functions, any thread. A row has no newline, and its final zero.
 */
#ifndef AGENT_SAMPLE_ROWS_H
#define AGENT_SAMPLE_ROWS_H

#include "agent/agent.h"
#include "agent/frame.h"

#include <stdint.h>

/* The file's first line. */
#define SAMPLE_ROWS_COLUMNS "event,t_ns,loop,unit,bytes,crc,planned_ns,key"

/* Seven numbers of at most 20 digits, a word, and what separates them. */
#define SAMPLE_ROW_BYTES 192

/* The row of a report at `t_ns`. False: such a report has none. */
bool sample_row_report(char *row, enum agent_report report, int64_t t_ns);

/* The port was given the frame's first byte. `crc` is zlib's crc32 of the access unit without
 * its trailer. */
void sample_row_frame(char *row, const struct frame *frame, int64_t begin_ns, uint32_t crc);

/* The port has taken its last byte. */
void sample_row_sent(char *row, const struct frame *frame, int64_t end_ns);

/* The most memory that the process has had resident so far. */
void sample_row_memory(char *row, uint64_t bytes, int64_t t_ns);

/* Nothing was captured for a slot (observer.h). */
void sample_row_skipped(char *row, int64_t planned_ns, int64_t t_ns);
void sample_row_empty(char *row, int64_t planned_ns, int64_t t_ns);

#endif
