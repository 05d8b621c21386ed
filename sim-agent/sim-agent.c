/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * sim-agent: the agent with a recording in place of a graphics card.
 *
 * Controlled through harness/instrument/control.h; results/README.md describes its
 * notices and samples.
 */
#include "agent/linux/port-socket.h"
#include "agent/linux/port-tty.h"
#include "agent/os/resident.h"
#include "agent/sample-rows.h"
#include "agent/session.h"
#include "harness/instrument/control.h"
#include "harness/instrument/samples.h"
#include "protocol/access-unit.h"
#include "sim-agent/chosen-encoder.h"
#include "sim-agent/crash-port.h"
#include "sim-agent/ladder.h"
#include "sim-agent/replay.h"

#include <errno.h>
#include <gio/gio.h>
#include <inttypes.h>
#include <libavutil/log.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define PROGRAM "sim-agent"
/* With --keep-open. */
#define OPEN_AGAIN_MS 100

struct sim_agent {
    /* options */
    char *port_text;
    char **recording_paths;
    char *fps_text;
    char *samples_path;
    char *encoder_word;
    char *stream_path;
    gboolean trailer;
    gboolean no_extensions;
    gboolean keep_open;

    struct ladder ladder;
    struct chosen_encoder *encoder;
    FILE *stream; /* what was encoded; NULL: it is not kept */
    struct samples *samples;
    struct port *port;
    struct session *session;
    struct capture *replay;
    GMainLoop *loop;
    int status;

    /* Set by the instruction thread when a FORMAT has been sent, cleared by
     * the transporting thread with the first frame after it. */
    int playing_due;
    /* Of this session. Written by the transporting thread; the instruction
     * thread reads them when nothing is being sent. */
    uint64_t frames_sent, bytes_sent;
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
    struct sim_agent *self = data;

    self->status = EXIT_FAILURE;
    g_main_loop_quit(self->loop);
    return G_SOURCE_REMOVE;
}

static gboolean open_again(void *data)
{
    struct sim_agent *self = data;

    session_open(self->session);
    return G_SOURCE_REMOVE;
}

/* --- reports of the agent's threads ------------------------------------- */

static void sample_report(struct sim_agent *self, const struct agent_action *report, int64_t t_ns)
{
    char row[SAMPLE_ROW_BYTES];

    if (sample_row_report(row, report->report, t_ns))
        samples_row(self->samples, "%s", row);
}

static char *codecs_text(const struct agent_action *report)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < report->codecs_count; i++)
        g_string_append_printf(text, "%s%u", i ? "," : "", report->codecs[i]);
    return g_string_free(text, false);
}

static void on_started(struct sim_agent *self, const struct agent_action *report, int64_t now_ns)
{
    g_autofree char *codecs = codecs_text(report);

    control_notice_at("started", now_ns, "codecs=%s", codecs);
    if (report->report == AGENT_NO_CODEC)
        fprintf(stderr,
                PROGRAM ": nothing is captured: the host accepts codecs %s: "
                        "a recording is H.264 (3)\n",
                codecs);
}

/* The recording of the highest bitrate. */
static const struct recording *best(const struct sim_agent *self)
{
    return self->ladder.steps[self->ladder.count - 1];
}

