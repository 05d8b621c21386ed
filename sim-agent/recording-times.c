#include "sim-agent/recording-times.h"

#include "media/video-file.h"

/* Stamps that are this far from an even rate vary: half a slot, with what a
 * matroska file's milliseconds round away. */
#define EVEN_SLOTS 0.75

void recording_times_init(RecordingTimes *times)
{
    *times = (RecordingTimes){ .stamps_us = g_array_new(FALSE, FALSE, sizeof(gint64)),
                               .stamped = TRUE };
}

void recording_times_finish(RecordingTimes *times)
{
    g_array_unref(times->stamps_us);
}

void recording_times_add(RecordingTimes *times, gint64 time_us, gint64 duration_us)
{
    times->stamped = times->stamped && time_us != VIDEO_FILE_NO_TIME;
    times->last_duration_us = duration_us;
    g_array_append_val(times->stamps_us, time_us);
}

static gint64 stamp_us(const RecordingTimes *times, guint index)
{
    return g_array_index(times->stamps_us, gint64, index);
}

/* They lie where frames of their mean rate would. */
static gboolean are_even(const RecordingTimes *times)
{
    guint count = times->stamps_us->len;
    gint64 first_us = stamp_us(times, 0);
    gdouble mean_us = count > 1 ? (gdouble)(stamp_us(times, count - 1) - first_us) / (count - 1) : 1;

    for (guint i = 1; i < count; i++) {
        gdouble off_us = (gdouble)(stamp_us(times, i) - first_us) - i * mean_us;
        if (ABS(off_us) > EVEN_SLOTS * mean_us)
            return FALSE;
    }
    return TRUE;
}

static struct recording_unit *unit_at(Recording *recording, guint index)
{
    return &g_array_index(recording->units, struct recording_unit, index);
}

static guint to_slots(const Recording *recording, gint64 us)
{
    gdouble slots = (gdouble)us / 1e6 * recording->fps_num / recording->fps_den;

    return (guint)MAX(slots + 0.5, 0);
}

static char *apply_even(Recording *recording, guint fps_num, guint fps_den)
{
    if (fps_num == 0 || fps_num > (guint64)fps_den * RECORDING_FPS_MAX ||
        (guint64)fps_num * RECORDING_FRAME_MAX_S < fps_den)
        return g_strdup_printf("has %u/%u frames a second: encode it with %d at most, and at least "
                               "one in %d s", fps_num, fps_den, RECORDING_FPS_MAX,
                               RECORDING_FRAME_MAX_S);
    /* A slot is a second at most. */
    guint each = (fps_den + fps_num - 1) / fps_num;
    for (guint i = 0; i < recording->units->len; i++)
        unit_at(recording, i)->slots = each;
    recording->varies = each > 1;
    recording->slots = each * recording->units->len;
    recording->fps_num = fps_num * each;
    recording->fps_den = fps_den;
    return NULL;
}

static char *apply_stamps(const RecordingTimes *times, Recording *recording)
{
    guint last = recording->units->len - 1, slot = 0;

    for (guint i = 0; i < last; i++) {
        gint64 lasts_us = stamp_us(times, i + 1) - stamp_us(times, i);
        if (lasts_us > RECORDING_FRAME_MAX_S * G_GINT64_CONSTANT(1000000))
            return g_strdup_printf("its frame %u is followed by the next one after %.0f s: cut it "
                                   "there", i, (gdouble)lasts_us / 1e6);
        /* From the beginning, so that nothing is rounded twice. */
        guint next = MAX(to_slots(recording, stamp_us(times, i + 1) - stamp_us(times, 0)), slot + 1);
        unit_at(recording, i)->slots = next - slot;
        slot = next;
    }
    unit_at(recording, last)->slots =
        CLAMP(to_slots(recording, times->last_duration_us), 1,
              to_slots(recording, RECORDING_FRAME_MAX_S * G_GINT64_CONSTANT(1000000)));
    recording->slots = slot + unit_at(recording, last)->slots;
    recording->varies = TRUE;
    return NULL;
}

char *recording_times_apply(const RecordingTimes *times, guint fps_num, guint fps_den,
                            Recording *recording)
{
    if (fps_num > 0)
        return apply_even(recording, fps_num, fps_den);
    if (times->fps_num == 0 && !times->stamped)
        return apply_even(recording, VIDEO_FILE_RAW_FPS, 1);
    if (!times->stamped || are_even(times))
        return apply_even(recording, times->fps_num, times->fps_den);

    gboolean too_fine = times->grid_num > (guint64)times->grid_den * RECORDING_FPS_MAX;
    gboolean usable = times->grid_num >= times->grid_den && !too_fine;
    recording->fps_num = usable ? times->grid_num : RECORDING_FPS_MAX;
    recording->fps_den = usable ? times->grid_den : 1;
    return apply_stamps(times, recording);
}
