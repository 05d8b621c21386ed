#include "media/parameter-sets.h"

#include "protocol/access-unit.h"
#include "media/annex-b.h"

#define PPS_IDS 256 /* ITU-T H.264 7.4.2.2 */

/* The first bit of an SPS's id: after the NAL unit's header, the profile, its
 * constraints and the level. Of a PPS's id: after the header. */
#define SPS_ID_BIT 32
#define PPS_ID_BIT 8

static const guint8 start_code[] = { 0, 0, 0, 1 };

struct ParameterSets {
    GBytes *sps[PARAMETER_SETS_SPS]; /* by id: NAL units without start code, or NULL */
    GBytes *pps[PPS_IDS];
    guint version;
};

ParameterSets *parameter_sets_new(void)
{
    return g_new0(ParameterSets, 1);
}

static void clear(GBytes **nals, guint count)
{
    for (guint i = 0; i < count; i++)
        g_clear_pointer(&nals[i], g_bytes_unref);
}

void parameter_sets_free(ParameterSets *sets)
{
    if (!sets)
        return;
    clear(sets->sps, PARAMETER_SETS_SPS);
    clear(sets->pps, PPS_IDS);
    g_free(sets);
}

/* True when it is new. A set without a valid id is no set. */
static gboolean learn(GBytes **nals, guint count, gsize id_bit, const guint8 *bytes, gsize size)
{
    guint id;

    if (!annex_b_read_ue(bytes, size, &id_bit, &id) || id >= count)
        return FALSE;
    GBytes *nal = g_bytes_new(bytes, size);
    gboolean new = !nals[id] || !g_bytes_equal(nals[id], nal);
    g_clear_pointer(&nals[id], g_bytes_unref);
    nals[id] = nal;
    return new;
}

void parameter_sets_learn(ParameterSets *sets, const guint8 *bytes, gsize size)
{
    struct nal nal = { 0, 0 };

    while (annex_b_next_before_slice(bytes, size, nal.end, &nal)) {
        const guint8 *at = bytes + nal.at;
        guint8 type = *at & 0x1f;
        if (type == NAL_SPS)
            sets->version += learn(sets->sps, PARAMETER_SETS_SPS, SPS_ID_BIT, at, nal.end - nal.at);
        else if (type == NAL_PPS)
            learn(sets->pps, PPS_IDS, PPS_ID_BIT, at, nal.end - nal.at);
    }
}

static gboolean any(GBytes *const *nals, guint count)
{
    for (guint i = 0; i < count; i++)
        if (nals[i])
            return TRUE;
    return FALSE;
}

gboolean parameter_sets_known(const ParameterSets *sets)
{
    return any(sets->sps, PARAMETER_SETS_SPS) && any(sets->pps, PPS_IDS);
}

guint parameter_sets_version(const ParameterSets *sets)
{
    return sets->version;
}

const guint8 *parameter_sets_sps(const ParameterSets *sets, guint id, gsize *ret_size)
{
    return sets->sps[id] ? g_bytes_get_data(sets->sps[id], ret_size) : NULL;
}

static void append_nal(GByteArray *to, const guint8 *bytes, gsize size)
{
    g_byte_array_append(to, start_code, sizeof start_code);
    g_byte_array_append(to, bytes, (guint)size);
}

static void append_nals(GByteArray *to, GBytes *const *nals, guint count)
{
    for (guint i = 0; i < count; i++) {
        gsize size;
        const guint8 *bytes = nals[i] ? g_bytes_get_data(nals[i], &size) : NULL;
        if (bytes)
            append_nal(to, bytes, size);
    }
}

GByteArray *parameter_sets_complete(const ParameterSets *sets, const guint8 *bytes, gsize size)
{
    GByteArray *unit = g_byte_array_sized_new((guint)size + 256);
    g_autoptr(GByteArray) others = g_byte_array_new();
    struct nal nal = { 0, 0 };

    while (annex_b_next_before_slice(bytes, size, nal.end, &nal)) {
        guint8 type = bytes[nal.at] & 0x1f;
        if (type == NAL_AUD)
            append_nal(unit, bytes + nal.at, nal.end - nal.at);
        else if (type != NAL_SPS && type != NAL_PPS)
            append_nal(others, bytes + nal.at, nal.end - nal.at);
    }
    append_nals(unit, sets->sps, PARAMETER_SETS_SPS);
    append_nals(unit, sets->pps, PPS_IDS);
    g_byte_array_append(unit, others->data, others->len);
    if (nal.at < size) /* the slices, and what stands between them */
        append_nal(unit, bytes + nal.at, size - nal.at);
    return unit;
}
