/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * program: runs a program of the build under test; reads its notices and waits for its
 * end.
 *
 * A test must set an alarm() of its own: the functions wait without a limit.
 */
#ifndef VDIBENCH_TESTS_PROGRAM_H
#define VDIBENCH_TESTS_PROGRAM_H

#include <gio/gio.h>

struct program {
    GSubprocess *process;
    GDataInputStream *notices;
    GDataInputStream *complaints; /* standard error */
};

/* Starts the program `argv[0]`, which is one folder above this test program. `argv` ends
 * with NULL. */
void program_start(struct program *program, const char *const *argv);

/* Reads the next notice, which must begin with `word`; returns it without the word and
 * the time. The caller frees it. */
char *program_expect(struct program *program, const char *word);

/* Reads the next notice, which must begin with `word`; returns the value of `key`. The
 * caller frees it. */
char *program_expect_value(struct program *program, const char *word, const char *key);

void program_command(struct program *program, const char *line);

/* Closes the program's input and waits for its end. Returns its exit status (-1 after a
 * signal) and, unless `ret_complaints` is NULL, all that it wrote to standard error. */
int program_end(struct program *program, char **ret_complaints);

#endif
