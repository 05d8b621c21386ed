/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * guest: what the guest of a run with the real agent has: an X server (Xvfb, or with --display
 * one that runs already), a program that plays the workload on its screen (player.h), and
 * vdibench-agent, which captures it.
 *
 * Controlled through harness/instrument/control.h by the commands open, finish, still, close
 * and quit of the simulated agent, with its notices, so that a run takes the one for the
 * other: open starts the agent's process, and the playing; close ends the process. The
 * agent's rows are passed on to the sample file.
 */
#include "agent/sample-rows.h"
#include "harness/guest/agent-process.h"
#include "harness/guest/player.h"
#include "harness/guest/x-server.h"
#include "harness/instrument/control.h"
#include "harness/instrument/samples.h"
#include "sim-agent/recorded-settings.h"
#include "sim-agent/recording.h"

#include <inttypes.h>
#include <libavutil/log.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#define PROGRAM "guest"
/* The agent has sent all that was drawn when it has sent nothing for so long: many times what
 * a picture takes. */
#define QUIET_MS 250

struct guest {
    /* options */
    char *port_text, *recording_path, *samples_path, *drawn_path, *display, *agent_path;
    gboolean trailer;

    struct recording *recording;
    struct pictures *pictures;
    unsigned kbps; /* as it was recorded with */
    struct samples *samples, *drawn;
    struct x_server *server; /* NULL: it is not ours */
    struct player *player;
    struct agent_process *agent; /* NULL: it does not run */
    GMainLoop *loop;
    int status;

    bool playing_due; /* a FORMAT was sent, and no frame since */
    uint64_t frames_begun, frames_sent, bytes_sent;
    const char *quiet_notice; /* what is announced when the agent is quiet; NULL: nothing */
    unsigned quiet_source;
};

