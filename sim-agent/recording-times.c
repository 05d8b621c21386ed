/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "sim-agent/recording-times.h"

#include "media/video-file.h"

/* A stamp this far from where an even rate would put it means that frames vary: half a
 * slot, and the error of a matroska file's whole milliseconds. */
#define EVEN_SLOTS 0.75

void recording_times_init(struct recording_times *times)
{
    *times = (struct recording_times){.stamps_us = g_array_new(false, false, sizeof(int64_t)),
                                      .stamped = true};
}

void recording_times_finish(struct recording_times *times)
{
    g_array_unref(times->stamps_us);
}

void recording_times_add(struct recording_times *times, int64_t time_us, int64_t duration_us)
{
    times->stamped = times->stamped && time_us != VIDEO_FILE_NO_TIME;
    times->last_duration_us = duration_us;
    g_array_append_val(times->stamps_us, time_us);
}

static int64_t stamp_us(const struct recording_times *times, unsigned index)
{
    return g_array_index(times->stamps_us, int64_t, index);
}

/* Whether the stamps lie where frames of the mean rate would. */
static bool are_even(const struct recording_times *times)
{
    unsigned count = times->stamps_us->len;
    int64_t first_us = stamp_us(times, 0);
    double mean_us = count > 1 ? (double)(stamp_us(times, count - 1) - first_us) / (count - 1) : 1;

    for (unsigned i = 1; i < count; i++) {
        double off_us = (double)(stamp_us(times, i) - first_us) - i * mean_us;
        if (ABS(off_us) > EVEN_SLOTS * mean_us)
            return false;
    }
    return true;
}

static struct recording_unit *unit_at(struct recording *recording, unsigned index)
{
    return &g_array_index(recording->units, struct recording_unit, index);
}

static unsigned to_slots(const struct recording *recording, int64_t us)
{
    double slots = (double)us / 1e6 * recording->fps_num / recording->fps_den;

    return (unsigned)MAX(slots + 0.5, 0);
}

static char *apply_even(struct recording *recording, unsigned fps_num, unsigned fps_den)
{
    if (fps_num == 0 || fps_num > (uint64_t)fps_den * RECORDING_FPS_MAX ||
        (uint64_t)fps_num * RECORDING_FRAME_MAX_S < fps_den)
        return g_strdup_printf("has %u/%u frames a second: encode it with %d at most, and at least "
                               "one in %d s",
                               fps_num, fps_den, RECORDING_FPS_MAX, RECORDING_FRAME_MAX_S);
    /* A slot is a second at most. */
    unsigned each = (fps_den + fps_num - 1) / fps_num;
    for (unsigned i = 0; i < recording->units->len; i++)
        unit_at(recording, i)->slots = each;
    recording->varies = each > 1;
    recording->slots = each * recording->units->len;
    recording->fps_num = fps_num * each;
    recording->fps_den = fps_den;
    return NULL;
}

static char *apply_stamps(const struct recording_times *times, struct recording *recording)
{
    unsigned last = recording->units->len - 1, slot = 0;

    for (unsigned i = 0; i < last; i++) {
        int64_t lasts_us = stamp_us(times, i + 1) - stamp_us(times, i);
        if (lasts_us > RECORDING_FRAME_MAX_S * INT64_C(1000000))
            return g_strdup_printf("its frame %u is followed by the next one after %.0f s: cut it "
                                   "there",
                                   i, (double)lasts_us / 1e6);
        /* From the beginning, so that nothing is rounded twice. */
        unsigned next =
            MAX(to_slots(recording, stamp_us(times, i + 1) - stamp_us(times, 0)), slot + 1);
        unit_at(recording, i)->slots = next - slot;
        slot = next;
    }
    unit_at(recording, last)->slots =
        CLAMP(to_slots(recording, times->last_duration_us), 1,
              to_slots(recording, RECORDING_FRAME_MAX_S * INT64_C(1000000)));
    recording->slots = slot + unit_at(recording, last)->slots;
    recording->varies = true;
    return NULL;
}

char *recording_times_apply(const struct recording_times *times, unsigned fps_num, unsigned fps_den,
                            struct recording *recording)
{
    if (fps_num > 0)
        return apply_even(recording, fps_num, fps_den);
    if (!times->captured && times->fps_num == 0 && !times->stamped)
        return apply_even(recording, VIDEO_FILE_RAW_FPS, 1);
    if (!times->captured && (!times->stamped || are_even(times)))
        return apply_even(recording, times->fps_num, times->fps_den);

    bool too_fine = times->grid_num > (uint64_t)times->grid_den * RECORDING_FPS_MAX;
    bool usable = !times->captured && times->grid_num >= times->grid_den && !too_fine;
    recording->fps_num = usable ? times->grid_num : RECORDING_FPS_MAX;
    recording->fps_den = usable ? times->grid_den : 1;
    return apply_stamps(times, recording);
}
