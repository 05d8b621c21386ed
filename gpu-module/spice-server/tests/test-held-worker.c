/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * A client that never sends INIT holds the display's worker for 30 s. QEMU's main
 * loop must go on meanwhile, whatever the guest does, and nothing of it may be
 * lost: what the guest did is done once the worker is free.
 */
#include "gpu-module/spice-server/tests/bed-counters.h"
#include "gpu-module/spice-server/tests/bed.h"
#include "gpu-module/spice-server/tests/silent-client.h"
#include "gpu-module/switch-rate.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* The server's dispatchers hold about 138 messages. Each opening was worth two at
 * least, itself and the closing, and now and then a pointer between them. */
#define OPENINGS 120
/* Of a guest that stays: it goes on until the port is full. */
#define MESSAGES_MAX 2000
/* An opening that has begun is announced to the guest, at the latest when the rate
 * of switches allows it again. After some that are not, no more are tried: they
 * wait for the worker. */
#define ANNOUNCED_MS (5 * SWITCH_RATE_INTERVAL_MS)
#define UNANNOUNCED_MAX 5
/* A port that has taken nothing for so long is full. */
#define FULL_MS 300
/* Frames are small here: this is far more than all of them, and far less than a
 * queue of openings that grows. */
#define MEMORY_MAX_KIB (16 * 1024)

static uint64_t wakeups_before;
static struct silent_client silent;

static void hold_worker(void)
{
    ask(bed.vm, "pause", "paused"); /* the vGPU's drawing waits for the worker, as is its right */
    silent = silent_client_connect(bed.uri + strlen("spice://"));
    wakeups_before = counter_get(&bed_counters->worker.worker_wakeups);
    vm_memory_begin();
}

/* The main loop does what is asked of it, and the worker has done nothing. */
static void the_main_loop_goes_on(void)
{
    ask(bed.vm, "cursor hide", "cursor");
    assert_true(silent_client_is_held(&silent));
    assert_int_equal(counter_get(&bed_counters->worker.worker_wakeups), wakeups_before);
    vm_memory_grew_at_most(MEMORY_MAX_KIB);
}

static void release_worker(void)
{
    silent_client_hang_up(&silent);
    child_send(bed.vm, NULL, "resume");
}

/* False when the port takes no more for a while. */
static bool offer(int fd, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        struct pollfd port = {.fd = fd, .events = POLLOUT};
        ssize_t put = write(fd, bytes, size);
        if (put > 0) {
            bytes += put;
            size -= (size_t)put;
        } else if (poll(&port, 1, FULL_MS) == 0) {
            return false;
        }
    }
    return true;
}

static bool offer_data(int fd, const uint8_t *bytes, size_t size)
{
    uint8_t header[PORT_HEADER_BYTES];
    port_compose_header(header, sizeof header, PORT_DATA, (uint32_t)size);
    return offer(fd, header, sizeof header) && offer(fd, bytes, size);
}

static bool offer_move(int fd, unsigned n)
{
    const uint8_t move[] = {HEADER(PORT_CURSOR_MOVE, 8), LE32(n), LE32(200)};
    return offer(fd, move, sizeof move);
}

/* All kinds of message that the worker gets. */
static bool offer_everything(int fd, unsigned n)
{
    const uint8_t format[] = {FORMAT(640 - 2 * (n % 2), 480, PORT_CODEC_H264)};
    static const uint8_t slice[] = {0, 0, 0, 1, 0x41, 0x9a};

    return offer(fd, format, sizeof format) && offer_move(fd, n) &&
           offer_data(fd, slice, sizeof slice) && offer_data(fd, slice, sizeof slice);
}

static void openings_do_not_stop_the_main_loop(void **state)
{
    (void)state;
    unsigned unannounced = 0;

    hold_worker();
    for (unsigned i = 0; i < OPENINGS && unannounced < UNANNOUNCED_MAX; i++) {
        int fd = guest_open();
        struct pollfd port = {.fd = fd, .events = POLLIN};
        offer_move(fd, i);
        unannounced += poll(&port, 1, ANNOUNCED_MS) == 0;
        tcflush(fd, TCIFLUSH); /* not for the next one */
        guest_close(fd);
    }
    the_main_loop_goes_on();
    release_worker();
    guests_are_gone();
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
}

/* Formats that take turns, frames and moves of the pointer, until nothing is read
 * any more; and the closing is not lost. */
static void a_full_port_does_not_stop_the_main_loop(void **state)
{
    (void)state;
    unsigned n = 0;
    int fd = guest_start();

    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    hold_worker();
    while (offer_everything(fd, n) && n < MESSAGES_MAX)
        n++;
    assert_in_range(n, 0, MESSAGES_MAX - 1);
    the_main_loop_goes_on();
    guest_close(fd);
    the_main_loop_goes_on();
    release_worker();
    client_shows("vgpu");
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
}

/* The opener that is there when the worker is free is served, and no other. */
static void an_opening_waits_for_the_worker(void **state)
{
    (void)state;
    hold_worker();
    for (unsigned i = 0; i < SWITCH_RATE_STOCK / 2; i++)
        guest_close(guest_open());
    int fd = guest_open();
    the_main_loop_goes_on();
    release_worker();
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openings_do_not_stop_the_main_loop),
        cmocka_unit_test(a_full_port_does_not_stop_the_main_loop),
        cmocka_unit_test(an_opening_waits_for_the_worker),
    };
    return cmocka_run_group_tests(tests, bed_counters_set_up, bed_counters_tear_down);
}
