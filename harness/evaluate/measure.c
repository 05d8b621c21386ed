/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/measure.h"

#include "harness/evaluate/age.h"
#include "harness/evaluate/cpu-use.h"
#include "harness/evaluate/handover.h"
#include "harness/evaluate/input.h"
#include "harness/evaluate/shown-quality.h"
#include "harness/run/processes.h"
#include "harness/statistics/stats.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define NS_PER_MS 1e6

/* The channel of the VM's first display device, which is the vGPU. */
#define FIRST_CHANNEL "0"

/* Infinity: the value is that of a frame which was still on its way. */
static double unless_infinite(double value)
{
    return isinf(value) ? NAN : value;
}

static void compute_latency(struct metrics *m, const struct route *route, const struct join *join)
{
    g_autoptr(GArray) steady = g_array_new(false, false, sizeof(double));
    g_autoptr(GArray) startup = g_array_new(false, false, sizeof(double));
    g_autoptr(GArray) receive = g_array_new(false, false, sizeof(double));

    for (unsigned i = 0; i < join->frames->len; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        int64_t end_ns = join_arrival_ns(frame, route->shows);
        double ms = (double)(end_ns - frame->t0_ns) / NS_PER_MS;
        double receive_ms = (double)(frame->t5_ns - frame->t1_ns) / NS_PER_MS;
        if (frame->fate == FATE_UNDRAINED)
            ms = INFINITY;
        if (end_ns || isinf(ms))
            g_array_append_val(frame->startup ? startup : steady, ms);
        if (frame->t5_ns && !frame->startup)
            g_array_append_val(receive, receive_ms);
    }
    const double *values = (const double *)steady->data;
    m->value[METRIC_LATENCY_MS_P50] = unless_infinite(stats_percentile(values, steady->len, 50));
    m->value[METRIC_LATENCY_MS_P95] = unless_infinite(stats_percentile(values, steady->len, 95));
    m->value[METRIC_LATENCY_MS_P99] = unless_infinite(stats_percentile(values, steady->len, 99));
    values = (const double *)receive->data;
    m->value[METRIC_RECEIVE_MS_P50] = stats_percentile(values, receive->len, 50);
    m->value[METRIC_RECEIVE_MS_P99] = stats_percentile(values, receive->len, 99);
    m->value[METRIC_STARTUP_MS_MAX] =
        unless_infinite(stats_max((const double *)startup->data, startup->len));
}

static const struct {
    size_t from, to; /* offsets of the clock points in struct frame */
    enum metric p50, p99;
} stages[] = {
    {offsetof(struct frame, t0_ns), offsetof(struct frame, t1_ns), METRIC_T0_T1_MS_P50,
     METRIC_T0_T1_MS_P99},
    {offsetof(struct frame, t1_ns), offsetof(struct frame, t2_ns), METRIC_T1_T2_MS_P50,
     METRIC_T1_T2_MS_P99},
    {offsetof(struct frame, t2_ns), offsetof(struct frame, t3_ns), METRIC_T2_T3_MS_P50,
     METRIC_T2_T3_MS_P99},
    {offsetof(struct frame, t3_ns), offsetof(struct frame, t4_ns), METRIC_T3_T4_MS_P50,
     METRIC_T3_T4_MS_P99},
    {offsetof(struct frame, t4_ns), offsetof(struct frame, t5_ns), METRIC_T4_T5_MS_P50,
     METRIC_T4_T5_MS_P99},
    {offsetof(struct frame, t5_ns), offsetof(struct frame, t6_ns), METRIC_T5_T6_MS_P50,
     METRIC_T5_T6_MS_P99},
    {offsetof(struct frame, t6_ns), offsetof(struct frame, t7_ns), METRIC_T6_T7_MS_P50,
     METRIC_T6_T7_MS_P99},
};

