/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * agent: the guest's agent at our port, or at upstream's, in the test's hands.
 */
#ifndef GPU_MODULE_TESTS_AGENT_H
#define GPU_MODULE_TESTS_AGENT_H

#include "gpu-module/spice-server/tests/qemu/machine.h"

#include <stdint.h>

struct agent {
    struct machine *machine;
    unsigned port;
    struct port_parser host; /* what the host writes, from the opening on */
};

/* The port was opened: what the host writes from now on. */
void agent_begin(struct agent *agent, struct machine *machine, unsigned port);
/* Opens the port and waits for CAPABILITIES; for START, too. */
void agent_open(struct agent *agent, struct machine *machine);
void agent_start(struct agent *agent, struct machine *machine);
void agent_close(struct agent *agent);
/* The next message of the host of this kind; others are passed over. A NOTIFY_ERROR
 * among them fails the test. `text` (or NULL) gets a NOTIFY_ERROR's. */
unsigned agent_wait(struct agent *agent, enum port_event_kind kind, char *text, size_t text_size);

void agent_write(struct agent *agent, const void *bytes, size_t size);
void agent_format(struct agent *agent, uint32_t width_px, uint32_t height_px);
void agent_key_frame(struct agent *agent);
/* The first half of a frame, and its rest. */
void agent_half_frame(struct agent *agent);
void agent_other_half(struct agent *agent);

/* An agent that keeps to the protocol is shown where there is a display, and the
 * vGPU comes back when it leaves; QEMU and client live. */
void an_agent_is_served(struct machine *machine);

#endif
