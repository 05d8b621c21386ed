#include "harness/evaluate/join.h"

#include <gio/gio.h>

/* A barcode's number has 16 bits. */
#define NUMBERS 65536

/* A slot's row. Its number is the barcode's, -1 if it was skipped. */
static gboolean read_slot(const Rows *vm, guint row, Frame *frame, gint *ret_number)
{
    gboolean skipped = rows_is(vm, row, "skipped");
    gint64 unit = rows_number(vm, row, "unit", -1);
    gint64 number = rows_number(vm, row, "number", -1);

    frame->t0_ns = rows_number(vm, row, "planned_ns", 0);
    frame->t1_ns = skipped ? 0 : rows_time_ns(vm, row);
    frame->fate = skipped ? FATE_SKIPPED : FATE_SUPERSEDED; /* until it is seen */
    frame->unit = (guint)unit;
    *ret_number = skipped ? -1 : (gint)number;
    return frame->t0_ns > 0 && unit >= 0 && (skipped || (number >= 0 && number < NUMBERS));
}

static gboolean read_slots(Join *join, GArray *numbers, const Rows *vm, GError **error)
{
    guint opening = 0, loop = 0, last_unit = 0;
    gint64 stream_start_ns = 0;

    for (guint i = 0; i < rows_count(vm); i++) {
        Frame frame = {.stream = -1, .stream_unit = -1};
        gint number;

        if (rows_is(vm, i, "film")) {
            opening++;
            loop = last_unit = 0;
            stream_start_ns = 0;
        }
        if (!rows_is(vm, i, "frame") && !rows_is(vm, i, "skipped"))
            continue;
        if (!read_slot(vm, i, &frame, &number)) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "the VM's samples: row %u ('%s') lacks a field or has a bad one", i + 1,
                        rows_event(vm, i));
            return FALSE;
        }
        if (!stream_start_ns)
            stream_start_ns = frame.t0_ns;
        loop += frame.unit < last_unit;
        last_unit = frame.unit;
        frame.loop = loop;
        frame.opening = opening;
        frame.startup = frame.t0_ns < stream_start_ns + JOIN_STARTUP_NS;
        g_array_append_val(join->frames, frame);
        g_array_append_val(numbers, number);
    }
    return TRUE;
}

/* A number wraps around: it is the latest frame that bore it when it was shown. */
static void match(Join *join, const GArray *numbers, const Rows *client)
{
    g_autofree guint *bearer = g_new0(guint, NUMBERS); /* index plus 1; 0: none yet */
    guint drawn = 0;

    for (guint i = 0; i < rows_count(client); i++) {
        gint64 time_ns = rows_time_ns(client, i);
        gint64 number = rows_number(client, i, "number", -1);
        if (!rows_is(client, i, "shown") || number < 0 || number >= NUMBERS ||
            !g_str_equal(rows_text(client, i, "source"), "vgpu"))
            continue;
        for (; drawn < join->frames->len; drawn++) {
            const Frame *frame = &g_array_index(join->frames, Frame, drawn);
            if (frame->t1_ns > time_ns)
                break;
            if (frame->fate != FATE_SKIPPED)
                bearer[g_array_index(numbers, gint, drawn)] = drawn + 1;
        }
        if (!bearer[number])
            continue;
        Frame *frame = &g_array_index(join->frames, Frame, bearer[number] - 1);
        if (!frame->t7_ns)
            frame->t7_ns = time_ns;
        frame->fate = FATE_SHOWN;
    }
    for (guint i = 0; i < join->frames->len; i++)
        join->count[g_array_index(join->frames, Frame, i).fate]++;
}

Join *join_film(const Rows *vm, const Rows *client, GError **error)
{
    g_autoptr(Join) join = g_new0(Join, 1);
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(gint));

    join->frames = g_array_new(FALSE, FALSE, sizeof(Frame));
    if (!read_slots(join, numbers, vm, error))
        return NULL;
    match(join, numbers, client);
    return g_steal_pointer(&join);
}
