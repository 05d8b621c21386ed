/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * mfplat: the functions of Windows' Media Foundation that the agent calls.
 *
 * Looked up when they are needed, and not linked: the editions N of Windows have no mfplat.dll,
 * and the agent runs there, too.
 */
#ifndef AGENT_WINDOWS_MFPLAT_H
#define AGENT_WINDOWS_MFPLAT_H

#include <mfapi.h>
#include <mfidl.h>
#include <mftransform.h>
#include <stdbool.h>
#include <windows.h>

struct mfplat {
    HRESULT(WINAPI *startup)(ULONG version, DWORD flags);
    HRESULT(WINAPI *shutdown)(void);
    HRESULT(WINAPI *enumerate)
    (GUID category, UINT32 flags, const MFT_REGISTER_TYPE_INFO *input,
     const MFT_REGISTER_TYPE_INFO *output, IMFActivate ***ret_list, UINT32 *ret_count);
    HRESULT(WINAPI *create_type)(IMFMediaType **ret_type);
    HRESULT(WINAPI *create_sample)(IMFSample **ret_sample);
    HRESULT(WINAPI *create_buffer)(DWORD bytes, IMFMediaBuffer **ret_buffer);
};

/* False: this Windows has no Media Foundation. The library stays loaded. Any thread. */
bool mfplat_load(struct mfplat *ret_functions);

#endif
