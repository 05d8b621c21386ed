/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * transform-fake: a double of an H.264 encoder of Media Foundation, at its COM interfaces
 * (IMFTransform, ICodecAPI, IMFMediaEventGenerator), over the real samples and types of the
 * system's mfplat.dll. It encodes nothing: it returns given access units, one for each picture,
 * and refuses, delays and fails as requested.
 *
 * It keeps what Microsoft's documents require of an encoder, and counts as a misuse what they
 * forbid: an input type before the output type, a picture before streaming has begun, a call of
 * one with threads of its own that is locked, or that no event has asked for.
 *
 * One encoder, one thread.
 */
#ifndef AGENT_TESTS_WINDOWS_TRANSFORM_FAKE_H
#define AGENT_TESTS_WINDOWS_TRANSFORM_FAKE_H

#include "agent/windows/media-foundation.h"

#include <stdbool.h>

struct transform_fake_unit {
    const uint8_t *bytes;
    uint32_t size;
};

struct transform_fake {
    /* what it does; all zero: one that works in the thread that calls it, and accepts everything */
    const struct transform_fake_unit *units; /* again from the first one at their end */
    unsigned unit_count;
    bool rewinds; /* a picture that is to be a key frame gets the first one */
    struct transform_fake_unit parameter_sets; /* in its output type; size 0: it has none */
    unsigned count;                            /* encoders that there are; 0: one */
    unsigned broken;   /* of those, how many at the beginning refuse every size */
    bool absent;       /* there is none */
    bool asynchronous; /* a card's */
    bool provides_samples;
    bool has_no_properties;  /* knows no ICodecAPI */
    bool refuses_properties; /* all but key frames on demand */
    bool refuses_keys;
    bool changes_type; /* its output's, before the first unit */
    unsigned late;     /* times that there is no unit yet, before each unit */
    unsigned full;     /* times that it takes no picture yet, before each one */
    unsigned lost_at;  /* the number (from 1) of the picture that loses the card */
    bool hangs;        /* never has a unit */

    /* what it has seen */
    int objects; /* that exist now */
    int misuses;
    unsigned opened; /* encoders that were made */
    unsigned ended;  /* that were shut down */
    unsigned pictures;
    unsigned inside; /* pictures without their unit */
    unsigned keys;   /* that were requested */
    uint32_t kbps;   /* of its property; of its type if it has none */
    bool low_latency, constant_bitrate, no_b_pictures;
    LONGLONG last_time; /* of the last picture, in 100 ns */
    DWORD last_bytes;
    uint8_t first_luma, last_chroma; /* of the last picture */
};
extern struct transform_fake transform_fake;

/* media_foundation_find */
HRESULT transform_fake_find(const struct mfplat *functions, unsigned index,
                            IMFTransform **ret_object,
                            char ret_name[static MEDIA_FOUNDATION_NAME_BYTES]);

#endif
