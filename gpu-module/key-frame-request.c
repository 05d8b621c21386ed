/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/key-frame-request.h"

void key_frame_request_want(struct key_frame_request *request)
{
    request->wanted = true;
}

int64_t key_frame_request_due_ns(const struct key_frame_request *request)
{
    if (!request->wanted)
        return KEY_FRAME_REQUEST_NEVER;
    if (!request->ever_asked)
        return 0;
    return request->asked_ns +
           (request->open ? KEY_FRAME_REQUEST_TIMEOUT_NS : KEY_FRAME_REQUEST_INTERVAL_NS);
}

void key_frame_request_asked(struct key_frame_request *request, int64_t now_ns)
{
    request->open = true;
    request->ever_asked = true;
    request->asked_ns = now_ns;
}

void key_frame_request_settled(struct key_frame_request *request)
{
    request->wanted = false;
    request->open = false;
}
