/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/windows/mfplat.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    size_t offset;
} functions[] = {
    {"MFStartup", offsetof(struct mfplat, startup)},
    {"MFShutdown", offsetof(struct mfplat, shutdown)},
    {"MFTEnumEx", offsetof(struct mfplat, enumerate)},
    {"MFCreateMediaType", offsetof(struct mfplat, create_type)},
    {"MFCreateSample", offsetof(struct mfplat, create_sample)},
    {"MFCreateMemoryBuffer", offsetof(struct mfplat, create_buffer)},
};

bool mfplat_load(struct mfplat *ret_functions)
{
    /* From the system's folder alone: a service must not load what lies beside it. */
    HMODULE library = LoadLibraryExW(L"mfplat.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);

    for (size_t i = 0; library && i < sizeof functions / sizeof *functions; i++) {
        FARPROC found = GetProcAddress(library, functions[i].name);
        if (!found)
            return false;
        memcpy((char *)ret_functions + functions[i].offset, &found, sizeof found);
    }
    return library != NULL;
}
