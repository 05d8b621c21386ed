/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "auto-destroy.h"
#include "harness/evaluate/join.h"
#include "media/barcode.h"

#include <gio/gio.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

/* A slot's row. Its number is the barcode's, -1 if it was skipped. */
static bool read_slot(const struct rows *vm, unsigned row, struct frame *frame, int *ret_number)
{
    bool skipped = rows_is(vm, row, "skipped");
    int64_t unit = rows_number(vm, row, "unit", -1);
    int64_t number = rows_number(vm, row, "number", -1);

    frame->t0_ns = rows_number(vm, row, "planned_ns", 0);
    frame->t1_ns = skipped ? 0 : rows_time_ns(vm, row);
    frame->fate = skipped ? FATE_SKIPPED : FATE_SUPERSEDED; /* until a row shows it */
    frame->unit = (unsigned)unit;
    *ret_number = skipped ? -1 : (int)number;
    return frame->t0_ns > 0 && unit >= 0 && (skipped || (number >= 0 && number < BARCODE_NUMBERS));
}

static bool read_slots(struct join *join, GArray *numbers, const struct rows *vm, GError **error)
{
    unsigned opening = 0, loop = 0, last_unit = 0;
    int64_t stream_start_ns = 0;

    for (unsigned i = 0; i < rows_count(vm); i++) {
        struct frame frame = {.stream = -1, .stream_unit = -1, .number = -1};
        int number;

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
            return false;
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
    return true;
}

/* The number of the vGPU's picture that the row shows; -1: it shows none. */
static int64_t shown_number(const struct rows *client, unsigned row)
{
    int64_t number = rows_number(client, row, "number", -1);
    return rows_is(client, row, "shown") && number >= 0 && number < BARCODE_NUMBERS &&
                   g_str_equal(rows_text(client, row, "source"), "vgpu")
               ? number
               : -1;
}

/* Numbers wrap around: the shown frame is the latest one with that number. */
static void match(struct join *join, const GArray *numbers, const struct rows *client)
{
    g_autofree unsigned *bearer = g_new0(unsigned, BARCODE_NUMBERS); /* index plus 1; 0: none yet */
    unsigned drawn = 0;

    for (unsigned i = 0; i < rows_count(client); i++) {
        int64_t time_ns = rows_time_ns(client, i);
        int64_t number = shown_number(client, i);
        if (number < 0)
            continue;
        for (; drawn < join->frames->len; drawn++) {
            const struct frame *frame = &g_array_index(join->frames, struct frame, drawn);
            if (frame->t1_ns > time_ns)
                break;
            if (frame->fate != FATE_SKIPPED)
                bearer[g_array_index(numbers, int, drawn)] = drawn + 1;
        }
        if (!bearer[number])
            continue;
        struct frame *frame = &g_array_index(join->frames, struct frame, bearer[number] - 1);
        if (!frame->t7_ns)
            frame->t7_ns = time_ns;
        frame->fate = FATE_SHOWN;
    }
    for (unsigned i = 0; i < join->frames->len; i++)
        join->count[g_array_index(join->frames, struct frame, i).fate]++;
}

static bool fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool fail(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, text);
    return false;
}

/* What was drawn for a slot has the slot's number, and when the film is drained the last
 * slot's was the last one. */
static bool check_drawn(const struct rows *vm, GError **error)
{
    int64_t slot = -1;

    for (unsigned i = 0; i < rows_count(vm); i++) {
        int64_t number = rows_number(vm, i, "number", -1);
        if (rows_is(vm, i, "film") || rows_is(vm, i, "skipped"))
            slot = -1;
        else if (rows_is(vm, i, "frame"))
            slot = number;
        else if (slot >= 0 && number >= 0 && number != slot &&
                 (rows_is(vm, i, "drawn") || rows_is(vm, i, "drained")))
            return fail(error,
                        "the VM's samples: row %u ('%s') has number %" PRId64
                        ", that of its slot is %" PRId64,
                        i + 1, rows_event(vm, i), number, slot);
        if (rows_is(vm, i, "drained"))
            slot = -1;
    }
    return true;
}

/* Nobody shows an update of the vGPU before it was drawn, nor one that never was: else the
 * files are of different runs, or the numbers of one are shifted. */
static bool check_shown(const struct rows *vm, const struct rows *client, GError **error)
{
    g_autofree bool *drawn = g_new0(bool, BARCODE_NUMBERS);
    unsigned next = 0;

    for (unsigned i = 0; i < rows_count(client); i++) {
        int64_t time_ns = rows_time_ns(client, i);
        int64_t number = shown_number(client, i);
        if (number < 0)
            continue;
        for (; next < rows_count(vm) && rows_time_ns(vm, next) <= time_ns; next++) {
            int64_t of = rows_number(vm, next, "number", -1);
            if (of >= 0 && of < BARCODE_NUMBERS && !rows_is(vm, next, "key"))
                drawn[of] = true;
        }
        if (!drawn[number])
            return fail(error,
                        "the client's samples: row %u shows the vGPU's update %" PRId64
                        ", which the VM had not drawn by then",
                        i + 1, number);
    }
    return true;
}

struct join *join_film(const struct rows *vm, const struct rows *client, GError **error)
{
    auto_destroy(join) join = g_new0(struct join, 1);
    g_autoptr(GArray) numbers = g_array_new(false, false, sizeof(int));

    join->frames = g_array_new(false, false, sizeof(struct frame));
    if (!read_slots(join, numbers, vm, error) || !check_drawn(vm, error) ||
        !check_shown(vm, client, error))
        return NULL;
    match(join, numbers, client);
    return g_steal_pointer(&join);
}