static void on_report(void *data, const struct agent_action *report)
{
    struct sim_agent *self = data;
    int64_t now_ns = samples_now_ns();

    sample_report(self, report, now_ns);
    switch (report->report) {
    case AGENT_OPENED:
        self->frames_sent = self->bytes_sent = 0;
        control_notice_at("opened", now_ns, "%s", "");
        break;
    case AGENT_OPEN_FAILED:
        if (self->keep_open) {
            g_timeout_add(OPEN_AGAIN_MS, open_again, self);
            break;
        }
        fail("port-open", "cannot open the port: %s: %s: is the host running?", self->port_text,
             g_strerror(-report->error));
        g_idle_add(quit_with_failure, self);
        break;
    case AGENT_STARTED:
    case AGENT_NO_CODEC:
        on_started(self, report, now_ns);
        break;
    case AGENT_STOPPED:
        control_notice_at("stopped", now_ns, "%s", "");
        break;
    case AGENT_FORMAT:
        g_atomic_int_set(&self->playing_due, true);
        control_notice_at("format", now_ns, "width=%u height=%u", report->format.width_px,
                          report->format.height_px);
        break;
    case AGENT_STEP:
        control_notice_at("step", now_ns, "step=%u kbps=%u", report->step,
                          self->replay->steps.kbps[report->step]);
        break;
    case AGENT_CAPTURE_BROKEN:
        fail("capture", "capturing failed: %s: %s", best(self)->name, g_strerror(-report->error));
        if (!self->keep_open)
            g_idle_add(quit_with_failure, self);
        break;
    case AGENT_WAITING:
        fprintf(stderr, PROGRAM ": %s: the port is opened again in %u ms\n", self->port_text,
                report->wait_ms);
        break;
    case AGENT_WAITING_LESS:
        break; /* a recording is no display */
    case AGENT_HOST_ERROR:
        fprintf(stderr, PROGRAM ": the host reports an error: %s: %s: the port is closed\n",
                self->port_text, report->text);
        break;
    case AGENT_BAD_MESSAGE:
        fprintf(stderr, PROGRAM ": the host broke the protocol: %s: %s: the port is closed\n",
                self->port_text, report->text);
        break;
    case AGENT_DRAINED:
        control_notice_at("drained", now_ns, "frames=%" PRIu64 " bytes=%" PRIu64, self->frames_sent,
                          self->bytes_sent);
        break;
    case AGENT_CLOSED:
        control_notice_at("closed", now_ns, "%s", "");
        if (self->keep_open)
            g_timeout_add(OPEN_AGAIN_MS, open_again, self);
        break;
    case AGENT_LOST:
        control_notice_at("port-lost", now_ns, "%s", "");
        if (self->keep_open)
            g_timeout_add(OPEN_AGAIN_MS, open_again, self);
        break;
    }
}

static void on_frame_begun(void *data, const struct frame *frame, int64_t begin_ns)
{
    struct sim_agent *self = data;

    char row[SAMPLE_ROW_BYTES];

    sample_row_frame(row, frame, begin_ns, replay_crc(self->replay, frame));
    samples_row(self->samples, "%s", row);
    if (self->stream)
        fwrite(frame->bytes, access_unit_size(PORT_CODEC_H264, frame->bytes, frame->size), 1,
               self->stream);
}

static void on_frame_sent(void *data, const struct frame *frame, int64_t end_ns)
{
    struct sim_agent *self = data;

    self->frames_sent++;
    self->bytes_sent += frame->size;
    char row[SAMPLE_ROW_BYTES];

    sample_row_sent(row, frame, end_ns);
    samples_row(self->samples, "%s", row);
    if (g_atomic_int_compare_and_exchange(&self->playing_due, true, false))
        control_notice_at("playing", end_ns, "%s", "");
    if (replay_is_still(self->replay))
        control_notice_at("still", end_ns, "unit=%u", frame->unit);
}

static void on_slot_skipped(void *data, int64_t planned_ns)
{
    struct sim_agent *self = data;

    char row[SAMPLE_ROW_BYTES];

    sample_row_skipped(row, planned_ns, samples_now_ns());
    samples_row(self->samples, "%s", row);
}

static void on_slot_empty(void *data, int64_t planned_ns)
{
    struct sim_agent *self = data;

    char row[SAMPLE_ROW_BYTES];

    sample_row_empty(row, planned_ns, samples_now_ns());
    samples_row(self->samples, "%s", row);
}

/* Ends the agent like a bug would, but with complete samples and without a core file.
 * Transporting thread. */
static void on_crash(void *data)
{
    const struct sim_agent *self = data;
    const struct rlimit none = {0, 0};

    samples_flush(self->samples);
    if (self->stream)
        fflush(self->stream);
    setrlimit(RLIMIT_CORE, &none);
    abort();
}

/* --- commands of the harness --------------------------------------------- */

static void on_command(int argc, char **argv, void *data)
{
    struct sim_agent *self = data;
    static const struct {
        const char *word;
        void (*command)(struct session *session);
    } commands[] = {
        {"open", session_open},
        {"finish", session_finish},
        {"close", session_close},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (argc == 1 && g_str_equal(argv[0], commands[i].word)) {
            commands[i].command(self->session);
            return;
        }
    }
    if (argc == 1 && g_str_equal(argv[0], "crash")) {
        crash_port_arm(self->port);
        return;
    }
    if (argc == 1 && g_str_equal(argv[0], "still")) {
        replay_stand_still(self->replay);
        return;
    }
    bool hang = argc == 1 && g_str_equal(argv[0], "hang");
    if (hang || (argc == 1 && g_str_equal(argv[0], "recover"))) {
        if (!hang) /* before it, because its effects follow at once */
            control_notice("recovered", "%s", "");
        replay_hang(self->replay, hang);
        if (hang)
            control_notice("hung", "%s", "");
        return;
    }
    g_autofree char *line = g_strjoinv(" ", argv);
    fprintf(stderr,
            PROGRAM ": unknown command: %s: open, finish, still, hang, recover, close, "
                    "crash and quit are known\n",
            line);
}

