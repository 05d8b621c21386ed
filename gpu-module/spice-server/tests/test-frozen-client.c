/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * A client that stands still: its connections stay, nobody reads. What the guest
 * does meanwhile may not fill the pipes to it without bound, and once it goes on
 * it shows what is shown then.
 */
#include "gpu-module/spice-server/tests/bed-counters.h"
#include "gpu-module/spice-server/tests/bed.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>

/* Each was worth about 18 messages on the display channel and 2 on the cursor's. */
#define REOPENINGS 30
/* Two switches, with all that they are made of: 12 and 11 messages, and one more
 * for each surface that the vGPU has beside its primary (here none); the frames of
 * a window with the trailer; and what the vGPU may have waiting in a pipe (upstream's
 * MAX_PIPE_SIZE). */
#define PIPE_ITEMS_MAX (50 + 2 * 12 + 4)
#define POLL_US 2000
#define SHAPE_PX 16

#define MAIN(name) counter_get(&bed_counters->main.name)
#define WORKER(name) counter_get(&bed_counters->worker.name)

static uint64_t taken(void)
{
    return WORKER(queued_all) + WORKER(frames_sent) + WORKER(frames_unsent) +
           WORKER(frames_unwanted) + WORKER(frames_slow_client) + WORKER(frames_too_late);
}

/* The worker has taken all frames: what it was to do for them is done. */
static void the_worker_has_taken(uint64_t frames)
{
    const int64_t end_us = g_get_monotonic_time() + (int64_t)(DEADLINE_S * G_USEC_PER_SEC);

    while (taken() < frames && g_get_monotonic_time() < end_us)
        g_usleep(POLL_US);
    assert_int_equal(taken(), frames);
}

static void freeze(void)
{
    assert_int_equal(kill(child_pid(bed.client), SIGSTOP), 0);
}

static void thaw(void)
{
    assert_int_equal(kill(child_pid(bed.client), SIGCONT), 0);
}

static void guest_shape(int fd)
{
    const uint8_t head[] = {HEADER(PORT_CURSOR_SET, 12 + SHAPE_PX * SHAPE_PX * 4),
                            SHAPE_PX,
                            0,
                            SHAPE_PX,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0};
    static const uint8_t pixels[SHAPE_PX * SHAPE_PX * 4];

    guest_write(fd, head, sizeof head);
    guest_write(fd, pixels, sizeof pixels);
}

/* One opening with a picture and a pointer of its own. */
static int open_and_show(void)
{
    const uint64_t before = MAIN(frames_received);
    int fd = guest_start();

    guest_shape(fd);
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    the_worker_has_taken(before + 1);
    return fd;
}

static void reopen_often(void)
{
    for (unsigned i = 0; i < REOPENINGS; i++)
        guest_close(open_and_show());
}

static void the_pipes_are_bounded(void)
{
    print_message("%u messages at most\n", (unsigned)WORKER(pipe_items_max));
    assert_in_range(WORKER(pipe_items_max), 1, PIPE_ITEMS_MAX);
}

static void reopenings_do_not_fill_the_pipe(void **state)
{
    (void)state;
    freeze();
    reopen_often();
    the_pipes_are_bounded();
    thaw();
    client_shows("vgpu");
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
    the_pipes_are_bounded();
}

/* A key frame is requested once the client that waits can be switched again, and it
 * is shown. */
static void the_last_one_is_shown_when_the_client_goes_on(void **state)
{
    (void)state;
    freeze();
    reopen_often();
    int fd = open_and_show();
    the_pipes_are_bounded();
    thaw();
    while (guest_wait(fd, PORT_EVENT_START_STOP, NULL, 0) == 0)
        ;
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    guest_close(fd);
    client_shows("vgpu");
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
}

/* In one opening: each key frame after another format is a switch. */
static void formats_do_not_fill_the_pipe(void **state)
{
    (void)state;
    const uint64_t before = MAIN(frames_received);
    int fd = open_and_show();

    client_shows("pgpu");
    freeze();
    for (unsigned i = 1; i <= REOPENINGS && taken() == before + i; i++) {
        guest_format(fd, 640 - 2 * (i % 2), 480);
        guest_key_frame(fd);
        if (WORKER(queued) < 2) /* else it waits for credit, as it should */
            the_worker_has_taken(before + 1 + i);
    }
    the_pipes_are_bounded();
    guest_close(fd);
    thaw();
    client_shows("vgpu");
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reopenings_do_not_fill_the_pipe),
        cmocka_unit_test(the_last_one_is_shown_when_the_client_goes_on),
        cmocka_unit_test(formats_do_not_fill_the_pipe),
    };
    return cmocka_run_group_tests(tests, bed_counters_set_up, bed_counters_tear_down);
}
