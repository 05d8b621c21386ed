/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vm-vnc: a rival outside SPICE: TigerVNC's X server, and a program that plays a film on its
 * screen, as the simulated VM plays one on its vGPU.
 *
 * Controlled by commands and notices (harness/instrument/control.h), which are those of vm-sim:
 * desktop · film · finish · pause · resume · quit. Before the film begins its first picture is
 * there, with a barcode of its own; nothing draws then. The film is drawn by a thread called
 * vgpu-draw, whose processor time is the guest's; the server is another process.
 */
#include "auto-destroy.h"
#include "harness/guest/player.h"
#include "harness/instrument/child.h"
#include "harness/instrument/control.h"
#include "harness/instrument/samples.h"
#include "harness/vm/vnc/vnc-server.h"
#include "sim-agent/recording.h"

#include <inttypes.h>
#include <libavutil/log.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define PROGRAM "vm-vnc"
/* What the player does not write. */
#define MORE_COLUMNS ",x,y,width,height"
#define MORE_EMPTY ",,,,"

struct vm {
    char *listen, *film_path, *samples_path;

    struct recording *recording;
    struct pictures *pictures;
    struct samples *samples;
    struct vnc_server *server;
    struct player *player;
    GMainLoop *loop;
    bool playing;
    int status;
};

static void report(struct vm *self, const char *reason, const char *text)
{
    fprintf(stderr, PROGRAM ": %s\n", text);
    control_notice("error", "reason=%s", reason);
    self->status = EXIT_FAILURE;
}

static gboolean on_server_lost(void *data)
{
    struct vm *self = data;

    report(self, "server", "the VNC server has ended: its own lines are above");
    g_main_loop_quit(self->loop);
    return G_SOURCE_REMOVE;
}

/* The number in the barcode before the film begins: no picture's of the film. */
static unsigned number_before(const struct vm *self)
{
    return self->recording->units->len;
}

static void finish(struct vm *self)
{
    if (!self->playing)
        return;
    player_stop(self->player);
    self->playing = false;

    int64_t now_ns = samples_now_ns();
    unsigned last = player_last(self->player);
    samples_row(self->samples, "drained,%" PRId64 ",%u,," MORE_EMPTY, now_ns, last);
    control_notice_at("drained", now_ns, "number=%u", last);
}

static void on_command(int argc, char **argv, void *data)
{
    struct vm *self = data;
    const char *word = argc == 1 ? argv[0] : "";

    if (g_str_equal(word, "desktop")) {
        control_notice("vgpu", "screen=desktop");
    } else if (g_str_equal(word, "film") && !self->playing) {
        self->playing = true;
        player_start(self->player);
        control_notice("playing", "pictures=%u", self->recording->units->len);
    } else if (g_str_equal(word, "finish")) {
        finish(self);
    } else if (g_str_equal(word, "pause") && !self->playing) {
        control_notice("paused", "number=%u", number_before(self));
    } else if (!g_str_equal(word, "resume")) {
        g_autofree char *line = g_strjoinv(" ", argv);
        fprintf(stderr, PROGRAM ": not possible just now: %s\n", line);
    }
}

static void on_quit(void *data)
{
    g_main_loop_quit(((struct vm *)data)->loop);
}

static bool parse_options(struct vm *self, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"listen", 0, 0, G_OPTION_ARG_STRING, &self->listen,
         "Where VNC clients connect (port 0: any)", "ADDRESS:PORT"},
        {"film", 0, 0, G_OPTION_ARG_FILENAME, &self->film_path, "The recording that is played",
         "FILE"},
        {"samples", 0, 0, G_OPTION_ARG_FILENAME, &self->samples_path, "Write samples", "FILE"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- a film on TigerVNC's X server");

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, error))
        return false;
    if (argc == 1 && self->listen && self->film_path)
        return true;
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                "give --listen ADDRESS:PORT and --film FILE, and nothing but options");
    return false;
}

/* The lossless pictures beside the recording, where there are some, as the vGPU's. */
static bool load_film(struct vm *self, GError **error)
{
    const struct recording_options options = {.fps_num = 0};
    g_autofree char *lossless = recording_beside(self->film_path, ".film");
    const bool has_lossless = g_file_test(lossless, G_FILE_TEST_IS_REGULAR);

    av_log_set_level(AV_LOG_QUIET); /* errors are reported here, in one line */
    self->recording = recording_load(self->film_path, &options, error);
    self->pictures = self->recording ? pictures_load(has_lossless ? lossless : self->film_path,
                                                     self->recording->units->len, error)
                                     : NULL;
    return self->pictures != NULL;
}

static bool open_screen(struct vm *self, GError **error)
{
    const struct picture_at first = pictures_at(self->pictures, 0);
    const struct player_film film = {
        .pictures = self->pictures,
        .count = self->recording->units->len,
        .fps_num = self->recording->fps_num,
        .fps_den = self->recording->fps_den,
        .source = BARCODE_SOURCE_VGPU,
        .number_before = number_before(self),
        .thread = "vgpu-draw",
        .row_end = MORE_EMPTY,
        .lost = on_server_lost,
        .lost_data = self,
    };

    self->server = vnc_server_start(self->listen, first.width_px, first.height_px, error);
    self->player = self->server
                       ? player_create(self->server->server->display, &film, self->samples, error)
                       : NULL;
    if (self->player)
        samples_row(self->samples, "screen,%" PRId64 ",%u,,,,,%u,%u", samples_now_ns(),
                    film.number_before, first.width_px, first.height_px);
    return self->player != NULL;
}

static bool prepare(struct vm *self, int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    if (parse_options(self, argc, argv, &error) && load_film(self, &error) &&
        (!self->samples_path ||
         (self->samples = samples_open(self->samples_path, PLAYER_COLUMNS MORE_COLUMNS, &error))) &&
        open_screen(self, &error))
        return true;
    report(self, "start", error->message);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) && !self->server && self->pictures)
        self->status = CHILD_EXIT_SKIP;
    return false;
}

static void serve(struct vm *self)
{
    self->loop = g_main_loop_new(NULL, false);
    control_start(on_command, on_quit, self);
    control_notice("ready", "listen=%s port=none pid=%s", self->server->address,
                   g_subprocess_get_identifier(self->server->server->process));
    g_main_loop_run(self->loop);
    control_stop();
    g_main_loop_unref(self->loop);
}

int main(int argc, char **argv)
{
    struct vm self = {.status = EXIT_SUCCESS};

    if (prepare(&self, argc, argv))
        serve(&self);
    player_destroy(self.player);
    vnc_server_end(self.server);
    if (!samples_close(self.samples))
        report(&self, "samples", "the sample file is incomplete: is the disk full?");
    pictures_destroy(self.pictures);
    recording_destroy(self.recording);
    g_free(self.listen);
    g_free(self.film_path);
    g_free(self.samples_path);
    return self.status;
}
