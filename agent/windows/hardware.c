/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#define COBJMACROS
#include "agent/windows/hardware.h"

#include <dxgi1_5.h>

HRESULT hardware_duplicate(void *data, IDXGIOutput *output, ID3D11Device *device,
                           IDXGIOutputDuplication **ret_duplication)
{
    static const DXGI_FORMAT formats[] = {DXGI_FORMAT_B8G8R8A8_UNORM};
    IDXGIOutput5 *output5 = NULL;
    IDXGIOutput1 *output1 = NULL;
    HRESULT result = E_NOTIMPL;

    (void)data;
    /* The newer one is asked for a format, so that Windows converts an HDR desktop. */
    if (SUCCEEDED(IDXGIOutput_QueryInterface(output, &IID_IDXGIOutput5, (void **)&output5))) {
        result = IDXGIOutput5_DuplicateOutput1(output5, (IUnknown *)device, 0, 1, formats,
                                               ret_duplication);
        IDXGIOutput5_Release(output5);
        if (result != DXGI_ERROR_UNSUPPORTED && result != E_NOTIMPL)
            return result;
    }
    if (FAILED(IDXGIOutput_QueryInterface(output, &IID_IDXGIOutput1, (void **)&output1)))
        return E_NOTIMPL;
    result = IDXGIOutput1_DuplicateOutput(output1, (IUnknown *)device, ret_duplication);
    IDXGIOutput1_Release(output1);
    return result;
}

/* From the system's folder alone: a service must not load what lies beside it. */
amf_init_function hardware_amf(void)
{
    HMODULE runtime = LoadLibraryExW(AMF_LIBRARY, NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);

    return runtime ? (amf_init_function)(void *)GetProcAddress(runtime, AMF_INIT) : NULL;
}