/* Of the frames that reached the client only, so that all stages are of the same ones. */
static void compute_stages(struct metrics *m, const struct join *join)
{
    for (unsigned s = 0; s < G_N_ELEMENTS(stages); s++) {
        g_autoptr(GArray) values = g_array_new(false, false, sizeof(double));
        for (unsigned i = 0; i < join->frames->len; i++) {
            const struct frame *frame = &g_array_index(join->frames, struct frame, i);
            int64_t from_ns = G_STRUCT_MEMBER(int64_t, frame, stages[s].from);
            int64_t to_ns = G_STRUCT_MEMBER(int64_t, frame, stages[s].to);
            double ms = (double)(to_ns - from_ns) / NS_PER_MS;
            if (!frame->startup && frame->t5_ns && from_ns && to_ns)
                g_array_append_val(values, ms);
        }
        m->value[stages[s].p50] = stats_percentile((const double *)values->data, values->len, 50);
        m->value[stages[s].p99] = stats_percentile((const double *)values->data, values->len, 99);
    }
}

/* Pictures per second. The time between two openings of the port does not count. */
static void compute_fps(struct metrics *m, const struct route *route, const struct join *join)
{
    double seconds = 0;
    unsigned intervals = 0, opening = 0;
    int64_t last_ns = 0;

    for (unsigned i = 0; i < join->frames->len && route->shows; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        if (frame->startup || frame->fate != FATE_SHOWN)
            continue;
        if (frame->opening == opening) {
            seconds += (double)(frame->t7_ns - last_ns) / 1e9;
            intervals++;
        }
        opening = frame->opening;
        last_ns = frame->t7_ns;
    }
    if (seconds > 0)
        m->value[METRIC_FPS_SHOWN] = intervals / seconds;
}

/* In each opening of the port, the frames received after the last one that was
 * shown: the client's parser or decoder holds them back while the screen is still. */
static unsigned count_held_back(const struct join *join)
{
    unsigned held_back = 0, since_shown = 0, opening = 0;

    for (unsigned i = 0; i < join->frames->len; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        if (frame->opening != opening || frame->fate == FATE_SHOWN) {
            held_back += frame->opening != opening ? since_shown : 0;
            since_shown = 0;
        }
        opening = frame->opening;
        since_shown += frame->fate == FATE_SUPERSEDED || frame->fate == FATE_UNDECODED;
    }
    return held_back + since_shown;
}

/* The median of the number of newer frames that the client had when it showed one. */
static double frames_behind(const struct join *join)
{
    g_autoptr(GArray) behind = g_array_new(false, false, sizeof(double));

    for (unsigned i = 0; i < join->frames->len; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        double newer = 0;
        if (frame->startup || frame->fate != FATE_SHOWN)
            continue;
        for (unsigned k = i + 1; k < join->frames->len; k++) {
            const struct frame *next = &g_array_index(join->frames, struct frame, k);
            if (next->t5_ns > frame->t7_ns || next->opening != frame->opening)
                break;
            newer += next->t5_ns != 0;
        }
        g_array_append_val(behind, newer);
    }
    return stats_percentile((const double *)behind->data, behind->len, 50);
}

/* The time of the first row of this event; INT64_MAX if there is none. */
static int64_t first_ns(const struct rows *rows, const char *event)
{
    for (unsigned i = 0; i < rows_count(rows); i++) {
        if (rows_is(rows, i, event))
            return rows_time_ns(rows, i);
    }
    return INT64_MAX;
}

static unsigned count_early(const struct join *join, const struct rows *vm)
{
    int64_t connected_ns = first_ns(vm, "client-connected");
    unsigned early = 0;

    for (unsigned i = 0; i < join->frames->len; i++)
        early += g_array_index(join->frames, struct frame, i).t0_ns < connected_ns;
    return early;
}

