/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/scenario/link-profile.h"

#include <glib.h>

static const struct link_profile profiles[] = {
    {"loopback", 0, "the host's own loopback"},
    {"3m", 3, "3 Mbit/s without delay"},
};

const struct link_profile *link_profile_at(unsigned index)
{
    return index < G_N_ELEMENTS(profiles) ? &profiles[index] : NULL;
}

const struct link_profile *link_profile_find(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(profiles); i++) {
        if (g_str_equal(profiles[i].name, name))
            return &profiles[i];
    }
    return NULL;
}
