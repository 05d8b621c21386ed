/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/result/csv.h"

#include <stdbool.h>
#include <string.h>

void csv_add_text(GString *csv, const char *text)
{
    g_autoptr(GString) quoted = g_string_new(text);
    bool plain = !strpbrk(text, ",\"\r\n");
    g_string_replace(quoted, "\"", "\"\"", 0);
    g_string_append_printf(csv, plain ? "%s," : "\"%s\",", quoted->str);
}