static void compute_fates(struct metrics *m, const struct route *route, const struct join *join,
                          const struct rows *vm)
{
    m->value[METRIC_FRAMES_PLANNED] = join->frames->len;
    if (route->shows) {
        m->value[METRIC_FRAMES_SHOWN] = join->count[FATE_SHOWN];
        m->value[METRIC_FRAMES_SUPERSEDED] = join->count[FATE_SUPERSEDED];
        m->value[METRIC_FRAMES_UNDECODED] = join->count[FATE_UNDECODED];
        m->value[METRIC_FRAMES_HELD_BACK] = count_held_back(join);
        if (!route->drawings) /* of a film's frames it is not known when they are received */
            m->value[METRIC_FRAMES_BEHIND] = frames_behind(join);
    }
    m->value[METRIC_FRAMES_DROPPED] = join->count[FATE_DROPPED];
    m->value[METRIC_FRAMES_LOST] = join->count[FATE_LOST];
    m->value[METRIC_FRAMES_SKIPPED_CAPTURE] = join->count[FATE_SKIPPED];
    if (route->has_agent)
        m->value[METRIC_SLOTS_EMPTY] = join->empty;
    m->value[METRIC_FRAMES_FOREIGN] = join->foreign;
    if (vm)
        m->value[METRIC_FRAMES_EARLY] = count_early(join, vm);
    /* Not for a vGPU, which skips a picture and is not slowed down by it. */
    unsigned written = join->frames->len - join->count[FATE_SKIPPED];
    if (route->has_agent && written > 0)
        m->value[METRIC_SLOW_DOWN_PCT] = 100.0 * join->count[FATE_SKIPPED] / written;
}

/* How long the client went on after the last slot. */
static void compute_drain(struct metrics *m, const struct route *route, const struct join *join)
{
    int64_t last_slot_ns = 0, last_arrival_ns = 0;

    m->value[METRIC_FRAMES_UNDRAINED] = join->count[FATE_UNDRAINED];
    for (unsigned i = 0; i < join->frames->len; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        last_slot_ns = MAX(last_slot_ns, frame->t0_ns);
        last_arrival_ns = MAX(last_arrival_ns, join_arrival_ns(frame, route->shows));
    }
    if (last_arrival_ns && join->count[FATE_UNDRAINED] == 0)
        m->value[METRIC_DRAIN_MS] = (double)MAX(last_arrival_ns - last_slot_ns, 0) / NS_PER_MS;
}

/* The channel's counter, from the `traffic` row nearest in time. -1: none. */
static int64_t traffic_at(const struct rows *client, const char *channel, int64_t time_ns)
{
    int64_t bytes = -1, nearest_ns = INT64_MAX;
    for (unsigned i = 0; i < rows_count(client); i++) {
        int64_t distance_ns = llabs(rows_time_ns(client, i) - time_ns);
        if (rows_is(client, i, "traffic") && distance_ns < nearest_ns &&
            g_str_equal(rows_text(client, i, "channel"), channel)) {
            nearest_ns = distance_ns;
            bytes = rows_number(client, i, "bytes", -1);
        }
    }
    return bytes;
}

/* The bytes from STREAM_CREATE to STREAM_DESTROY of each stream, or to the channel's
 * last count if the stream was not destroyed. */
static double stream_traffic_bytes(const struct rows *client)
{
    double total = NAN;

    for (unsigned i = 0; i < rows_count(client); i++) {
        if (!rows_is(client, i, "stream-create"))
            continue;
        const char *channel = rows_text(client, i, "channel");
        const char *stream = rows_text(client, i, "stream");
        int64_t end_ns = INT64_MAX / 2;
        for (unsigned k = i + 1; k < rows_count(client) && end_ns == INT64_MAX / 2; k++) {
            if (rows_is(client, k, "stream-destroy") &&
                g_str_equal(rows_text(client, k, "stream"), stream) &&
                g_str_equal(rows_text(client, k, "channel"), channel))
                end_ns = rows_time_ns(client, k);
        }
        int64_t begin = traffic_at(client, channel, rows_time_ns(client, i));
        int64_t end = traffic_at(client, channel, end_ns);
        if (begin >= 0 && end > begin)
            total = (isnan(total) ? 0 : total) + (double)(end - begin);
    }
    return total;
}

