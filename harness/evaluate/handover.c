#include "harness/evaluate/handover.h"

static const struct {
    const char *event, *ends, *from, *to;
} directions[] = {
    [HANDOVER_IN] = {"port-opened", "port-closed", "vgpu", "pgpu"},
    [HANDOVER_OUT] = {"port-closed", "port-opened", "pgpu", "vgpu"},
};

static gboolean shows(const Rows *client, guint row, const char *source)
{
    return rows_is(client, row, "shown") && g_str_equal(rows_text(client, row, "source"), source);
}

const char *handover_vgpu_channel(const Rows *client)
{
    const char *lowest = NULL;
    gint64 lowest_id = G_MAXINT64;

    for (guint i = 0; i < rows_count(client); i++) {
        gint64 id = rows_number(client, i, "channel", -1);
        if (shows(client, i, "vgpu") && id < lowest_id) {
            lowest = rows_text(client, i, "channel");
            lowest_id = id;
        }
    }
    return lowest;
}

gint64 handover_event_ns(const Rows *vm, HandoverDirection direction)
{
    for (guint i = 0; i < rows_count(vm); i++) {
        if (rows_is(vm, i, directions[direction].event))
            return rows_time_ns(vm, i);
    }
    return 0;
}

/* When the port's next event takes back what the one in `row` has begun. */
static gint64 end_ns(const Rows *vm, guint row, const char *ends)
{
    for (guint i = row + 1; i < rows_count(vm); i++) {
        if (rows_is(vm, i, ends))
            return rows_time_ns(vm, i);
    }
    return G_MAXINT64;
}

/* `channel` NULL: any. */
static gboolean find(const Rows *client, HandoverDirection direction, const char *channel,
                     gint64 until_ns, Handover *handover)
{
    const char *old_channel = "";
    gboolean watching = FALSE; /* the old source was shown when it happened */
    gint64 old_ns = 0;

    for (guint i = 0; i < rows_count(client); i++) {
        gint64 time_ns = rows_time_ns(client, i);
        const char *on = rows_text(client, i, "channel");
        if (rows_is(client, i, "disconnected") && time_ns < handover->event_ns)
            watching = FALSE;
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
    return FALSE;
}

gboolean handover_next(const Rows *client, const Rows *vm, HandoverDirection direction, guint *row,
                       Handover *ret_handover)
{
    const char *channel = direction == HANDOVER_OUT ? handover_vgpu_channel(client) : NULL;

    while (*row < rows_count(vm)) {
        guint here = (*row)++;
        if (!rows_is(vm, here, directions[direction].event))
            continue;
        *ret_handover = (Handover){.event_ns = rows_time_ns(vm, here)};
        if (find(client, direction, channel, end_ns(vm, here, directions[direction].ends),
                 ret_handover))
            return TRUE;
    }
    return FALSE;
}
