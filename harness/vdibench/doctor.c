/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/doctor/doctor.h"

#include "harness/vdibench/command.h"

#include <stdio.h>
#include <stdlib.h>

/* How long the processors are watched: fifty ticks of the kernel's. */
#define SAMPLE_MS 500

bool command_doctor(const struct layout *layout, int argc, char **argv, int *ret_status,
                    GError **error)
{
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        COMMAND_JSON_OPTION(&json),
        G_OPTION_ENTRY_NULL,
    };
    if (!command_parse("- what this machine can measure, and what would mend the rest", entries,
                       &argc, &argv, error))
        return false;
    if (argc > 1)
        return command_usage_error(error, "doctor: '%s': it takes no arguments", argv[1]);
    g_autofree char *results =
        g_build_filename(layout->installed ? "." : layout->top, "results", NULL);
    const struct machine machine = {
        .root = "/",
        .programs = layout->programs,
        .top = layout->top,
        .results = results,
        .sample_ms = SAMPLE_MS,
    };
    g_autoptr(GPtrArray) diagnoses = doctor_examine(&machine);
    if (json) {
        command_print_json(doctor_json(diagnoses));
    } else {
        g_autofree char *text = doctor_text(diagnoses);
        fputs(text, stdout);
    }
    if (!doctor_is_ready(diagnoses))
        *ret_status = EXIT_FAILURE;
    return true;
}
