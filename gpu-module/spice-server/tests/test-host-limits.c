/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * The GPU module in the real SPICE server on a host that refuses it what it asks
 * for, or does not allow all of it: the VM lives, the vGPU is shown, what is
 * allowed works, and a line in the log names what was wrong. A VM for each test.
 *
 * Refusals are real ones: limits of the process, and a seccomp filter that this
 * program sets before it becomes vm-sim (--without).
 */
#include "gpu-module/counters-map.h"
#include "gpu-module/log-rate.h"
#include "gpu-module/spice-server/tests/bed.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of what a large frame needs; nothing else needs as much at once. */
#define MEMORY_LEFT_BYTES (1024 * 1024)
/* Less than the counters' memory, more than the VM writes into any file. */
#define FILE_MAX_BYTES (64 * 1024)
_Static_assert(FILE_MAX_BYTES < sizeof(struct gpu_counters), "the counters exceed the limit");
/* Within the stock of switch-rate.h: none has to wait. */
#define VIOLATIONS 12

struct host {
    const char *without;     /* see refuse(); NULL: all is there */
    const char *environment; /* NAME=VALUE; NULL: nothing */
    const char *vm_options[3];
};

/* --- what the host refuses ---------------------------------------------------- */

/* A system call with this argument at `index`, of whose bits `mask` counts. */
struct refusal {
    const char *name;
    unsigned call, index, value, mask, error;
};

static const struct refusal refusals[] = {
    {"memfd_create", __NR_memfd_create, 0, 0, 0, EMFILE},
    {"ftruncate", __NR_ftruncate, 1, sizeof(struct gpu_counters), UINT32_MAX, ENOSPC},
    {"mmap", __NR_mmap, 1, sizeof(struct gpu_counters), UINT32_MAX, EACCES},
};

static int set_filter(const struct refusal *refusal)
{
    const unsigned argument =
        offsetof(struct seccomp_data, args) + 8 * refusal->index; /* low half */
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refusal->call, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, argument),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, refusal->mask),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refusal->value, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | refusal->error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {G_N_ELEMENTS(filter), filter};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0
               ? -1
               : prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int refuse(const char *name)
{
    const struct rlimit file_size = {FILE_MAX_BYTES, FILE_MAX_BYTES};

    if (strcmp(name, "large files") == 0)
        return setrlimit(RLIMIT_FSIZE, &file_size);
    for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++)
        if (strcmp(refusals[i].name, name) == 0)
            return set_filter(&refusals[i]);
    return -1;
}

static int become(char **argv)
{
    if (refuse(argv[2]) == 0)
        execv(argv[3], argv + 3);
    perror(argv[2]);
    return EXIT_FAILURE;
}

static int set_up(void **state)
{
    const struct host *host = *state;
    static char *self, *env;
    static const char *through[4];

    g_free(self);
    g_free(env);
    self = g_file_read_link("/proc/self/exe", NULL);
    env = g_find_program_in_path("env");
    memset(through, 0, sizeof through);
    if (host->without)
        memcpy(through, (const char *[]){self, "--without", host->without}, 3 * sizeof *through);
    if (host->environment)
        memcpy(through, (const char *[]){env, host->environment}, 2 * sizeof *through);
    bed.vm_through = through;
    bed.vm_options = host->vm_options;
    return bed_set_up(state);
}

static const struct gpu_counters *counters(void)
{
    char error[256];
    const struct gpu_counters *mapped = counters_map(child_pid(bed.vm), error, sizeof error);

    if (!mapped)
        fail_msg("%s", error);
    return mapped;
}

/* --- what is refused ---------------------------------------------------------- */

/* Expected: all but the counters. QEMU was ended, by g_error() or SIGXFSZ. */
static void without_counters_all_else_works(void **state)
{
    (void)state;
    char error[256];

    assert_null(counters_map(child_pid(bed.vm), error, sizeof error));
    assert_int_equal(vm_log_count("its counters cannot be read"), 1);
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
}

static void limit_vm(enum __rlimit_resource resource, rlim_t value, struct rlimit *ret_before)
{
    assert_int_equal(prlimit(child_pid(bed.vm), resource, NULL, ret_before), 0);
    const struct rlimit limit = {value, ret_before->rlim_max};
    assert_int_equal(prlimit(child_pid(bed.vm), resource, &limit, NULL), 0);
}