static void on_quit(void *data)
{
    struct sim_agent *self = data;

    g_main_loop_quit(self->loop);
}

/* --- setting up ----------------------------------------------------------- */

static bool parse_options(struct sim_agent *self, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"port", 0, 0, G_OPTION_ARG_STRING, &self->port_text, "the port to the GPU module",
         "tty:PATH|socket:PATH"},
        {"recording", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->recording_paths,
         "H.264 video to play; several times: the same at other bitrates", "FILE"},
        {"trailer", 0, 0, G_OPTION_ARG_NONE, &self->trailer,
         "append the end marker of an access unit to each frame", NULL},
        {"no-extensions", 0, 0, G_OPTION_ARG_NONE, &self->no_extensions,
         "announce no extension of the protocol", NULL},
        {"keep-open", 0, 0, G_OPTION_ARG_NONE, &self->keep_open,
         "open the port at once, and again whenever it is closed", NULL},
        {"fps", 0, 0, G_OPTION_ARG_STRING, &self->fps_text,
         "frames per second, instead of the recording's", "N[/D]"},
        {"encoder", 0, 0, G_OPTION_ARG_STRING, &self->encoder_word,
         "what makes the access units, replay if it is not given",
         "replay|x264|x264-ultrafast|model-Nms"},
        {"stream", 0, 0, G_OPTION_ARG_FILENAME, &self->stream_path,
         "append what an encoder has made (H.264, Annex B)", "FILE"},
        {"samples", 0, 0, G_OPTION_ARG_FILENAME, &self->samples_path,
         "write what was sent, and when (CSV)", "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;

    g_option_context_set_summary(context, "Plays a recording to the GPU module, as the agent.");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fail("usage", "%s: see --help", error->message);
        return false;
    }
    if (argc > 1 || !self->port_text || !self->recording_paths) {
        fail("usage", "%s%s: see --help", argc > 1 ? "unknown argument: " : "",
             argc > 1 ? argv[1] : "--port and --recording are needed");
        return false;
    }
    return true;
}

static bool parse_fps(const char *text, struct recording_options *options)
{
    uint64_t num, den = 1;

    if (!text)
        return true;
    g_auto(GStrv) parts = g_strsplit(text, "/", 2);
    bool valid = parts[0] && g_ascii_string_to_unsigned(parts[0], 10, 1, INT_MAX, &num, NULL) &&
                 (!parts[1] || g_ascii_string_to_unsigned(parts[1], 10, 1, INT_MAX, &den, NULL)) &&
                 num <= den * RECORDING_FPS_MAX && num >= den;
    if (!valid) {
        fail("usage", "no frame rate: --fps %s: 1 to %d, or a fraction such as 30000/1001", text,
             RECORDING_FPS_MAX);
        return false;
    }
    options->fps_num = (unsigned)num;
    options->fps_den = (unsigned)den;
    return true;
}

static bool make_port(struct sim_agent *self)
{
    const char *path = strchr(self->port_text, ':');

    struct port *port = NULL;

    if (path && path[1] && g_str_has_prefix(self->port_text, "tty:"))
        port = port_tty_create(path + 1);
    else if (path && path[1] && g_str_has_prefix(self->port_text, "socket:"))
        port = port_socket_create(path + 1);
    self->port = port ? crash_port_create(port, on_crash, self) : NULL;
    if (!self->port)
        fail("usage", "no port: --port %s: tty:PATH or socket:PATH", self->port_text);
    return self->port != NULL;
}

static bool load_recording(struct sim_agent *self)
{
    struct recording_options options = {.trailer = self->trailer};
    g_autoptr(GError) error = NULL;

    if (!parse_fps(self->fps_text, &options))
        return false;
    av_log_set_level(AV_LOG_QUIET); /* errors are reported here, in one line */
    if (!ladder_load(&self->ladder, (const char *const *)self->recording_paths, &options, &error)) {
        fail("recording", "cannot play the recording: %s", error->message);
        return false;
    }
    return true;
}

