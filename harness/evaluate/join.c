/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/join.h"

#include "media/barcode.h"

#include <gio/gio.h>
#include <inttypes.h>

/* After a break in the order this many access units in a row must agree: a recording
 * has equal access units, but hardly equal runs of them. */
#define AGREEMENT 4
/* A foreign access unit is as unlikely as this many lost in a row. */
#define FOREIGN_COST 8
/* The highest cost of a way back to agreement, in lost access units: 17 s at 60 Hz. */
#define COST_MAX 1024

struct received {
    uint64_t crc;
    int64_t t5_ns, t6_ns, t7_ns;
    int stream, unit;
    int number; /* by the barcode of the picture that was shown; -1: none */
};

static const char *const fate_texts[FATE_COUNT] = {
    "shown", "superseded", "undecoded", "dropped", "lost", "skipped_capture", "undrained",
};

void join_end_undrained(struct join *join, bool shows)
{
    for (unsigned i = join->frames->len; i-- > 0;) {
        struct frame *frame = &g_array_index(join->frames, struct frame, i);
        if (join_arrival_ns(frame, shows))
            return;
        if (frame->fate == FATE_SKIPPED || frame->fate == FATE_DROPPED)
            continue;
        join->count[frame->fate]--;
        frame->fate = FATE_UNDRAINED;
        join->count[FATE_UNDRAINED]++;
    }
}

const char *fate_text(enum fate fate)
{
    return fate_texts[fate];
}

void join_destroy(struct join *join)
{
    if (!join)
        return;
    g_array_unref(join->frames);
    g_free(join);
}

int64_t join_arrival_ns(const struct frame *frame, bool shows)
{
    return shows ? frame->t7_ns : frame->t5_ns;
}

static bool fail(const struct rows *rows, unsigned row, const char *whose, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "the %s's samples: row %u ('%s') lacks a field or has a bad one", whose, row + 1,
                rows_event(rows, row));
    return false;
}

/* The slots, each with the fate that it has unless the client received it. */
static bool read_slots(struct join *join, const struct rows *agent, GError **error)
{
    unsigned opening = 0;
    int64_t stream_start_ns = 0;
    bool stopped = false;

    for (unsigned i = 0; i < rows_count(agent); i++) {
        if (rows_is(agent, i, "opened")) {
            opening++;
            stream_start_ns = 0;
            stopped = false;
        } else if (rows_is(agent, i, "started")) {
            stopped = false;
        } else if (rows_is(agent, i, "stopped")) {
            stopped = true;
        } else if (rows_is(agent, i, "empty")) {
            join->empty++;
        } else if (rows_is(agent, i, "skipped") || rows_is(agent, i, "frame")) {
            bool skipped = rows_is(agent, i, "skipped");
            struct frame frame = {
                .stream = -1, .stream_unit = -1, .number = -1, .opening = opening};
            int64_t bytes = rows_number(agent, i, "bytes", -1);

            frame.fate = skipped ? FATE_SKIPPED : stopped ? FATE_DROPPED : FATE_LOST;
            frame.t0_ns = rows_number(agent, i, "planned_ns", 0);
            frame.loop = (unsigned)rows_number(agent, i, "loop", 0);
            frame.unit = (unsigned)rows_number(agent, i, "unit", 0);
            frame.key = rows_number(agent, i, "key", 0) == 1;
            if (frame.t0_ns <= 0 ||
                (!skipped && (bytes <= 0 || !rows_hex(agent, i, "crc", &frame.crc))))
                return fail(agent, i, "agent", error);
            if (!skipped) {
                frame.bytes = (uint64_t)bytes;
                frame.t1_ns = rows_time_ns(agent, i);
            }
            if (!stream_start_ns)
                stream_start_ns = frame.t0_ns;
            frame.startup = frame.t0_ns < stream_start_ns + JOIN_STARTUP_NS;
            g_array_append_val(join->frames, frame);
        }
    }
    return true;
}

static int64_t stream_key(int64_t stream, int64_t unit)
{
    return (int64_t)((uint64_t)stream << 32 | (unit & 0xffffffff));
}

