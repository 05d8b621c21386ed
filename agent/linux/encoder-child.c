/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The parent's side. */

#include "agent/linux/encoder-child.h"

#include "agent/linux/child-process.h"
#include "agent/linux/encoder-child-messages.h"
#include "agent/os/clock.h"
#include "protocol/access-unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define NS_PER_MS INT64_C(1000000)

/* How long the child may take to end by itself, once the encoder is closed; and to be gone
 * after it was killed: more only if the kernel itself waits for the GPU. */
#define END_NS (300 * NS_PER_MS)
#define KILL_NS (1000 * NS_PER_MS)

/* What is there from open to close. */
struct running {
    struct encoder_settings settings;
    int socket;
    uint8_t *picture; /* of encoder_child_picture_bytes(); or NULL */
    bool key_wanted;
    bool key_due; /* the first unit has to be one */
    bool busy;    /* a picture was submitted, its unit not yet got */
    int64_t planned_ns;
    uint32_t number; /* of the last command */
    int64_t due_ns;  /* later the child hangs */
    /* of the answer that is being received */
    struct encoder_child_answer answer;
    size_t received_bytes; /* of the answer, and then of its unit */
};

struct encoder_child {
    struct encoder encoder;
    const char *name, *argument;
    enum port_codec codec;
    bool is_open;
    uint32_t kbps;
    struct running running; /* if it is open */
    struct child_process process;
    uint8_t *unit; /* of PORT_DATA_MAX_BYTES at most; of unit_room */
    size_t unit_room;
    char error[2 * ENCODER_CHILD_TEXT_BYTES];
};

static struct encoder_child *child_of(struct encoder *encoder)
{
    return (struct encoder_child *)encoder;
}

/* --- failures -------------------------------------------------------------------- */

static int fail(struct encoder_child *self, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int fail(struct encoder_child *self, int error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int used = snprintf(self->error, sizeof self->error, "the encoder %s: ", self->name);
    vsnprintf(self->error + used, sizeof self->error - (size_t)used, format, args);
    va_end(args);
    return error;
}

static int nonsense(struct encoder_child *self, const char *what)
{
    child_process_kill(&self->process, KILL_NS);
    return fail(self, -EPROTO, "its process answered nonsense and was ended: %s", what);
}

static int hangs(struct encoder_child *self, int64_t after_ns)
{
    child_process_kill(&self->process, KILL_NS);
    return fail(self, -ETIMEDOUT, "its process did not answer within %d ms and was ended",
                (int)(after_ns / NS_PER_MS));
}

static int died(struct encoder_child *self)
{
    char how[CHILD_PROCESS_TEXT_BYTES];

    if (child_process_wait(&self->process, KILL_NS, how))
        return fail(self, -EOWNERDEAD, "its process %s", how);
    child_process_kill(&self->process, KILL_NS);
    return fail(self, -EOWNERDEAD, "its process closed its socket and was ended");
}

/* --- answers --------------------------------------------------------------------- */

/* What a log may show of the child's text. */
static void make_printable(char *text, size_t size)
{
    text[size - 1] = '\0';
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || (unsigned char)*text > '~')
            *text = '?';
}

/* NULL, or why the answer is none. */
static const char *check_answer(const struct running *running, bool of_picture)
{
    const struct encoder_child_answer *answer = &running->answer;

    if (answer->number != running->number)
        return "an answer to no command";
    if (answer->error > 0 || answer->error < -ENCODER_CHILD_ERRNO_MAX)
        return "an error without meaning";
    if (answer->size > PORT_DATA_MAX_BYTES)
        return "an access unit of more than 8 MiB";
    if (of_picture && (answer->error == 0) != (answer->size > 0))
        return "neither an access unit nor an error, or both";
    if (!of_picture && answer->size > 0)
        return "an access unit before any picture";
    return NULL;
}

/* Bytes of the answer to `to`: 0 when all have come, -EAGAIN at the deadline, or its failure. */
static int receive(struct encoder_child *self, void *to, size_t size, size_t *have,
                   int64_t deadline_ns)
{
    while (*have < size) {
        ssize_t got = recv(self->running.socket, (uint8_t *)to + *have, size - *have, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno == ECONNRESET))
            return died(self);
        if (got > 0) {
            *have += (size_t)got;
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return fail(self, -errno, "its socket cannot be read: %s", strerror(errno));
        int64_t wait_ns = deadline_ns - os_now_ns();
        if (wait_ns <= 0)
            return -EAGAIN;
        struct pollfd pollfd = {self->running.socket, POLLIN, 0};
        const struct timespec timeout = {wait_ns / 1000000000, wait_ns % 1000000000};
        ppoll(&pollfd, 1, &timeout, NULL);
    }
    return 0;
}

