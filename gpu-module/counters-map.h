/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * counters-map: another process's counters, read while it runs.
 *
 * What is mapped stays readable when the process has ended, so the last state
 * can still be reported. Any thread; Linux only.
 */
#ifndef COUNTERS_MAP_H
#define COUNTERS_MAP_H

#include "gpu-module/counters.h"

#include <stdbool.h>
#include <sys/types.h>

/* The counters of the first port with the GPU module in process `pid`, or
 * NULL with one line in `error` that names what is missing. */
const struct gpu_counters *counters_map(pid_t pid, char *error, size_t error_bytes);

/* NULL is allowed. */
void counters_unmap(const struct gpu_counters *counters);

/* The process has not ended. */
bool counters_map_lives(pid_t pid);

/* A frame's record as a row of CSV, as in module.csv (results/README.md), with
 * `frame` for its event and t3 for its time. What has not happened is empty. */
#define FRAME_RECORD_CSV_HEADER \
    "event,t_ns,sequence,opening,id,bytes,key,t2_ns,t3_ns,t4_ns,clients,fate"
#define FRAME_RECORD_CSV_BYTES 256
void frame_record_csv(const struct frame_record *record, char ret_row[FRAME_RECORD_CSV_BYTES]);

#endif