/* The bytes that all channels together have read between two times. */
static double channels_traffic_bytes(const struct rows *client, int64_t begin_ns, int64_t end_ns)
{
    g_autoptr(GHashTable) counted = g_hash_table_new(g_str_hash, g_str_equal);
    double total = NAN;

    for (unsigned i = 0; i < rows_count(client); i++) {
        const char *channel = rows_text(client, i, "channel");
        if (!rows_is(client, i, "traffic") || !g_hash_table_add(counted, (void *)channel))
            continue;
        int64_t begin = traffic_at(client, channel, begin_ns);
        int64_t end = traffic_at(client, channel, end_ns);
        if (begin >= 0 && end >= begin)
            total = (isnan(total) ? 0 : total) + (double)(end - begin);
    }
    return total;
}

/* From the first slot of each film until it was drained. */
static double film_traffic_bytes(const struct rows *client, const struct rows *vm)
{
    int64_t begin_ns = 0;
    double total = NAN;

    for (unsigned i = 0; i < rows_count(vm); i++) {
        if (rows_is(vm, i, "film"))
            begin_ns = rows_time_ns(vm, i);
        if (!rows_is(vm, i, "drained") || !begin_ns)
            continue;
        double bytes = channels_traffic_bytes(client, begin_ns, rows_time_ns(vm, i));
        total = (isnan(total) ? 0 : total) + bytes;
        begin_ns = 0;
    }
    return total;
}

/* How long all slots last. The time between two openings of the port does not count. */
static double slots_seconds(const struct join *join)
{
    const struct frame *previous = NULL;
    double seconds = 0;
    unsigned intervals = 0;

    for (unsigned i = 0; i < join->frames->len; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        if (previous && previous->opening == frame->opening) {
            seconds += (double)(frame->t0_ns - previous->t0_ns) / 1e9;
            intervals++;
        }
        previous = frame;
    }
    /* The last frame lasts as long as the others. */
    return intervals > 0 ? seconds + seconds / intervals : 0;
}

static void compute_traffic(struct metrics *m, const struct route *route, const struct join *join,
                            const struct rows *client, const struct rows *vm)
{
    bool film = route->drawings != NULL && vm;
    double traffic = film ? film_traffic_bytes(client, vm) : stream_traffic_bytes(client);
    double payload = 0, seconds = slots_seconds(join);

    for (unsigned i = 0; i < join->frames->len; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        if (frame->fate != FATE_SKIPPED)
            payload += (double)frame->bytes;
    }
    if (isnan(traffic) || seconds <= 0 || (!film && payload <= 0))
        return;
    m->value[METRIC_TRAFFIC_KBPS] = traffic * 8 / 1000 / seconds;
    if (!film)
        m->value[METRIC_TRAFFIC_OVERHEAD_PCT] = (traffic - payload) / payload * 100;
}

/* The area of the rectangles that were drawn for each slot. Those of other updates
 * have another number. */
static void compute_drawn(struct metrics *m, const struct rows *vm)
{
    double screen = 0, drawn = 0;
    int64_t number = -1;
    unsigned slots = 0;

    for (unsigned i = 0; i < rows_count(vm); i++) {
        double area =
            (double)rows_number(vm, i, "width", 0) * (double)rows_number(vm, i, "height", 0);
        if (rows_is(vm, i, "screen")) {
            screen = area;
        } else if (rows_is(vm, i, "frame")) {
            number = rows_number(vm, i, "number", -1);
            slots++;
        } else if (rows_is(vm, i, "drawn") && rows_number(vm, i, "number", -1) == number) {
            drawn += area;
        }
    }
    if (screen > 0 && slots > 0)
        m->value[METRIC_DRAWN_PCT] = drawn / screen / slots * 100;
}

