/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * doctor: what a machine can and cannot measure, and the one command that mends each
 * point. Main thread.
 */
#ifndef VDIBENCH_DOCTOR_H
#define VDIBENCH_DOCTOR_H

#include "auto-destroy.h"
#include "harness/doctor/probe.h"

#include <json-glib/json-glib.h>

struct diagnosis {
    const struct probe *probe;
    struct finding finding;
};

/* All points, in the order of the tables in probe.h: struct diagnosis. Never NULL. */
GPtrArray *doctor_examine(const struct machine *machine);

/* The points of a VM that is to have the card `machine->gpu`; only the first one if there is no such card. */
GPtrArray *doctor_examine_gpu(const struct machine *machine);

/* Whether everything is there that is needed. */
bool doctor_is_ready(const GPtrArray *diagnoses);

/* One line a point, the state first; and the same for a machine. `purpose` is what it is needed for: "make bench".
 * Free them. */
char *doctor_text(const GPtrArray *diagnoses, const char *purpose);
JsonNode *doctor_json(const GPtrArray *diagnoses);

#endif
