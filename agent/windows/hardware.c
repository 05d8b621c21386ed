/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

/* Defines the identifiers that Windows' headers declare; no library has all of them. */
#include <initguid.h>
#define COBJMACROS
#include "agent/windows/hardware.h"

#include <dxgi1_5.h>
#include <mferror.h>
#include <stdio.h>

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

/* The one of this index among those with these flags; if there is none, the index becomes one
 * among the others. */
static HRESULT find_among(const struct mfplat *functions, UINT32 flags, unsigned *index,
                          IMFActivate **ret_activate)
{
    const MFT_REGISTER_TYPE_INFO input = {MFMediaType_Video, MFVideoFormat_NV12},
                                 output = {MFMediaType_Video, MFVideoFormat_H264};
    IMFActivate **list = NULL;
    UINT32 count = 0;
    HRESULT result =
        functions->enumerate(MFT_CATEGORY_VIDEO_ENCODER, flags | MFT_ENUM_FLAG_SORTANDFILTER,
                             &input, &output, &list, &count);

    *ret_activate = NULL;
    if (FAILED(result))
        return result;
    for (UINT32 i = 0; i < count; i++)
        if (i == *index)
            *ret_activate = list[i];
        else
            IMFActivate_Release(list[i]);
    CoTaskMemFree(list);
    if (!*ret_activate)
        *index -= count;
    return S_OK;
}

HRESULT hardware_transform(const struct mfplat *functions, unsigned index,
                           IMFTransform **ret_object,
                           char ret_name[static MEDIA_FOUNDATION_NAME_BYTES])
{
    WCHAR name[MEDIA_FOUNDATION_NAME_BYTES] = L"an encoder without a name";
    IMFActivate *activate = NULL;

    /* A list that cannot be had is an empty one: the next list may have one. */
    find_among(functions, MFT_ENUM_FLAG_HARDWARE, &index, &activate);
    if (!activate)
        find_among(functions, MFT_ENUM_FLAG_SYNCMFT, &index, &activate);
    if (!activate)
        return MF_E_NOT_FOUND;
    IMFActivate_GetString(activate, &MFT_FRIENDLY_NAME_Attribute, name, MEDIA_FOUNDATION_NAME_BYTES,
                          NULL);
    if (snprintf(ret_name, MEDIA_FOUNDATION_NAME_BYTES, "%ls", name) < 0)
        ret_name[0] = '\0';
    HRESULT result = IMFActivate_ActivateObject(activate, &IID_IMFTransform, (void **)ret_object);
    IMFActivate_Release(activate);
    return result;
}
