/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * encoder-child-messages: what goes between the agent and its encoder's process.
 *
 * Both are the same program: structs as they are in memory. The child finds its end of the
 * pair of sockets (SOCK_STREAM) and the picture's memory at fixed file descriptors. Each
 * command has one answer, and the next command comes after it.
 */
#ifndef AGENT_LINUX_ENCODER_CHILD_MESSAGES_H
#define AGENT_LINUX_ENCODER_CHILD_MESSAGES_H

#include "agent/encoder.h"

#include <stdint.h>

#define ENCODER_CHILD_SOCKET_FD 3
#define ENCODER_CHILD_PICTURE_FD 4

#define ENCODER_CHILD_TEXT_BYTES 256 /* with its final zero; a line of the log */

/* Linux' own limit of what is an error number. */
#define ENCODER_CHILD_ERRNO_MAX 4095

enum encoder_child_command_kind {
    ENCODER_CHILD_OPEN,   /* the first, and no later one; .settings */
    ENCODER_CHILD_ENCODE, /* the picture in the memory; .kbps, .force_key */
};

struct encoder_child_command {
    uint32_t kind;
    uint32_t number; /* which its answer repeats */
    uint32_t kbps;   /* from this picture on */
    uint32_t force_key;
    struct encoder_settings settings;
};

/* Then `size` bytes, an access unit; only of ENCODE without an error. */
struct encoder_child_answer {
    uint32_t number; /* of the command */
    int32_t error;   /* 0 or negative errno; after one of ENCODE the child ends */
    uint32_t size;
    char text[ENCODER_CHILD_TEXT_BYTES]; /* "", or one line on the error */
};

/* The picture in the memory: no gap between its lines. */
static inline size_t encoder_child_stride_bytes(const struct encoder_settings *settings)
{
    return (size_t)settings->width_px * 4;
}

static inline size_t encoder_child_picture_bytes(const struct encoder_settings *settings)
{
    return encoder_child_stride_bytes(settings) * settings->height_px;
}

#endif
