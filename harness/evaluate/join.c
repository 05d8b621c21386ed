#include "harness/evaluate/join.h"

#include <gio/gio.h>

/* After a break of the order so many access units in a row must agree: equal
 * ones exist, equal runs of them hardly. */
#define AGREEMENT 4
/* One that nobody wrote is as unlikely as so many lost in a row. */
#define FOREIGN_COST 8
/* How dear a way back to agreement may be, in lost access units: 17 s at 60 Hz. */
#define COST_MAX 1024
/* A barcode's number has 16 bits. */
#define BARCODE_MASK 0xffff

typedef struct {
    guint64 crc;
    gint64 t5_ns, t6_ns, t7_ns;
    gint stream, unit;
    gint number; /* by the barcode of the picture that was shown; -1: none */
} Received;

static const char *const fate_texts[FATE_COUNT] = {
    "shown", "superseded", "undecoded", "dropped", "lost", "skipped_capture",
};

const char *fate_text(Fate fate)
{
    return fate_texts[fate];
}

void join_destroy(Join *join)
{
    if (!join)
        return;
    g_array_unref(join->frames);
    g_free(join);
}

static gboolean fail(const Rows *rows, guint row, const char *whose, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "the %s's samples: row %u ('%s') lacks a field or has a bad one", whose, row + 1,
                rows_event(rows, row));
    return FALSE;
}

/* The slots, each with the fate that it has if it is never received. */
static gboolean read_slots(Join *join, const Rows *agent, GError **error)
{
    guint opening = 0;
    gint64 stream_start_ns = 0;
    gboolean stopped = FALSE;

    for (guint i = 0; i < rows_count(agent); i++) {
        if (rows_is(agent, i, "opened")) {
            opening++;
            stream_start_ns = 0;
            stopped = FALSE;
        } else if (rows_is(agent, i, "started")) {
            stopped = FALSE;
        } else if (rows_is(agent, i, "stopped")) {
            stopped = TRUE;
        } else if (rows_is(agent, i, "skipped") || rows_is(agent, i, "frame")) {
            gboolean skipped = rows_is(agent, i, "skipped");
            Frame frame = {.stream = -1, .stream_unit = -1, .opening = opening};
            gint64 bytes = rows_number(agent, i, "bytes", -1);

            frame.fate = skipped ? FATE_SKIPPED : stopped ? FATE_DROPPED : FATE_LOST;
            frame.t0_ns = rows_number(agent, i, "planned_ns", 0);
            frame.loop = (guint)rows_number(agent, i, "loop", 0);
            frame.unit = (guint)rows_number(agent, i, "unit", 0);
            frame.key = rows_number(agent, i, "key", 0) == 1;
            if (frame.t0_ns <= 0 ||
                (!skipped && (bytes <= 0 || !rows_hex(agent, i, "crc", &frame.crc))))
                return fail(agent, i, "agent", error);
            if (!skipped) {
                frame.bytes = (guint64)bytes;
                frame.t1_ns = rows_time_ns(agent, i);
            }
            if (!stream_start_ns)
                stream_start_ns = frame.t0_ns;
            frame.startup = frame.t0_ns < stream_start_ns + JOIN_STARTUP_NS;
            g_array_append_val(join->frames, frame);
        }
    }
    return TRUE;
}

static gint64 stream_key(gint64 stream, gint64 unit)
{
    return (gint64)((guint64)stream << 32 | (unit & 0xffffffff));
}

/* An index of 1 and up for each (stream, unit) that was received. */
static GHashTable *add_received(GArray *received, const Rows *client, GError **error)
{
    g_autoptr(GHashTable) index = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (guint i = 0; i < rows_count(client); i++) {
        if (!rows_is(client, i, "received"))
            continue;
        Received one = {.t5_ns = rows_time_ns(client, i), .number = -1};
        one.unit = (gint)rows_number(client, i, "unit", -1);
        one.stream = (gint)MAX(rows_number(client, i, "stream", 0), 0);
        if (one.unit < 0 || !rows_hex(client, i, "crc", &one.crc)) {
            fail(client, i, "client", error);
            return NULL;
        }
        gint64 key = stream_key(one.stream, one.unit);
        g_array_append_val(received, one);
        g_hash_table_replace(index, g_memdup2(&key, sizeof key), GUINT_TO_POINTER(received->len));
    }
    return g_steal_pointer(&index);
}