static void compute_cpu(struct metrics *m, const struct route *route, const struct join *join,
                        const struct rows *cpu)
{
    double seconds = 0, frames = 0;

    for (unsigned w = 0; w < cpu_window_count(cpu); w++) {
        int64_t begin_ns, end_ns;
        cpu_window(cpu, w, &begin_ns, &end_ns);
        seconds += (double)(end_ns - begin_ns) / 1e9;
        for (unsigned i = 0; i < join->frames->len; i++) {
            int64_t t1_ns = g_array_index(join->frames, struct frame, i).t1_ns;
            frames += t1_ns >= begin_ns && t1_ns < end_ns;
        }
    }
    if (seconds <= 0 || frames <= 0)
        return;

    struct cpu_use vm = cpu_use_vm(cpu, route->vm_program, NULL);
    struct cpu_use drawing = cpu_use_guest(cpu, route->vm_program);
    struct cpu_use client = cpu_use(cpu, route->client_program, NULL);
    struct cpu_use agent = cpu_use_agent(cpu, NULL), encoder = cpu_use_agent(cpu, "encoder");
    struct cpu_use x_server = cpu_use_x_server(cpu);
    struct cpu_use player = cpu_use(cpu, PROCESSES_GUEST, NULL);
    struct cpu_use harness = cpu_use(cpu, "vdibench", NULL),
                   second = cpu_use(cpu, "client-2", NULL), link = cpu_use(cpu, "link", NULL);
    /* An agent in a real guest uses the guest's processors. */
    const bool agent_seen = route->has_agent && agent.run_ns > 0;
    double server_ns = vm.run_ns - drawing.run_ns;
    double agent_ns = agent.run_ns - encoder.run_ns;
    double total_ns = server_ns + client.run_ns + agent.run_ns + x_server.run_ns;
    double run_ns = total_ns + drawing.run_ns + player.run_ns;
    double wait_ns =
        vm.wait_ns + client.wait_ns + agent.wait_ns + x_server.wait_ns + player.wait_ns;

    m->value[METRIC_SERVER_CPU_MS_PER_FRAME] = server_ns / NS_PER_MS / frames;
    if (route->has_vgpu)
        m->value[METRIC_SERVER_WORKER_CPU_MS_PER_FRAME] =
            cpu_use_vm(cpu, route->vm_program, "SPICE Worker").run_ns / NS_PER_MS / frames;
    m->value[METRIC_CLIENT_CPU_MS_PER_FRAME] = client.run_ns / NS_PER_MS / frames;
    if (agent_seen)
        m->value[METRIC_AGENT_CPU_MS_PER_FRAME] = agent_ns / NS_PER_MS / frames;
    if (encoder.run_ns > 0)
        m->value[METRIC_ENCODER_CPU_MS_PER_FRAME] = encoder.run_ns / NS_PER_MS / frames;
    if (x_server.run_ns > 0)
        m->value[METRIC_X_SERVER_CPU_MS_PER_FRAME] = x_server.run_ns / NS_PER_MS / frames;
    if (agent_seen || !route->has_agent)
        m->value[METRIC_TOTAL_CPU_MS_PER_FRAME] = total_ns / NS_PER_MS / frames;
    m->value[METRIC_SERVER_CPU_PCT] = server_ns / 1e9 / seconds * 100;
    m->value[METRIC_CLIENT_CPU_PCT] = client.run_ns / 1e9 / seconds * 100;
    if (agent_seen)
        m->value[METRIC_AGENT_CPU_PCT] = agent_ns / 1e9 / seconds * 100;
    if (agent_seen || !route->has_agent)
        m->value[METRIC_TOTAL_CPU_PCT] = total_ns / 1e9 / seconds * 100;
    m->value[METRIC_HARNESS_CPU_PCT] = harness.run_ns / 1e9 / seconds * 100;
    m->value[METRIC_RUN_QUEUE_WAIT_MS_PER_FRAME] = wait_ns / NS_PER_MS / frames;
    if (run_ns + wait_ns > 0)
        m->value[METRIC_RUN_QUEUE_WAIT_PCT] = wait_ns / (run_ns + wait_ns) * 100;
    double foreign_ns =
        cpu_machine_busy_ns(cpu) - run_ns - harness.run_ns - second.run_ns - link.run_ns;
    if (!isnan(foreign_ns)) /* the kernel's steps of 10 ms can make it negative */
        m->value[METRIC_FOREIGN_CPU_PCT] = fmax(foreign_ns, 0) / 1e9 / seconds * 100;
}

/* The longest handover in this direction, and the longest gap. There is no gap if the
 * old source stays in a window of its own. */
