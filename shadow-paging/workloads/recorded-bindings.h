/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * recorded-bindings: which surfaces the transcoder used for each frame of a recording, as
 * build/record-bindings has written it down. Constant.
 */
#ifndef VDIBENCH_SHADOW_PAGING_RECORDED_BINDINGS_H
#define VDIBENCH_SHADOW_PAGING_RECORDED_BINDINGS_H

#include "shadow-paging/workloads/transcoder.h"

/* Of the frame, counted from 0; after the last recorded one they begin again. */
void recorded_bindings_at(unsigned frame, struct surface_uses *ret_uses);

#endif