/* Expected: the vGPU, and a report to the agent. g_realloc() ended QEMU. */
static void a_frame_that_there_is_no_memory_for(void **state)
{
    (void)state;
    g_autofree uint8_t *message = g_malloc0(PORT_HEADER_BYTES + PORT_DATA_MAX_BYTES);
    struct rlimit before;
    char text[PORT_NOTIFY_ERROR_MAX_BYTES];

    if (BED_UNDER_SANITIZER)
        skip(); /* reserves terabytes of addresses itself */
    int fd = guest_start();
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    ask(bed.vm, "pause", "paused");
    limit_vm(RLIMIT_AS, (rlim_t)vm_address_space_kib() * 1024 + MEMORY_LEFT_BYTES, &before);
    port_compose_header(message, PORT_HEADER_BYTES, PORT_DATA, PORT_DATA_MAX_BYTES);
    guest_write(fd, message, PORT_HEADER_BYTES + PORT_DATA_MAX_BYTES);
    guest_wait(fd, PORT_EVENT_NOTIFY_ERROR, text, sizeof text);
    assert_string_equal(text, "the host has no memory for a frame or a pointer");
    limit_vm(RLIMIT_AS, before.rlim_cur, &before);
    child_send(bed.vm, NULL, "resume");
    client_shows("vgpu");
    guest_close(fd);
    assert_int_equal(vm_log_count("no memory for"), 1);
    assert_int_equal(counter_get(&counters()->main.bodies_without_memory), 1);
    assert_int_equal(counter_get(&counters()->main.violations), 0);
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
}

/* A limit at which none more may be opened. Those above it stay open. */
static rlim_t lowest_free_descriptor(void)
{
    for (rlim_t fd = 0;; fd++) {
        g_autofree char *file = g_strdup_printf("/proc/%d/fd/%d", child_pid(bed.vm), (int)fd);
        g_autofree char *target = g_file_read_link(file, NULL);
        if (!target)
            return fd;
    }
}

/* Expected: the vGPU for as long as that lasts. */
static void no_file_may_be_opened(void **state)
{
    (void)state;
    struct rlimit before;

    limit_vm(RLIMIT_NOFILE, lowest_free_descriptor(), &before);
    int fd = guest_open();
    guest_wait(fd, PORT_EVENT_CAPABILITIES, NULL, 0);
    guest_close(fd);
    guests_are_gone();
    limit_vm(RLIMIT_NOFILE, before.rlim_cur, &before);
    assert_int_equal(vm_log_count("no file descriptor left"), 1);
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
}

/* Expected: a few lines, and all counted. Each wrote one, ten a second for ever. */
static void a_flood_of_violations_is_a_few_lines(void **state)
{
    (void)state;
    for (unsigned i = 0; i < VIOLATIONS; i++)
        guest_ends_with(guest_start(), NULL);
    assert_int_equal(vm_log_count("the agent broke the protocol"), LOG_RATE_STOCK);
    assert_int_equal(counter_get(&counters()->main.violations), VIOLATIONS);
    assert_int_equal(counter_get(&counters()->main.main_warnings_left_out),
                     VIOLATIONS - LOG_RATE_STOCK);
}

/* --- two ports ------------------------------------------------------------------ */

#define SECOND_PORT "/tmp/vdibench-second-port-%d"
#define FLOOD_FRAMES 64

static char second_port[sizeof SECOND_PORT + 16], second_option[sizeof second_port + 4];

/* Waits for a START_STOP with codecs, or without. */
static void wait_start_stop(int fd, struct port_parser *parser, bool start)
{
    struct port_event event;

    do
        guest_read_event(fd, parser, &event);
    while (event.kind != PORT_EVENT_START_STOP || (event.bytes > 0) != start);
}

/* Expected: the one that was opened last is shown; the other's agent is stopped
 * and its port read on. It was left without credit, and its agent hung. */
static void the_second_port_of_our_name_takes_the_display(void **state)
{
    (void)state;
    struct port_parser parser;

    int other = guest_open_other(second_port);
    port_parser_init(&parser, PORT_READER_GUEST);
    wait_start_stop(other, &parser, true);
    guest_format(other, 640, 480);
    guest_key_frame(other);
    client_shows("pgpu");

    int fd = guest_start();
    client_shows("vgpu");
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    wait_start_stop(other, &parser, false);
    for (unsigned i = 0; i < FLOOD_FRAMES; i++)
        guest_key_frame(other);
    assert_int_equal(vm_log_count("another port of the name"), 1);
    close(other);

    guest_close(fd);
    client_shows("vgpu");
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
}