static bool make_room(struct encoder_child *self, size_t size)
{
    if (size <= self->unit_room)
        return true;
    free(self->unit);
    self->unit = malloc(size);
    self->unit_room = self->unit ? size : 0;
    return self->unit;
}

/* The answer, with its unit in self->unit. */
static int receive_answer(struct encoder_child *self, bool of_picture, int64_t deadline_ns)
{
    struct running *running = &self->running;
    struct encoder_child_answer *answer = &running->answer;

    if (running->received_bytes < sizeof *answer) {
        int result = receive(self, answer, sizeof *answer, &running->received_bytes, deadline_ns);
        if (result < 0)
            return result;
        const char *wrong = check_answer(running, of_picture);
        if (wrong)
            return nonsense(self, wrong);
        make_printable(answer->text, sizeof answer->text);
        if (!make_room(self, answer->size))
            return fail(self, -ENOMEM, "memory is short");
    }
    size_t have = running->received_bytes - sizeof *answer;
    int result = receive(self, self->unit, answer->size, &have, deadline_ns);
    running->received_bytes = sizeof *answer + have;
    if (result == 0 && answer->error < 0)
        return fail(self, answer->error, "%s",
                    answer->text[0] ? answer->text : strerror(-answer->error));
    return result;
}

/* Waits until the deadline, or until the child hangs: `limit_ns` after the command. */
static int wait_for_answer(struct encoder_child *self, bool of_picture, int64_t deadline_ns,
                           int64_t limit_ns)
{
    int64_t due_ns = self->running.due_ns;
    int result = receive_answer(self, of_picture, deadline_ns < due_ns ? deadline_ns : due_ns);

    return result == -EAGAIN && os_now_ns() >= due_ns ? hangs(self, limit_ns) : result;
}

static int command(struct encoder_child *self, struct encoder_child_command *message,
                   int64_t limit_ns)
{
    message->number = ++self->running.number;
    self->running.received_bytes = 0;
    self->running.due_ns = os_now_ns() + limit_ns;
    /* There is always room: no other command is on its way. */
    ssize_t sent =
        send(self->running.socket, message, sizeof *message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent == sizeof *message)
        return 0;
    return sent < 0 && errno == EPIPE ? died(self) : nonsense(self, "it does not read commands");
}

/* --- open and close --------------------------------------------------------------- */

static void child_close(struct encoder *encoder)
{
    struct encoder_child *self = child_of(encoder);
    char how[CHILD_PROCESS_TEXT_BYTES];

    if (!self->is_open)
        return;
    close(self->running.socket);
    if (!child_process_wait(&self->process, END_NS, how))
        child_process_kill(&self->process, KILL_NS);
    if (self->running.picture)
        munmap(self->running.picture, encoder_child_picture_bytes(&self->running.settings));
    self->is_open = false;
}

/* Memory that the child cannot shrink: the agent would die of SIGBUS. Its descriptor, or
 * negative errno. */
