/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * clock: the agent's only clock.
 */
#ifndef AGENT_OS_CLOCK_H
#define AGENT_OS_CLOCK_H

#include <stdint.h>

/* Nanoseconds on the system's monotonic clock: CLOCK_MONOTONIC, Windows'
 * performance counter. Any thread. */
int64_t os_now_ns(void);

/* A deadline that is never reached. */
#define OS_FOREVER INT64_MAX

#endif
