/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/spice-server/tests/qemu/qmp.h"

#include "gpu-module/spice-server/tests/bed.h"
#include "gpu-module/spice-server/tests/qemu/socket.h"

#include <json-glib/json-glib.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

struct qmp {
    int fd;
    GString *rest;
    GQueue events; /* names that came while a reply was awaited */
};

/* The next message; an event is noted, too. */
static JsonParser *next(struct qmp *qmp, JsonObject **ret_message)
{
    g_autofree char *line = socket_read_line(qmp->fd, qmp->rest);
    JsonParser *parser = json_parser_new();
    assert_true(json_parser_load_from_data(parser, line, -1, NULL));
    *ret_message = json_node_get_object(json_parser_get_root(parser));
    if (json_object_has_member(*ret_message, "event"))
        g_queue_push_tail(&qmp->events,
                          g_strdup(json_object_get_string_member(*ret_message, "event")));
    return parser;
}

static JsonParser *execute(struct qmp *qmp, const char *command, JsonObject **ret_reply)
{
    socket_write(qmp->fd, command, strlen(command));
    for (;;) {
        JsonParser *parser = next(qmp, ret_reply);
        if (json_object_has_member(*ret_reply, "error"))
            fail_msg("%s: %s", command,
                     json_object_get_string_member(
                         json_object_get_object_member(*ret_reply, "error"), "desc"));
        if (json_object_has_member(*ret_reply, "return"))
            return parser;
        g_object_unref(parser);
    }
}

void qmp_execute(struct qmp *qmp, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *command = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    JsonObject *reply;
    g_object_unref(execute(qmp, command, &reply));
}

char *qmp_status(struct qmp *qmp, const char *query)
{
    g_autofree char *command = g_strdup_printf("{\"execute\":\"%s\"}", query);
    JsonObject *reply;
    JsonParser *parser = execute(qmp, command, &reply);
    JsonObject *state = json_object_get_object_member(reply, "return");
    char *status = g_strdup(json_object_has_member(state, "status")
                                ? json_object_get_string_member(state, "status")
                                : "none");
    g_object_unref(parser);
    return status;
}

void qmp_wait_event(struct qmp *qmp, const char *name)
{
    for (;;) {
        GList *found = g_queue_find_custom(&qmp->events, name, (GCompareFunc)strcmp);
        if (found) {
            g_free(found->data);
            g_queue_delete_link(&qmp->events, found);
            return;
        }
        JsonObject *message;
        g_object_unref(next(qmp, &message));
    }
}

struct qmp *qmp_connect(const char *path)
{
    struct qmp *qmp = g_new0(struct qmp, 1);
    JsonObject *greeting;

    qmp->fd = socket_connect(path);
    qmp->rest = g_string_new(NULL);
    g_queue_init(&qmp->events);
    g_object_unref(next(qmp, &greeting));
    qmp_execute(qmp, "{\"execute\":\"qmp_capabilities\"}");
    return qmp;
}

void qmp_close(struct qmp *qmp)
{
    if (!qmp)
        return;
    close(qmp->fd);
    g_string_free(qmp->rest, true);
    g_queue_clear_full(&qmp->events, g_free);
    g_free(qmp);
}
