/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The simulated VM as a class of VM. */
#include "harness/vm/vm-words.h"

#include <stdbool.h>

G_GNUC_PRINTF(3, 4)
static void add(GPtrArray *arguments, const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(arguments, g_strdup(name));
    g_ptr_array_add(arguments, g_strdup_vprintf(format, args));
    va_end(args);
}

static void add_text(GPtrArray *arguments, const char *name, const char *text)
{
    if (text)
        add(arguments, name, "%s", text);
}

static void add_flag(GPtrArray *arguments, const char *name, bool is_set)
{
    if (is_set)
        g_ptr_array_add(arguments, g_strdup(name));
}

static void add_arguments(const struct vm_options *options, GPtrArray *arguments)
{
    add_text(arguments, "--listen", options->listen);
    add_text(arguments, "--tls", options->tls);
    add_text(arguments, "--port", options->port);
    add_text(arguments, "--port-name", options->port_name);
    add_text(arguments, "--samples", options->samples);
    add_text(arguments, "--expect-library", options->library);
    add(arguments, "--size", "%ux%u", options->width_px, options->height_px);
    add(arguments, "--vgpu-fps", "%u", options->fps);
    add(arguments, "--displays", "%u", options->displays);
    add_flag(arguments, "--sound", options->sound);
    add_flag(arguments, "--incoming", options->incoming);
    add_flag(arguments, "--seamless", options->seamless);
    add_text(arguments, "--image-compression", options->image_compression);
    add_text(arguments, "--streaming", options->streaming);
    add_text(arguments, "--video-codecs", options->video_codecs);
    add_text(arguments, "--film", options->film);
    add_text(arguments, "--drawing", options->drawing);
    add_text(arguments, "--submissions", options->submissions);
    add_text(arguments, "--policy", options->policy);
    add_text(arguments, "--load", options->load);
    add_text(arguments, "--traps", options->traps);
    add_text(arguments, "--reconstruction", options->reconstruction);
}

const struct vm_class vm_sim = {
    .name = "sim",
    .program = "vm-sim",
    .add_arguments = add_arguments,
    .order = vm_words_order,
    .next = vm_words_next,
};