static void compute_switch(const struct rows *client, const struct rows *vm,
                           enum handover_direction direction, double *ret_ms, double *ret_gap_ms)
{
    struct handover handover;
    unsigned row = 0;

    while (handover_next(client, vm, direction, &row, &handover)) {
        *ret_ms = fmax(*ret_ms, (double)(handover.first_ns - handover.event_ns) / NS_PER_MS);
        if (handover.last_ns)
            *ret_gap_ms =
                fmax(*ret_gap_ms, (double)(handover.first_ns - handover.last_ns) / NS_PER_MS);
    }
}

/* Each channel is counted by itself. A blank picture before a connection's first one
 * does not count, because it replaced nothing. */
static void compute_artefacts(struct metrics *m, const struct rows *client)
{
    g_autoptr(GHashTable) last = g_hash_table_new(g_str_hash, g_str_equal); /* channel: shown row */
    unsigned blank = 0, torn = 0;
    double longest_ms = 0;

    for (unsigned i = 0; i < rows_count(client); i++) {
        void *channel = (void *)rows_text(client, i, "channel"), *before = NULL;
        if (rows_is(client, i, "connected"))
            g_hash_table_remove_all(last);
        if (!rows_is(client, i, "shown"))
            continue;
        torn += rows_number(client, i, "stale", 0) > 0;
        bool is_blank = g_str_equal(rows_text(client, i, "source"), "blank");
        bool follows = g_hash_table_lookup_extended(last, channel, NULL, &before);
        unsigned row = GPOINTER_TO_UINT(before);
        bool was_blank = follows && g_str_equal(rows_text(client, row, "source"), "blank");
        blank += is_blank && follows;
        if (was_blank)
            longest_ms =
                fmax(longest_ms,
                     (double)(rows_time_ns(client, i) - rows_time_ns(client, row)) / NS_PER_MS);
        if (follows ? !(is_blank && was_blank) : !is_blank)
            g_hash_table_insert(last, channel, GUINT_TO_POINTER(i));
    }
    m->value[METRIC_PICTURES_BLANK] = blank;
    m->value[METRIC_PICTURES_TORN] = torn;
    m->value[METRIC_BLANK_MS_MAX] = longest_ms;
}

void measure_repeat(struct metrics *metrics, const struct route *route, const struct join *join,
                    const struct rows *client, const struct rows *vm, const struct rows *cpu)
{
    if (!shown_quality_keeps(client)) {
        compute_latency(metrics, route, join);
        compute_stages(metrics, join);
        age_measure(metrics, route, join);
        compute_fps(metrics, route, join);
        compute_cpu(metrics, route, join, cpu);
        if (vm)
            input_measure(metrics, join, client, vm);
    }
    compute_fates(metrics, route, join, vm);
    compute_drain(metrics, route, join);
    compute_traffic(metrics, route, join, client, vm);
    if (route->drawings && vm)
        compute_drawn(metrics, vm);
    /* Not where the server makes the videos: they are part of its picture, and tear none. */
    if (route->shows && route->has_agent)
        compute_artefacts(metrics, client);
    if (!vm || !route->shows)
        return;

    double *value = metrics->value;
    compute_switch(client, vm, HANDOVER_IN, &value[METRIC_SWITCH_MS], &value[METRIC_GAP_MS]);
    compute_switch(client, vm, HANDOVER_OUT, &value[METRIC_SWITCH_OUT_MS],
                   &value[METRIC_GAP_OUT_MS]);
}