/* One line for people, one word for the harness. */
static void fail(const char *reason, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void fail(const char *reason, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    fprintf(stderr, PROGRAM ": %s\n", text);
    control_notice("error", "reason=%s", reason);
}

static gboolean quit_with_failure(void *data)
{
    struct guest *self = data;

    self->status = EXIT_FAILURE;
    g_main_loop_quit(self->loop);
    return G_SOURCE_REMOVE;
}

/* --- the agent's rows ------------------------------------------------------------- */

static gboolean on_quiet(void *data)
{
    struct guest *self = data;

    self->quiet_source = 0;
    control_notice(self->quiet_notice, "frames=%" PRIu64 " bytes=%" PRIu64, self->frames_sent,
                   self->bytes_sent);
    self->quiet_notice = NULL;
    return G_SOURCE_REMOVE;
}

/* Counts the quiet from now on, if anybody waits for it. */
static void wait_for_quiet(struct guest *self)
{
    g_clear_handle_id(&self->quiet_source, g_source_remove);
    if (self->quiet_notice && self->frames_sent == self->frames_begun)
        self->quiet_source = g_timeout_add(QUIET_MS, on_quiet, self);
}

static void on_row(void *data, const char *row, const char *event, int64_t t_ns, uint64_t bytes)
{
    struct guest *self = data;

    samples_row(self->samples, "%s", row);
    if (g_str_equal(event, "opened")) {
        self->frames_begun = self->frames_sent = self->bytes_sent = 0;
        control_notice_at("opened", t_ns, "pid=%d", (int)agent_process_pid(self->agent));
    } else if (g_str_equal(event, "started") || g_str_equal(event, "stopped")) {
        control_notice_at(event, t_ns, "%s", "");
    } else if (g_str_equal(event, "format")) {
        self->playing_due = true;
        control_notice_at("format", t_ns, "%s", "");
    } else if (g_str_equal(event, "frame")) {
        self->frames_begun++;
        self->bytes_sent += bytes;
    } else if (g_str_equal(event, "sent")) {
        self->frames_sent++;
        if (self->playing_due)
            control_notice_at("playing", t_ns, "%s", "");
        self->playing_due = false;
    }
    wait_for_quiet(self);
}

static void on_agent_ended(void *data, bool expected, int wait_status)
{
    struct guest *self = data;

    g_clear_pointer(&self->agent, agent_process_destroy);
    if (expected && WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0) {
        control_notice("closed", "%s", "");
        return;
    }
    if (WIFSIGNALED(wait_status))
        fail("agent", "the agent was ended by signal %d: its own lines are above",
             WTERMSIG(wait_status));
    else
        fail("agent", "the agent has ended with status %d: its own lines are above",
             WEXITSTATUS(wait_status));
    g_idle_add(quit_with_failure, self);
}

/* --- commands of the harness --------------------------------------------------------- */

static gboolean on_server_lost(void *data)
{
    const struct guest *self = data;

    fail("server", "the X server %s has ended: its own lines are above", self->display);
    return quit_with_failure(data);
}

static void open_port(struct guest *self)
{
    const struct agent_process_callbacks callbacks = {
        .row = on_row, .ended = on_agent_ended, .data = self};
    double rate_hz = (double)self->recording->fps_num / self->recording->fps_den;
    g_autofree char *kbps = g_strdup_printf("%u", self->kbps);
    g_autofree char *rate = g_strdup_printf("%.0f", ceil(rate_hz));
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    const char *const words[] = {self->agent_path,
                                 "--port",
                                 self->port_text,
                                 "--frame-rate",
                                 rate,
                                 "--bitrate",
                                 kbps,
                                 "--encoder",
                                 "x264",
                                 "--source",
                                 self->server ? "x11" : "auto",
                                 "--log-level",
                                 "warning"};

    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
        g_ptr_array_add(argv, (void *)words[i]);
    if (self->trailer)
        g_ptr_array_add(argv, (void *)"--trailer");
    g_ptr_array_add(argv, NULL);
    player_start(self->player);
    self->agent =
        agent_process_start((const char *const *)argv->pdata, self->display, &callbacks, &error);
    if (self->agent)
        return;
    fail("agent", "cannot start the agent: %s: %s", self->agent_path, error->message);
    quit_with_failure(self);
}

static void stop_drawing(struct guest *self, const char *notice)
{
    player_stop(self->player);
    self->quiet_notice = notice;
    wait_for_quiet(self);
}

static void on_command(int argc, char **argv, void *data)
{
    struct guest *self = data;

    if (argc == 1 && g_str_equal(argv[0], "open") && !self->agent) {
        open_port(self);
    } else if (argc == 1 && g_str_equal(argv[0], "finish")) {
        stop_drawing(self, "drained");
    } else if (argc == 1 && g_str_equal(argv[0], "still")) {
        stop_drawing(self, "still");
    } else if (argc == 1 && g_str_equal(argv[0], "close") && self->agent) {
        player_stop(self->player);
        agent_process_end(self->agent);
    } else {
        g_autofree char *line = g_strjoinv(" ", argv);
        fail("command", "not possible with the real agent just now: %s", line);
        quit_with_failure(self);
    }
}

static void on_quit(void *data)
{
    struct guest *self = data;

    g_main_loop_quit(self->loop);
}

/* --- setting up ------------------------------------------------------------------ */

static bool parse_options(struct guest *self, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"port", 0, 0, G_OPTION_ARG_STRING, &self->port_text, "the port to the GPU module",
         "tty:PATH|socket:PATH"},
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, &self->recording_path, "the video to play",
         "FILE"},
        {"display", 0, 0, G_OPTION_ARG_STRING, &self->display,
         "an X server that runs already, instead of one of its own", "DISPLAY"},
        {"trailer", 0, 0, G_OPTION_ARG_NONE, &self->trailer, "let the agent append the trailer",
         NULL},
        {"samples", 0, 0, G_OPTION_ARG_FILENAME, &self->samples_path,
         "write what the agent sent, and when (CSV)", "FILE"},
        {"drawn", 0, 0, G_OPTION_ARG_FILENAME, &self->drawn_path,
         "write what was drawn, and when (CSV)", "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;

    g_option_context_set_summary(context,
                                 "Plays a video on an X server that the real agent captures.");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fail("usage", "%s: see --help", error->message);
        return false;
    }
    if (argc > 1 || !self->port_text || !self->recording_path) {
        fail("usage", "%s%s: see --help", argc > 1 ? "unknown argument: " : "",
             argc > 1 ? argv[1] : "--port and --recording are needed");
        return false;
    }
    return true;
}

