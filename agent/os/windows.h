/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * windows: what only the agent's Windows files may know of agent/os.
 */
#ifndef AGENT_OS_WINDOWS_H
#define AGENT_OS_WINDOWS_H

#include "agent/os/wake.h"

/* The HANDLE of an event that is signalled while the wake is set; for waiting only. */
void *os_wake_event(const struct os_wake *wake);

#endif
