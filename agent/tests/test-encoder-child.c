/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* An encoder in a process of its own that is a double: it aborts, hangs, or answers nonsense,
 * as its argument says. What an encoder does that works, test-x264 shows in a child, too. */
#include "agent/linux/encoder-child-messages.h"
#include "agent/linux/encoder-child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define FOREVER INT64_MAX
#define WIDTH_PX 16
#define HEIGHT_PX 8
#define LINE_BYTES (WIDTH_PX * 4 + 12) /* the screen's lines have a gap */

static const struct encoder_settings usual = {
    .width_px = WIDTH_PX, .height_px = HEIGHT_PX, .fps_num = 30, .fps_den = 1, .kbps = 1000};

/* Access units as far as the parent looks into them: parameter sets and an IDR slice, or a
 * slice. The byte behind shows the picture's first pixel. */
static uint8_t key_unit[] = {0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 1, 0, 0, 1, 0x65, 1, 0};
static uint8_t other_unit[] = {0, 0, 1, 0x41, 1, 0};

/* --- the doubles, in the child -------------------------------------------------------- */

/* The fault shows at the third picture, which comes after the opening. */
#define FAULTY_PICTURE 3
#define FAULTY_COMMAND (FAULTY_PICTURE + 1)

struct raw {
    const char *name;
    struct encoder_child_answer answer;
};
/* Instead of the answer to the first picture. */
static const struct raw raw_answers[] = {
    {"another number", {.number = 1, .size = 1}},
    {"a positive error", {.error = 5}},
    {"an impossible error", {.error = INT32_MIN}},
    {"a unit without end", {.size = UINT32_MAX}},
    {"neither unit nor error", {.error = 0}},
    {"a unit and an error", {.error = -EIO, .size = 4}},
};

static struct {
    struct encoder encoder;
    const char *fault;
    unsigned pictures;
    bool key_wanted;
    uint32_t kbps;
} doubled;

static bool has_fault(const char *name)
{
    return strcmp(doubled.fault, name) == 0;
}

static void hang(void)
{
    for (;;)
        pause();
}

static void send_raw(const void *bytes, size_t size)
{
    send(ENCODER_CHILD_SOCKET_FD, bytes, size, 0);
}

static bool is_privileged(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    unsigned long long capabilities = 1;
    char line[256];

    while (status && fgets(line, sizeof line, status))
        sscanf(line, "CapPrm: %llx", &capabilities);
    fclose(status);
    return capabilities != 0;
}

static int double_open(struct encoder *encoder, const struct encoder_settings *settings)
{
    (void)encoder;
    if (memcmp(settings, &usual, sizeof usual) != 0)
        return -EINVAL;
    if (has_fault("no device"))
        return -ENODEV;
    if (has_fault("aborts when it is opened"))
        abort();
    if (has_fault("hangs when it is opened"))
        hang();
    if (has_fault("shrinks the picture"))
        return ftruncate(ENCODER_CHILD_PICTURE_FD, 0) == 0 ? 0 : -errno;
    if (has_fault("has more than its descriptors"))
        return fcntl(ENCODER_CHILD_PICTURE_FD + 1, F_GETFD) == -1 && errno == EBADF ? -ENODEV : 0;
    if (has_fault("is privileged"))
        return is_privileged() ? 0 : -ENODEV;
    doubled.key_wanted = true;
    return 0;
}

static int double_submit(struct encoder *encoder, const struct encoder_picture *picture)
{
    (void)encoder;
    doubled.pictures++;
    key_unit[sizeof key_unit - 1] = other_unit[sizeof other_unit - 1] =
        picture->bgrx[(HEIGHT_PX - 1) * picture->stride_bytes] + (uint8_t)(doubled.kbps == 77);
    return 0;
}

