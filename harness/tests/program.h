/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * program: a program of the build under test, its notices and its end.
 *
 * A test that waits for what does not come is ended by its own alarm().
 */
#ifndef VDIBENCH_TESTS_PROGRAM_H
#define VDIBENCH_TESTS_PROGRAM_H

#include <gio/gio.h>

struct program {
    GSubprocess *process;
    GDataInputStream *notices;
    GDataInputStream *complaints; /* standard error */
};

/* Starts the program `argv[0]` that lies one folder above this test program.
 * Its arguments end with NULL. */
void program_start(struct program *program, const char *const *argv);

/* The next notice, which must begin with `word`, without word and time. The
 * caller frees it. */
char *program_expect(struct program *program, const char *word);

/* The value of `key` in the next notice, which must begin with `word`. */
char *program_expect_value(struct program *program, const char *word, const char *key);

void program_command(struct program *program, const char *line);

/* Closes its input, waits for its end; gives its exit status and, unless
 * `ret_complaints` is NULL, all that it wrote to standard error. */
int program_end(struct program *program, char **ret_complaints);

#endif
