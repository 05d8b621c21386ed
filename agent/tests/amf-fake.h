/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * amf-fake: a double of AMD's runtime. It encodes nothing: it returns given access units, one
 * for each picture, and refuses, delays and fails as requested.
 *
 * One runtime, one thread. It counts its objects, so that a leak shows.
 */
#ifndef AGENT_TESTS_AMF_FAKE_H
#define AGENT_TESTS_AMF_FAKE_H

#include "agent/windows/amf-abi.h"

#include <stdbool.h>

#define AMF_FAKE_NEVER UINT32_MAX

struct amf_fake_unit {
    const uint8_t *bytes;
    size_t size;
};

struct amf_fake {
    /* what it does; all zero: a runtime that accepts everything */
    const struct amf_fake_unit *units; /* again from the first one at their end */
    unsigned unit_count;
    bool rewinds;                    /* a picture that is to be a key frame gets the first one */
    struct amf_fake_unit extra_data; /* size 0: it has none */
    unsigned refused_usages;         /* bit n: usage n is refused by Init, as Polaris does */
    const wchar_t *known;            /* refuses every property but Usage that is not in here */
    bool knows_few;                  /* uses `known` */
    unsigned repeats;                /* QueryOutput's REPEATs before each unit */
    unsigned fulls;                  /* SubmitInput's INPUT_FULLs before each picture */
    bool empty_ok;                   /* OK without data instead of REPEAT */
    bool can_wait;                   /* reports QueryTimeoutSupport */
    unsigned lost_at;                /* the number (from 1) of the picture that loses the device */
    bool no_device, no_runtime;

    /* what it has seen */
    int objects;       /* that exist now */
    int64_t usage;     /* of the last Init that succeeded */
    unsigned inits;    /* that were tried */
    unsigned pictures; /* that were taken */
    unsigned inside;   /* pictures without their unit; 2 is an error of the caller's */
    unsigned inside_max;
    unsigned keys; /* pictures with IDR, SPS and PPS requested */
    int64_t target_bitrate, query_timeout, last_pts;
    uint32_t first_pixel;   /* of the last picture in memory */
    void *texture, *device; /* of the last picture, of the context */
};
extern struct amf_fake amf_fake;

/* What the runtime exports. */
int32_t amf_fake_init(uint64_t version, struct amf_factory **ret);

#endif
