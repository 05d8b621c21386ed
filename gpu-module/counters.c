/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/counters.h"

#include <string.h>

#define COUNT false
#define GAUGE true
/* clang-format off */
#define ENTRY(part, kind, name) { #name, kind, offsetof(struct gpu_counters, part.name) },
/* clang-format on */
#define MAIN_ENTRY(kind, name) ENTRY(main, kind, name)
#define WORKER_ENTRY(kind, name) ENTRY(worker, kind, name)
#define SHARED_ENTRY(kind, name) ENTRY(shared, kind, name)

static const struct counter table[] = {COUNTERS_MAIN(MAIN_ENTRY) COUNTERS_WORKER(WORKER_ENTRY)
                                           COUNTERS_SHARED(SHARED_ENTRY)};

static const char *const fate_texts[FRAME_FATES] = {
    "waits", "sent", "unsent", "slow_client", "unwanted", "too_late", "without_display",
};

const struct counter *counters_at(unsigned index)
{
    return index < sizeof(table) / sizeof(table[0]) ? &table[index] : NULL;
}

void counters_init(struct gpu_counters *counters)
{
    counters->version = COUNTERS_VERSION;
    counters->size = sizeof(*counters);
    __atomic_store_n(&counters->magic, COUNTERS_MAGIC, __ATOMIC_RELEASE);
}

const char *counters_check(const struct gpu_counters *counters, size_t mapped_bytes)
{
    if (mapped_bytes < offsetof(struct gpu_counters, main) ||
        __atomic_load_n(&counters->magic, __ATOMIC_ACQUIRE) != COUNTERS_MAGIC)
        return "holds no counters of the GPU module";
    if (counters->version != COUNTERS_VERSION || counters->size != sizeof(*counters) ||
        mapped_bytes < sizeof(*counters))
        return "has counters of another version of the GPU module";
    return NULL;
}

/* A half of a record is an array of 64-bit numbers, the first of which, the
 * edition, is odd while the others are being written. Each number is released
 * and acquired, so that a reader of a new one sees the edition changed; on x86
 * that costs nothing, and thread sanitizers understand no fences. */
static void write_half(uint64_t *to, const uint64_t *from, size_t bytes)
{
    const uint64_t edition = counter_get(to) + 2;

    counter_set(to, edition - 1);
    for (size_t i = 1; i < bytes / sizeof(*to); i++)
        __atomic_store_n(&to[i], from[i], __ATOMIC_RELEASE);
    __atomic_store_n(to, edition, __ATOMIC_RELEASE);
}

/* False when it was being written. */
static bool read_half(uint64_t *to, const uint64_t *from, size_t bytes)
{
    to[0] = __atomic_load_n(from, __ATOMIC_ACQUIRE);
    for (size_t i = 1; i < bytes / sizeof(*to); i++)
        to[i] = __atomic_load_n(&from[i], __ATOMIC_ACQUIRE);
    return to[0] % 2 == 0 && to[0] == counter_get(from);
}

static struct frame_record *record_of(const struct gpu_counters *counters, uint64_t sequence)
{
    return (struct frame_record *)&counters->ring[sequence % COUNTERS_RING_FRAMES];
}

void counters_note_received(struct gpu_counters *counters, const struct frame_received *frame)
{
    write_half(&record_of(counters, frame->sequence)->received.edition, &frame->edition,
               sizeof(*frame));
    __atomic_store_n(&counters->main.frames_received, frame->sequence, __ATOMIC_RELEASE);
}

void counters_note_sent(struct gpu_counters *counters, const struct frame_sent *frame)
{
    struct frame_sent *half = &record_of(counters, frame->sequence)->sent;
    if (counter_get(&half->sequence) <= frame->sequence)
        write_half(&half->edition, &frame->edition, sizeof(*frame));
}

uint64_t counters_last(const struct gpu_counters *counters)
{
    return __atomic_load_n(&counters->main.frames_received, __ATOMIC_ACQUIRE);
}

bool counters_read(const struct gpu_counters *counters, uint64_t sequence,
                   struct frame_record *ret_record)
{
    const struct frame_record *record = record_of(counters, sequence);

    if (!read_half(&ret_record->sent.edition, &record->sent.edition, sizeof(record->sent)) ||
        ret_record->sent.sequence != sequence)
        memset(&ret_record->sent, 0, sizeof(ret_record->sent));
    return sequence != 0 &&
           read_half(&ret_record->received.edition, &record->received.edition,
                     sizeof(record->received)) &&
           ret_record->received.sequence == sequence;
}

bool frame_record_settled(const struct frame_record *record)
{
    return record->sent.waiting == 0 && frame_record_fate(record) != FRAME_WAITS;
}

enum frame_fate frame_record_fate(const struct frame_record *record)
{
    if (!(record->received.flags & FRAME_HANDED))
        return FRAME_NOWHERE;
    return record->sent.fate < FRAME_FATES ? (enum frame_fate)record->sent.fate : FRAME_WAITS;
}

const char *frame_fate_text(enum frame_fate fate)
{
    return fate_texts[fate];
}
