/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The relay as a class of VM: a port and an address for the client; it takes no orders. */
#include "harness/vm/vm-words.h"

static void add_arguments(const struct vm_options *options, GPtrArray *arguments)
{
    const char *const words[] = {"--listen",    options->listen, "--port",
                                 options->port, "--samples",     options->samples};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        g_ptr_array_add(arguments, g_strdup(words[i]));
}

const struct vm_class vm_relay = {
    .name = "relay",
    .program = "relay",
    .add_arguments = add_arguments,
    .order = vm_words_order,
    .next = vm_words_next,
};
