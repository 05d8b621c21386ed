/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * encoder-child: runs an encoder (agent/encoder.h) in a process of its own, so that the agent
 * outlives it: a driver may end its process when the GPU was reset, as Mesa does, or hang.
 *
 * The process is this program once more, with ENCODER_CHILD_OPTION as its first argument; it
 * lives from open to close, and dies with the thread that has opened it. (No fork without
 * exec: the agent has threads.) A picture is copied into memory that both have, and which
 * the child can neither shrink nor grow, it has none of the agent's capabilities; commands and access units go through a pair of
 * sockets (encoder-child-messages.h). Nothing that comes from the child is trusted: sizes
 * have limits, each access unit is looked at, texts are made printable.
 *
 * Errors of open, submit and get beside the encoder's own: -EOWNERDEAD: the child has died.
 * -ETIMEDOUT: it hangs. -EPROTO: it has answered nonsense. It is ended then, and error() has
 * one line on it.
 */
#ifndef AGENT_LINUX_ENCODER_CHILD_H
#define AGENT_LINUX_ENCODER_CHILD_H

#include "agent/encoder.h"
#include "protocol/port-protocol.h"

/* The first argument of the child's main(), which calls encoder_child_serve(). */
#define ENCODER_CHILD_OPTION "--encoder-child"

/* How long it may take to open its encoder: a driver's first start loads firmware. */
#define ENCODER_CHILD_OPEN_NS INT64_C(5000000000)

/* And for a picture, less than a live capture waits (LIVE_ENCODER_NS): who hangs is known. */
#define ENCODER_CHILD_PICTURE_NS INT64_C(1000000000)

/* The parent's side. `name`: of the encoder, in texts. `argument`: the child's, after
 * ENCODER_CHILD_OPTION. Both must stay. NULL: memory is short. */
struct encoder *encoder_child_create(const char *name, enum port_codec codec, const char *argument);

/* The child's side, all of its main(): runs the encoder until the parent closes it. Destroys
 * the encoder; NULL: there is none, because memory is short. Returns the exit status. */
int encoder_child_serve(struct encoder *encoder);

#endif
