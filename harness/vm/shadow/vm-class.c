/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* A guest with a mediated vGPU and no display as a class of VM; its program is shadow-paging-run. */
#include "harness/vm/vm-words.h"

static void add_arguments(const struct vm_options *options, GPtrArray *arguments)
{
    const char *const words[] = {
        "--policy",    options->policy,    "--load",           options->load,
        "--traps",     options->traps,     "--reconstruction", options->reconstruction,
        "--recording", options->recording, "--samples",        options->submissions};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        g_ptr_array_add(arguments, g_strdup(words[i]));
}

const struct vm_class vm_shadow = {
    .name = "shadow",
    .program = "shadow-paging-run",
    .add_arguments = add_arguments,
    .order = vm_words_order,
    .next = vm_words_next,
};
