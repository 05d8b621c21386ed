/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vdibench-agent: the agent of a Linux guest. It captures the screen of an X server, encodes
 * it on the processor, and sends it to the GPU module while that wants it; the session, its
 * threads and its messages are those of the simulated agent (agent/session.h).
 *
 * The port is opened as soon as it is there, and again whenever it was closed. Without a
 * viewer nothing is captured, and no X server is connected to.
 *
 * Exit status: 0 after SIGTERM, SIGINT or what --list and --help print; 1 when something
 * fails that no waiting mends; 2 when the settings are wrong.
 */
#include "agent/linux/port-socket.h"
#include "agent/linux/port-tty.h"
#include "agent/linux/x11-source.h"
#include "agent/linux/x264.h"
#include "agent/live.h"
#include "agent/os/clock.h"
#include "agent/os/wake.h"
#include "agent/session.h"
#include "agent/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <libavutil/log.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PROGRAM "vdibench-agent"
#define STATUS_USAGE 2

/* How long after the port was closed it is opened again; and while that fails, twice as long
 * each time. */
#define OPEN_AGAIN_FIRST_MS 250
#define OPEN_AGAIN_MAX_MS 8000
#define SELF_TEST_NS INT64_C(5000000000)

static const struct settings_platform platform = {
    .port = "/dev/virtio-ports/org.spice-space.pgpu.0",
    .sources = "auto|x11",
    .encoders = "auto|x264",
};

/* Faster than any other preset, and no slower to decode. */
static const char *const x264_options[] = {"preset", "ultrafast", NULL};

struct guest_agent {
    struct settings settings;
    struct source *source;
    struct encoder *encoder;
    struct port *port;
    struct capture *capture;
    struct session *session;
    /* Set by the instruction thread, looked at by the main one after SIGUSR1. */
    atomic_bool open_due;
    pthread_t main_thread;
    unsigned open_again_ms; /* the instruction thread's: of the last failure */
    int last_open_error;    /* the same: reported once */
    atomic_uint wait_ms;
    bool source_failed; /* the capturing thread's: and its line was logged */
};

/* --- the log ------------------------------------------------------------------------ */

/* With the priorities of syslog where the journal reads standard error. */
static void log_line(const struct guest_agent *self, enum settings_log_level level,
                     const char *format, ...) __attribute__((format(printf, 3, 4)));

static void log_line(const struct guest_agent *self, enum settings_log_level level,
                     const char *format, ...)
{
    static const int priorities[] = {3, 4, 6, 7};
    char line[SETTINGS_LINE_BYTES];
    va_list args;

    if ((uint32_t)level > self->settings.log_level)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (getenv("JOURNAL_STREAM"))
        fprintf(stderr, "<%d>%s\n", priorities[level], line);
    else
        fprintf(stderr, PROGRAM ": %s\n", line);
}

/* --- the observer: the instruction thread's, if not said otherwise ------------------- */

static void open_again(struct guest_agent *self, unsigned wait_ms)
{
    atomic_store(&self->wait_ms, wait_ms);
    atomic_store(&self->open_due, true);
    pthread_kill(self->main_thread, SIGUSR1);
}

static void on_open_failed(struct guest_agent *self, int error)
{
    if (error != self->last_open_error)
        log_line(self, LOG_LEVEL_WARNING, "the port %s cannot be opened: %s: trying again%s",
                 self->settings.port, strerror(-error),
                 error == -ENOENT   ? " until the VM has a port of this name"
                 : error == -EBUSY  ? " until its other user has closed it"
                 : error == -EACCES ? ": run as root, or give this user the device"
                                    : "");
    self->last_open_error = error;
    unsigned wait_ms = self->open_again_ms;
    self->open_again_ms = wait_ms * 2 < OPEN_AGAIN_MAX_MS ? wait_ms * 2 : OPEN_AGAIN_MAX_MS;
    open_again(self, wait_ms);
}

