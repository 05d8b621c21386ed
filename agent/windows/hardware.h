/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * hardware: the three things of the agent that only a Windows machine has: its displays'
 * duplication, AMD's encoder runtime, and Media Foundation's encoders. A test links doubles of
 * them instead (agent/tests/windows/hardware-fake.c), and nothing else.
 */
#ifndef AGENT_WINDOWS_HARDWARE_H
#define AGENT_WINDOWS_HARDWARE_H

#include "agent/windows/amf-abi.h"
#include "agent/windows/media-foundation.h"

#include <d3d11.h>
#include <dxgi1_2.h>
#include <windows.h>

/* IDXGIOutput5::DuplicateOutput1 or its predecessor; `data` is not used. The capturing thread. */
HRESULT hardware_duplicate(void *data, IDXGIOutput *output, ID3D11Device *device,
                           IDXGIOutputDuplication **ret_duplication);

/* AMFInit of the library that AMD's driver has installed; NULL: there is none. It stays
 * loaded. The main thread. */
amf_init_function hardware_amf(void);

/* Of Media Foundation's H.264 encoders that take NV12: first those of cards, then those of the
 * processor (media_foundation_find). The capturing thread. */
HRESULT hardware_transform(const struct mfplat *functions, unsigned index,
                           IMFTransform **ret_object,
                           char ret_name[static MEDIA_FOUNDATION_NAME_BYTES]);

#endif