/* The first client's latency and rate while the second one was frozen. */
static void compute_frozen(struct metrics *m, const struct route *route, const struct join *join,
                           int64_t begin_ns, int64_t end_ns)
{
    g_autoptr(GArray) latency = g_array_new(false, false, sizeof(double));
    int64_t first_ns = 0, last_ns = 0;

    for (unsigned i = 0; i < join->frames->len; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        int64_t arrived_ns = join_arrival_ns(frame, route->shows);
        double ms = (double)(arrived_ns - frame->t0_ns) / NS_PER_MS;
        if (!arrived_ns || frame->t0_ns < begin_ns || frame->t0_ns >= end_ns)
            continue;
        g_array_append_val(latency, ms);
        first_ns = first_ns ? first_ns : arrived_ns;
        last_ns = arrived_ns;
    }
    const double *values = (const double *)latency->data;
    m->value[METRIC_FROZEN_LATENCY_MS_P50] = stats_percentile(values, latency->len, 50);
    m->value[METRIC_FROZEN_LATENCY_MS_P99] = stats_percentile(values, latency->len, 99);
    if (last_ns > first_ns)
        m->value[METRIC_FROZEN_FPS_SHOWN] =
            (latency->len - 1) / ((double)(last_ns - first_ns) / 1e9);
}

void measure_second_client(struct metrics *metrics, const struct route *route,
                           const struct join *join, const struct join *second,
                           int64_t frozen_begin_ns, int64_t frozen_end_ns)
{
    unsigned missed = 0, broken = 0, behind = 0, since_received = 0;
    bool joined = false;

    for (unsigned i = 0; i < second->frames->len; i++) {
        const struct frame *frame = &g_array_index(second->frames, struct frame, i);
        if (frame->fate == FATE_SKIPPED)
            continue;
        bool received = frame->t5_ns != 0;
        broken += joined && received && since_received > 0 && !frame->key;
        joined = joined || received;
        missed += joined && !received;
        since_received = received ? 0 : since_received + 1;
        behind = frame->fate == FATE_SHOWN ? 0 : behind + 1;
    }
    metrics->value[METRIC_SECOND_FRAMES_MISSED] = missed;
    metrics->value[METRIC_SECOND_FRAMES_BROKEN] = broken;
    metrics->value[METRIC_SECOND_FRAMES_UNSHOWN] = behind;
    if (frozen_begin_ns)
        compute_frozen(metrics, route, join, frozen_begin_ns, frozen_end_ns);
}

void measure_server(struct metrics *metrics, const struct rows *server, const struct rows *module)
{
    double *growth = &metrics->value[METRIC_SERVER_MEMORY_GROWTH_KIB];
    double *drift = &metrics->value[METRIC_SERVER_MEMORY_DRIFT_KIB];
    double opened = NAN, begin = NAN, rest_wakeups = 0, wakeups = 0, seconds = 0;
    int64_t rest_ns = 0;

    for (unsigned i = 0; module && i < rows_count(module); i++)
        if (rows_is(module, i, "buffers"))
            metrics->value[METRIC_FRAME_BUFFERS_KIB_MAX] =
                (double)rows_number(module, i, "bytes", 0) / 1024;
    for (unsigned i = 0; i < rows_count(server); i++) {
        double kib = (double)rows_number(server, i, "private_dirty_kib", 0);
        double woken = (double)rows_number(server, i, "wakeups", 0);

        if (rows_is(server, i, "open"))
            opened = kib;
        else if (!isnan(opened))
            *growth = fmax(*growth, kib - opened);
        if (rows_is(server, i, "close"))
            opened = NAN;
        if (rows_is(server, i, "begin"))
            begin = kib;
        else if (rows_is(server, i, "end"))
            *drift = kib - begin;
        if (rows_is(server, i, "rest")) {
            rest_wakeups = woken;
            rest_ns = rows_time_ns(server, i);
        } else if (rows_is(server, i, "rested")) {
            wakeups += woken - rest_wakeups;
            seconds += (double)(rows_time_ns(server, i) - rest_ns) / 1e9;
        }
    }
    if (seconds > 0)
        metrics->value[METRIC_SERVER_WAKEUPS_PER_S] = wakeups / seconds;
}

static unsigned frames_between(const struct rows *agent, int64_t begin_ns, int64_t end_ns)
{
    unsigned frames = 0;

    for (unsigned i = 0; i < rows_count(agent); i++)
        frames += rows_is(agent, i, "frame") && rows_time_ns(agent, i) >= begin_ns &&
                  rows_time_ns(agent, i) < end_ns;
    return frames;
}

