/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "media/parameter-sets.h"

#include "media/annex-b.h"
#include "protocol/access-unit.h"

#define PPS_IDS 256 /* ITU-T H.264 7.4.2.2 */

/* The first bit of an SPS's id, after the NAL unit's header, the profile, the constraints
 * and the level; and of a PPS's id, after the header. */
#define SPS_ID_BIT 32
#define PPS_ID_BIT 8

static const uint8_t start_code[] = {0, 0, 0, 1};

struct parameter_sets {
    GBytes *sps[PARAMETER_SETS_SPS]; /* by id: NAL units without start code, or NULL */
    GBytes *pps[PPS_IDS];
    unsigned version;
};

struct parameter_sets *parameter_sets_create(void)
{
    return g_new0(struct parameter_sets, 1);
}

static void clear(GBytes **nals, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        g_clear_pointer(&nals[i], g_bytes_unref);
}

void parameter_sets_destroy(struct parameter_sets *sets)
{
    if (!sets)
        return;
    clear(sets->sps, PARAMETER_SETS_SPS);
    clear(sets->pps, PPS_IDS);
    g_free(sets);
}

/* True if the set is new. One without a valid id is ignored. */
static bool learn(GBytes **nals, unsigned count, size_t id_bit, const uint8_t *bytes, size_t size)
{
    unsigned id;

    if (!annex_b_read_ue(bytes, size, &id_bit, &id) || id >= count)
        return false;
    GBytes *nal = g_bytes_new(bytes, size);
    bool new = !nals[id] || !g_bytes_equal(nals[id], nal);
    g_clear_pointer(&nals[id], g_bytes_unref);
    nals[id] = nal;
    return new;
}

void parameter_sets_learn(struct parameter_sets *sets, const uint8_t *bytes, size_t size)
{
    struct nal nal = {0, 0};

    while (annex_b_next_before_slice(bytes, size, nal.end, &nal)) {
        const uint8_t *at = bytes + nal.at;
        uint8_t type = *at & 0x1f;
        if (type == NAL_SPS)
            sets->version += learn(sets->sps, PARAMETER_SETS_SPS, SPS_ID_BIT, at, nal.end - nal.at);
        else if (type == NAL_PPS)
            learn(sets->pps, PPS_IDS, PPS_ID_BIT, at, nal.end - nal.at);
    }
}

static bool any(GBytes *const *nals, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (nals[i])
            return true;
    return false;
}

bool parameter_sets_known(const struct parameter_sets *sets)
{
    return any(sets->sps, PARAMETER_SETS_SPS) && any(sets->pps, PPS_IDS);
}

unsigned parameter_sets_version(const struct parameter_sets *sets)
{
    return sets->version;
}

const uint8_t *parameter_sets_sps(const struct parameter_sets *sets, unsigned id, size_t *ret_size)
{
    return sets->sps[id] ? g_bytes_get_data(sets->sps[id], ret_size) : NULL;
}

static void append_nal(GByteArray *to, const uint8_t *bytes, size_t size)
{
    g_byte_array_append(to, start_code, sizeof start_code);
    g_byte_array_append(to, bytes, (unsigned)size);
}

static void append_nals(GByteArray *to, GBytes *const *nals, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        size_t size;
        const uint8_t *bytes = nals[i] ? g_bytes_get_data(nals[i], &size) : NULL;
        if (bytes)
            append_nal(to, bytes, size);
    }
}

GByteArray *parameter_sets_complete(const struct parameter_sets *sets, const uint8_t *bytes,
                                    size_t size)
{
    GByteArray *unit = g_byte_array_sized_new((unsigned)size + 256);
    g_autoptr(GByteArray) others = g_byte_array_new();
    struct nal nal = {0, 0};

    while (annex_b_next_before_slice(bytes, size, nal.end, &nal)) {
        uint8_t type = bytes[nal.at] & 0x1f;
        if (type == NAL_AUD)
            append_nal(unit, bytes + nal.at, nal.end - nal.at);
        else if (type != NAL_SPS && type != NAL_PPS)
            append_nal(others, bytes + nal.at, nal.end - nal.at);
    }
    append_nals(unit, sets->sps, PARAMETER_SETS_SPS);
    append_nals(unit, sets->pps, PPS_IDS);
    g_byte_array_append(unit, others->data, others->len);
    if (nal.at < size) /* the slices, and anything between them */
        append_nal(unit, bytes + nal.at, size - nal.at);
    return unit;
}
