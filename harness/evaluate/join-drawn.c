/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "auto-destroy.h"
#include "harness/evaluate/join.h"
#include "media/barcode.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

/* What the program did in a slot. */
struct slot {
    int64_t planned_ns, drawn_ns; /* 0: it was skipped */
    int number;
    unsigned loop, unit;
    struct frame frame; /* that shows it; fate FATE_SKIPPED: none */
};

static bool read_slots(GArray *slots, const struct rows *drawn, GError **error)
{
    unsigned loop = 0, last_unit = 0;

    for (unsigned i = 0; i < rows_count(drawn); i++) {
        bool skipped = rows_is(drawn, i, "skipped");
        if (!skipped && !rows_is(drawn, i, "frame"))
            continue;
        int64_t unit = rows_number(drawn, i, "unit", -1);
        struct slot slot = {
            .planned_ns = rows_number(drawn, i, "planned_ns", 0),
            .drawn_ns = skipped ? 0 : rows_time_ns(drawn, i),
            .number = skipped ? -1 : (int)rows_number(drawn, i, "number", -1),
            .unit = (unsigned)unit,
            .frame = {.stream = -1, .stream_unit = -1, .number = -1, .fate = FATE_SKIPPED},
        };
        if (slot.planned_ns <= 0 || unit < 0 ||
            (!skipped && (slot.number < 0 || slot.number >= BARCODE_NUMBERS))) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "the samples of what was drawn: row %u ('%s') lacks a field or has a bad "
                        "one",
                        i + 1, rows_event(drawn, i));
            return false;
        }
        loop += slot.unit < last_unit;
        last_unit = slot.unit;
        slot.loop = loop;
        g_array_append_val(slots, slot);
    }
    return true;
}

/* The last slot that was drawn by then, and has the number, unless that is -1. NULL: none. */
static struct slot *slot_at(const GArray *slots, int64_t time_ns, int number)
{
    for (unsigned i = slots->len; i-- > 0;) {
        struct slot *slot = &g_array_index(slots, struct slot, i);
        if (slot->drawn_ns && slot->drawn_ns <= time_ns && (number < 0 || slot->number == number))
            return slot;
    }
    return NULL;
}

/* What became of the slot is what became of the first frame that shows it. */
static void take(struct slot *slot, const struct frame *frame)
{
    uint64_t bytes = slot->frame.bytes + frame->bytes;
    bool better = slot->frame.fate == FATE_SKIPPED || (!slot->frame.t7_ns && frame->t7_ns);

    if (better)
        slot->frame = *frame;
    slot->frame.bytes = bytes;
}

static void take_all(struct join *join, GArray *slots, const struct join *sent)
{
    for (unsigned i = 0; i < sent->frames->len; i++) {
        const struct frame *frame = &g_array_index(sent->frames, struct frame, i);
        if (frame->fate == FATE_SKIPPED)
            continue;
        struct slot *slot = frame->number >= 0 ? slot_at(slots, frame->t1_ns, frame->number) : NULL;
        join->misnamed += frame->number >= 0 && !slot;
        if (!slot)
            slot = slot_at(slots, frame->t0_ns, -1);
        if (slot) /* else it shows the screen before the program began */
            take(slot, frame);
    }
}

/* Slots between two openings, before the first one and after the last one were drawn for
 * nobody: a slot counts if the captured ones on both sides of it are of one opening. */
static void find_openings(GArray *slots)
{
    unsigned next = 0, last = 0;

    for (unsigned i = slots->len; i-- > 0;) {
        struct frame *frame = &g_array_index(slots, struct slot, i).frame;
        if (frame->fate == FATE_SKIPPED)
            frame->opening = next;
        else
            next = frame->opening;
    }
    for (unsigned i = 0; i < slots->len; i++) {
        struct frame *frame = &g_array_index(slots, struct slot, i).frame;
        if (frame->fate != FATE_SKIPPED)
            last = frame->opening;
        else if (frame->opening != last)
            frame->opening = 0;
    }
}

static void add_frames(struct join *join, GArray *slots)
{
    unsigned opening = 0;
    int64_t stream_start_ns = 0;

    find_openings(slots);
    for (unsigned i = 0; i < slots->len; i++) {
        const struct slot *slot = &g_array_index(slots, struct slot, i);
        struct frame frame = slot->frame;
        if (!frame.opening)
            continue;
        if (frame.opening != opening)
            stream_start_ns = slot->planned_ns;
        opening = frame.opening;
        frame.t0_ns = slot->planned_ns;
        frame.loop = slot->loop;
        frame.unit = slot->unit;
        frame.startup = frame.t0_ns < stream_start_ns + JOIN_STARTUP_NS;
        join->count[frame.fate]++;
        g_array_append_val(join->frames, frame);
    }
}

struct join *join_drawn(const struct join *sent, const struct rows *drawn, GError **error)
{
    auto_destroy(join) join = g_new0(struct join, 1);
    g_autoptr(GArray) slots = g_array_new(false, false, sizeof(struct slot));

    join->frames = g_array_new(false, false, sizeof(struct frame));
    join->foreign = sent->foreign;
    join->empty = sent->empty;
    if (!read_slots(slots, drawn, error))
        return NULL;
    take_all(join, slots, sent);
    add_frames(join, slots);
    return g_steal_pointer(&join);
}