/* What the fault does at the picture where it shows. */
static int at_fault(void)
{
    if (has_fault("aborts"))
        abort();
    if (has_fault("is killed"))
        raise(SIGKILL);
    if (has_fault("exits"))
        _exit(3);
    if (has_fault("hangs"))
        hang();
    if (has_fault("closes its socket")) {
        close(ENCODER_CHILD_SOCKET_FD);
        hang();
    }
    if (has_fault("fails"))
        return -EIO;
    if (has_fault("stops within an answer")) {
        send_raw("", 1);
        hang();
    }
    if (has_fault("answers twice")) {
        const struct encoder_child_answer answer = {.number = FAULTY_COMMAND,
                                                    .size = sizeof other_unit};
        send_raw(&answer, sizeof answer);
        send_raw(other_unit, sizeof other_unit);
    }
    for (size_t i = 0; i < sizeof raw_answers / sizeof *raw_answers; i++) {
        if (has_fault(raw_answers[i].name)) {
            struct encoder_child_answer answer = raw_answers[i].answer;
            answer.number += FAULTY_COMMAND;
            send_raw(&answer, sizeof answer);
            hang();
        }
    }
    return 0;
}

static int double_get(struct encoder *encoder, int64_t deadline_ns, struct encoder_unit *ret_unit)
{
    (void)encoder;
    (void)deadline_ns;
    bool key = doubled.key_wanted && !has_fault("no key frame");
    int result = doubled.pictures == FAULTY_PICTURE ? at_fault() : 0;

    *ret_unit = (struct encoder_unit){key ? key_unit : other_unit,
                                      key ? sizeof key_unit : sizeof other_unit, key, 0};
    if (doubled.pictures == FAULTY_PICTURE && has_fault("no picture"))
        *ret_unit = (struct encoder_unit){key_unit, 10, false, 0}; /* parameter sets alone */
    if (doubled.pictures == FAULTY_PICTURE && has_fault("no start code"))
        *ret_unit = (struct encoder_unit){(const uint8_t *)"nonsense", 8, false, 0};
    doubled.key_wanted = false;
    return result;
}

static void double_force_key(struct encoder *encoder)
{
    (void)encoder;
    doubled.key_wanted = true;
}

static void double_set_bitrate(struct encoder *encoder, uint32_t kbps)
{
    (void)encoder;
    doubled.kbps = kbps;
}

static const char *double_error(const struct encoder *encoder)
{
    (void)encoder;
    return "no card:\n\033[2J is it there?";
}

static void double_close(struct encoder *encoder)
{
    (void)encoder;
    if (has_fault("hangs when it is closed"))
        hang();
}

static int double_main(const char *fault)
{
    static const struct encoder_class class = {
        .open = double_open,
        .submit = double_submit,
        .get = double_get,
        .force_key = double_force_key,
        .set_bitrate = double_set_bitrate,
        .error = double_error,
        .close = double_close,
        .destroy = double_close,
    };
    doubled.encoder.class = &class;
    doubled.fault = fault;
    return encoder_child_serve(strcmp(fault, "no memory") == 0 ? NULL : &doubled.encoder);
}

/* --- the parent ------------------------------------------------------------------------- */

static struct encoder *encoder;
static unsigned fds_before;

