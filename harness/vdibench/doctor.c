/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/doctor/doctor.h"

#include "harness/doctor/given-gpu.h"
#include "harness/run/pgpu.h"
#include "harness/vdibench/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long the processors are watched: fifty ticks of the kernel's. */
#define SAMPLE_MS 500

/* What --gpu asks for. */
struct gpu_option {
    bool given;
    char *address; /* NULL: the card of the paper, else the first of AMD's */
};

static gboolean take_gpu(const char *option, const char *value, gpointer data, GError **error)
{
    struct gpu_option *gpu = data;

    gpu->given = true;
    g_free(gpu->address);
    gpu->address = value ? given_gpu_address(value) : NULL;
    return true;
}

static char *find_gpu(const char *root)
{
    g_autofree char *devices = g_build_filename(root, PGPU_PCI_DEVICES, NULL);
    auto_destroy(pgpu) pgpu = pgpu_find(devices);

    return pgpu ? g_strdup(pgpu->address) : NULL;
}

bool command_doctor(const struct layout *layout, int argc, char **argv, int *ret_status,
                    GError **error)
{
    gboolean json = FALSE;
    g_autofree char *root = NULL, *gpu_address = NULL;
    struct gpu_option gpu = {0};
    const GOptionEntry entries[] = {
        {"gpu", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, take_gpu,
         "Look instead at what a VM needs that is to have this graphics card; without PCI the first one of AMD's",
         "PCI"},
        {"root", 0, 0, G_OPTION_ARG_FILENAME, &root,
         "With --gpu: look at the proc, sys and usr below FOLDER", "FOLDER"},
        COMMAND_JSON_OPTION(&json),
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context =
        g_option_context_new("- what this machine can measure, and what would mend the rest");
    GOptionGroup *group = g_option_group_new(NULL, NULL, NULL, &gpu, NULL);
    g_option_group_add_entries(group, entries);
    g_option_context_set_main_group(context, group);
    bool parsed = g_option_context_parse(context, &argc, &argv, error);
    gpu_address = gpu.address;
    if (!parsed)
        return false;
    if (argc > 1)
        return command_usage_error(error, "doctor: '%s': it takes no arguments", argv[1]);
    if (root && !gpu.given)
        return command_usage_error(error, "doctor: --root is for --gpu");
    if (gpu.given && !gpu_address)
        gpu_address = find_gpu(root ? root : "/");
    g_autofree char *results =
        g_build_filename(layout->installed ? "." : layout->top, "results", NULL);
    const struct machine machine = {
        .root = root ? root : "/",
        .programs = layout->programs,
        .top = layout->top,
        .results = results,
        .sample_ms = SAMPLE_MS,
        .gpu = gpu_address,
    };
    g_autoptr(GPtrArray) diagnoses =
        gpu.given ? doctor_examine_gpu(&machine) : doctor_examine(&machine);
    if (json) {
        command_print_json(doctor_json(diagnoses));
    } else {
        g_autofree char *text =
            doctor_text(diagnoses, gpu.given ? "a VM with this card" : "make bench");
        fputs(text, stdout);
    }
    if (!doctor_is_ready(diagnoses))
        *ret_status = EXIT_FAILURE;
    return true;
}