static void on_report(void *data, const struct agent_action *report)
{
    struct guest_agent *self = data;
    const char *port = self->settings.port;

    switch (report->report) {
    case AGENT_OPENED:
        self->open_again_ms = OPEN_AGAIN_FIRST_MS;
        self->last_open_error = 0;
        log_line(self, LOG_LEVEL_INFO, "the port %s is open", port);
        break;
    case AGENT_OPEN_FAILED:
        on_open_failed(self, report->error);
        break;
    case AGENT_STARTED:
        log_line(self, LOG_LEVEL_INFO, "there is a viewer: capturing");
        break;
    case AGENT_NO_CODEC:
        log_line(self, LOG_LEVEL_WARNING,
                 "nothing is captured: a viewer cannot decode H.264, which is all that this "
                 "encoder has");
        break;
    case AGENT_STOPPED:
        log_line(self, LOG_LEVEL_INFO, "there is no viewer: nothing is captured");
        break;
    case AGENT_FORMAT:
        log_line(self, LOG_LEVEL_INFO, "the screen has %" PRIu32 "x%" PRIu32 " pixels",
                 report->format.width_px, report->format.height_px);
        break;
    case AGENT_STEP:
        log_line(self, LOG_LEVEL_DEBUG, "the bitrate is at most %u kbit/s",
                 self->capture->steps.kbps[report->step]);
        break;
    case AGENT_CAPTURE_BROKEN:
        log_line(self, LOG_LEVEL_ERROR, "capturing failed: %s: the vGPU is shown meanwhile",
                 strerror(-report->error));
        break;
    case AGENT_WAITING:
        log_line(self, LOG_LEVEL_INFO, "the port %s is opened again in %u ms", port,
                 report->wait_ms);
        break;
    case AGENT_HOST_ERROR:
        log_line(self, LOG_LEVEL_ERROR, "the host reports an error: %s: the port is closed",
                 report->text);
        break;
    case AGENT_BAD_MESSAGE:
        log_line(self, LOG_LEVEL_ERROR, "the host broke the protocol: %s: the port is closed",
                 report->text);
        break;
    case AGENT_DRAINED:
        break;
    case AGENT_CLOSED:
        log_line(self, LOG_LEVEL_INFO, "the port %s is closed", port);
        break;
    case AGENT_LOST:
        log_line(self, LOG_LEVEL_WARNING, "the host has closed the port %s: %s", port,
                 strerror(-report->error));
        open_again(self, OPEN_AGAIN_FIRST_MS);
        break;
    }
}

/* Capturing thread. */
static void on_source_failed(void *data, const char *text)
{
    struct guest_agent *self = data;

    self->source_failed = true;
    log_line(self, LOG_LEVEL_ERROR, "%s", text);
}

/* Transporting thread. */
static void on_frame_begun(void *data, const struct frame *frame, int64_t begin_ns)
{
    log_line(data, LOG_LEVEL_DEBUG, "frame %" PRIu32 ": %zu bytes, %.1f ms after its change%s",
             frame->unit, frame->size, (double)(begin_ns - frame->planned_ns) / 1e6,
             frame->key ? ", a key frame" : "");
}

static void on_frame_sent(void *data, const struct frame *frame, int64_t end_ns)
{
    (void)data;
    (void)frame;
    (void)end_ns;
}

static void on_slot(void *data, int64_t planned_ns)
{
    (void)data;
    (void)planned_ns;
}

/* --- --list and --self-test ---------------------------------------------------------- */

