/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#define COBJMACROS
#include "agent/windows/dxgi-displays.h"

static void fill_in(struct display *display, IDXGIAdapter1 *adapter, IDXGIOutput *output)
{
    DXGI_ADAPTER_DESC1 card = {0};
    DXGI_OUTPUT_DESC desc = {0};

    IDXGIAdapter1_GetDesc1(adapter, &card);
    IDXGIOutput_GetDesc(output, &desc);
    *display = (struct display){
        .vendor = (uint16_t)card.VendorId,
        .attached = desc.AttachedToDesktop,
        .rotated = desc.Rotation != DXGI_MODE_ROTATION_UNSPECIFIED &&
                   desc.Rotation != DXGI_MODE_ROTATION_IDENTITY,
        .width_px = (uint32_t)(desc.DesktopCoordinates.right - desc.DesktopCoordinates.left),
        .height_px = (uint32_t)(desc.DesktopCoordinates.bottom - desc.DesktopCoordinates.top),
    };
    WideCharToMultiByte(CP_UTF8, 0, desc.DeviceName, -1, display->name, sizeof display->name, NULL,
                        NULL);
    WideCharToMultiByte(CP_UTF8, 0, card.Description, -1, display->card, sizeof display->card, NULL,
                        NULL);
}

static void get_outputs(struct dxgi_displays *displays, IDXGIAdapter1 *adapter)
{
    IDXGIOutput *output;

    for (UINT i = 0; displays->count < DISPLAYS_MAX &&
                     SUCCEEDED(IDXGIAdapter1_EnumOutputs(adapter, i, &output));
         i++) {
        IDXGIAdapter1_AddRef(adapter);
        displays->adapters[displays->count] = adapter;
        displays->outputs[displays->count] = output;
        fill_in(&displays->list[displays->count++], adapter, output);
    }
}

HRESULT dxgi_displays_get(struct dxgi_displays *ret_displays)
{
    IDXGIFactory1 *factory = NULL;
    IDXGIAdapter1 *adapter;

    *ret_displays = (struct dxgi_displays){.count = 0};
    HRESULT result = CreateDXGIFactory1(&IID_IDXGIFactory1, (void **)&factory);
    if (FAILED(result))
        return result;
    for (UINT i = 0; SUCCEEDED(IDXGIFactory1_EnumAdapters1(factory, i, &adapter)); i++) {
        get_outputs(ret_displays, adapter);
        IDXGIAdapter1_Release(adapter);
    }
    IDXGIFactory1_Release(factory);
    return S_OK;
}

void dxgi_displays_release(struct dxgi_displays *displays)
{
    for (unsigned i = 0; i < displays->count; i++) {
        IDXGIOutput_Release(displays->outputs[i]);
        IDXGIAdapter1_Release(displays->adapters[i]);
    }
    displays->count = 0;
}
