/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * recording-index: when each access unit of a recording was captured, as the real agent's
 * --record writes it beside the stream (agent/recorder.h). Any thread.
 */
#ifndef SIM_AGENT_RECORDING_INDEX_H
#define SIM_AGENT_RECORDING_INDEX_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct recording_index_row {
    int64_t time_us; /* later than the row's before, the first is 0 */
    size_t bytes;    /* of the access unit */
};

/* Reads FILE.index beside `path`: *ret_rows gets the rows, to be unreferenced, or NULL where
 * there is no such file. A last row without its end is left out: a full disk ended it. False,
 * and `error` ("path: what: what to do"), if it is no index. */
bool recording_index_read(const char *path, GArray **ret_rows, GError **error);

#endif
