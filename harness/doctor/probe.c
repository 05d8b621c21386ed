/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/doctor/probe.h"

const char *probe_state_text(enum probe_state state)
{
    static const char *const texts[PROBE_STATE_COUNT] = {"ok", "limited", "missing"};

    return texts[state];
}

void finding_set(struct finding *finding, enum probe_state state, const char *mend,
                 const char *format, ...)
{
    va_list args;

    finding_finish(finding);
    va_start(args, format);
    finding->found = g_strdup_vprintf(format, args);
    va_end(args);
    finding->state = state;
    finding->mend = g_strdup(mend);
}

void finding_finish(struct finding *finding)
{
    g_clear_pointer(&finding->found, g_free);
    g_clear_pointer(&finding->mend, g_free);
}

char *machine_text(const struct machine *machine, const char *file)
{
    g_autofree char *path = g_build_filename(machine->root, file, NULL);
    char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? g_strstrip(text) : NULL;
}

void look_for_program(struct finding *finding, enum probe_state state, const char *program,
                      const char *package, const char *serves)
{
    g_autofree char *path = g_find_program_in_path(program);
    g_autofree char *install = g_strconcat("apt-get install ", package, NULL);

    if (path)
        finding_set(finding, PROBE_OK, NULL, "%s", path);
    else
        finding_set(finding, state, install, "%s is not installed: %s", program, serves);
}
