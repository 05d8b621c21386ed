/*
 * workload: the recording that a workload's name stands for.
 */
#ifndef VDIBENCH_WORKLOAD_H
#define VDIBENCH_WORKLOAD_H

#include <glib.h>

/* The file NAME.mp4, .mkv, .ts, .h264 or .264 in PROGRAMS/recordings, then in
 * TOP/sim-agent/captures; free it. NULL and `error` when there is none. */
char *workload_find(const char *name, const char *programs, const char *top, GError **error);

#endif
