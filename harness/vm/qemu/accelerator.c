/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/qemu/accelerator.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* "flags : fpu vme ... vmx ...": Intel's and AMD's name of it. */
static bool has_virtualisation(const char *processors)
{
    g_autofree char *text = NULL;

    return g_file_get_contents(processors, &text, NULL, NULL) &&
           g_regex_match_simple("^flags\\s*:.*\\b(vmx|svm)\\b", text, G_REGEX_MULTILINE, 0);
}

bool accelerator_is_kvm(const struct accelerator_place *place, char **ret_reason)
{
    const int fd = open(place->device, O_RDWR | O_CLOEXEC);
    const int why = errno;
    g_autofree char *problem = NULL;

    if (fd >= 0)
        close(fd);
    if (fd < 0)
        *ret_reason = g_strdup_printf("accelerator tcg: %s: %s", place->device, g_strerror(why));
    else if (!has_virtualisation(place->processors))
        *ret_reason = g_strdup_printf("accelerator tcg: %s opens, but %s has neither vmx nor svm",
                                      place->device, place->processors);
    else if (!place->boot(place->data, &problem))
        *ret_reason = g_strdup_printf("accelerator tcg: a guest does not boot with kvm: %s",
                                      problem ? problem : "it has ended");
    else
        *ret_reason = g_strdup("accelerator kvm: a guest has booted with it");
    return g_str_has_prefix(*ret_reason, "accelerator kvm");
}
