/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* hardware-fake: doubles of what agent/windows/hardware.h has, for the program as a whole: a
 * display on which something is drawn again and again; and either AMD's runtime, which refuses
 * what a Polaris card refuses, or none, and an encoder of Media Foundation. Both return the
 * access units of a file, in their order, again and again.
 *
 * Environment: VDIBENCH_FAKE_ENCODER, amf or media-foundation; VDIBENCH_FAKE_FILE, a byte stream of H.264 in which each access unit begins with
 * a delimiter; VDIBENCH_FAKE_SIZE, its WIDTHxHEIGHT. Both in words that need no quoting. */
#include "agent/tests/amf-fake.h"
#include "agent/tests/windows/duplication-fake.h"
#include "agent/tests/windows/transform-fake.h"
#include "agent/windows/hardware.h"

#include <mferror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES (16u << 20)
#define UNITS_MAX 4096
#define DRAWS_EVERY_MS 20

static const uint8_t delimiter[] = {0, 0, 0, 1, 9}; /* Rec. ITU-T H.264, 7.3.2.4 */

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "hardware-fake: %s\n", what);
    exit(3);
}

static const char *setting(const char *name)
{
    const char *value = getenv(name);

    if (!value)
        give_up(name);
    return value;
}

HRESULT hardware_duplicate(void *data, IDXGIOutput *output, ID3D11Device *device,
                           IDXGIOutputDuplication **ret_duplication)
{
    struct duplication_fake *fake = &duplication_fake;

    if (sscanf(setting("VDIBENCH_FAKE_SIZE"), "%ux%u", &fake->width_px, &fake->height_px) != 2)
        give_up("VDIBENCH_FAKE_SIZE");
    fake->draws_every_ms = DRAWS_EVERY_MS;
    return duplication_fake_duplicate(data, output, device, ret_duplication);
}

static size_t next_delimiter(const uint8_t *bytes, size_t size, size_t from)
{
    while (from + sizeof delimiter <= size &&
           memcmp(bytes + from, delimiter, sizeof delimiter) != 0)
        from++;
    return from + sizeof delimiter <= size ? from : size;
}

/* Into both doubles. */
static void read_units(void)
{
    static uint8_t bytes[FILE_MAX_BYTES];
    static struct amf_fake_unit amf_units[UNITS_MAX];
    static struct transform_fake_unit transform_units[UNITS_MAX];
    FILE *file = fopen(setting("VDIBENCH_FAKE_FILE"), "rb");
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    unsigned count = 0;

    if (size < sizeof delimiter || memcmp(bytes, delimiter, sizeof delimiter) != 0)
        give_up("VDIBENCH_FAKE_FILE");
    fclose(file);
    for (size_t at = 0; at < size && count < UNITS_MAX; count++) {
        size_t end = next_delimiter(bytes, size, at + 1);
        amf_units[count] = (struct amf_fake_unit){bytes + at, end - at};
        transform_units[count] = (struct transform_fake_unit){bytes + at, (uint32_t)(end - at)};
        at = end;
    }
    amf_fake.units = amf_units;
    transform_fake.units = transform_units;
    amf_fake.unit_count = transform_fake.unit_count = count;
    amf_fake.rewinds = transform_fake.rewinds = true;
}

static bool has_amf(void)
{
    return strcmp(setting("VDIBENCH_FAKE_ENCODER"), "amf") == 0;
}

amf_init_function hardware_amf(void)
{
    read_units();
    amf_fake.knows_few = true;
    amf_fake.refused_usages = 1u << AMF_USAGE_ULTRA_LOW_LATENCY;
    amf_fake.repeats = amf_fake.fulls = 1;
    return has_amf() ? amf_fake_init : NULL;
}

/* Of two, the first one refuses every size. */
HRESULT hardware_transform(const struct mfplat *functions, unsigned index,
                           IMFTransform **ret_object,
                           char ret_name[static MEDIA_FOUNDATION_NAME_BYTES])
{
    if (has_amf())
        return MF_E_NOT_FOUND;
    transform_fake.count = 2;
    transform_fake.broken = 1;
    transform_fake.late = transform_fake.full = 1;
    return transform_fake_find(functions, index, ret_object, ret_name);
}
