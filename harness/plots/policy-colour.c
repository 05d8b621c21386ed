/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plots/policy-colour.h"

#include <string.h>

static const struct {
    const char *policy;
    unsigned colour;
} colours[] = {
    {"native", 0x9a9a9a},     {"strict", 0xd55e00},     {"full", 0xcc79a7},
    {"static-50", 0xc6e3f6},  {"static-100", 0x93c9ec}, {"static-200", 0x56a8dc},
    {"static-300", 0x2678ab}, {"dynamic", 0xe6c619},    {"segmented", 0x009e73},
    {"auto", 0x222222},
};

const char *policy_of(const struct result_case *one)
{
    const char *word = one->axis[AXIS_VGPU];
    return g_str_has_prefix(word, VGPU_SHADOW) ? word + strlen(VGPU_SHADOW) : NULL;
}

unsigned policy_colour(const char *policy)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(colours); i++) {
        if (g_str_equal(colours[i].policy, policy))
            return colours[i].colour;
    }
    return 0x666666;
}
