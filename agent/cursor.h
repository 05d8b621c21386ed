/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * cursor: what has changed of the guest's pointer, on its way from the capture to the port.
 */
#ifndef AGENT_CURSOR_H
#define AGENT_CURSOR_H

#include "protocol/cursor-shape.h"
#include "protocol/port-protocol.h"

#include <stdbool.h>
#include <stdlib.h>

struct cursor {
    bool has_shape; /* it has another shape, or is hidden (0x0) */
    /* One that cursor_compose() takes, so at most CURSOR_MAX_PX a side. `pixels` are those in
     * `owned`. */
    struct cursor_shape shape;
    uint8_t *owned; /* of malloc(), or NULL; whoever holds the cursor last calls cursor_release() */
    bool moved;
    struct port_cursor_move place; /* where it is now, moved or not */
};

static inline void cursor_release(const struct cursor *cursor)
{
    free(cursor->owned);
}

#endif