/* An index of 1 and up for each (stream, unit) that was received. */
static GHashTable *add_received(GArray *received, const struct rows *client, GError **error)
{
    g_autoptr(GHashTable) index = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (unsigned i = 0; i < rows_count(client); i++) {
        if (!rows_is(client, i, "received"))
            continue;
        struct received one = {.t5_ns = rows_time_ns(client, i), .number = -1};
        one.unit = (int)rows_number(client, i, "unit", -1);
        one.stream = (int)MAX(rows_number(client, i, "stream", 0), 0);
        if (one.unit < 0 || !rows_hex(client, i, "crc", &one.crc)) {
            fail(client, i, "client", error);
            return NULL;
        }
        int64_t key = stream_key(one.stream, one.unit);
        g_array_append_val(received, one);
        g_hash_table_replace(index, g_memdup2(&key, sizeof key), GUINT_TO_POINTER(received->len));
    }
    return g_steal_pointer(&index);
}

/* Several threads of the client write rows: the row that an access unit was decoded
 * or shown may come before the row that it was received. */
static bool read_received(GArray *received, const struct rows *client, GError **error)
{
    g_autoptr(GHashTable) index = add_received(received, client, error);

    for (unsigned i = 0; index && i < rows_count(client); i++) {
        bool shown = rows_is(client, i, "shown");
        int64_t stream = rows_number(client, i, "stream", -1);
        int64_t unit = rows_number(client, i, "unit", -1);
        int64_t key = stream_key(stream, unit);
        if ((!shown && !rows_is(client, i, "decoded")) || stream < 0 || unit < 0)
            continue;

        unsigned at = GPOINTER_TO_UINT(g_hash_table_lookup(index, &key));
        if (!at)
            return fail(client, i, "client", error);
        struct received *one = &g_array_index(received, struct received, at - 1);
        int64_t *when = shown ? &one->t7_ns : &one->t6_ns;
        if (*when)
            continue;
        *when = rows_time_ns(client, i);
        if (shown && g_str_equal(rows_text(client, i, "source"), "pgpu"))
            one->number = (int)rows_number(client, i, "number", -1);
    }
    return index != NULL;
}

/* The written frames, without the skipped slots. */
static GPtrArray *written_frames(const struct join *join)
{
    GPtrArray *written = g_ptr_array_new();
    for (unsigned i = 0; i < join->frames->len; i++) {
        struct frame *frame = &g_array_index(join->frames, struct frame, i);
        if (frame->fate != FATE_SKIPPED)
            g_ptr_array_add(written, frame);
    }
    return written;
}

static bool equal(const GPtrArray *written, const GArray *received, unsigned w, unsigned r)
{
    const struct frame *frame = g_ptr_array_index((GPtrArray *)written, w);
    const struct received *one = &g_array_index(received, struct received, r);
    return frame->crc == one->crc && one->t5_ns >= frame->t1_ns;
}

/* True when both sequences agree from here on, as far as can be seen. */
static bool agree(const GPtrArray *written, const GArray *received, unsigned w, unsigned r)
{
    if (w >= written->len || r >= received->len)
        return false;
    for (unsigned i = 0; i < AGREEMENT && w + i < written->len && r + i < received->len; i++) {
        if (!equal(written, received, w + i, r + i))
            return false;
    }
    return true;
}

/* Moves both positions to where they agree again by the likeliest way; false
 * when there is none. */
static bool resynchronise(const GPtrArray *written, const GArray *received, unsigned *w,
                          unsigned *r)
{
    for (unsigned cost = 1; cost <= COST_MAX; cost++) {
        for (unsigned foreign = 0; foreign * FOREIGN_COST <= cost; foreign++) {
            unsigned lost = cost - foreign * FOREIGN_COST;
            if (agree(written, received, *w + lost, *r + foreign)) {
                *w += lost;
                *r += foreign;
                return true;
            }
        }
    }
    return false;
}

static void take(struct frame *frame, const struct received *one)
{
    frame->t5_ns = one->t5_ns;
    frame->t6_ns = one->t6_ns;
    frame->t7_ns = one->t7_ns;
    frame->stream = one->stream;
    frame->stream_unit = one->unit;
    frame->number = one->number;
    frame->fate = one->t7_ns ? FATE_SHOWN : one->t6_ns ? FATE_SUPERSEDED : FATE_UNDECODED;
}

static void match(struct join *join, const GPtrArray *written, const GArray *received)
{
    unsigned w = 0, r = 0, matched = 0;

    while (w < written->len && r < received->len) {
        /* While the order holds, one that agrees is enough. */
        if (!equal(written, received, w, r) && !resynchronise(written, received, &w, &r))
            break;
        struct frame *frame = g_ptr_array_index((GPtrArray *)written, w++);
        const struct received *one = &g_array_index(received, struct received, r++);
        take(frame, one);
        matched++;
        join->misnamed +=
            one->number >= 0 && (unsigned)one->number != frame->unit % BARCODE_NUMBERS;
    }
    join->foreign = received->len - matched;
    for (unsigned i = 0; i < join->frames->len; i++)
        join->count[g_array_index(join->frames, struct frame, i).fate]++;
}

