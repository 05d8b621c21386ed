/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/scenario/link-profile.h"

#include <glib.h>

static const struct link_profile profiles[] = {
    {"loopback", 0, 0, 0, "the host's own loopback"},
    {"1g", 1000, 0.5, 0, "1 Gbit/s, 0.5 ms: an office's network"},
    {"100m", 100, 5, 0, "100 Mbit/s, 5 ms: a campus or a good line in town"},
    {"20m", 20, 20, 0, "20 Mbit/s, 20 ms: a home"},
    {"5m", 5, 50, 0.5, "5 Mbit/s, 50 ms, 0.5 % lost: a bad one far away"},
    {"3m", 3, 0, 0, "3 Mbit/s without delay: less than some recordings"},
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
