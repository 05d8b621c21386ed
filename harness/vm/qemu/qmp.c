/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/qemu/qmp.h"

#include "harness/instrument/samples.h"

#include <glib-unix.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES 4096
#define NS_PER_US 1000

struct answer {
    qmp_done_fn done; /* NULL: nothing follows */
    const char *word;
};

struct qmp {
    int fd;
    unsigned source;
    GString *line;
    GQueue answers; /* struct answer, of the commands that have none yet */
    bool is_ready;
    struct qmp_callbacks callbacks;
};

/* QEMU's time stamps are the wall clock's. */
static int64_t monotonic_ns(JsonObject *message)
{
    JsonObject *stamp = json_object_get_object_member(message, "timestamp");
    const int64_t happened_us = json_object_get_int_member(stamp, "seconds") * G_USEC_PER_SEC +
                                json_object_get_int_member(stamp, "microseconds");

    return samples_now_ns() - (g_get_real_time() - happened_us) * NS_PER_US;
}

static void take_answer(struct qmp *qmp, JsonObject *message)
{
    g_autofree struct answer *answer = g_queue_pop_head(&qmp->answers);
    JsonObject *error = json_object_has_member(message, "error")
                            ? json_object_get_object_member(message, "error")
                            : NULL;

    if (error)
        qmp->callbacks.failed(qmp->callbacks.data, json_object_get_string_member(error, "desc"));
    else if (answer && answer->done)
        answer->done(qmp->callbacks.data, answer->word);
}

static void on_capabilities(void *data, const char *word)
{
    (void)data;
    (void)word;
}

static void take_message(struct qmp *qmp, JsonObject *message)
{
    if (json_object_has_member(message, "QMP")) {
        qmp_execute(qmp, on_capabilities, NULL, "{\"execute\":\"qmp_capabilities\"}");
    } else if (json_object_has_member(message, "event")) {
        qmp->callbacks.event(qmp->callbacks.data, json_object_get_string_member(message, "event"),
                             json_object_has_member(message, "data")
                                 ? json_object_get_object_member(message, "data")
                                 : NULL,
                             monotonic_ns(message));
    } else if (!qmp->is_ready) {
        take_answer(qmp, message);
        qmp->is_ready = true;
        qmp->callbacks.ready(qmp->callbacks.data);
    } else {
        take_answer(qmp, message);
    }
}

static void take_line(struct qmp *qmp)
{
    g_autoptr(JsonParser) parser = json_parser_new();

    if (json_parser_load_from_data(parser, qmp->line->str, (gssize)qmp->line->len, NULL) &&
        JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser)))
        take_message(qmp, json_node_get_object(json_parser_get_root(parser)));
    g_string_truncate(qmp->line, 0);
}

/* A QEMU that is gone is its process' business. */
static gboolean on_input(int fd, G_GNUC_UNUSED GIOCondition condition, void *data)
{
    struct qmp *qmp = data;
    char bytes[READ_BYTES];
    const ssize_t n = read(fd, bytes, sizeof bytes);

    if (n <= 0) {
        qmp->source = 0;
        return G_SOURCE_REMOVE;
    }
    for (ssize_t i = 0; i < n; i++) {
        if (bytes[i] == '\n')
            take_line(qmp);
        else
            g_string_append_c(qmp->line, bytes[i]);
    }
    return G_SOURCE_CONTINUE;
}

struct qmp *qmp_create(int fd, const struct qmp_callbacks *callbacks)
{
    struct qmp *qmp = g_new0(struct qmp, 1);

    qmp->fd = fd;
    qmp->line = g_string_new(NULL);
    qmp->callbacks = *callbacks;
    g_queue_init(&qmp->answers);
    qmp->source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, qmp);
    return qmp;
}

void qmp_destroy(struct qmp *qmp)
{
    if (!qmp)
        return;
    g_clear_handle_id(&qmp->source, g_source_remove);
    close(qmp->fd);
    g_string_free(qmp->line, true);
    g_queue_clear_full(&qmp->answers, g_free);
    g_free(qmp);
}

static void expect_answer(struct qmp *qmp, qmp_done_fn done, const char *word)
{
    const struct answer answer = {done, word};

    g_queue_push_tail(&qmp->answers, g_memdup2(&answer, sizeof answer));
}

void qmp_execute(struct qmp *qmp, qmp_done_fn done, const char *word, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *command = g_strdup_vprintf(format, arguments);
    va_end(arguments);

    expect_answer(qmp, done, word);
    if (send(qmp->fd, command, strlen(command), MSG_NOSIGNAL) < 0)
        return; /* it is gone */
}

void qmp_give_fd(struct qmp *qmp, const char *name, int fd)
{
    g_autofree char *command =
        g_strdup_printf("{\"execute\":\"getfd\",\"arguments\":{\"fdname\":\"%s\"}}", name);
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec io = {command, strlen(command)};
    struct msghdr message = {.msg_iov = &io,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    expect_answer(qmp, NULL, NULL);
    if (sendmsg(qmp->fd, &message, MSG_NOSIGNAL) < 0)
        return; /* it is gone */
}

char *qmp_quote(const char *text)
{
    g_autoptr(JsonNode) node = json_node_init_string(json_node_alloc(), text);

    return json_to_string(node, false);
}
