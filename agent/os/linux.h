/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * linux: what only the agent's Linux files may know of agent/os.
 */
#ifndef AGENT_OS_LINUX_H
#define AGENT_OS_LINUX_H

#include "agent/os/wake.h"

/* Readable (POLLIN) while the wake is set; for poll() only. */
int os_wake_fd(const struct os_wake *wake);

#endif