/* Several threads of the client write rows: what came of an access unit may
 * stand before the row that says that it was received. */
static gboolean read_received(GArray *received, const Rows *client, GError **error)
{
    g_autoptr(GHashTable) index = add_received(received, client, error);

    for (guint i = 0; index && i < rows_count(client); i++) {
        gboolean shown = rows_is(client, i, "shown");
        gint64 stream = rows_number(client, i, "stream", -1);
        gint64 unit = rows_number(client, i, "unit", -1);
        gint64 key = stream_key(stream, unit);
        if ((!shown && !rows_is(client, i, "decoded")) || stream < 0 || unit < 0)
            continue;

        guint at = GPOINTER_TO_UINT(g_hash_table_lookup(index, &key));
        if (!at)
            return fail(client, i, "client", error);
        Received *one = &g_array_index(received, Received, at - 1);
        gint64 *when = shown ? &one->t7_ns : &one->t6_ns;
        if (*when)
            continue;
        *when = rows_time_ns(client, i);
        if (shown && g_str_equal(rows_text(client, i, "source"), "pgpu"))
            one->number = (gint)rows_number(client, i, "number", -1);
    }
    return index != NULL;
}

/* The written frames, without the skipped slots. */
static GPtrArray *written_frames(const Join *join)
{
    GPtrArray *written = g_ptr_array_new();
    for (guint i = 0; i < join->frames->len; i++) {
        Frame *frame = &g_array_index(join->frames, Frame, i);
        if (frame->fate != FATE_SKIPPED)
            g_ptr_array_add(written, frame);
    }
    return written;
}

static gboolean equal(const GPtrArray *written, const GArray *received, guint w, guint r)
{
    const Frame *frame = g_ptr_array_index((GPtrArray *)written, w);
    const Received *one = &g_array_index(received, Received, r);
    return frame->crc == one->crc && one->t5_ns >= frame->t1_ns;
}

/* True when both sequences agree from here on, as far as can be seen. */
static gboolean agree(const GPtrArray *written, const GArray *received, guint w, guint r)
{
    if (w >= written->len || r >= received->len)
        return FALSE;
    for (guint i = 0; i < AGREEMENT && w + i < written->len && r + i < received->len; i++) {
        if (!equal(written, received, w + i, r + i))
            return FALSE;
    }
    return TRUE;
}

/* Moves both positions to where they agree again by the likeliest way; false
 * when there is none. */
static gboolean resynchronise(const GPtrArray *written, const GArray *received, guint *w, guint *r)
{
    for (guint cost = 1; cost <= COST_MAX; cost++) {
        for (guint foreign = 0; foreign * FOREIGN_COST <= cost; foreign++) {
            guint lost = cost - foreign * FOREIGN_COST;
            if (agree(written, received, *w + lost, *r + foreign)) {
                *w += lost;
                *r += foreign;
                return TRUE;
            }
        }
    }
    return FALSE;
}

static void take(Frame *frame, const Received *one)
{
    frame->t5_ns = one->t5_ns;
    frame->t6_ns = one->t6_ns;
    frame->t7_ns = one->t7_ns;
    frame->stream = one->stream;
    frame->stream_unit = one->unit;
    frame->fate = one->t7_ns ? FATE_SHOWN : one->t6_ns ? FATE_SUPERSEDED : FATE_UNDECODED;
}

static void match(Join *join, const GPtrArray *written, const GArray *received)
{
    guint w = 0, r = 0, matched = 0;

    while (w < written->len && r < received->len) {
        /* One that fits is enough while the order holds. */
        if (!equal(written, received, w, r) && !resynchronise(written, received, &w, &r))
            break;
        Frame *frame = g_ptr_array_index((GPtrArray *)written, w++);
        const Received *one = &g_array_index(received, Received, r++);
        take(frame, one);
        matched++;
        join->misnamed += one->number >= 0 && (guint)one->number != (frame->unit & BARCODE_MASK);
    }
    join->foreign = received->len - matched;
    for (guint i = 0; i < join->frames->len; i++)
        join->count[g_array_index(join->frames, Frame, i).fate]++;
}