static bool choose_encoder(struct sim_agent *self)
{
    g_autoptr(GError) error = NULL;
    const char *word = self->encoder_word ? self->encoder_word : "replay";

    self->encoder =
        chosen_encoder_create(word, self->recording_paths[0], &self->ladder, self->trailer, &error);
    if (!self->encoder)
        fail("encoder", "%s", error->message);
    return self->encoder != NULL;
}

/* Appends: an agent that succeeds another one goes on with its stream. */
static bool open_stream(struct sim_agent *self)
{
    if (!self->stream_path || !chosen_encoder_encodes(self->encoder))
        return true;
    self->stream = fopen(self->stream_path, "abe");
    if (!self->stream)
        fail("stream", "cannot write the stream: %s: %s", self->stream_path, g_strerror(errno));
    return self->stream != NULL;
}

static bool close_stream(struct sim_agent *self)
{
    bool ok = !self->stream || !ferror(self->stream);

    return (!self->stream || fclose(self->stream) == 0) && ok;
}

static bool open_samples(struct sim_agent *self)
{
    g_autoptr(GError) error = NULL;

    if (!self->samples_path)
        return true;
    self->samples = samples_open(self->samples_path, SAMPLE_ROWS_COLUMNS, &error);
    if (!self->samples)
        fail("samples", "%s", error->message);
    return self->samples != NULL;
}

static void sample_memory(struct sim_agent *self)
{
    char row[SAMPLE_ROW_BYTES];

    sample_row_memory(row, os_resident_most_bytes(), samples_now_ns());
    samples_row(self->samples, "%s", row);
}

static void say_ready(const struct sim_agent *self)
{
    const struct recording *recording = best(self);
    const struct recording_unit *first = recording_unit(recording, 0);

    control_notice(
        "ready", "recording=%s width=%u height=%u fps=%g units=%u keyframes=%u barcode=%d steps=%u",
        recording->name, first->width_px, first->height_px,
        (double)recording->fps_num / recording->fps_den, recording->units->len,
        recording->keyframes, recording->barcode, self->replay->steps.count);
}

static void play(struct sim_agent *self)
{
    const struct observer observer = {
        .data = self,
        .report = on_report,
        .frame_begun = on_frame_begun,
        .frame_sent = on_frame_sent,
        .slot_skipped = on_slot_skipped,
        .slot_empty = on_slot_empty,
    };
    int error;

    self->replay = chosen_encoder_capture(self->encoder);
    self->loop = g_main_loop_new(NULL, false);
    self->session = session_create(self->port, self->replay, &observer,
                                   self->no_extensions ? 0 : PORT_EXTENSIONS_ALL, &error);
    if (self->session) {
        control_start(on_command, on_quit, self);
        say_ready(self);
        if (self->keep_open)
            session_open(self->session);
        g_main_loop_run(self->loop);
        control_stop();
    } else {
        fail("threads", "cannot start: %s", g_strerror(-error));
        self->status = EXIT_FAILURE;
    }
    replay_hang(self->replay, false); /* or its thread would not end */
    session_destroy(self->session);
    replay_destroy(self->replay);
    g_main_loop_unref(self->loop);
}

int main(int argc, char **argv)
{
    struct sim_agent self = {.status = EXIT_FAILURE};

    if (parse_options(&self, argc, argv) && make_port(&self) && load_recording(&self) &&
        choose_encoder(&self) && open_stream(&self) && open_samples(&self)) {
        self.status = EXIT_SUCCESS;
        play(&self);
    }
    sample_memory(&self);
    if (!samples_close(self.samples)) {
        fail("samples", "the sample file is incomplete: %s: is the disk full?", self.samples_path);
        self.status = EXIT_FAILURE;
    }
    if (!close_stream(&self)) {
        fail("stream", "the stream is incomplete: %s: is the disk full?", self.stream_path);
        self.status = EXIT_FAILURE;
    }
    if (self.port)
        self.port->class->destroy(self.port);
    chosen_encoder_destroy(self.encoder);
    ladder_clear(&self.ladder);
    g_free(self.port_text);
    g_strfreev(self.recording_paths);
    g_free(self.fps_text);
    g_free(self.samples_path);
    g_free(self.encoder_word);
    g_free(self.stream_path);
    return self.status;
}
