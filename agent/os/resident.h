/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * resident: how much memory the process has had at most.
 */
#ifndef AGENT_OS_RESIDENT_H
#define AGENT_OS_RESIDENT_H

#include <stdint.h>

/* The most bytes that were resident at once since it was executed. 0: the system does not
 * report it. Any thread. */
uint64_t os_resident_most_bytes(void);

#endif
