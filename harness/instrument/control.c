/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/instrument/control.h"

#include "harness/instrument/samples.h"
#include "harness/instrument/words.h"

#include <glib-unix.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static struct {
    control_command_fn command;
    void (*quit)(void *data);
    void *data;
    GIOChannel *input;
    unsigned sources[4]; /* input, SIGINT, SIGTERM, SIGHUP */
    bool quitting;
} control;

static void quit_once(void)
{
    if (control.quitting)
        return;
    control.quitting = true;
    control.quit(control.data);
}

static void dispatch(const char *line)
{
    g_auto(GStrv) words = words_split(line);

    if (!words[0])
        return;
    if (g_str_equal(words[0], "quit"))
        quit_once();
    else
        control.command((int)g_strv_length(words), words, control.data);
}

static gboolean on_input(GIOChannel *channel, G_GNUC_UNUSED GIOCondition condition,
                         G_GNUC_UNUSED void *data)
{
    g_autofree char *line = NULL;
    GIOStatus status = g_io_channel_read_line(channel, &line, NULL, NULL, NULL);

    if (status == G_IO_STATUS_AGAIN)
        return G_SOURCE_CONTINUE;
    if (status != G_IO_STATUS_NORMAL) {
        control.sources[0] = 0;
        quit_once();
        return G_SOURCE_REMOVE;
    }
    dispatch(line);
    return G_SOURCE_CONTINUE;
}

static gboolean on_signal(G_GNUC_UNUSED void *data)
{
    quit_once();
    return G_SOURCE_CONTINUE;
}

void control_start(control_command_fn command, void (*quit)(void *data), void *data)
{
    control.command = command;
    control.quit = quit;
    control.data = data;
    control.quitting = false;
    control.input = g_io_channel_unix_new(STDIN_FILENO);
    g_io_channel_set_encoding(control.input, NULL, NULL); /* or a stray byte would end it */
    g_io_channel_set_flags(control.input, G_IO_FLAG_NONBLOCK, NULL);
    control.sources[0] =
        g_io_add_watch(control.input, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, NULL);
    control.sources[1] = g_unix_signal_add(SIGINT, on_signal, NULL);
    control.sources[2] = g_unix_signal_add(SIGTERM, on_signal, NULL);
    control.sources[3] = g_unix_signal_add(SIGHUP, on_signal, NULL);
}

void control_stop(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(control.sources); i++)
        g_clear_handle_id(&control.sources[i], g_source_remove);
    g_clear_pointer(&control.input, g_io_channel_unref);
}

static void notice(const char *word, int64_t time_ns, const char *format, va_list args)
{
    g_autofree char *pairs = words_format(format, args);

    flockfile(stdout);
    fprintf(stdout, "%s %" PRId64 "%s%s\n", word, time_ns, *pairs ? " " : "", pairs);
    fflush(stdout);
    funlockfile(stdout);
}

void control_notice(const char *word, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    notice(word, samples_now_ns(), format, args);
    va_end(args);
}

void control_notice_at(const char *word, int64_t time_ns, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    notice(word, time_ns, format, args);
    va_end(args);
}
