/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* Each allocation, each thread, each event descriptor that creating a session
 * or a port needs is refused once, in turn: the creator says so, and nothing
 * that it had got before is left. Linked with --wrap for these functions. */
#include "agent/linux/port-socket.h"
#include "agent/linux/port-tty.h"
#include "agent/live.h"
#include "agent/session.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <cmocka.h>

/* More than anything here needs. */
#define NEEDS_MAX 64

static int grants;       /* what is granted before one is refused */
static atomic_int taken; /* blocks, threads and descriptors not given back */

static bool granted(void)
{
    if (grants-- == 0)
        return false;
    taken++;
    return true;
}

void *__real_calloc(size_t count, size_t size);
void *__real_malloc(size_t size);
char *__real_strdup(const char *text);
void __real_free(void *block);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *data);
int __real_pthread_join(pthread_t thread, void **ret);
int __real_eventfd(unsigned value, int flags);
int __real_close(int fd);

void *__wrap_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
char *__wrap_strdup(const char *text);
void __wrap_free(void *block);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *data);
int __wrap_pthread_join(pthread_t thread, void **ret);
int __wrap_eventfd(unsigned value, int flags);
int __wrap_close(int fd);

void *__wrap_calloc(size_t count, size_t size)
{
    return granted() ? __real_calloc(count, size) : NULL;
}

void *__wrap_malloc(size_t size)
{
    return granted() ? __real_malloc(size) : NULL;
}

char *__wrap_strdup(const char *text)
{
    return granted() ? __real_strdup(text) : NULL;
}

void __wrap_free(void *block)
{
    taken -= block != NULL;
    __real_free(block);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *data)
{
    return granted() ? __real_pthread_create(thread, attributes, run, data) : EAGAIN;
}

int __wrap_pthread_join(pthread_t thread, void **ret)
{
    taken--;
    return __real_pthread_join(thread, ret);
}

int __wrap_eventfd(unsigned value, int flags)
{
    if (granted())
        return __real_eventfd(value, flags);
    errno = EMFILE;
    return -1;
}

int __wrap_close(int fd)
{
    taken--;
    return __real_close(fd);
}

/* --- a capture and an observer that are never asked for anything ------------- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;
static bool has_ended;

static enum capture_display_event wait_display_event(struct capture *capture)
{
    (void)capture;
    pthread_mutex_lock(&lock);
    while (!has_ended)
        pthread_cond_wait(&ended, &lock);
    pthread_mutex_unlock(&lock);
    return CAPTURE_EVENTS_ENDED;
}

static void end_display_events(struct capture *capture)
{
    (void)capture;
    pthread_mutex_lock(&lock);
    has_ended = true;
    pthread_cond_signal(&ended);
    pthread_mutex_unlock(&lock);
}

static void report(void *data, const struct agent_action *action)
{
    (void)data;
    (void)action;
}

static struct session *create_session(int *ret_error)
{
    static const struct capture_class capture_class = {.wait_display_event = wait_display_event,
                                                       .end_display_events = end_display_events};
    static struct capture capture = {.class = &capture_class};
    static struct port port; /* is not opened */
    static const struct observer observer = {.report = report};

    has_ended = false;
    return session_create(&port, &capture, &observer, PORT_EXTENSIONS_ALL, ret_error);
}

static void a_session_that_cannot_be_created_leaves_nothing(void **state)
{
    (void)state;
    struct session *session = NULL;
    int refused = 0;

    for (; !session; refused++) {
        int error = 0;
        assert_true(refused < NEEDS_MAX);
        grants = refused;
        taken = 0;
        session = create_session(&error);
        if (!session) {
            assert_true(error == -ENOMEM || error == -EAGAIN || error == -EMFILE);
            assert_int_equal(taken, 0);
        }
    }
    print_message("a session needs %d things\n", taken);
    session_destroy(session);
    assert_int_equal(taken, 0);
    assert_true(refused > 5); /* four threads and a queue at least */
}

