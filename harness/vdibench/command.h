/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * command: the commands of vdibench, one file each, and what they share: reading
 * their options and complaining about them.
 *
 * The commands are the only code that knows every stage of a run: scenario,
 * plan, run, evaluate, result, report and plots. Main thread.
 */
#ifndef VDIBENCH_COMMAND_H
#define VDIBENCH_COMMAND_H

#include "harness/plan/plan.h"
#include "harness/result/result.h"

#include <limits.h>
#include <stdbool.h>

/* A command, with its name as argv[0]. False and `error`, one line, when it was
 * called wrongly or could not begin; `ret_status` is the exit status otherwise, 0
 * until it is set; and also then if it was set to another one. */
typedef bool (*command_fn)(const struct layout *layout, int argc, char **argv, int *ret_status,
                           GError **error);

bool command_list(const struct layout *layout, int argc, char **argv, int *ret_status,
                  GError **error);
bool command_show(const struct layout *layout, int argc, char **argv, int *ret_status,
                  GError **error);
bool command_steps(const struct layout *layout, int argc, char **argv, int *ret_status,
                   GError **error);
bool command_metrics(const struct layout *layout, int argc, char **argv, int *ret_status,
                     GError **error);
bool command_run(const struct layout *layout, int argc, char **argv, int *ret_status,
                 GError **error);
bool command_merge(const struct layout *layout, int argc, char **argv, int *ret_status,
                   GError **error);
bool command_sessions(const struct layout *layout, int argc, char **argv, int *ret_status,
                      GError **error);
bool command_evaluate(const struct layout *layout, int argc, char **argv, int *ret_status,
                      GError **error);
bool command_compare(const struct layout *layout, int argc, char **argv, int *ret_status,
                     GError **error);
bool command_export(const struct layout *layout, int argc, char **argv, int *ret_status,
                    GError **error);
bool command_plots(const struct layout *layout, int argc, char **argv, int *ret_status,
                   GError **error);
bool command_summary(const struct layout *layout, int argc, char **argv, int *ret_status,
                     GError **error);
bool command_doctor(const struct layout *layout, int argc, char **argv, int *ret_status,
                    GError **error);
bool command_report(const struct layout *layout, int argc, char **argv, int *ret_status,
                    GError **error);

/* Reads the options; `entries` may be NULL. `summary` is what --help prints after
 * the command's name. */
bool command_parse(const char *summary, const GOptionEntry *entries, int *argc, char ***argv,
                   GError **error);

/* The same with two lists of options. */
bool command_parse_two(const char *summary, const GOptionEntry *entries, const GOptionEntry *more,
                       int *argc, char ***argv, GError **error);

/* The option --json of each command that a program may want to read. */
#define COMMAND_JSON_OPTION(json)                                                        \
    {                                                                                    \
        "json", 0, 0, G_OPTION_ARG_NONE, (json), "The same as JSON, for a program", NULL \
    }

/* Prints it, indented and with a newline, and takes it. */
void command_print_json(JsonNode *node);

/* Sets the error and returns false. */
bool command_usage_error(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Makes "a,b" two words of a list; `words` (may be NULL) is freed and made anew. */
void command_split_lists(char ***words);

/* Each of `words` (may be NULL) must be one of the names, which are separated
 * by ", ". */
bool command_check_words(const char *option, char **words, const char *names, GError **error);

/* An option that was not given keeps this value. */
#define NOT_GIVEN INT_MIN

bool command_check_range(const char *option, int value, int min, int max, GError **error);

/* The result of the one folder that a command is given; `summary` as above. */
struct result *command_read_result(const char *command, const char *summary, int argc, char **argv,
                                   GError **error);

#endif
