/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * What the GPU module reports of itself, in the real SPICE server with a
 * simulated VM and a client: the counters and the frames' records are those of
 * what the guest has really written, a frame's memory is given back, and
 * nothing of ours runs while nobody uses it.
 */
#include "gpu-module/counters-map.h"
#include "gpu-module/flow.h"
#include "gpu-module/spice-server/tests/bed-counters.h"
#include "gpu-module/spice-server/tests/bed.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* Between two looks at the counters, which announce no change. */
#define POLL_US 2000
/* Updates of the vGPU during which nothing of ours may run; it draws one each
 * time that it goes on. */
#define QUIET_UPDATES 300
#define FRAMES 20
/* Before the slice of x264's key frame: parameter sets, and its settings in an SEI. */
#define SCANNED_MAX_BYTES 1024
/* A frame that takes several doublings of its buffer's first size. */
#define LARGE_FRAME_BYTES (700 * 1024)

/* What was played in all sessions so far. */
static struct {
    uint64_t sessions, frames, bytes;
} played;

/* --- the counters --------------------------------------------------------- */

#define MAIN(name) counter_get(&bed_counters->main.name)
#define WORKER(name) counter_get(&bed_counters->worker.name)

/* The server's threads count while we look: what they will have counted. */
#define EVENTUALLY(counter, value) eventually(#counter, &bed_counters->counter, value)

static void eventually(const char *name, const uint64_t *counter, uint64_t value)
{
    const int64_t end_us = g_get_monotonic_time() + (int64_t)(DEADLINE_S * G_USEC_PER_SEC);

    while (counter_get(counter) != value && g_get_monotonic_time() < end_us)
        g_usleep(POLL_US);
    if (counter_get(counter) != value)
        fail_msg("%s is %" PRIu64 " and not %" PRIu64, name, counter_get(counter), value);
}

/* --- the guest ------------------------------------------------------------ */

static void all_sent(void)
{
    EVENTUALLY(main.frames_received, played.frames);
    EVENTUALLY(worker.frames_sent, played.frames);
}

/* The key frame, made larger by a filler NAL. */
static void write_large_frame(int fd)
{
    g_autofree uint8_t *bytes = g_malloc(PORT_HEADER_BYTES + LARGE_FRAME_BYTES);
    uint8_t *body = bytes + PORT_HEADER_BYTES, *filler = body + bed.key_frame_size;

    port_compose_header(bytes, PORT_HEADER_BYTES, PORT_DATA, LARGE_FRAME_BYTES);
    memcpy(body, bed.key_frame, bed.key_frame_size);
    memset(filler, 0xff, LARGE_FRAME_BYTES - bed.key_frame_size);
    memcpy(filler, "\0\0\0\1\x0c", 5);
    body[LARGE_FRAME_BYTES - 1] = 0x80;
    guest_write(fd, bytes, PORT_HEADER_BYTES + LARGE_FRAME_BYTES);
    played.frames++;
    played.bytes += LARGE_FRAME_BYTES;
}

/* A session of `frames`, until the client shows it and all of it is sent. */
static int play(unsigned frames)
{
    int fd = guest_start();

    guest_format(fd, 640, 480);
    for (unsigned i = 0; i < frames; i++)
        guest_key_frame(fd);
    played.sessions++;
    played.frames += frames;
    played.bytes += frames * bed.key_frame_size;
    client_shows("pgpu");
    all_sent();
    return fd;
}

static void close_port(int fd)
{
    guest_close(fd);
    client_shows("vgpu");
    EVENTUALLY(main.port_open, 0);
}

/* --- tests ---------------------------------------------------------------- */

static void an_unused_port_counts_nothing(void **state)
{
    (void)state;
    const struct counter *counter;

    for (unsigned i = 0; (counter = counters_at(i)); i++)
        if (!g_str_equal(counter->name, "main_wakeups")) /* the server looks into a new port */
            eventually(counter->name,
                       (const uint64_t *)((const char *)bed_counters + counter->offset), 0);
}

static void what_was_played_is_counted(void **state)
{
    (void)state;
    int fd = play(FRAMES);

    assert_int_equal(MAIN(port_open), 1);
    assert_int_equal(MAIN(port_opens), 1);
    assert_int_equal(MAIN(starts), 1);
    assert_int_equal(MAIN(stops), 0);
    assert_int_equal(MAIN(bytes_received), played.bytes);
    assert_in_range(MAIN(bytes_scanned), FRAMES, FRAMES * SCANNED_MAX_BYTES);
    assert_int_equal(MAIN(port_bytes), PORT_HEADER_BYTES + PORT_FORMAT_BYTES + played.bytes +
                                           FRAMES * PORT_HEADER_BYTES);
    assert_int_equal(MAIN(key_frames_received), FRAMES);
    assert_int_equal(WORKER(bytes_sent), played.bytes);
    assert_int_equal(WORKER(switches_to_pgpu), 1);
    assert_int_equal(WORKER(switches_to_vgpu), 0);
    close_port(fd);
    EVENTUALLY(worker.switches_to_vgpu, 1);
}

