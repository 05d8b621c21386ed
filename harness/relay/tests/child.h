/*
 * child: a program of the build under test, its notices and its end.
 *
 * A test that waits for what does not come is ended by its own alarm().
 */
#ifndef VDIBENCH_RELAY_TESTS_CHILD_H
#define VDIBENCH_RELAY_TESTS_CHILD_H

#include <gio/gio.h>

struct child {
    GSubprocess *process;
    GDataInputStream *notices;
    GDataInputStream *complaints; /* standard error */
};

/* Starts the program `argv[0]` that lies one folder above this test program.
 * Its arguments end with NULL. */
void child_start(struct child *child, const char *const *argv);

/* The next notice, which must begin with `word`, without word and time. The
 * caller frees it. */
char *child_expect(struct child *child, const char *word);

/* The value of `key` in the next notice, which must begin with `word`. */
char *child_expect_value(struct child *child, const char *word, const char *key);

void child_command(struct child *child, const char *line);

/* Closes its input, waits for its end; gives its exit status and, unless
 * `ret_complaints` is NULL, all that it wrote to standard error. */
int child_end(struct child *child, char **ret_complaints);

#endif
