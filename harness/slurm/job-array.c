/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/slurm/job-array.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static void add_quoted(GString *script, const char *name, const char *value)
{
    g_autofree char *quoted = g_shell_quote(value);
    g_string_append_printf(script, "%s=%s\n", name, quoted);
}

char *job_array_script(const struct job_array *array)
{
    GString *script = g_string_new("#!/bin/bash\n"
                                   "# Made by vdibench run --slurm: one repeat of one case.\n");

    add_quoted(script, "folder", array->folder);
    add_quoted(script, "program", array->program);
    add_quoted(script, "token", array->token);
    g_string_append_printf(
        script,
        "if [ \"$(cat \"$folder/slurm/token\")\" != \"$token\" ] || [ ! -x \"$program\" ]; then\n"
        "    exit %d\n"
        "fi\n"
        "task=$SLURM_ARRAY_TASK_ID\n"
        "part=part-$task-%u-${SLURM_RESTART_COUNT:-0}\n"
        "exec >>\"$folder/slurm/task-$task.log\" 2>&1\n"
        "echo \"$part on ${SLURMD_NODENAME:-?}\"\n"
        "# Samples, sockets and the port are on the node's own disk while it measures.\n"
        "own=$(mktemp -d) || exit 1\n"
        "trap 'rm -rf \"$own\"' EXIT\n"
        "trap : TERM # vdibench gets it, too, and ends in order\n"
        "export XDG_RUNTIME_DIR=$own\n",
        JOB_ARRAY_EXIT_NOT_SHARED, array->submission);
    g_string_append(script, "\"$program\"");
    for (const char *const *word = array->words; *word; word++) {
        g_autofree char *quoted = g_shell_quote(*word);
        g_string_append_printf(script, " %s", quoted);
    }
    /* Of an option that is given twice the last one counts. */
    g_string_append(script, " \\\n"
                            "    --only-case \"$(sed -n \"${task}p\" \"$folder/slurm/cases\")\""
                            " --output \"$own/part\"\n"
                            "status=$?\n"
                            "[ -e \"$own/part/result.json\" ] || exit $status\n"
                            "cp -a \"$own/part\" \"$folder/slurm/.$part\" &&\n"
                            "    mv \"$folder/slurm/.$part\" \"$folder/slurm/$part\"\n");
    return g_string_free(script, false);
}

char **job_array_command(const struct job_array *array, const GArray *tasks)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    GString *indices = g_string_new("--array=");
    g_autofree char *job = g_build_filename(array->folder, "slurm", "job", NULL);

    for (unsigned i = 0; i < tasks->len; i++) {
        unsigned first = g_array_index(tasks, unsigned, i), last = first;
        while (i + 1 < tasks->len && g_array_index(tasks, unsigned, i + 1) == last + 1) {
            last++;
            i++;
        }
        g_string_append_printf(indices, "%s%u", indices->str[indices->len - 1] == '=' ? "" : ",",
                               first);
        if (last > first)
            g_string_append_printf(indices, "-%u", last);
    }
    if (array->jobs_max)
        g_string_append_printf(indices, "%%%u", array->jobs_max);

    static const char *const own[] = {
        "sbatch",    "--wait",      "--parsable", "--job-name=vdibench",
        "--nodes=1", "--exclusive", "--requeue",  "--output=/dev/null"};
    for (unsigned i = 0; i < G_N_ELEMENTS(own); i++)
        g_strv_builder_add(words, own[i]);
    g_strv_builder_add(words, indices->str);
    g_string_free(indices, true);
    for (const char *const *option = array->options; option && *option; option++)
        g_strv_builder_add(words, *option);
    g_strv_builder_add(words, job);
    return g_strv_builder_end(words);
}

char *job_array_part(const char *folder, unsigned task)
{
    g_autofree char *slurm = g_build_filename(folder, "slurm", NULL);
    g_autofree char *prefix = g_strdup_printf("part-%u-", task);
    g_autoptr(GDir) dir = g_dir_open(slurm, 0, NULL);
    unsigned long newest = 0;
    char *part = NULL;
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        unsigned submission, start;
        if (!g_str_has_prefix(name, prefix) ||
            sscanf(name + strlen(prefix), "%u-%u", &submission, &start) != 2)
            continue;
        g_autofree char *result = g_build_filename(slurm, name, "result.json", NULL);
        unsigned long age = ((unsigned long)submission << 32) + start;
        if (age < newest || !g_file_test(result, G_FILE_TEST_EXISTS))
            continue;
        newest = age;
        g_free(part);
        part = g_build_filename(slurm, name, NULL);
    }
    return part;
}
