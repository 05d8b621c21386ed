/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "auto-destroy.h"
#include "harness/run/steps.h"
#include "media/barcode.h"
#include "media/picture.h"

#include <math.h>

/* A client that shows the vGPU's last update does so at once; a busy machine
 * may need longer. */
#define CATCH_UP_SECONDS 5.0

/* The step's own file in the repeat's folder; free it. */
static char *picture_file(const struct testbed *bed, const char *what)
{
    g_autofree char *name = g_strdup_printf("step-%u-%s.png", bed->step->number, what);
    return g_build_filename(bed->all.folder, name, NULL);
}

static const struct notice *save_shown(struct testbed *bed, const char *file, GError **error)
{
    return processes_ask(&bed->all, bed->all.client, "saved", error, "save %s", file);
}

/* The vGPU's update that a picture shows, by its barcode; -1: none of it. */
static int vgpu_number(const struct picture *picture)
{
    enum barcode_source source;
    uint16_t number;
    return barcode_read(picture->bgrx, picture->stride_bytes, picture->width_px, picture->height_px,
                        &source, &number) &&
                   source == BARCODE_SOURCE_VGPU
               ? number
               : -1;
}

/* Saves what is shown until it is the vGPU's last update, or until that should
 * have come: then the last picture is the one to be judged. */
static struct picture *save_last_update(struct testbed *bed, const char *file, GError **error)
{
    int64_t end_us = g_get_monotonic_time() + (int64_t)(CATCH_UP_SECONDS * G_USEC_PER_SEC);

    for (;;) {
        if (!save_shown(bed, file, error))
            return NULL;
        auto_destroy(picture) shown = picture_load(file, error);
        if (!shown)
            return NULL;
        if (vgpu_number(shown) == (int)(bed->paused_number & 0xffff) ||
            g_get_monotonic_time() > end_us)
            return g_steal_pointer(&shown);
        if (!processes_run_for(&bed->all, ASK_SECONDS, error))
            return NULL;
    }
}

bool step_compare_vgpu(struct testbed *bed, GError **error)
{
    g_autofree char *shown_file = picture_file(bed, "shown");
    g_autofree char *vgpu_file = picture_file(bed, "vgpu");
    struct picture_difference difference;

    if (!bed->paused && !steps_pause_vgpu(bed, error))
        return false;
    auto_destroy(picture) shown = save_last_update(bed, shown_file, error);
    if (!shown ||
        !processes_ask_vm(&bed->all, VM_SAVE_SCREEN, vgpu_file, VM_SCREEN_SAVED, NULL, error))
        return false;
    auto_destroy(picture) vgpu = picture_load(vgpu_file, error);
    if (!vgpu || !picture_compare(shown, vgpu, &difference, error))
        return false;
    bed->notes->wrong_pixels = fmax(bed->notes->wrong_pixels, (double)difference.wrong_pixels);
    return bed->paused || processes_order_vm(&bed->all, VM_RESUME, NULL, error);
}

bool step_compare_pgpu(struct testbed *bed, GError **error)
{
    g_autofree char *file = picture_file(bed, "shown");
    const struct notice *saved = save_shown(bed, file, error);
    if (!saved)
        return false;

    /* Which access unit it is follows from the samples: judged afterwards. */
    notes_add_picture(bed->notes, file, saved->time_ns);
    return true;
}

bool step_keep_pictures(struct testbed *bed, GError **error)
{
    return child_send(bed->all.client, error, "keep");
}

bool step_save_pictures(struct testbed *bed, GError **error)
{
    return processes_ask(&bed->all, bed->all.client, "kept", error, "write-kept %s",
                         bed->all.folder);
}
