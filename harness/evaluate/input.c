/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/input.h"

#include "harness/statistics/stats.h"

#define NS_PER_MS 1e6

/* Keys arrive in the order in which they were pressed. One that got lost has another
 * code than the next ones. */
static GArray *pair_keys(const struct rows *client, const struct rows *vm)
{
    GArray *keys = g_array_new(false, true, sizeof(struct input_key));
    unsigned next = 0; /* row of the VM */

    for (unsigned i = 0; i < rows_count(client); i++) {
        struct input_key key = {.press_ns = rows_time_ns(client, i)};
        if (!rows_is(client, i, "press"))
            continue;
        for (unsigned k = next; k < rows_count(vm); k++) {
            if (!rows_is(vm, k, "key") || rows_time_ns(vm, k) < key.press_ns)
                continue;
            if (rows_number(vm, k, "number", -1) == rows_number(client, i, "number", -2)) {
                key.arrival_ns = rows_time_ns(vm, k);
                next = k + 1;
            }
            break;
        }
        g_array_append_val(keys, key);
    }
    return keys;
}

static const struct frame *find_answer(const struct join *join, int64_t arrival_ns)
{
    const struct frame *answer = NULL, *before = NULL;

    for (unsigned i = 0; i < join->frames->len; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        if (frame->t0_ns < arrival_ns)
            before = frame;
        else if (before && frame->opening != before->opening)
            break;
        else if (frame->t7_ns && (!answer || frame->t7_ns < answer->t7_ns))
            answer = frame;
    }
    return answer;
}

GArray *input_keys(const struct join *join, const struct rows *client, const struct rows *vm)
{
    GArray *keys = pair_keys(client, vm);

    for (unsigned i = 0; i < keys->len; i++) {
        struct input_key *key = &g_array_index(keys, struct input_key, i);
        if (key->arrival_ns)
            key->answer = find_answer(join, key->arrival_ns);
    }
    return keys;
}

void input_measure(struct metrics *metrics, const struct join *join, const struct rows *client,
                   const struct rows *vm)
{
    g_autoptr(GArray) keys = input_keys(join, client, vm);
    g_autoptr(GArray) times = g_array_new(false, false, sizeof(double));
    unsigned unanswered = 0;

    for (unsigned i = 0; i < keys->len; i++) {
        const struct input_key *key = &g_array_index(keys, struct input_key, i);
        double ms = key->answer ? (double)(key->answer->t7_ns - key->press_ns) / NS_PER_MS : 0;
        unanswered += !key->answer;
        if (key->answer && !key->answer->startup)
            g_array_append_val(times, ms);
    }
    if (keys->len == 0)
        return;
    metrics->value[METRIC_INPUT_MS_P50] =
        stats_percentile((const double *)times->data, times->len, 50);
    metrics->value[METRIC_INPUT_MS_P99] =
        stats_percentile((const double *)times->data, times->len, 99);
    metrics->value[METRIC_INPUT_UNANSWERED] = unanswered;
}