static void a_second_session_adds_to_the_first(void **state)
{
    (void)state;
    close_port(play(FRAMES));
    assert_int_equal(MAIN(port_opens), 2);
    assert_int_equal(MAIN(bytes_received), played.bytes);
    EVENTUALLY(worker.switches_to_vgpu, 2);
}

static void an_honest_guest_loses_nothing(void **state)
{
    (void)state;
    assert_int_equal(MAIN(violations), 0);
    assert_int_equal(MAIN(frames_cut), 0);
    assert_int_equal(MAIN(frames_without_display), 0);
    assert_int_equal(WORKER(frames_too_late), 0);
    assert_int_equal(WORKER(frames_unwanted), 0);
    assert_int_equal(WORKER(frames_slow_client), 0);
    assert_int_equal(WORKER(frames_unsent), 0);
    EVENTUALLY(worker.queued, 0);
    EVENTUALLY(worker.queued_all, 0);
}

static void each_frame_has_its_record(void **state)
{
    (void)state;
    uint64_t last_t3_ns = 0;

    for (uint64_t n = 1; n <= played.frames; n++) {
        struct frame_record record;
        assert_true(counters_read(bed_counters, n, &record));
        assert_true(frame_record_settled(&record));
        assert_int_equal(frame_record_fate(&record), FRAME_SENT);
        assert_int_equal(record.received.opening, n <= FRAMES ? 1 : 2);
        assert_int_equal(record.received.bytes, bed.key_frame_size);
        assert_true(record.received.flags & FRAME_KEY_FRAME);
        assert_int_equal(record.sent.clients, 1);
        assert_true(record.received.t2_ns > last_t3_ns);
        assert_true(record.received.t3_ns >= record.received.t2_ns);
        assert_true(record.sent.t4_ns >= record.received.t3_ns);
        last_t3_ns = record.received.t3_ns;
    }
}

/* The buffer of the first large frame of a session grows while it is read, and
 * what is there moves along; the next ones' is large enough at once. At most
 * those that the credit lets in, the one being read and one that just ends are
 * there at a time. */
static void frames_memory_is_bounded_and_given_back(void **state)
{
    (void)state;
    int fd = play(1);

    write_large_frame(fd);
    all_sent();
    const uint64_t moved = MAIN(bytes_moved);
    assert_in_range(moved, 1, 2 * LARGE_FRAME_BYTES);
    for (unsigned i = 0; i < 4; i++)
        write_large_frame(fd);
    all_sent();
    assert_int_equal(MAIN(bytes_moved), moved);
    EVENTUALLY(shared.buffer_bytes, 0);
    assert_in_range(MAIN(buffer_bytes_max), LARGE_FRAME_BYTES,
                    (FLOW_WINDOW_FRAMES + 2) * LARGE_FRAME_BYTES);
    close_port(fd);
}

static void what_is_cut_or_bad_is_counted(void **state)
{
    (void)state;
    const uint8_t cut[] = {HEADER(PORT_DATA, 100), 0, 0, 0, 1}, bad[] = {HEADER(0, 0)};

    int fd = play(1);
    const uint64_t bytes = MAIN(port_bytes);
    guest_write(fd, cut, sizeof cut);
    EVENTUALLY(main.port_bytes, bytes + sizeof cut); /* closing throws away what is unread */
    close_port(fd);
    EVENTUALLY(main.frames_cut, 1);
    assert_int_equal(MAIN(violations), 0);

    fd = play(1);
    guest_write(fd, bad, sizeof bad);
    EVENTUALLY(main.violations, 1);
    close_port(fd);
    assert_int_equal(MAIN(frames_cut), 1);
    assert_int_equal(MAIN(frames_received), played.frames);
    EVENTUALLY(shared.buffer_bytes, 0);
}

/* That the vGPU has drawn. */
static uint64_t updates(void)
{
    const struct notice *paused = ask(bed.vm, "pause", "paused");
    const uint64_t number = g_ascii_strtoull(notice_value(paused, "number"), NULL, 10);
    child_send(bed.vm, NULL, "resume");
    return number;
}