/* That of the simulated agent with an encoder. */
static bool load_bitrate(struct guest *self, GError **error)
{
    auto_destroy(recorded_settings) settings =
        recorded_settings_load(self->recording_path, self->recording, NULL, error);

    if (settings)
        self->kbps = settings->kbps;
    return settings != NULL;
}

static bool load_film(struct guest *self, GError **error)
{
    const struct recording_options options = {.fps_num = 0};
    g_autofree char *film = recording_beside(self->recording_path, ".film");

    av_log_set_level(AV_LOG_QUIET); /* errors are reported here, in one line */
    self->recording = recording_load(self->recording_path, &options, error);
    self->pictures =
        self->recording
            ? pictures_load(g_file_test(film, G_FILE_TEST_IS_REGULAR) ? film : self->recording_path,
                            self->recording->units->len, error)
            : NULL;
    return self->pictures && load_bitrate(self, error);
}

static bool open_samples(struct guest *self, GError **error)
{
    return (!self->samples_path ||
            (self->samples = samples_open(self->samples_path, SAMPLE_ROWS_COLUMNS, error))) &&
           (!self->drawn_path ||
            (self->drawn = samples_open(self->drawn_path, PLAYER_COLUMNS, error)));
}

static bool open_screen(struct guest *self, GError **error)
{
    const struct picture_at first = pictures_at(self->pictures, 0);
    const struct player_film film = {
        .pictures = self->pictures,
        .count = self->recording->units->len,
        .fps_num = self->recording->fps_num,
        .fps_den = self->recording->fps_den,
        .source = BARCODE_SOURCE_RECORDING,
        .thread = "player",
        .row_end = "",
        .lost = on_server_lost,
        .lost_data = self,
    };

    if (!self->display) {
        self->server = x_server_start(first.width_px, first.height_px, error);
        self->display = self->server ? g_strdup(self->server->display) : NULL;
    }
    self->player = self->display ? player_create(self->display, &film, self->drawn, error) : NULL;
    return self->player != NULL;
}

/* It lies beside this program, wherever that is. */
static char *agent_beside(void)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = self ? g_path_get_dirname(self) : NULL;

    return folder ? g_build_filename(folder, "vdibench-agent", NULL) : g_strdup("vdibench-agent");
}

static void serve(struct guest *self)
{
    const struct picture_at first = pictures_at(self->pictures, 0);

    self->loop = g_main_loop_new(NULL, false);
    control_start(on_command, on_quit, self);
    control_notice("ready", "recording=%s width=%u height=%u server=%s", self->recording->name,
                   first.width_px, first.height_px,
                   self->server ? g_subprocess_get_identifier(self->server->process) : "");
    g_main_loop_run(self->loop);
    control_stop();
    g_clear_handle_id(&self->quiet_source, g_source_remove);
    g_clear_pointer(&self->agent, agent_process_destroy);
    g_main_loop_unref(self->loop);
}

static bool close_samples(struct guest *self)
{
    bool written = samples_close(self->samples);

    if (samples_close(self->drawn) && written)
        return true;
    fail("samples", "the sample files are incomplete: %s: is the disk full?",
         self->samples_path ? self->samples_path : self->drawn_path);
    return false;
}

int main(int argc, char **argv)
{
    struct guest self = {.status = EXIT_FAILURE};
    g_autoptr(GError) error = NULL;

    self.agent_path = agent_beside();
    if (parse_options(&self, argc, argv)) {
        if (load_film(&self, &error) && open_samples(&self, &error) && open_screen(&self, &error)) {
            self.status = EXIT_SUCCESS;
            serve(&self);
        } else {
            fail("start", "%s", error->message);
        }
    }
    player_destroy(self.player);
    x_server_end(self.server);
    if (!close_samples(&self))
        self.status = EXIT_FAILURE;
    pictures_destroy(self.pictures);
    recording_destroy(self.recording);
    g_free(self.port_text);
    g_free(self.recording_path);
    g_free(self.samples_path);
    g_free(self.drawn_path);
    g_free(self.display);
    g_free(self.agent_path);
    return self.status;
}
