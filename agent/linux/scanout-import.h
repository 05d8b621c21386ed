/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * scanout-import: the pixels of a framebuffer that only its own GPU can read, by EGL.
 *
 * The framebuffer's dma-bufs become an EGL image (EGL_EXT_image_dma_buf_import), which is drawn into
 * a linear buffer in the order of colours that is wanted, and read back. The GPU waits by itself
 * for what others still draw into the framebuffer.
 *
 * libEGL and libgbm are loaded at the first read, so that an agent on a virtual card needs no Mesa
 * and none of its memory. They stay loaded, for they do not all survive being unloaded. Nothing
 * of the GPU is held before the first read and after destroy.
 *
 * A GPU reset loses the context. Then everything is made anew at the next read.
 *
 * Not run on hardware: tested with Mesa's software renderer in a guest, where framebuffers are
 * linear, and with a double of EGL. One thread calls.
 */
#ifndef AGENT_LINUX_SCANOUT_IMPORT_H
#define AGENT_LINUX_SCANOUT_IMPORT_H

#include "agent/linux/kms-pixels.h"

/* Memory planes of a framebuffer: struct drm_mode_fb_cmd2. Compressed ones have two or three. */
#define SCANOUT_PLANES 4

/* A framebuffer as dma-bufs. */
struct scanout {
    struct kms_buffer buffer; /* of a format that kms_pixels_check_part() accepts */
    unsigned planes;
    int fds[SCANOUT_PLANES];
    uint32_t strides_bytes[SCANOUT_PLANES];
    uint32_t offsets_bytes[SCANOUT_PLANES];
};

struct scanout_import;

/* For the card that is open as `card_fd`, which has to stay open: its render node is used or,
 * where it has none, the card's own. `software`: whether a renderer of the processor's may read
 * linear framebuffers, for tests. It takes a tiled one for a linear one, and Mesa's ends the process
 * where the processor cannot map the framebuffer. NULL: memory is short. */
struct scanout_import *scanout_import_create(int card_fd, bool software);
void scanout_import_destroy(struct scanout_import *self);

/* Reads these rows of the framebuffer as BGRx into `bgrx`, without gaps. 0. -EAGAIN: the context was
 * lost, ask again. -EIO: it was lost again, or the GPU has failed. -EOPNOTSUPP: EGL or the GPU's
 * driver is missing, or it does not take this framebuffer. -ENOMEM. */
int scanout_import_read(struct scanout_import *self, const struct scanout *scanout,
                        const struct kms_rows *rows, uint8_t *bgrx);

/* One line on the last failure: what, and what to do. */
const char *scanout_import_error(const struct scanout_import *self);

#endif