static void a_port_that_cannot_be_created_leaves_nothing(void **state)
{
    (void)state;
    struct port *(*const create[])(const char *path) = {port_tty_create, port_socket_create};

    for (unsigned i = 0; i < 2; i++) {
        struct port *port = NULL;
        for (int refused = 0; !port; refused++) {
            assert_true(refused < NEEDS_MAX);
            grants = refused;
            taken = 0;
            port = create[i]("/nowhere");
            assert_true(port || taken == 0);
        }
        port->class->destroy(port);
        assert_int_equal(taken, 0);
    }
}

/* --- a live capture of a source and an encoder that need nothing ----------------- */

static const uint8_t pixels[2 * 2 * 4];

static int source_open(struct source *source, struct source_mode *ret_mode)
{
    (void)source;
    *ret_mode = (struct source_mode){2, 2};
    return 0;
}

static int source_acquire(struct source *source, bool in_any_case,
                          struct source_picture *ret_picture)
{
    (void)source;
    (void)in_any_case;
    *ret_picture = (struct source_picture){.bgrx = pixels, .stride_bytes = 8};
    return 0;
}

static int source_cursor(struct source *source, struct source_cursor *ret_cursor)
{
    (void)source;
    *ret_cursor = (struct source_cursor){
        .visible = true, .serial = 1, .bgra = pixels, .width_px = 2, .height_px = 2};
    return 0;
}

static void source_end(struct source *source)
{
    (void)source;
}

static int encoder_open(struct encoder *encoder, const struct encoder_settings *settings)
{
    (void)encoder;
    (void)settings;
    return 0;
}

static int encoder_submit(struct encoder *encoder, const struct encoder_picture *picture)
{
    (void)encoder;
    (void)picture;
    return 0;
}

static int encoder_get(struct encoder *encoder, int64_t deadline_ns, struct encoder_unit *ret_unit)
{
    (void)encoder;
    (void)deadline_ns;
    *ret_unit = (struct encoder_unit){.bytes = pixels, .size = sizeof pixels, .key = true};
    return 0;
}

static void encoder_close(struct encoder *encoder)
{
    (void)encoder;
}

static const struct source_class source_class = {
    .open = source_open,
    .acquire = source_acquire,
    .release = source_end,
    .cursor = source_cursor,
    .close = source_end,
};
static const struct encoder_class encoder_class = {
    .open = encoder_open,
    .submit = encoder_submit,
    .get = encoder_get,
    .close = encoder_close,
};

static void a_live_capture_without_memory_fails_and_leaves_nothing(void **state)
{
    (void)state;
    struct source source = {.class = &source_class};
    struct encoder encoder = {.class = &encoder_class};
    const struct live_settings settings = {
        .codecs = PORT_CODEC_BIT(PORT_CODEC_H264), .fps_num = 30, .fps_den = 1, .kbps = 1000};
    struct capture *live = NULL;
    struct frame frame;
    struct cursor cursor;

    for (int refused = 0; !live; refused++) {
        assert_true(refused < NEEDS_MAX);
        grants = refused;
        taken = 0;
        live = live_create(&source, &encoder, &settings);
        assert_true(live || taken == 0);
    }
    assert_int_equal(live->class->open(live, PORT_CODEC_H264), 0);
    int before = taken;
    grants = 0;
    assert_int_equal(live->class->frame(live, 0, &frame), -ENOMEM);
    grants = 0;
    assert_int_equal(live->class->cursor(live, &cursor), -ENOMEM);
    assert_int_equal(taken, before);

    /* With memory it goes on where it was: the pointer's shape is still due. */
    grants = 2;
    assert_int_equal(live->class->frame(live, 0, &frame), 0);
    assert_int_equal(live->class->cursor(live, &cursor), 0);
    assert_true(cursor.has_shape && cursor.moved);
    frame_release(&frame);
    cursor_release(&cursor);
    live->class->close(live);
    live_destroy(live);
    assert_int_equal(taken, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_that_cannot_be_created_leaves_nothing),
        cmocka_unit_test(a_port_that_cannot_be_created_leaves_nothing),
        cmocka_unit_test(a_live_capture_without_memory_fails_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
