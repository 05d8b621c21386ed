/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * program-output: what a program of the system prints, which is asked about the machine.
 *
 * Waits for its end; for nothing that is measured. Any thread.
 */
#ifndef VDIBENCH_PROGRAM_OUTPUT_H
#define VDIBENCH_PROGRAM_OUTPUT_H

/* Everything that it prints to standard output; `folder` (may be NULL) is where it runs.
 * NULL when it is not there or fails; free it. */
char *program_output(const char *folder, const char *const *argv);

/* The first line; NULL also when there is none; free it. */
char *program_first_line(const char *folder, const char *const *argv);

#endif