static int list(const struct guest_agent *self)
{
    struct source_mode mode;
    int result = self->source->class->open(self->source, &mode);

    printf("display\n");
    if (result < 0)
        printf("  %s: not usable: %s\n", self->settings.display,
               self->source->class->error(self->source));
    else
        printf("  %s: %" PRIu32 "x%" PRIu32 " pixels, captured by x11\n", self->settings.display,
               mode.width_px, mode.height_px);
    self->source->class->close(self->source);

    const struct encoder_settings settings = {
        .width_px = 64, .height_px = 64, .fps_num = 30, .fps_den = 1, .kbps = 1000};
    result = self->encoder->class->open(self->encoder, &settings);
    self->encoder->class->close(self->encoder);
    printf("encoder\n");
    if (result < 0)
        printf("  x264: not usable: %s: is libavcodec built with libx264?\n", strerror(-result));
    else
        printf("  x264: H.264 on the processor\n");

    const char *path = strchr(self->settings.port, ':');
    path = path ? path + 1 : self->settings.port;
    printf("port\n");
    if (access(path, R_OK | W_OK) == 0)
        printf("  %s\n", self->settings.port);
    else
        printf("  %s: not usable: %s\n", self->settings.port, strerror(errno));
    return EXIT_SUCCESS;
}