static unsigned count_fds(void)
{
    DIR *folder = opendir("/proc/self/fd");
    unsigned count = 0;

    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static int set_up(void **state)
{
    (void)state;
    fds_before = count_fds();
    return 0;
}

/* Whatever happened: no process, no descriptor is left. */
static int tear_down(void **state)
{
    (void)state;
    if (encoder)
        encoder->class->destroy(encoder);
    encoder = NULL;
    bool no_child = waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD;
    return no_child && count_fds() == fds_before ? 0 : -1;
}

static int open_double(const char *fault)
{
    if (encoder)
        encoder->class->destroy(encoder);
    encoder = encoder_child_create("double", PORT_CODEC_H264, fault);
    assert_non_null(encoder);
    return encoder->class->open(encoder, &usual);
}

static int submit(uint8_t shade)
{
    static uint8_t pixels[LINE_BYTES * HEIGHT_PX];
    const struct encoder_picture picture = {
        .bgrx = pixels, .stride_bytes = LINE_BYTES, .planned_ns = shade};

    pixels[(HEIGHT_PX - 1) * LINE_BYTES] = shade;
    return encoder->class->submit(encoder, &picture);
}

static int encode(uint8_t shade, struct encoder_unit *ret_unit)
{
    int result = submit(shade);

    return result < 0 ? result : encoder->class->get(encoder, FOREVER, ret_unit);
}

/* The fault is at the third picture. */
static void encode_two(void)
{
    struct encoder_unit unit;

    assert_int_equal(encode(1, &unit), 0);
    assert_true(unit.key);
    assert_int_equal(encode(2, &unit), 0);
    assert_false(unit.key);
}

static void assert_error(const char *text)
{
    if (strcmp(encoder->class->error(encoder), text) != 0)
        fail_msg("\"%s\" instead of \"%s\"", encoder->class->error(encoder), text);
}

static void pictures_become_units(void **state)
{
    struct encoder_unit unit;

    (void)state;
    assert_int_equal(open_double("none"), 0);
    assert_int_equal(encoder->class->open(encoder, &usual), -EBUSY);
    encode_two();
    encoder->class->force_key(encoder);
    encoder->class->set_bitrate(encoder, 77);
    assert_int_equal(encode(40, &unit), 0);
    assert_true(unit.key);
    assert_int_equal(unit.planned_ns, 40);
    assert_int_equal(unit.size, sizeof key_unit);
    assert_int_equal(unit.bytes[unit.size - 1], 40 + 1); /* the last line's; with the bitrate */
    assert_int_equal(submit(3), 0);
    assert_int_equal(submit(3), -EBUSY);
}

static void it_opens_again_in_a_new_process(void **state)
{
    (void)state;
    assert_int_equal(open_double("none"), 0);
    encode_two();
    assert_int_equal(submit(3), 0);
    encoder->class->close(encoder);
    encoder->class->close(encoder);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(submit(3), -EINVAL);
    assert_int_equal(encoder->class->open(encoder, &usual), 0);
    encode_two();
}

/* At the third picture: the error, and its line. */
struct death {
    const char *fault;
    int error;
    const char *text;
};

static void the_agent_outlives_its_child(void **state)
{
    static const struct death deaths[] = {
        {"aborts", -EOWNERDEAD, "the encoder double: its process was ended by signal 6 (Aborted)"},
        {"is killed", -EOWNERDEAD,
         "the encoder double: its process was ended by signal 9 (Killed)"},
        {"exits", -EOWNERDEAD, "the encoder double: its process ended by itself with status 3"},
        {"closes its socket", -EOWNERDEAD,
         "the encoder double: its process closed its socket and was ended"},
        {"hangs", -ETIMEDOUT,
         "the encoder double: its process did not answer within 1000 ms and was ended"},
        {"stops within an answer", -ETIMEDOUT,
         "the encoder double: its process did not answer within 1000 ms and was ended"},
        {"fails", -EIO, "the encoder double: no card:??[2J is it there?"},
    };
    struct encoder_unit unit;

    (void)state;
    for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) {
        assert_int_equal(open_double(deaths[i].fault), 0);
        encode_two();
        assert_int_equal(encode(3, &unit), deaths[i].error);
        assert_error(deaths[i].text);
        assert_true(encode(4, &unit) < 0); /* it stays so, and does not wait */
        encoder->class->close(encoder);
        assert_int_equal(encoder->class->open(encoder, &usual), 0);
        encode_two();
    }
}

static void nonsense_is_refused(void **state)
{
    static const struct death answers[] = {
        {"another number", 0, "an answer to no command"},
        {"a positive error", 0, "an error without meaning"},
        {"an impossible error", 0, "an error without meaning"},
        {"a unit without end", 0, "an access unit of more than 8 MiB"},
        {"neither unit nor error", 0, "neither an access unit nor an error, or both"},
        {"a unit and an error", 0, "neither an access unit nor an error, or both"},
        {"no picture", 0, "an access unit without a picture"},
        {"no start code", 0,
         "DATA: not a frame of the FORMAT's codec (H.264, H.265: in byte stream format)"},
    };
    struct encoder_unit unit;
    char text[256];

    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        assert_int_equal(open_double(answers[i].fault), 0);
        encode_two();
        assert_int_equal(encode(3, &unit), -EPROTO);
        snprintf(text, sizeof text,
                 "the encoder double: its process answered nonsense and was ended: %s",
                 answers[i].text);
        assert_error(text);
    }
}

static void a_second_answer_is_nonsense(void **state)
{
    struct encoder_unit unit;

    (void)state;
    assert_int_equal(open_double("answers twice"), 0);
    encode_two();
    assert_int_equal(encode(3, &unit), 0);
    assert_int_equal(encode(4, &unit), -EPROTO);
    assert_error("the encoder double: its process answered nonsense and was ended: an answer to "
                 "no command");
}

