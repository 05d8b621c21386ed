/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The system's QEMU with a small guest as a class of VM. */
#include "harness/vm/vm-words.h"

static void add(GPtrArray *arguments, const char *name, char *value)
{
    if (!value)
        return;
    g_ptr_array_add(arguments, g_strdup(name));
    g_ptr_array_add(arguments, value);
}

static void add_arguments(const struct vm_options *options, GPtrArray *arguments)
{
    add(arguments, "--listen", g_strdup(options->listen));
    add(arguments, "--port-name", g_strdup(options->port_name));
    add(arguments, "--samples", g_strdup(options->samples));
    add(arguments, "--sockets", g_strdup(options->sockets));
    add(arguments, "--expect-library", g_strdup(options->library));
    add(arguments, "--size", g_strdup_printf("%ux%u", options->width_px, options->height_px));
    add(arguments, "--vgpu-fps", g_strdup_printf("%u", options->fps));
    add(arguments, "--gpu", g_strdup(options->gpu));
    add(arguments, "--guest", g_strdup(options->guest));
    add(arguments, "--recordings", options->guest ? g_strdup(options->recordings) : NULL);
    add(arguments, "--image-compression", g_strdup(options->image_compression));
    add(arguments, "--streaming", g_strdup(options->streaming));
    add(arguments, "--video-codecs", g_strdup(options->video_codecs));
}

const struct vm_class vm_qemu = {
    .name = "qemu",
    .program = "vm-qemu",
    .agent_runner = "agent-in-guest",
    .add_arguments = add_arguments,
    .order = vm_words_order,
    .next = vm_words_next,
};