static uint64_t runs(void)
{
    return MAIN(main_wakeups) + MAIN(port_reads) + WORKER(worker_wakeups);
}

/* While the VM itself draws on; in the end, for the limit of the switch rate
 * recovers for a second after what was played. */
static void nothing_of_ours_runs(void)
{
    const int64_t end_us = g_get_monotonic_time() + (int64_t)(DEADLINE_S * G_USEC_PER_SEC);
    uint64_t before;

    do {
        const uint64_t enough = updates() + QUIET_UPDATES;
        before = runs();
        while (updates() < enough)
            ;
    } while (runs() != before && g_get_monotonic_time() < end_us);
    assert_int_equal(runs(), before);
}

static void a_closed_port_wakes_nobody(void **state)
{
    (void)state;
    EVENTUALLY(main.port_open, 0);
    nothing_of_ours_runs();
}

static void without_a_client_nobody_is_woken(void **state)
{
    (void)state;
    const uint64_t running = MAIN(starts) - MAIN(stops), bytes = MAIN(port_bytes);
    const uint8_t capabilities[] = {HEADER(PORT_CAPABILITIES, 0)};

    ask(bed.client, "disconnect", "disconnected");
    int fd = guest_open();
    EVENTUALLY(main.port_open, 1);
    guest_wait(fd, PORT_EVENT_CAPABILITIES, NULL, 0);
    guest_write(fd, capabilities, sizeof capabilities);
    EVENTUALLY(main.port_bytes, bytes + sizeof capabilities);
    nothing_of_ours_runs();
    /* The server may have heard of the client's end only after the opening. */
    assert_int_equal(MAIN(starts) - MAIN(stops), running);
    guest_close(fd);
    EVENTUALLY(main.port_open, 0);
}

static char *run_tool(const char *option)
{
    g_autofree char *pid = g_strdup_printf("%d", child_pid(bed.vm));
    g_autofree char *tool = bed_program("gpu-counters");
    const char *argv[] = {tool, pid, option, NULL};
    char *output = NULL;
    int status = -1;

    assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL,
                             &status, NULL));
    assert_int_equal(status, 0);
    return output;
}

static void the_tool_prints_what_the_memory_holds(void **state)
{
    (void)state;
    g_autofree char *frames = g_strdup_printf("\nframes_received %" PRIu64 "\n", played.frames);
    g_autofree char *values = run_tool(NULL), *rows = run_tool("--frames");
    g_auto(GStrv) lines = g_strsplit(g_strchomp(rows), "\n", -1);

    assert_non_null(strstr(values, frames));
    assert_non_null(strstr(values, "\nviolations 1\n"));
    assert_int_equal(g_strv_length(lines), played.frames + 1);
    assert_string_equal(lines[0], FRAME_RECORD_CSV_HEADER);
    for (unsigned i = 1; lines[i]; i++)
        assert_true(g_str_has_suffix(lines[i], ",1,sent"));
}

/* Expected: what could not be written is no success. */
static void a_full_disk_is_told(void **state)
{
    (void)state;
    static const char *const options[] = {"", "--frames", "--watch 0.01"};

    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        g_autofree char *tool = bed_program("gpu-counters");
        g_autofree char *line =
            g_strdup_printf("'%s' %d %s > /dev/full", tool, child_pid(bed.vm), options[i]);
        const char *argv[] = {"/bin/sh", "-c", line, NULL};
        g_autofree char *complaint = NULL;
        int status = 0;

        assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL,
                                 &complaint, &status, NULL));
        if (g_spawn_check_wait_status(status, NULL) || !strstr(complaint, "cannot write"))
            fail_msg("%s: status %d, '%s'", options[i], status, complaint);
    }
}

int main(void)
{
    /* In this order: the later ones look at what the earlier ones have played. */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unused_port_counts_nothing),
        cmocka_unit_test(what_was_played_is_counted),
        cmocka_unit_test(a_second_session_adds_to_the_first),
        cmocka_unit_test(an_honest_guest_loses_nothing),
        cmocka_unit_test(each_frame_has_its_record),
        cmocka_unit_test(frames_memory_is_bounded_and_given_back),
        cmocka_unit_test(what_is_cut_or_bad_is_counted),
        cmocka_unit_test(a_closed_port_wakes_nobody),
        cmocka_unit_test(without_a_client_nobody_is_woken),
        cmocka_unit_test(the_tool_prints_what_the_memory_holds),
        cmocka_unit_test(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, bed_counters_set_up, bed_counters_tear_down);
}
