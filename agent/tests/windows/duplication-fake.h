/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * duplication-fake: a double of Windows' Desktop Duplication, which Wine does not have. Its
 * frames are real Direct3D textures; what it returns is a script.
 *
 * One display, one thread. It notices what Windows forbids: two frames at a time, a frame
 * that is released twice, textures that are used after their frame.
 */
#ifndef AGENT_TESTS_WINDOWS_DUPLICATION_FAKE_H
#define AGENT_TESTS_WINDOWS_DUPLICATION_FAKE_H

#include "agent/windows/dxgi.h"
#include "agent/windows/pointer-shape.h"

#include <stdbool.h>

/* A call of AcquireNextFrame. */
struct fake_frame {
    HRESULT result; /* S_OK: a frame; DXGI_ERROR_WAIT_TIMEOUT: after the time that was given */
    uint32_t seed;  /* of what was drawn, 0: nothing */
    bool moved;     /* the pointer, to: */
    bool visible;
    POINT at_px;
    const struct pointer_shape *shape; /* NULL: the same */
    POINT hot_px;
    HRESULT release_result;
};

struct duplication_fake {
    /* what it does */
    const struct fake_frame *frames; /* of all duplications; then nothing more is drawn */
    unsigned frame_count;
    const HRESULT *results; /* of the calls that duplicate; then S_OK */
    unsigned result_count;
    UINT width_px, height_px;
    UINT next_width_px, next_height_px; /* from the second duplication on; 0: the same */
    DXGI_FORMAT format;                 /* 0: BGRA of 8 bits */
    DXGI_MODE_ROTATION rotation;
    UINT draws_every_ms; /* after the script's end something is drawn this often; 0: never */

    /* what it has seen */
    unsigned acquired, duplicated; /* calls */
    unsigned misuses;
    int objects; /* that exist now */
};
extern struct duplication_fake duplication_fake;

/* The colour of a pixel of what was drawn; blue is the lowest byte, the highest is 255. */
uint32_t fake_pixel(uint32_t seed, uint32_t x, uint32_t y);

/* struct dxgi_settings' duplicate. */
HRESULT duplication_fake_duplicate(void *data, IDXGIOutput *output, ID3D11Device *device,
                                   IDXGIOutputDuplication **ret_duplication);

#endif
