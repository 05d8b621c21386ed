/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * cases: what an agent must do, and what it must tolerate. Each begins with a new
 * session and, on failure, reports the reason to the agent's author in one line.
 */
#ifndef CONFORMANCE_CASES_H
#define CONFORMANCE_CASES_H

#include "protocol/conformance/host.h"

enum verdict { PASSED, FAILED, SKIPPED };

/* What a case works with, and where it writes why it failed or was skipped. */
struct trial {
    struct host *host;
    const struct host_options *options;
    char *reason;
    size_t reason_size;
};

struct conformance_case {
    const char *name;
    enum verdict (*run)(const struct trial *trial); /* the session is ended by the caller */
};

extern const struct conformance_case conformance_cases[];
extern const unsigned conformance_cases_count;

#endif