struct join *join_frames(const struct rows *agent, const struct rows *client, GError **error)
{
    auto_destroy(join) join = g_new0(struct join, 1);
    join->frames = g_array_new(false, false, sizeof(struct frame));
    g_autoptr(GArray) received = g_array_new(false, false, sizeof(struct received));

    if (!read_slots(join, agent, error) || !read_received(received, client, error))
        return NULL;
    g_autoptr(GPtrArray) written = written_frames(join);
    match(join, written, received);
    return g_steal_pointer(&join);
}

static int64_t opening_key(int64_t opening, int64_t index)
{
    return opening << 32 | index;
}

/* The rows by opening and by index in it, both from 1. A frame that left the server's
 * ring before it could be read has no row, but the indices count it. */
static GHashTable *index_module(const struct rows *module)
{
    GHashTable *index = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    int64_t opening = 0, before = 0, sequence = 0;

    for (unsigned i = 0; i < rows_count(module); i++) {
        if (!rows_is(module, i, "frame"))
            continue;
        if (rows_number(module, i, "opening", 0) != opening) {
            opening = rows_number(module, i, "opening", 0);
            before = sequence;
        }
        sequence = rows_number(module, i, "sequence", 0);
        int64_t key = opening_key(opening, sequence - before);
        g_hash_table_replace(index, g_memdup2(&key, sizeof key), GUINT_TO_POINTER(i + 1));
    }
    return index;
}

bool join_module(struct join *join, const struct rows *module, GError **error)
{
    g_autoptr(GHashTable) index = index_module(module);
    unsigned opening = 0;
    int64_t n = 0;

    for (unsigned i = 0; i < join->frames->len; i++) {
        struct frame *frame = &g_array_index(join->frames, struct frame, i);
        if (frame->opening != opening)
            n = 0;
        opening = frame->opening;
        if (frame->fate == FATE_SKIPPED)
            continue;

        int64_t key = opening_key(opening, ++n);
        unsigned row = GPOINTER_TO_UINT(g_hash_table_lookup(index, &key));
        if (!row)
            continue;
        int64_t bytes = rows_number(module, row - 1, "bytes", -1);
        if (bytes != (int64_t)frame->bytes) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "the server's samples: frame %" PRId64 " of opening %u has %" PRId64
                        " bytes, the agent wrote %" PRIu64,
                        n, opening, bytes, frame->bytes);
            return false;
        }
        frame->t2_ns = rows_number(module, row - 1, "t2_ns", 0);
        frame->t3_ns = rows_number(module, row - 1, "t3_ns", 0);
        frame->t4_ns = rows_number(module, row - 1, "t4_ns", 0);
    }
    return true;
}

const struct frame *join_find(const struct join *join, int stream, int stream_unit)
{
    for (unsigned i = 0; i < join->frames->len; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        if (frame->stream == stream && frame->stream_unit == stream_unit)
            return frame;
    }
    return NULL;
}

bool join_write(const struct join *join, const char *file, GError **error)
{
    g_autoptr(GString) text = g_string_new("event,t_ns,loop,unit,key,bytes,startup,t0_ns,t1_ns,"
                                           "t2_ns,t3_ns,t4_ns,t5_ns,t6_ns,t7_ns,fate\n");
    for (unsigned i = 0; i < join->frames->len; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        const int64_t times[] = {frame->t0_ns, frame->t1_ns, frame->t2_ns, frame->t3_ns,
                                 frame->t4_ns, frame->t5_ns, frame->t6_ns, frame->t7_ns};
        g_string_append_printf(text, "slot,%" PRId64 ",%u,%u,%d,%" PRIu64 ",%d", frame->t0_ns,
                               frame->loop, frame->unit, frame->key, frame->bytes, frame->startup);
        for (unsigned t = 0; t < G_N_ELEMENTS(times); t++) {
            if (times[t])
                g_string_append_printf(text, ",%" PRId64, times[t]);
            else
                g_string_append_c(text, ',');
        }
        g_string_append_printf(text, ",%s\n", fate_text(frame->fate));
    }
    return g_file_set_contents(file, text->str, text->len, error);
}
