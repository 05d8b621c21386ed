/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * media-foundation: the encoder (agent/encoder.h) of a Windows machine without an AMD card:
 * H.264 by whatever encoder Windows' Media Foundation has, another card's or Microsoft's own
 * on the processor.
 *
 * Not run on Windows, nor on hardware: tested under Wine, which has no such encoder, with a
 * double of it at its COM interface (agent/tests/windows/transform-fake.h).
 *
 * The encoders are tried in Windows' order, a card's first, until one accepts the size and the
 * rate. The pictures come in memory: one of a texture is read back from the card by its source,
 * and converted here (nv12.h), also for a card's encoder.
 *
 * One picture is inside at a time, as with AMF: an encoder that returns no access unit within
 * MEDIA_FOUNDATION_UNIT_WAIT_MAX_MS keeps pictures back, or has hung: -ETIMEDOUT.
 */
#ifndef AGENT_WINDOWS_MEDIA_FOUNDATION_H
#define AGENT_WINDOWS_MEDIA_FOUNDATION_H

#include "agent/encoder.h"
#include "agent/windows/mfplat.h"

/* Tens of times what a processor needs for a large picture. */
#define MEDIA_FOUNDATION_UNIT_WAIT_MAX_MS 2000
/* Where there is none yet, it is asked again after this time. */
#define MEDIA_FOUNDATION_POLL_MS 1
/* An encoder's name in an error. */
#define MEDIA_FOUNDATION_NAME_BYTES 64

/* The encoder of this index, from 0 on, and its name; MF_E_NOT_FOUND: there is none any more.
 * hardware_transform(), or a test's double. */
typedef HRESULT (*media_foundation_find)(const struct mfplat *functions, unsigned index,
                                         IMFTransform **ret_object,
                                         char ret_name[static MEDIA_FOUNDATION_NAME_BYTES]);

struct media_foundation_settings {
    media_foundation_find find;
    /* Called by each open(): from now on its pictures are in memory. NULL: they always are. */
    void (*opening)(void *data);
    void *data;
};

/* Its error() has how it was opened until something has failed. NULL: memory is short. The
 * thread that opens it becomes one of COM's multithreaded apartment until it closes it. */
struct encoder *media_foundation_create(const struct media_foundation_settings *settings);

#endif
