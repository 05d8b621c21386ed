/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * given-gpu: the graphics card that a run gives to its real VM.
 *
 * Looks at the host, and changes nothing. Main thread.
 */
#ifndef VDIBENCH_GIVEN_GPU_H
#define VDIBENCH_GIVEN_GPU_H

#include <glib.h>

/* "03:00.0", as lspci prints it, with its domain; any other text as it is. Free it. */
char *given_gpu_address(const char *text);

/* The PCI addresses of all functions of the card, separated by commas; free it. `root`: what lies above sys/ and proc/. NULL and `error`, one line, at
 * the first of the doctor's points (vdibench doctor --gpu) that keeps a VM from having the card. */
char *given_gpu_functions(const char *root, const char *text, GError **error);

#endif
