/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * gpu-hooks: where upstream's display channel calls the module, all in the
 * display's worker thread. The gate is a hook, too: accepts_pipe_item(), which
 * each RedChannelClient asks before an item enters its pipe.
 *
 * The other hooks are in gpu-device.h (the port), gpu-cursor.h (the cursor
 * channel) and gpu-tablet.h (the tablet's size).
 */
#ifndef GPU_HOOKS_H_
#define GPU_HOOKS_H_

#include "gpu-display.h"
#include "red-pipe-item.h"

#include "push-visibility.h"

struct SpiceMarshaller;
struct SpiceMsgcDisplayStreamReport;

/* dcc_start(), and handle_migrate_data() at a migration's target: the client
 * has what the vGPU shows, or it is in its pipe. */
void gpu_display_client_started(DisplayChannelClient *dcc);
/* The same at the end of the scope: dcc_start() has no line at its end that is the
 * same in all versions. */
class GpuClientStart
{
public:
    explicit GpuClientStart(DisplayChannelClient *init_dcc): dcc(init_dcc) {}
    ~GpuClientStart() { gpu_display_client_started(dcc); }

private:
    DisplayChannelClient *const dcc;
};
/* on_disconnect(): nothing is sent to the client any more. */
void gpu_display_client_stopped(DisplayChannelClient *dcc);
/* migrate(), at a migration's source: the migration knows only the vGPU's
 * surfaces, so the client goes to the target showing the vGPU. */
void gpu_display_client_migrates(DisplayChannelClient *dcc);
/* dcc_handle_stream_report(): true when the report is about our stream. */
bool gpu_display_stream_report(DisplayChannelClient *dcc,
                               const SpiceMsgcDisplayStreamReport *report);
/* send_item(): marshals our items; false when the item is not ours (gpu-stream.cpp). */
bool gpu_display_send_item(DisplayChannelClient *dcc, SpiceMarshaller *m, RedPipeItem *item);

#include "pop-visibility.h"

#endif