/* --- what is not allowed ------------------------------------------------------ */

static void mjpeg_alone_is_offered(void **state)
{
    (void)state;
    int fd = guest_open();
    const struct port_event start = guest_wait_event(fd, PORT_EVENT_START_STOP);

    assert_int_equal(start.bytes, 1);
    assert_int_equal(start.body[0], PORT_CODEC_MJPEG);
    guest_close(fd);
    client_has_the_vgpus_pixels();
}

static void h265_alone_is_not_offered(void **state)
{
    (void)state;
    int fd = guest_open();
    const struct port_event start = guest_wait_event(fd, PORT_EVENT_START_STOP);

    assert_non_null(memchr(start.body, PORT_CODEC_H264, start.bytes));
    assert_null(memchr(start.body, PORT_CODEC_H265, start.bytes));
    guest_close(fd);
    an_honest_guest_is_served();
}

static void a_larger_picture_is_refused(void **state)
{
    (void)state;
    char text[PORT_NOTIFY_ERROR_MAX_BYTES];

    int fd = guest_start();
    guest_format(fd, 641, 480);
    guest_wait(fd, PORT_EVENT_NOTIFY_ERROR, text, sizeof text);
    assert_string_equal(text, "FORMAT: larger than this host allows, which is 640x480");
    guest_close(fd);
    assert_int_equal(vm_log_count("641x480 is larger than SPICE_GPU_MAX_SIZE allows"), 1);
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
}

/* As for any port that the server does not know: it belongs to the client. */
static void a_module_that_is_off_leaves_the_port_alone(void **state)
{
    (void)state;
    char error[256];

    int fd = guest_open();
    guest_format(fd, 640, 480);
    ask(bed.vm, "pause", "paused"); /* by then it has heard of the opening */
    child_send(bed.vm, NULL, "resume");
    struct pollfd port = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&port, 1, 0), 0); /* no CAPABILITIES */
    assert_null(counters_map(child_pid(bed.vm), error, sizeof error));
    assert_int_equal(vm_log_count("GPU module"), 0);
    client_has_the_vgpus_pixels();
    guest_close(fd);
}

static void a_bad_value_is_one_line_and_the_default(void **state)
{
    (void)state;
    assert_int_equal(vm_log_count("GPU module: SPICE_GPU_CODECS=av1 is not understood, expected is "
                                  "one or more of h264,h265,vp8,vp9,mjpeg: taken is "
                                  "h264,h265,vp8,vp9,mjpeg"),
                     1);
    an_honest_guest_is_served();
}

#define ON(test, ...)                                                     \
    cmocka_unit_test_prestate_setup_teardown(test, set_up, bed_tear_down, \
                                             (&(struct host){__VA_ARGS__}))

int main(int argc, char **argv)
{
    if (argc > 3 && strcmp(argv[1], "--without") == 0)
        return become(argv);

    snprintf(second_port, sizeof second_port, SECOND_PORT, (int)getpid());
    snprintf(second_option, sizeof second_option, "pty:%s", second_port);
    const struct CMUnitTest tests[] = {
        ON(without_counters_all_else_works, .without = "memfd_create"),
        ON(without_counters_all_else_works, .without = "ftruncate"),
        ON(without_counters_all_else_works, .without = "mmap"),
        ON(without_counters_all_else_works, .without = "large files"),
        ON(a_frame_that_there_is_no_memory_for, 0),
        ON(no_file_may_be_opened, 0),
        ON(a_flood_of_violations_is_a_few_lines, 0),
        ON(the_second_port_of_our_name_takes_the_display,
           .vm_options = {"--second-port", second_option}),
        ON(mjpeg_alone_is_offered, .environment = "SPICE_GPU_CODECS=mjpeg"),
        ON(mjpeg_alone_is_offered, .vm_options = {"--video-codecs", "spice:mjpeg"}),
        ON(h265_alone_is_not_offered, .environment = "SPICE_GPU_CODECS=h264,vp8,vp9,mjpeg"),
        ON(a_larger_picture_is_refused, .environment = "SPICE_GPU_MAX_SIZE=640x480"),
        ON(a_module_that_is_off_leaves_the_port_alone, .environment = "SPICE_GPU_MODULE=off"),
        ON(a_bad_value_is_one_line_and_the_default, .environment = "SPICE_GPU_CODECS=av1"),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
