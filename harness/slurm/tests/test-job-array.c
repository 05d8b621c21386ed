/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* job-array: what Slurm is given, what a task does with it, and which part counts. */
#include "harness/slurm/job-array.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct house {
    char *folder, *slurm;
};

/* A run's folder with a blank and a quote in its name, two cases, and a token. */
static int begin(void **state)
{
    struct house *house = g_new0(struct house, 1);
    g_autofree char *top = g_dir_make_tmp("vdibench-XXXXXX", NULL);
    house->folder = g_build_filename(top, "it's a run", NULL);
    house->slurm = g_build_filename(house->folder, "slurm", NULL);
    g_autofree char *cases = g_build_filename(house->slurm, "cases", NULL);
    g_autofree char *token = g_build_filename(house->slurm, "token", NULL);

    g_mkdir_with_parents(house->slurm, 0777);
    g_file_set_contents(cases, "one,case\nthe other,case\n", -1, NULL);
    g_file_set_contents(token, "T", -1, NULL);
    *state = house;
    return 0;
}

static int end(void **state)
{
    struct house *house = *state;
    g_autofree char *top = g_path_get_dirname(house->folder);
    g_autofree char *quoted = g_shell_quote(top);
    g_autofree char *command = g_strconcat("rm -rf ", quoted, NULL);
    int status = system(command);

    g_free(house->folder);
    g_free(house->slurm);
    g_free(house);
    return status;
}

static const char *const words[] = {"run", "scen ario's", NULL};

static struct job_array array_of(const struct house *house, const char *program)
{
    return (struct job_array){
        .folder = house->folder, .program = program, .words = words, .token = "T", .submission = 2};
}

/* The exit status of task 2 on its third start. */
static int run_task(const struct job_array *array)
{
    g_autofree char *script = job_array_script(array);
    char *argv[] = {(char *)"bash", (char *)"-c", script, NULL};
    g_auto(GStrv) environment = g_get_environ();
    int status;

    environment = g_environ_setenv(environment, "SLURM_ARRAY_TASK_ID", "2", true);
    environment = g_environ_setenv(environment, "SLURM_RESTART_COUNT", "2", true);
    assert_true(g_spawn_sync(NULL, argv, environment, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                             &status, NULL));
    return WEXITSTATUS(status);
}

static char *write_program(const struct house *house, const char *text)
{
    char *file = g_build_filename(house->folder, "program", NULL);
    g_file_set_contents(file, text, -1, NULL);
    g_chmod(file, 0755);
    return file;
}

static void a_task_leaves_its_part(void **state)
{
    const struct house *house = *state;
    /* Its last word is the folder to be made. */
    g_autofree char *program = write_program(
        house, "#!/bin/bash\n"
               "mkdir \"${@: -1}\"; printf '%s\\n' \"$@\" >\"${@: -1}/result.json\"\n");
    const struct job_array array = array_of(house, program);
    g_autofree char *result = g_build_filename(house->slurm, "part-2-2-2", "result.json", NULL);
    g_autofree char *text = NULL;

    assert_int_equal(run_task(&array), 0);
    assert_true(g_file_get_contents(result, &text, NULL, NULL));
    assert_true(
        g_str_has_prefix(text, "run\nscen ario's\n--only-case\nthe other,case\n--output\n"));
    /* What it measured with is gone. */
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    assert_false(g_file_test(lines[7], G_FILE_TEST_EXISTS));
}

static void a_task_without_a_result_leaves_no_part_and_its_status(void **state)
{
    const struct house *house = *state;
    g_autofree char *program = write_program(house, "#!/bin/bash\nexit 5\n");
    const struct job_array array = array_of(house, program);
    assert_int_equal(run_task(&array), 5);
    assert_null(job_array_part(house->folder, 2));
}

static void a_folder_that_is_not_shared_is_noticed(void **state)
{
    const struct house *house = *state;
    g_autofree char *program = write_program(house, "#!/bin/bash\nexit 5\n");
    struct job_array array = array_of(house, program);

    array.token = "another";
    assert_int_equal(run_task(&array), JOB_ARRAY_EXIT_NOT_SHARED);
    array = array_of(house, "/not/there");
    assert_int_equal(run_task(&array), JOB_ARRAY_EXIT_NOT_SHARED);
    array = array_of(house, program);
    array.folder = "/not/there";
    assert_int_equal(run_task(&array), JOB_ARRAY_EXIT_NOT_SHARED);
}

static void make_part(const struct house *house, const char *name, bool complete)
{
    g_autofree char *folder = g_build_filename(house->slurm, name, NULL);
    g_autofree char *result = g_build_filename(folder, "result.json", NULL);
    g_mkdir(folder, 0777);
    if (complete)
        g_file_set_contents(result, "{}", -1, NULL);
}

static void the_newest_complete_part_counts(void **state)
{
    const struct house *house = *state;

    assert_null(job_array_part(house->folder, 1));
    make_part(house, "part-1-1-9", true);
    make_part(house, "part-1-2-0", true);
    make_part(house, "part-1-2-10", true);
    make_part(house, "part-1-2-9", true);
    make_part(house, "part-1-3-0", false);
    make_part(house, "part-11-9-0", true); /* of another task */
    g_autofree char *part = job_array_part(house->folder, 1);
    g_autofree char *expected = g_build_filename(house->slurm, "part-1-2-10", NULL);
    assert_string_equal(part, expected);
}

static void the_command_has_our_options_and_the_users(void **state)
{
    const struct house *house = *state;
    static const char *const options[] = {"--partition=fast", NULL};
    struct job_array array = array_of(house, "/p");
    g_autoptr(GArray) tasks = g_array_new(false, false, sizeof(unsigned));
    static const unsigned numbers[] = {1, 2, 3, 7, 9, 10};

    array.options = options;
    array.jobs_max = 4;
    g_array_append_vals(tasks, numbers, G_N_ELEMENTS(numbers));
    g_auto(GStrv) command = job_array_command(&array, tasks);
    g_autofree char *text = g_strjoinv(" ", command);
    g_autofree char *expected =
        g_strconcat("sbatch --wait --parsable --job-name=vdibench --nodes=1 --exclusive --requeue "
                    "--output=/dev/null --array=1-3,7,9-10%4 --partition=fast ",
                    house->slurm, "/job", NULL);
    assert_string_equal(text, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_task_leaves_its_part, begin, end),
        cmocka_unit_test_setup_teardown(a_task_without_a_result_leaves_no_part_and_its_status,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_folder_that_is_not_shared_is_noticed, begin, end),
        cmocka_unit_test_setup_teardown(the_newest_complete_part_counts, begin, end),
        cmocka_unit_test_setup_teardown(the_command_has_our_options_and_the_users, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
