#include "media/annex-b.h"

#include "protocol/access-unit.h"

#define UE_MAX_BITS 16

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

gboolean annex_b_next_before_slice(const guint8 *bytes, gsize size, gsize from,
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

static gboolean read_bit(const guint8 *bytes, gsize size, gsize *bit, guint *ret_value)
{
    if (*bit / 8 >= size)
        return FALSE;
    *ret_value = *ret_value << 1 | (bytes[*bit / 8] >> (7 - *bit % 8) & 1);
    (*bit)++;
    return TRUE;
}

gboolean annex_b_read_ue(const guint8 *bytes, gsize size, gsize *bit, guint *ret_value)
{
    guint zeros = 0, value = 0;

    while (value == 0) {
        if (!read_bit(bytes, size, bit, &value) || zeros > UE_MAX_BITS)
            return FALSE;
        zeros += value == 0;
    }
    for (guint i = 0; i < zeros; i++)
        if (!read_bit(bytes, size, bit, &value))
            return FALSE;
    *ret_value = value - 1;
    return TRUE;
}
