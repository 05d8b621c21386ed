/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/qemu/guest-orders.h"

#include "harness/instrument/samples.h"

#include <glib-unix.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES 4096
/* The quickest of so many counts: it has waited for nobody. */
#define QUESTIONS 30
/* No notice is longer; what is comes from a guest that is broken. */
#define LINE_MAX_BYTES 65536

enum state {
    BOOTING,
    ASKING, /* for its clock */
    SERVING,
};

struct guest_orders {
    int fd;
    unsigned source;
    GString *line;
    enum state state;
    bool is_held, is_waiting; /* the guest waits, for its release */
    GPtrArray *waiting;       /* commands for a guest that boots */
    struct guest_orders_callbacks callbacks;

    unsigned questions;
    int64_t asked_ns, best_trip_ns, offset_ns;
};

static void send_text(const struct guest_orders *orders, const char *text)
{
    if (send(orders->fd, text, strlen(text), MSG_NOSIGNAL) < 0)
        return; /* it is gone, which its process' end reports */
}

static void ask(struct guest_orders *orders)
{
    orders->questions++;
    orders->asked_ns = samples_now_ns();
    send_text(orders, "ping\n");
}

static void begin_asking(struct guest_orders *orders)
{
    orders->is_waiting = orders->is_held;
    if (orders->is_held)
        return;
    orders->state = ASKING;
    orders->questions = 0;
    orders->best_trip_ns = INT64_MAX;
    ask(orders);
}

static void serve(struct guest_orders *orders)
{
    g_autofree char *offset = g_strdup_printf("offset %" PRId64 "\n", orders->offset_ns);

    send_text(orders, offset);
    orders->state = SERVING;
    orders->callbacks.clock_set(orders->callbacks.data, orders->best_trip_ns / 2);
    for (unsigned i = 0; i < orders->waiting->len; i++)
        send_text(orders, g_ptr_array_index(orders->waiting, i));
    g_ptr_array_set_size(orders->waiting, 0);
}

/* The guest has read its clock in the middle of the round trip, or half a trip off. */
static void take_clock(struct guest_orders *orders, int64_t guest_ns)
{
    const int64_t trip_ns = samples_now_ns() - orders->asked_ns;

    if (trip_ns < orders->best_trip_ns) {
        orders->best_trip_ns = trip_ns;
        orders->offset_ns = orders->asked_ns + trip_ns / 2 - guest_ns;
    }
    if (orders->questions < QUESTIONS)
        ask(orders);
    else
        serve(orders);
}

static void take_line(struct guest_orders *orders)
{
    const char *line = orders->line->str;
    int64_t guest_ns;

    if (strcmp(line, "clock") == 0)
        begin_asking(orders);
    else if (orders->state == ASKING && sscanf(line, "pong %" SCNd64, &guest_ns) == 1)
        take_clock(orders, guest_ns);
    else if (orders->state == SERVING)
        orders->callbacks.notice(orders->callbacks.data, line);
}

static gboolean on_input(int fd, G_GNUC_UNUSED GIOCondition condition, void *data)
{
    struct guest_orders *orders = data;
    char bytes[READ_BYTES];
    const ssize_t n = read(fd, bytes, sizeof bytes);

    if (n <= 0) {
        orders->source = 0;
        return G_SOURCE_REMOVE;
    }
    for (ssize_t i = 0; i < n; i++) {
        if (bytes[i] == '\n') {
            take_line(orders);
            g_string_truncate(orders->line, 0);
        } else if (orders->line->len < LINE_MAX_BYTES) {
            g_string_append_c(orders->line, bytes[i]);
        }
    }
    return G_SOURCE_CONTINUE;
}

struct guest_orders *guest_orders_create(int fd, const struct guest_orders_callbacks *callbacks)
{
    struct guest_orders *orders = g_new0(struct guest_orders, 1);

    orders->fd = fd;
    orders->line = g_string_new(NULL);
    orders->waiting = g_ptr_array_new_with_free_func(g_free);
    orders->callbacks = *callbacks;
    orders->source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, orders);
    return orders;
}

void guest_orders_destroy(struct guest_orders *orders)
{
    if (!orders)
        return;
    g_clear_handle_id(&orders->source, g_source_remove);
    close(orders->fd);
    g_string_free(orders->line, true);
    g_ptr_array_unref(orders->waiting);
    g_free(orders);
}

void guest_orders_reset(struct guest_orders *orders)
{
    orders->state = BOOTING;
    orders->is_waiting = false;
    g_string_truncate(orders->line, 0);
}

void guest_orders_hold(struct guest_orders *orders)
{
    orders->is_held = true;
}

void guest_orders_release(struct guest_orders *orders)
{
    orders->is_held = false;
    if (orders->is_waiting)
        begin_asking(orders);
}

void guest_orders_send(struct guest_orders *orders, const char *line)
{
    char *text = g_strconcat(line, "\n", NULL);

    if (orders->state != SERVING) {
        g_ptr_array_add(orders->waiting, text);
        return;
    }
    send_text(orders, text);
    g_free(text);
}