static void the_first_unit_is_a_key_frame(void **state)
{
    struct encoder_unit unit;

    (void)state;
    assert_int_equal(open_double("no key frame"), 0);
    assert_int_equal(encode(1, &unit), -EPROTO);
    assert_error("the encoder double: its process answered nonsense and was ended: no key frame "
                 "where one was due");
}

static void what_prevents_the_opening_is_reported(void **state)
{
    static const struct death openings[] = {
        {"no device", -ENODEV, "the encoder double: no card:??[2J is it there?"},
        {"aborts when it is opened", -EOWNERDEAD,
         "the encoder double: its process was ended by signal 6 (Aborted)"},
        {"no memory", -EOWNERDEAD, "the encoder double: its process ended by itself with status 1"},
    };
    struct encoder_settings wide = usual;

    (void)state;
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        assert_int_equal(open_double(openings[i].fault), openings[i].error);
        assert_error(openings[i].text);
    }
    wide.width_px = PORT_FORMAT_MAX_PX + 1;
    assert_int_equal(encoder->class->open(encoder, &wide), -EINVAL);
}

/* Else the agent would die of SIGBUS when it writes the next picture. */
static void the_child_cannot_shrink_the_picture(void **state)
{
    (void)state;
    assert_int_equal(open_double("shrinks the picture"), -EPERM);
}

static void the_child_has_no_other_descriptor(void **state)
{
    int other = fcntl(STDIN_FILENO, F_DUPFD, ENCODER_CHILD_PICTURE_FD + 1); /* exec leaves it */

    (void)state;
    assert_int_equal(open_double("has more than its descriptors"), -ENODEV);
    close(other);
}

static void the_child_has_no_capability(void **state)
{
    (void)state;
    assert_int_equal(open_double("is privileged"), -ENODEV);
}

static void a_child_that_does_not_end_is_ended(void **state)
{
    (void)state;
    assert_int_equal(open_double("hangs when it is closed"), 0);
    encode_two();
}

/* --- its parent's death ------------------------------------------------------------------ */

/* A process that opens an encoder, gives it a picture at which it hangs, and waits. */
static int parent_main(const char *fault)
{
    if (open_double(fault) == 0) {
        encode_two();
        if (submit(3) == 0)
            puts("ready");
        fflush(stdout);
        hang();
    }
    return EXIT_FAILURE;
}

static pid_t child_of(pid_t parent)
{
    char path[64];
    int child = 0;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d", &child), 1);
    fclose(file);
    return child;
}

static void dies_with_its_parent(const char *fault)
{
    int out[2];
    char line[8];

    assert_int_equal(pipe(out), 0);
    pid_t parent = fork(); /* this program has no threads */
    if (parent == 0) {
        dup2(out[1], STDOUT_FILENO);
        _exit(parent_main(fault));
    }
    close(out[1]);
    assert_int_equal(read(out[0], line, 6), 6);
    struct pollfd gone = {(int)syscall(SYS_pidfd_open, child_of(parent), 0), POLLIN, 0};
    assert_true(gone.fd >= 0);
    kill(parent, SIGKILL);
    assert_int_equal(waitpid(parent, NULL, 0), parent);
    int died = poll(&gone, 1, 10000);
    syscall(SYS_pidfd_send_signal, gone.fd, SIGKILL, NULL, 0); /* else this test leaves it */
    assert_int_equal(died, 1);
    close(gone.fd);
    close(out[0]);
}

static void the_child_dies_with_its_parent(void **state)
{
    (void)state;
    dies_with_its_parent("none");
    dies_with_its_parent("hangs");
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], ENCODER_CHILD_OPTION) == 0)
        return double_main(argv[2]);
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(pictures_become_units),
        TEST(it_opens_again_in_a_new_process),
        TEST(the_agent_outlives_its_child),
        TEST(nonsense_is_refused),
        TEST(a_second_answer_is_nonsense),
        TEST(the_first_unit_is_a_key_frame),
        TEST(what_prevents_the_opening_is_reported),
        TEST(the_child_cannot_shrink_the_picture),
        TEST(the_child_has_no_other_descriptor),
        TEST(the_child_has_no_capability),
        TEST(a_child_that_does_not_end_is_ended),
        TEST(the_child_dies_with_its_parent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
