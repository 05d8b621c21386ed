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
#include "harness/report/saved-result.h"

/* A command, with its name as argv[0]. False and `error`, one line, when it was
 * called wrongly or could not begin; `ret_status` is the exit status otherwise,
 * which stays as it is when all went well. */
typedef gboolean (*Command)(const Layout *layout, int argc, char **argv, int *ret_status,
                            GError **error);

gboolean command_list(const Layout *layout, int argc, char **argv, int *ret_status, GError **error);
gboolean command_show(const Layout *layout, int argc, char **argv, int *ret_status, GError **error);
gboolean command_steps(const Layout *layout, int argc, char **argv, int *ret_status,
                       GError **error);
gboolean command_run(const Layout *layout, int argc, char **argv, int *ret_status, GError **error);
gboolean command_sessions(const Layout *layout, int argc, char **argv, int *ret_status,
                          GError **error);
gboolean command_plots(const Layout *layout, int argc, char **argv, int *ret_status,
                       GError **error);
gboolean command_report(const Layout *layout, int argc, char **argv, int *ret_status,
                        GError **error);

/* Reads the options; `entries` may be NULL. `summary` is what --help prints after
 * the command's name. */
gboolean command_parse(const char *summary, const GOptionEntry *entries, int *argc, char ***argv,
                       GError **error);

/* Sets the error and returns false. */
gboolean command_usage_error(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Each of `words` (may be NULL) must be one of the names, which are separated
 * by ", ". */
gboolean command_check_words(const char *option, char **words, const char *names, GError **error);

/* An option that was not given keeps this value. */
#define NOT_GIVEN G_MININT

gboolean command_check_range(const char *option, int value, int min, int max, GError **error);

/* The result of the one folder that a command is given; `summary` as above. */
SavedResult *command_read_result(const char *command, const char *summary, int argc, char **argv,
                                 GError **error);

#endif
