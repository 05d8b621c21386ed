/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/scenario/file-name.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define RENAME ": rename it, or give a link of another name"

static bool is_control(gunichar c)
{
    return g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029; /* they end a line, too */
}

const char *file_path_trouble(const char *path)
{
    if (!g_utf8_validate(path, -1, NULL))
        return "is no UTF-8 text" RENAME;
    for (const char *c = path; *c; c = g_utf8_next_char(c)) {
        if (is_control(g_utf8_get_char(c)))
            return "has a control character" RENAME;
    }
    return NULL;
}

const char *file_name_trouble(const char *name)
{
    const char *trouble = file_path_trouble(name);
    return trouble                       ? trouble
           : !*name || strchr(name, '/') ? "is no name"
           : *name == '.'                ? "begins with a dot" RENAME
           : strlen(name) > FILE_NAME_MAX_BYTES
               ? "is longer than " G_STRINGIFY(FILE_NAME_MAX_BYTES) " bytes" RENAME
               : NULL;
}

char *file_name_shown(const char *name)
{
    g_autofree char *valid = g_utf8_make_valid(name, -1);
    GString *shown = g_string_new(NULL);
    for (const char *c = valid; *c; c = g_utf8_next_char(c)) {
        gunichar character = g_utf8_get_char(c);
        g_string_append_unichar(shown, is_control(character) ? '?' : character);
    }
    return g_string_free(shown, false);
}
