/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/tests/program.h"

#include "harness/instrument/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

void program_start(struct program *program, const char *const *argv)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *tests = g_path_get_dirname(self);
    g_autofree char *file = g_build_filename(tests, "..", argv[0], NULL);
    g_auto(GStrv) copy = g_strdupv((char **)argv);
    g_autoptr(GError) error = NULL;

    g_free(copy[0]);
    copy[0] = g_steal_pointer(&file);
    program->process =
        g_subprocess_newv((const char *const *)copy,
                          G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                              G_SUBPROCESS_FLAGS_STDERR_PIPE,
                          &error);
    assert_non_null(program->process);
    program->notices = g_data_input_stream_new(g_subprocess_get_stdout_pipe(program->process));
    program->complaints = g_data_input_stream_new(g_subprocess_get_stderr_pipe(program->process));
}

char *program_expect(struct program *program, const char *word)
{
    g_autofree char *line = g_data_input_stream_read_line(program->notices, NULL, NULL, NULL);
    assert_non_null(line);
    g_auto(GStrv) words = g_strsplit(line, " ", 3);
    assert_string_equal(words[0], word);
    assert_non_null(words[1]); /* the time */
    return g_strdup(words[2] ? words[2] : "");
}

char *program_expect_value(struct program *program, const char *word, const char *key)
{
    g_autofree char *rest = program_expect(program, word);
    g_auto(GStrv) pairs = words_split(rest);
    for (char **pair = pairs; *pair; pair++)
        if (g_str_has_prefix(*pair, key) && (*pair)[strlen(key)] == '=')
            return g_strdup(*pair + strlen(key) + 1);
    fail_msg("no %s= in \"%s\"", key, rest);
    return NULL;
}

void program_command(struct program *program, const char *line)
{
    GOutputStream *input = g_subprocess_get_stdin_pipe(program->process);
    assert_true(g_output_stream_write_all(input, line, strlen(line), NULL, NULL, NULL));
}

int program_end(struct program *program, char **ret_complaints)
{
    g_output_stream_close(g_subprocess_get_stdin_pipe(program->process), NULL, NULL);
    g_autofree char *text =
        g_data_input_stream_read_upto(program->complaints, "", 0, NULL, NULL, NULL);
    assert_true(g_subprocess_wait(program->process, NULL, NULL));
    int status = g_subprocess_get_if_exited(program->process)
                     ? g_subprocess_get_exit_status(program->process)
                     : -1;
    if (ret_complaints)
        *ret_complaints = g_strdup(text ? text : "");
    g_object_unref(program->notices);
    g_object_unref(program->complaints);
    g_object_unref(program->process);
    return status;
}
