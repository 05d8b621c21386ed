/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* A double of agent/linux/vaapi.c, with which vdibench-agent-double is linked: libx264, which
 * does what VAAPI_DOUBLE says at its fifth picture: "aborts", as Mesa does after a reset of the
 * GPU, or "hangs". */
#include "agent/linux/vaapi.h"
#include "agent/linux/x264.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAULTY_PICTURE 5

static int (*submit_to_x264)(struct encoder *encoder, const struct encoder_picture *picture);

static int submit(struct encoder *encoder, const struct encoder_picture *picture)
{
    const char *fault = getenv("VAAPI_DOUBLE");
    static unsigned pictures;

    pictures++;
    if (pictures == FAULTY_PICTURE && strcmp(fault, "aborts") == 0)
        abort();
    while (pictures == FAULTY_PICTURE && strcmp(fault, "hangs") == 0)
        pause();
    return submit_to_x264(encoder, picture);
}

struct encoder *vaapi_create(enum port_codec codec)
{
    static const char *const options[] = {"preset", "ultrafast", NULL};
    static struct encoder_class class;
    struct encoder *encoder = codec == PORT_CODEC_H264 ? x264_create(options) : NULL;

    if (!encoder)
        return NULL;
    class = *encoder->class;
    submit_to_x264 = class.submit;
    class.submit = submit;
    encoder->class = &class;
    return encoder;
}
