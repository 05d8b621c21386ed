/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * dxgi: a Windows display as a source (agent/source.h), by Desktop Duplication.
 *
 * Not run on Windows: under Wine, which has no Desktop Duplication, it is tested with a double
 * of IDXGIOutputDuplication over real Direct3D textures.
 *
 * What was drawn is copied on the card, and the duplication's frame released at once. Its
 * pictures are textures for an encoder of the card, or lie in memory for one of the processor.
 *
 * Windows ends a duplication often: at a change of mode, of the desktop (UAC, lock screen), of
 * the session. Then the display is duplicated anew, without anybody noticing if its size is
 * the same; the last picture stays meanwhile. Only if that does not succeed for
 * DXGI_AGAIN_MAX_MS the source fails. A lost card or another size is SOURCE_MODE.
 *
 * open() moves the calling thread to the desktop that has the input, which the secure desktop
 * needs; for that it must be LocalSystem's, and have no window.
 *
 * Only 8 bits a channel: Windows is asked to convert, and a display that still has another
 * format (HDR) is refused, as is a rotated one. Of an odd width or height the last column or
 * row is left out.
 */
#ifndef AGENT_WINDOWS_DXGI_H
#define AGENT_WINDOWS_DXGI_H

#include "agent/source.h"

#include <d3d11.h>
#include <dxgi1_2.h>
#include <windows.h>

/* A wake is noticed this late at most while the screen is still: a frame of 100 Hz. */
#define DXGI_SLICE_MS 10
/* While a picture waits to be acquired, the pointer is looked at this often. */
#define DXGI_POINTER_MS 4
/* Two tries to duplicate anew are this far apart, and last for so long: a switch of the
 * desktop takes some tenths of a second, a change of mode one or two seconds. */
#define DXGI_AGAIN_MS 50
#define DXGI_AGAIN_MAX_MS 2000

/* Duplicates an output by a device of its card: hardware_duplicate(), or a test's double. */
typedef HRESULT (*dxgi_duplicate)(void *data, IDXGIOutput *output, ID3D11Device *device,
                                  IDXGIOutputDuplication **ret_duplication);

struct dxgi_settings {
    const char *display; /* as for display_choose(); copied */
    bool textures;       /* its pictures are ID3D11Texture2D, BGRA; false: in memory */
    dxgi_duplicate duplicate;
    void *data;
};

/* NULL: memory is short. */
struct source *dxgi_source_create(const struct dxgi_settings *settings);

/* Of the pictures from the next acquire() on. */
void dxgi_source_use_textures(struct source *source, bool textures);

/* The device of its textures while it is open; valid until close(). */
ID3D11Device *dxgi_source_device(const struct source *source);

#endif
