/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * resident: how much memory the process has had at most.
 */
#ifndef AGENT_LINUX_RESIDENT_H
#define AGENT_LINUX_RESIDENT_H

#include <stdint.h>

/* The most bytes that were resident at once since it was executed (VmHWM of proc(5); rusage's
 * value would be its parent's, if that had more). 0: the kernel does not report it. */
uint64_t resident_most_bytes(void);

#endif
