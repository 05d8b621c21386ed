/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vdibench/ask.h"

#include <glib.h>
#include <stdio.h>
#include <unistd.h>

bool ask_is_possible(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

bool ask_to_go_on(void)
{
    char answer[16]; /* more than the longest that counts */

    fputs("Go on? [y/N] ", stderr);
    if (!fgets(answer, sizeof answer, stdin))
        return false;
    g_strstrip(answer);
    return g_ascii_strcasecmp(answer, "y") == 0 || g_ascii_strcasecmp(answer, "yes") == 0;
}
