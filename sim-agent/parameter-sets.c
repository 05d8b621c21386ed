#include "sim-agent/parameter-sets.h"

#include "gpu-module/access-unit.h"

#include <string.h>

static const guint8 start_code[] = { 0, 0, 0, 1 };

struct ParameterSets {
    GPtrArray *sps; /* of GBytes: NAL units without start code */
    GPtrArray *pps;
};

ParameterSets *parameter_sets_new(void)
{
    ParameterSets *sets = g_new0(ParameterSets, 1);

    sets->sps = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    sets->pps = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    return sets;
}

void parameter_sets_free(ParameterSets *sets)
{
    if (!sets)
        return;
    g_ptr_array_unref(sets->sps);
    g_ptr_array_unref(sets->pps);
    g_free(sets);
}

/* A NAL unit: `at` its header byte, `end` after its last byte. */
struct nal {
    gsize at, end;
};

/* Offset of the next 00 00 01 at or after `from`, or `size`. */
static gsize find_start_code(const guint8 *bytes, gsize size, gsize from)
{
    for (gsize at = from; at + 3 <= size; at++)
        if (bytes[at] == 0 && bytes[at + 1] == 0 && bytes[at + 2] == 1)
            return at;
    return size;
}

static gboolean is_slice(guint8 header)
{
    guint8 type = header & 0x1f;

    return type >= NAL_SLICE && type <= NAL_SLICE_IDR; /* 2 to 4: data partitions */
}

/* The NAL unit that begins at or after `from`; false at the end, and at the
 * first slice, whose NAL unit then has its start but not its end. */
static gboolean next_nal_before_slice(const guint8 *bytes, gsize size, gsize from,
                                      struct nal *ret_nal)
{
    gsize code = find_start_code(bytes, size, from);

    ret_nal->at = ret_nal->end = MIN(code + 3, size);
    if (ret_nal->at == size || is_slice(bytes[ret_nal->at]))
        return FALSE;
    ret_nal->end = find_start_code(bytes, size, ret_nal->at);
    /* The zero byte of a four-byte start code, and trailing zeros. */
    while (ret_nal->end > ret_nal->at + 1 && bytes[ret_nal->end - 1] == 0)
        ret_nal->end--;
    return TRUE;
}

static gboolean contains(const GPtrArray *nals, const guint8 *bytes, gsize size)
{
    for (guint i = 0; i < nals->len; i++) {
        gsize length;
        const guint8 *have = g_bytes_get_data(nals->pdata[i], &length);
        if (length == size && memcmp(have, bytes, size) == 0)
            return TRUE;
    }
    return FALSE;
}

static void replace_if_any(GPtrArray **old, GPtrArray *new)
{
    if (new->len == 0) {
        g_ptr_array_unref(new);
        return;
    }
    g_ptr_array_unref(*old);
    *old = new;
}

void parameter_sets_learn(ParameterSets *sets, const guint8 *bytes, gsize size)
{
    GPtrArray *sps = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    GPtrArray *pps = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    struct nal nal = { 0, 0 };

    while (next_nal_before_slice(bytes, size, nal.end, &nal)) {
        guint8 type = bytes[nal.at] & 0x1f;
        GPtrArray *kind = type == NAL_SPS ? sps : type == NAL_PPS ? pps : NULL;
        if (kind && !contains(kind, bytes + nal.at, nal.end - nal.at))
            g_ptr_array_add(kind, g_bytes_new(bytes + nal.at, nal.end - nal.at));
    }
    replace_if_any(&sets->sps, sps);
    replace_if_any(&sets->pps, pps);
}

static void append_nal(GByteArray *to, const guint8 *bytes, gsize size)
{
    g_byte_array_append(to, start_code, sizeof start_code);
    g_byte_array_append(to, bytes, (guint)size);
}

static void append_nals(GByteArray *to, const GPtrArray *nals)
{
    for (guint i = 0; i < nals->len; i++) {
        gsize size;
        const guint8 *bytes = g_bytes_get_data(nals->pdata[i], &size);
        append_nal(to, bytes, size);
    }
}

GByteArray *parameter_sets_complete(ParameterSets *sets, const guint8 *bytes, gsize size)
{
    GByteArray *unit = g_byte_array_sized_new((guint)size + 256);
    g_autoptr(GByteArray) others = g_byte_array_new();
    struct nal nal = { 0, 0 };

    parameter_sets_learn(sets, bytes, size);
    while (next_nal_before_slice(bytes, size, nal.end, &nal)) {
        guint8 type = bytes[nal.at] & 0x1f;
        if (type == NAL_AUD)
            append_nal(unit, bytes + nal.at, nal.end - nal.at);
        else if (type != NAL_SPS && type != NAL_PPS)
            append_nal(others, bytes + nal.at, nal.end - nal.at);
    }
    append_nals(unit, sets->sps);
    append_nals(unit, sets->pps);
    g_byte_array_append(unit, others->data, others->len);
    if (nal.at < size) /* the slices, and what stands between them */
        append_nal(unit, bytes + nal.at, size - nal.at);
    return unit;
}
