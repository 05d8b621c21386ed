/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/handover.h"

static const struct {
    const char *event, *ends, *from, *to;
} directions[] = {
    [HANDOVER_IN] = {"port-opened", "port-closed", "vgpu", "pgpu"},
    [HANDOVER_OUT] = {"port-closed", "port-opened", "pgpu", "vgpu"},
};

static bool shows(const struct rows *client, unsigned row, const char *source)
{
    return rows_is(client, row, "shown") && g_str_equal(rows_text(client, row, "source"), source);
}

const char *handover_vgpu_channel(const struct rows *client)
{
    const char *lowest = NULL;
    int64_t lowest_id = INT64_MAX;

    for (unsigned i = 0; i < rows_count(client); i++) {
        int64_t id = rows_number(client, i, "channel", -1);
        if (shows(client, i, "vgpu") && id < lowest_id) {
            lowest = rows_text(client, i, "channel");
            lowest_id = id;
        }
    }
    return lowest;
}

int64_t handover_event_ns(const struct rows *vm, enum handover_direction direction)
{
    for (unsigned i = 0; i < rows_count(vm); i++) {
        if (rows_is(vm, i, directions[direction].event))
            return rows_time_ns(vm, i);
    }
    return 0;
}

/* When the port's next event undoes the one in `row`. */
static int64_t end_ns(const struct rows *vm, unsigned row, const char *ends)
{
    for (unsigned i = row + 1; i < rows_count(vm); i++) {
        if (rows_is(vm, i, ends))
            return rows_time_ns(vm, i);
    }
    return INT64_MAX;
}

/* `channel` NULL: any. */
static bool find(const struct rows *client, enum handover_direction direction, const char *channel,
                 int64_t until_ns, struct handover *handover)
{
    const char *old_channel = "";
    bool watching = false; /* the old source was shown when it happened */
    int64_t old_ns = 0;

    for (unsigned i = 0; i < rows_count(client); i++) {
        int64_t time_ns = rows_time_ns(client, i);
        const char *on = rows_text(client, i, "channel");
        if (rows_is(client, i, "disconnected") && time_ns < handover->event_ns)
            watching = false;
        if (channel && !g_str_equal(on, channel))
            continue;
        if (shows(client, i, directions[direction].from)) {
            watching |= time_ns < handover->event_ns;
            old_ns = time_ns;
            old_channel = on;
        } else if (shows(client, i, directions[direction].to) && time_ns >= handover->event_ns) {
            handover->first_ns = time_ns;
            handover->last_ns = g_str_equal(old_channel, on) ? old_ns : 0;
            return watching && time_ns < until_ns;
        }
    }
    return false;
}

bool handover_next(const struct rows *client, const struct rows *vm,
                   enum handover_direction direction, unsigned *row, struct handover *ret_handover)
{
    const char *channel = direction == HANDOVER_OUT ? handover_vgpu_channel(client) : NULL;

    while (*row < rows_count(vm)) {
        unsigned here = (*row)++;
        if (!rows_is(vm, here, directions[direction].event))
            continue;
        *ret_handover = (struct handover){.event_ns = rows_time_ns(vm, here)};
        if (find(client, direction, channel, end_ns(vm, here, directions[direction].ends),
                 ret_handover))
            return true;
    }
    return false;
}