void measure_rest(struct metrics *metrics, const struct rows *server, const struct rows *cpu,
                  const struct rows *agent)
{
    static const char *const agents[] = {"sim-agent", PROCESSES_REAL_AGENT};
    double *memory = &metrics->value[METRIC_AGENT_MEMORY_MIB];
    double seconds = 0, run_ns = 0;
    unsigned frames = 0;
    int64_t rest_ns = 0;

    for (unsigned i = 0; i < rows_count(agent); i++)
        if (rows_is(agent, i, "memory"))
            *memory = fmax(*memory, (double)rows_number(agent, i, "bytes", 0) / 1048576);
    for (unsigned i = 0; i < rows_count(server); i++) {
        if (rows_is(server, i, "rest"))
            rest_ns = rows_time_ns(server, i);
        if (!rows_is(server, i, "rested"))
            continue;
        int64_t end_ns = rows_time_ns(server, i);
        frames += frames_between(agent, rest_ns, end_ns);
        for (unsigned a = 0; a < G_N_ELEMENTS(agents); a++) {
            double of = 0;
            run_ns += cpu_use_within(cpu, agents[a], rest_ns, end_ns, &of).run_ns;
            seconds += of;
        }
    }
    if (seconds > 0) {
        metrics->value[METRIC_AGENT_REST_CPU_PCT] = run_ns / 1e9 / seconds * 100;
        metrics->value[METRIC_REST_FRAMES] = frames;
    }
}

void measure_shown_sources(const struct rows *client, bool real_vm, struct seen *seen)
{
    static const char *const no_sources[] = {"blank", "kept", "unfinished", NULL};
    const char *channel = handover_vgpu_channel(client),
               *main_channel = channel ? channel : FIRST_CHANNEL;
    GString *orders[2] = {g_string_new(NULL), g_string_new(NULL)};
    const char *last[2] = {"", ""};
    bool is_new[2] = {false, false}; /* the surface: only what its memory held has been shown */

    for (unsigned i = 0; i < rows_count(client); i++) {
        const char *source = rows_text(client, i, "source");
        unsigned which = g_strcmp0(rows_text(client, i, "channel"), main_channel) != 0;
        if (rows_is(client, i, "primary"))
            is_new[which] = real_vm;
        if (!rows_is(client, i, "shown") || g_strv_contains(no_sources, source) ||
            (is_new[which] && g_str_equal(source, "other")))
            continue;
        is_new[which] = false;
        if (!g_str_equal(source, last[which]))
            g_string_append_printf(orders[which], "%s%s", orders[which]->len ? ";" : "", source);
        last[which] = source;
    }
    g_free(seen->sources);
    g_free(seen->other_channel);
    seen->sources = g_string_free(orders[0], false);
    seen->other_channel = g_string_free(orders[1], false);
}

void measure_link(struct metrics *metrics, const struct rows *link)
{
    for (unsigned i = 0; i < rows_count(link); i++) {
        if (!rows_is(link, i, "link"))
            continue;
        metrics->value[METRIC_LINK_RTT_MS] = (double)rows_number(link, i, "rtt_ns", 0) / NS_PER_MS;
        metrics->value[METRIC_LINK_MBIT_S] = (double)rows_number(link, i, "bit_s", 0) / 1e6;
    }
}

void measure_foreign_cpu(struct metrics *metrics, const struct rows *cpu)
{
    double seconds = 0;

    for (unsigned w = 0; w < cpu_window_count(cpu); w++) {
        int64_t begin_ns, end_ns;
        cpu_window(cpu, w, &begin_ns, &end_ns);
        seconds += (double)(end_ns - begin_ns) / 1e9;
    }
    double foreign_ns = cpu_machine_busy_ns(cpu) - cpu_use(cpu, "vdibench", NULL).run_ns -
                        cpu_use(cpu, "shadow-paging-run", NULL).run_ns;
    if (seconds > 0 && !isnan(foreign_ns))
        metrics->value[METRIC_FOREIGN_CPU_PCT] = fmax(foreign_ns, 0) / 1e9 / seconds * 100;
}