static int make_picture(struct running *running)
{
    size_t size = encoder_child_picture_bytes(&running->settings);
    int fd = memfd_create("picture", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd < 0)
        return -errno;
    void *picture = MAP_FAILED;
    if (ftruncate(fd, (off_t)size) == 0 &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
        picture = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (picture == MAP_FAILED) {
        int error = -errno;
        close(fd);
        return error;
    }
    running->picture = picture;
    return fd;
}

/* Starts the process; what is open by then, child_close() closes. */
static int start(struct encoder_child *self)
{
    int sockets[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
        return -errno;
    self->running.socket = sockets[0];
    self->is_open = true;
    int picture = make_picture(&self->running);
    int result = picture;
    if (picture >= 0) {
        /* In the order of ENCODER_CHILD_SOCKET_FD, ENCODER_CHILD_PICTURE_FD. */
        const int fds[] = {sockets[1], picture};
        const char *const arguments[] = {ENCODER_CHILD_OPTION, self->argument, NULL};
        result = child_process_start(&self->process, arguments, fds, 2);
        close(picture);
    }
    close(sockets[1]);
    return result < 0 ? result : 0;
}

static bool has_fitting_size(const struct encoder_settings *settings)
{
    return settings->width_px > 0 && settings->width_px <= PORT_FORMAT_MAX_PX &&
           settings->height_px > 0 && settings->height_px <= PORT_FORMAT_MAX_PX;
}

static int child_open(struct encoder *encoder, const struct encoder_settings *settings)
{
    struct encoder_child *self = child_of(encoder);
    struct encoder_child_command opening = {.kind = ENCODER_CHILD_OPEN, .settings = *settings};

    if (self->is_open)
        return -EBUSY;
    if (!has_fitting_size(settings))
        return fail(self, -EINVAL, "it cannot have pictures of %ux%u", settings->width_px,
                    settings->height_px);
    if (!child_process_is_gone(&self->process))
        return fail(self, -EBUSY, "its last process cannot be ended: does the GPU hang?");
    self->running = (struct running){.settings = *settings, .key_due = true};
    self->kbps = settings->kbps;
    int result = start(self);
    if (result < 0)
        fail(self, result, "its process cannot be started: %s", strerror(-result));
    else
        result = command(self, &opening, ENCODER_CHILD_OPEN_NS);
    if (result == 0)
        result = wait_for_answer(self, false, INT64_MAX, ENCODER_CHILD_OPEN_NS);
    if (result < 0)
        child_close(encoder);
    return result;
}

/* --- pictures ----------------------------------------------------------------------- */

static int child_submit(struct encoder *encoder, const struct encoder_picture *picture)
{
    struct encoder_child *self = child_of(encoder);
    struct running *running = &self->running;
    struct encoder_child_command encoding = {
        .kind = ENCODER_CHILD_ENCODE, .kbps = self->kbps, .force_key = running->key_wanted};

    if (!self->is_open)
        return -EINVAL;
    if (running->busy)
        return -EBUSY;
    size_t line_bytes = encoder_child_stride_bytes(&running->settings);
    for (size_t y = 0; y < running->settings.height_px; y++)
        memcpy(running->picture + y * line_bytes, picture->bgrx + y * picture->stride_bytes,
               line_bytes);
    running->key_due = running->key_due || running->key_wanted;
    running->key_wanted = false;
    running->planned_ns = picture->planned_ns;
    int result = command(self, &encoding, ENCODER_CHILD_PICTURE_NS);
    running->busy = result == 0;
    return result;
}

static int child_get(struct encoder *encoder, int64_t deadline_ns, struct encoder_unit *ret_unit)
{
    struct encoder_child *self = child_of(encoder);
    struct running *running = &self->running;
    struct access_unit seen;

    if (!self->is_open || !running->busy)
        return -EAGAIN;
    int result = wait_for_answer(self, true, deadline_ns, ENCODER_CHILD_PICTURE_NS);
    if (result < 0)
        return result;
    running->busy = false;
    const char *wrong = access_unit_check(self->codec, self->unit, running->answer.size, &seen);
    if (!wrong && !seen.has_slice)
        wrong = "an access unit without a picture";
    if (!wrong && running->key_due && !access_unit_is_key_frame(&seen))
        wrong = "no key frame where one was due";
    if (wrong)
        return nonsense(self, wrong);
    running->key_due = false;
    *ret_unit = (struct encoder_unit){
        .bytes = self->unit,
        .size = running->answer.size,
        .key = access_unit_is_key_frame(&seen),
        .planned_ns = running->planned_ns,
    };
    return 0;
}

static void child_force_key(struct encoder *encoder)
{
    child_of(encoder)->running.key_wanted = true;
}

static void child_set_bitrate(struct encoder *encoder, uint32_t kbps)
{
    child_of(encoder)->kbps = kbps;
}

static const char *child_error(const struct encoder *encoder)
{
    return ((const struct encoder_child *)encoder)->error;
}

static void child_destroy(struct encoder *encoder)
{
    struct encoder_child *self = child_of(encoder);

    child_close(encoder);
    child_process_is_gone(&self->process);
    free(self->unit);
    free(self);
}

static const struct encoder_class child_class = {
    .open = child_open,
    .submit = child_submit,
    .get = child_get,
    .force_key = child_force_key,
    .set_bitrate = child_set_bitrate,
    .error = child_error,
    .close = child_close,
    .destroy = child_destroy,
};

struct encoder *encoder_child_create(const char *name, enum port_codec codec, const char *argument)
{
    struct encoder_child *self = calloc(1, sizeof *self);

    if (!self)
        return NULL;
    self->encoder.class = &child_class;
    self->name = name;
    self->argument = argument;
    self->codec = codec;
    return &self->encoder;
}