Join *join_frames(const Rows *agent, const Rows *client, GError **error)
{
    g_autoptr(Join) join = g_new0(Join, 1);
    join->frames = g_array_new(FALSE, FALSE, sizeof(Frame));
    g_autoptr(GArray) received = g_array_new(FALSE, FALSE, sizeof(Received));

    if (!read_slots(join, agent, error) || !read_received(received, client, error))
        return NULL;
    g_autoptr(GPtrArray) written = written_frames(join);
    match(join, written, received);
    return g_steal_pointer(&join);
}

static gint64 opening_key(gint64 opening, gint64 index)
{
    return opening << 32 | index;
}

/* The rows by opening and index in it, both from 1. What left the server's ring
 * before it could be read is missing in the numbers, but counts. */
static GHashTable *index_module(const Rows *module)
{
    GHashTable *index = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    gint64 opening = 0, before = 0, sequence = 0;

    for (guint i = 0; i < rows_count(module); i++) {
        if (!rows_is(module, i, "frame"))
            continue;
        if (rows_number(module, i, "opening", 0) != opening) {
            opening = rows_number(module, i, "opening", 0);
            before = sequence;
        }
        sequence = rows_number(module, i, "sequence", 0);
        gint64 key = opening_key(opening, sequence - before);
        g_hash_table_replace(index, g_memdup2(&key, sizeof key), GUINT_TO_POINTER(i + 1));
    }
    return index;
}

gboolean join_module(Join *join, const Rows *module, GError **error)
{
    g_autoptr(GHashTable) index = index_module(module);
    guint opening = 0;
    gint64 n = 0;

    for (guint i = 0; i < join->frames->len; i++) {
        Frame *frame = &g_array_index(join->frames, Frame, i);
        if (frame->opening != opening)
            n = 0;
        opening = frame->opening;
        if (frame->fate == FATE_SKIPPED)
            continue;

        gint64 key = opening_key(opening, ++n);
        guint row = GPOINTER_TO_UINT(g_hash_table_lookup(index, &key));
        if (!row)
            continue;
        gint64 bytes = rows_number(module, row - 1, "bytes", -1);
        if (bytes != (gint64)frame->bytes) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "the server's samples: frame %" G_GINT64_FORMAT " of opening %u has %"
                        G_GINT64_FORMAT " bytes, the agent wrote %" G_GUINT64_FORMAT,
                        n, opening, bytes, frame->bytes);
            return FALSE;
        }
        frame->t2_ns = rows_number(module, row - 1, "t2_ns", 0);
        frame->t3_ns = rows_number(module, row - 1, "t3_ns", 0);
        frame->t4_ns = rows_number(module, row - 1, "t4_ns", 0);
    }
    return TRUE;
}

const Frame *join_find(const Join *join, gint stream, gint stream_unit)
{
    for (guint i = 0; i < join->frames->len; i++) {
        const Frame *frame = &g_array_index(join->frames, Frame, i);
        if (frame->stream == stream && frame->stream_unit == stream_unit)
            return frame;
    }
    return NULL;
}

gboolean join_write(const Join *join, const char *file, GError **error)
{
    g_autoptr(GString) text = g_string_new("event,t_ns,loop,unit,key,bytes,startup,t0_ns,t1_ns,"
                                           "t2_ns,t3_ns,t4_ns,t5_ns,t6_ns,t7_ns,fate\n");
    for (guint i = 0; i < join->frames->len; i++) {
        const Frame *frame = &g_array_index(join->frames, Frame, i);
        const gint64 times[] = {frame->t0_ns, frame->t1_ns, frame->t2_ns, frame->t3_ns,
                                frame->t4_ns, frame->t5_ns, frame->t6_ns, frame->t7_ns};
        g_string_append_printf(text, "slot,%" G_GINT64_FORMAT ",%u,%u,%d,%" G_GUINT64_FORMAT ",%d",
                               frame->t0_ns, frame->loop, frame->unit, frame->key, frame->bytes,
                               frame->startup);
        for (guint t = 0; t < G_N_ELEMENTS(times); t++) {
            if (times[t])
                g_string_append_printf(text, ",%" G_GINT64_FORMAT, times[t]);
            else
                g_string_append_c(text, ',');
        }
        g_string_append_printf(text, ",%s\n", fate_text(frame->fate));
    }
    return g_file_set_contents(file, text->str, text->len, error);
}
