/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * hardware: the two things of the agent that only a Windows machine with a card has: its
 * displays' duplication, and AMD's encoder runtime. A test links doubles of them instead
 * (agent/tests/windows/hardware-fake.c), and nothing else.
 */
#ifndef AGENT_WINDOWS_HARDWARE_H
#define AGENT_WINDOWS_HARDWARE_H

#include "agent/windows/amf-abi.h"

#include <d3d11.h>
#include <dxgi1_2.h>
#include <windows.h>

/* IDXGIOutput5::DuplicateOutput1 or its predecessor; `data` is not used. The capturing thread. */
HRESULT hardware_duplicate(void *data, IDXGIOutput *output, ID3D11Device *device,
                           IDXGIOutputDuplication **ret_duplication);

/* AMFInit of the library that AMD's driver has installed; NULL: there is none. It stays
 * loaded. The main thread. */
amf_init_function hardware_amf(void);

#endif
