/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * guest: a small guest in QEMU (TCG), in which the agent runs, and this process as its host.
 *
 * The guest has three cards of virtual machines and, where it could be built, vkms, a card of
 * memory that serves as the pGPU. It runs this tree's programs out of the host's files. Its two
 * ports are unix sockets of ours: `control` runs shell commands (agent/tests/kms-guest/inside),
 * `agent` is the agent's port, where this is the GPU module.
 *
 * Every failure, and every wait that is too long, fails the test that calls.
 */
#ifndef AGENT_TESTS_KMS_GUEST_GUEST_H
#define AGENT_TESTS_KMS_GUEST_GUEST_H

#include <stdbool.h>
#include <stdint.h>

/* Begins to boot the kernel and file system in `folder` (harness/vm/qemu/guest/prepare). False, with one line in
 * `ret_problem`: QEMU cannot be run. */
bool guest_start(const char *folder, const char **ret_problem);
/* Ends QEMU. Where something has failed, prints what the guest's kernel has reported last. */
void guest_end(bool failed);

/* Runs a shell command in the guest. Returns what it has printed, without the last newline, valid
 * until the next call; *ret_status (may be NULL: then it has to be 0) its exit status. */
const char *guest_run(int *ret_status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Begins a session with the agent that has opened the port, or is about to, and has a viewer. */
void guest_begin_session(void);
/* The agent has closed the port: what comes until the next session is thrown away. */
void guest_forget_session(void);

/* Waits until the agent has sent this known picture in this size. Each picture until then is the
 * one that was awaited before in this session, or this one. */
void guest_await_picture(uint32_t number, uint32_t width_px, uint32_t height_px);
/* The same of a picture that is drawn into the framebuffer that is shown: pictures may be of both. */
void guest_await_drawing(uint32_t number, uint32_t width_px, uint32_t height_px);

/* Waits until the pointer is this one: a colour 0xRRGGBB, and the place of its corner. */
void guest_await_pointer(uint32_t colour, int32_t x_px, int32_t y_px);
void guest_await_no_pointer(void);

/* How many pictures came in this session. */
unsigned guest_pictures(void);
void guest_await_pictures(unsigned count);
/* Takes what comes in this time. */
void guest_listen(unsigned ms);

#endif