static int compare_times(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void print_times(const char *what, double *ms, unsigned count)
{
    qsort(ms, count, sizeof *ms, compare_times);
    printf("%s: p50 %.1f ms, p99 %.1f ms\n", what, ms[count / 2], ms[(count * 99 + 99) / 100 - 1]);
}

/* Captures what changes for some seconds, as fast as the frame rate allows. */
static int self_test(struct guest_agent *self)
{
    const struct capture_class *capture = self->capture->class;
    int64_t end_ns = os_now_ns() + SELF_TEST_NS;
    unsigned frames = 0, room = self->settings.frame_rate_hz * (SELF_TEST_NS / 1000000000 + 1);
    double *encoding_ms = calloc(room, sizeof *encoding_ms);
    double *all_ms = calloc(room, sizeof *all_ms);
    uint64_t bytes = 0;
    int error = 0;
    struct os_wake *wake = os_wake_create(&error);
    int result =
        encoding_ms && all_ms && wake ? capture->open(self->capture, PORT_CODEC_H264) : -ENOMEM;

    while (result >= 0 && frames < room && os_now_ns() < end_ns) {
        struct frame frame;

        result = capture->wait(self->capture, true, end_ns, wake);
        if (result < 0 || result & CAPTURE_MODE_CHANGED)
            break;
        if (!(result & CAPTURE_FRAME_DUE))
            continue;
        int64_t begin_ns = os_now_ns();
        result = capture->frame(self->capture, begin_ns, &frame);
        if (result == -EAGAIN)
            result = 0;
        else if (result == 0) {
            int64_t now_ns = os_now_ns();
            encoding_ms[frames] = (double)(now_ns - begin_ns) / 1e6;
            all_ms[frames++] = (double)(now_ns - frame.planned_ns) / 1e6;
            bytes += frame.size;
            frame_release(&frame);
        }
    }
    if (result < 0 && !self->source_failed)
        log_line(self, LOG_LEVEL_ERROR, "encoding failed: %s", strerror(-result));
    if (result >= 0)
        printf("%u pictures, %" PRIu64 " kB\n", frames, bytes / 1000);
    if (result >= 0 && frames > 0) {
        print_times("capture and encode", encoding_ms, frames);
        print_times("from the change of the screen to its access unit", all_ms, frames);
    }
    capture->close(self->capture);
    os_wake_destroy(wake);
    free(encoding_ms);
    free(all_ms);
    return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* --- setting up ---------------------------------------------------------------------- */

static struct port *make_port(const char *text)
{
    static const char socket_prefix[] = "socket:", tty_prefix[] = "tty:";

    if (strncmp(text, socket_prefix, sizeof socket_prefix - 1) == 0)
        return port_socket_create(text + sizeof socket_prefix - 1);
    if (strncmp(text, tty_prefix, sizeof tty_prefix - 1) == 0)
        text += sizeof tty_prefix - 1;
    return port_tty_create(text);
}

static bool make_parts(struct guest_agent *self)
{
    const struct live_settings settings = {
        .codec = PORT_CODEC_H264,
        .fps_num = self->settings.frame_rate_hz,
        .fps_den = 1,
        .kbps = self->settings.bitrate_kbps,
        .source_failed = on_source_failed,
        .data = self,
    };
    const char *display = self->settings.display;

    av_log_set_level(AV_LOG_QUIET); /* errors are reported here, in one line */
    self->source = x11_source_create(NULL, strcmp(display, "auto") == 0 ? NULL : display);
    self->encoder = x264_create(x264_options);
    self->port = make_port(self->settings.port);
    if (self->source && self->encoder)
        self->capture = live_create(self->source, self->encoder, &settings);
    if (self->capture && self->port)
        return true;
    log_line(self, LOG_LEVEL_ERROR, "memory is short");
    return false;
}

static void destroy_parts(struct guest_agent *self)
{
    live_destroy(self->capture);
    if (self->port)
        self->port->class->destroy(self->port);
    if (self->encoder)
        self->encoder->class->destroy(self->encoder);
    if (self->source)
        self->source->class->destroy(self->source);
}

/* Until a signal ends it. */
static void serve(struct guest_agent *self, const sigset_t *signals)
{
    for (;;) {
        bool waiting = atomic_exchange(&self->open_due, false);
        int number;

        if (waiting) {
            unsigned wait_ms = atomic_load(&self->wait_ms);
            const struct timespec pause = {wait_ms / 1000, wait_ms % 1000 * 1000000L};
            number = sigtimedwait(signals, NULL, &pause);
        } else {
            number = sigwaitinfo(signals, NULL);
        }
        if (number == SIGTERM || number == SIGINT)
            return;
        if (number == -1 && errno == EAGAIN && waiting)
            session_open(self->session);
        else if (waiting) /* another signal came before the time */
            atomic_store(&self->open_due, true);
    }
}

static int run(struct guest_agent *self)
{
    const struct observer observer = {
        .data = self,
        .report = on_report,
        .frame_begun = on_frame_begun,
        .frame_sent = on_frame_sent,
        .slot_skipped = on_slot,
        .slot_empty = on_slot,
    };
    sigset_t signals;
    int error = 0;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* also of the threads that follow */
    signal(SIGPIPE, SIG_IGN);
    self->main_thread = pthread_self();
    self->open_again_ms = OPEN_AGAIN_FIRST_MS;
    self->session =
        session_create(self->port, self->capture, &observer, PORT_EXTENSIONS_ALL, &error);
    if (!self->session) {
        log_line(self, LOG_LEVEL_ERROR, "cannot start: %s", strerror(-error));
        return EXIT_FAILURE;
    }
    session_open(self->session);
    serve(self, &signals);
    session_destroy(self->session);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct guest_agent self = {0};
    char error[SETTINGS_LINE_BYTES];
    int status = EXIT_FAILURE;

    if (!settings_read(&self.settings, &platform, argc, (const char *const *)argv, error)) {
        fprintf(stderr, PROGRAM ": %s\n", error);
        return STATUS_USAGE;
    }
    if (self.settings.record[0]) {
        fprintf(stderr, PROGRAM ": --record: nothing can be recorded yet: leave it out\n");
        return STATUS_USAGE;
    }
    if (self.settings.help) {
        printf("Usage: " PROGRAM " [OPTION...]: send this guest's screen to the GPU module\n");
        settings_write_help(&platform, stdout);
        return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    if (make_parts(&self))
        status = self.settings.list        ? list(&self)
                 : self.settings.self_test ? self_test(&self)
                                           : run(&self);
    destroy_parts(&self);
    if (fflush(stdout) != 0) {
        fprintf(stderr, PROGRAM ": cannot write to standard output: is the disk full?\n");
        status = EXIT_FAILURE;
    }
    return status;
}
