/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * transform: an H.264 encoder of Media Foundation, an IMFTransform: settled on a size and a
 * rate, and asked for access units.
 *
 * Microsoft's own works in the thread that calls it; a card's works in threads of its own, and
 * reports by events when it wants a picture and when it has a unit. Which of the two it is
 * cannot be seen from outside. Follows Microsoft's "Basic MFT Processing Model", "Asynchronous
 * MFTs" and "H.264 Video Encoder". One thread.
 */
#ifndef AGENT_WINDOWS_TRANSFORM_H
#define AGENT_WINDOWS_TRANSFORM_H

#include "agent/encoder.h"
#include "agent/windows/mfplat.h"

#include <strmif.h>
#include <windows.h>

#define TRANSFORM_TEXT_BYTES 256

struct transform {
    const struct mfplat *functions;
    IMFTransform *object;
    ICodecAPI *codec;
    IMFMediaEventGenerator *events;  /* NULL: it works in the thread that calls it */
    unsigned wanted, ready;          /* pictures and units of which its events have reported */
    DWORD input, output;             /* the streams' ids */
    bool provides_samples;           /* it makes the samples of its units itself */
    DWORD sample_bytes;              /* else what one must have room for */
    char text[TRANSFORM_TEXT_BYTES]; /* the last error in one line; or what it has refused */
};

/* Takes the object, which transform_close() releases, also after an error. Each picture is NV12
 * (nv12.h). Only the size and the rate must be accepted, and key frames on demand; any other
 * property is optional. The result of what failed; MF_E_INVALIDMEDIATYPE: of this size. */
HRESULT transform_open(struct transform *transform, const struct mfplat *functions,
                       IMFTransform *object, const struct encoder_settings *settings);

/* MF_E_NOTACCEPTING: not yet. */
HRESULT transform_put(struct transform *transform, IMFSample *picture);

/* MF_E_TRANSFORM_NEED_MORE_INPUT: there is none yet. */
HRESULT transform_take(struct transform *transform, IMFSample **ret_unit);

/* Of the next picture that is put. */
HRESULT transform_force_key(struct transform *transform);

/* Not each one can change it while it works. */
void transform_set_bitrate(struct transform *transform, uint32_t kbps);

/* The parameter sets of its stream, into `ret_bytes` (to be freed by CoTaskMemFree). */
HRESULT transform_parameter_sets(struct transform *transform, UINT8 **ret_bytes, UINT32 *ret_size);

/* Also one that was never opened, all zero. */
void transform_close(struct transform *transform);

#endif
