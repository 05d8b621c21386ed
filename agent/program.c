/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/program.h"

#include "agent/first-encoder.h"
#include "agent/first-source.h"
#include "agent/listing.h"
#include "agent/live.h"
#include "agent/os/stop.h"
#include "agent/os/wake.h"
#include "agent/recorder.h"
#include "agent/sampler.h"
#include "agent/self-test.h"
#include "agent/session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAM "vdibench-agent"
#define STATUS_USAGE 2

/* How long after the port was closed it is opened again; and while that fails, twice as long
 * each time. */
#define OPEN_AGAIN_FIRST_MS 250
#define OPEN_AGAIN_MAX_MS 8000

/* A port that is lost sooner was not open: in a guest it can be opened while nobody has it on
 * the host, and then ends at once. */
#define SETTLED_NS INT64_C(1000000000)

#define NS_PER_MS INT64_C(1000000)

struct program {
    const struct program_system *system;
    struct settings settings;
    const struct program_encoder *encoding; /* the chosen row */
    struct source *source;
    struct encoder *encoder;
    struct port *port;
    struct display_watch *watch; /* NULL: the system reports nothing */
    struct capture *capture;
    struct session *session;
    struct observer *sampler;   /* NULL: nobody wants samples */
    struct recorder *recorder;  /* the transporting thread's; NULL: nothing is recorded */
    struct os_wake *wake;       /* of the main thread: a stop, or a new time in open_at_ns */
    _Atomic int64_t open_at_ns; /* when the port is opened next; OS_FOREVER: not by itself */
    unsigned open_again_ms;     /* the instruction thread's: of the last failure */
    int last_open_error;        /* the same: reported once */
    int64_t opened_ns;          /* the same: when the port was opened last */
    bool failed;                /* the capturing thread's: and its line was logged */
};

static void log_line(const struct program *self, enum settings_log_level level, const char *format,
                     ...) __attribute__((format(printf, 3, 4)));

static void log_line(const struct program *self, enum settings_log_level level, const char *format,
                     ...)
{
    char line[SETTINGS_LINE_BYTES];
    va_list args;

    if ((uint32_t)level > self->settings.log_level)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (self->system->log)
        self->system->log(level, line);
    else
        fprintf(stderr, PROGRAM ": %s\n", line);
}

/* --- the observer: the instruction thread's, if not said otherwise ------------------- */

static void open_again(struct program *self, unsigned wait_ms)
{
    atomic_store(&self->open_at_ns, os_now_ns() + wait_ms * NS_PER_MS);
    os_wake_set(self->wake);
}

static void forget_failures(struct program *self)
{
    self->open_again_ms = OPEN_AGAIN_FIRST_MS;
    self->last_open_error = 0;
}

static void on_open_failed(struct program *self, int error)
{
    if (error != self->last_open_error)
        log_line(self, LOG_LEVEL_WARNING, "the port %s cannot be opened: %s: trying again%s",
                 self->settings.port, strerror(-error),
                 error == -ENOENT     ? " until the VM has a port of this name"
                 : error == -EBUSY    ? " until its other user has closed it"
                 : error == -ENOTCONN ? " until the host has connected it"
                 : error == -ENODEV   ? ": this is a file, and no port's device: what has --port?"
                 : error == -EACCES   ? ": run as root, or give this user the device"
                                      : "");
    self->last_open_error = error;
    unsigned wait_ms = self->open_again_ms;
    self->open_again_ms = wait_ms * 2 < OPEN_AGAIN_MAX_MS ? wait_ms * 2 : OPEN_AGAIN_MAX_MS;
    open_again(self, wait_ms);
}

static void on_report(void *data, const struct agent_action *report)
{
    struct program *self = data;
    const char *port = self->settings.port;

    if (self->sampler)
        self->sampler->report(self->sampler->data, report);
    switch (report->report) {
    case AGENT_OPENED:
        self->opened_ns = os_now_ns();
        if (self->last_open_error == -ENOTCONN)
            break; /* perhaps again only for a moment */
        forget_failures(self);
        log_line(self, LOG_LEVEL_INFO, "the port %s is open", port);
        break;
    case AGENT_OPEN_FAILED:
        on_open_failed(self, report->error);
        break;
    case AGENT_STARTED:
        log_line(self, LOG_LEVEL_INFO, "there is a viewer: capturing");
        break;
    case AGENT_NO_CODEC:
        log_line(
            self, LOG_LEVEL_WARNING,
            "nothing is captured: a viewer cannot decode what can be encoded here: see --list");
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
    case AGENT_WAITING_LESS:
        log_line(self, LOG_LEVEL_INFO,
                 "a display or card has changed: the port %s is opened again in %u ms", port,
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
        if (os_now_ns() - self->opened_ns < SETTLED_NS) {
            on_open_failed(self, -ENOTCONN);
            break;
        }
        forget_failures(self);
        log_line(self, LOG_LEVEL_WARNING, "the host has closed the port %s: %s", port,
                 strerror(-report->error));
        open_again(self, OPEN_AGAIN_FIRST_MS);
        break;
    }
}

/* Capturing thread. */
static void on_part_failed(void *data, const char *text)
{
    struct program *self = data;

    self->failed = true;
    log_line(self, LOG_LEVEL_ERROR, "%s", text);
}

/* Transporting thread. */
static void on_frame_begun(void *data, const struct frame *frame, int64_t begin_ns)
{
    struct program *self = data;

    if (self->sampler)
        self->sampler->frame_begun(self->sampler->data, frame, begin_ns);
    log_line(self, LOG_LEVEL_DEBUG, "frame %" PRIu32 ": %lu bytes, %.1f ms after its change%s",
             frame->unit, (unsigned long)frame->size, (double)(begin_ns - frame->planned_ns) / 1e6,
             frame->key ? ", a key frame" : "");
}

static void log_unrecorded(const struct program *self, int error)
{
    log_line(self, LOG_LEVEL_ERROR,
             "%s: cannot record any further: %s%s: what was sent before is in it, and the session "
             "goes on",
             self->settings.record, strerror(-error),
             error == -ENOSPC ? ": make room, and start the agent again to record anew" : "");
}

static void on_frame_sent(void *data, const struct frame *frame, int64_t end_ns)
{
    const struct program *self = data;
    int recorded = self->recorder ? recorder_add(self->recorder, frame) : 0;

    if (recorded < 0)
        log_unrecorded(self, recorded);
    if (self->sampler)
        self->sampler->frame_sent(self->sampler->data, frame, end_ns);
}

/* Any of the agent's threads. */
static void on_slot_empty(void *data, int64_t planned_ns)
{
    const struct program *self = data;

    if (self->sampler)
        self->sampler->slot_empty(self->sampler->data, planned_ns);
}

/* A live capture has no slots that could be missed. */
static void on_slot_skipped(void *data, int64_t planned_ns)
{
    (void)data;
    (void)planned_ns;
}

/* --- setting up ---------------------------------------------------------------------- */

static struct source *create_source(const struct program *self)
{
    const struct program_system *system = self->system;
    const char *display =
        strcmp(self->settings.display, PROGRAM_AUTO) ? self->settings.display : NULL;
    bool any = strcmp(self->settings.source, PROGRAM_AUTO) == 0;
    struct source *sources[FIRST_SOURCE_MAX];
    unsigned count = 0;

    for (size_t i = 0; i < system->sources_count; i++)
        if (any || strcmp(self->settings.source, system->sources[i].name) == 0)
            sources[count++] = system->sources[i].create(display);
    return count == 1 ? sources[0] : first_source_create(sources, count);
}

static const struct program_encoder *find_encoder(const struct program *self, const char *name)
{
    for (size_t i = 0; name && i < self->system->encoders_count; i++)
        if (strcmp(name, self->system->encoders[i].name) == 0)
            return &self->system->encoders[i];
    return NULL;
}

static void on_encoder_off(void *data, const char *text)
{
    const struct program *self = data;

    log_line(self, LOG_LEVEL_WARNING, "%s: encoding with %s meanwhile", text,
             self->encoding->fallback);
}

static struct encoder *create_encoder(struct program *self)
{
    const struct program_encoder *row = self->encoding;
    const struct program_encoder *fallback = find_encoder(self, row->fallback);

    if (!fallback)
        return row->create(&self->settings);
    const struct first_encoder_row rows[] = {
        {row->create(&self->settings), row->codec},
        {fallback->create(&self->settings), fallback->codec},
    };
    return first_encoder_create(rows, 2, on_encoder_off, self);
}

static uint8_t codecs_of(const struct program *self)
{
    const struct program_encoder *fallback = find_encoder(self, self->encoding->fallback);

    return (uint8_t)(PORT_CODEC_BIT(self->encoding->codec) |
                     (fallback ? PORT_CODEC_BIT(fallback->codec) : 0));
}

static struct display_watch *create_watch(const struct program *self)
{
    int error = 0;
    struct display_watch *watch =
        self->system->display_watch_create ? self->system->display_watch_create(&error) : NULL;

    if (!watch && error < 0)
        log_line(self, LOG_LEVEL_WARNING,
                 "the kernel's reports on displays cannot be had: %s: a display that is connected "
                 "may be noticed later",
                 strerror(-error));
    return watch;
}

static bool create_parts(struct program *self)
{
    self->encoding = find_encoder(self, self->settings.encoder);
    if (!self->encoding) /* auto */
        self->encoding = &self->system->encoders[0];
    const struct live_settings settings = {
        .codecs = codecs_of(self),
        .fps_num = self->settings.frame_rate_hz,
        .fps_den = 1,
        .kbps = self->settings.bitrate_kbps,
        .trailer = self->settings.trailer,
        .failed = on_part_failed,
        .data = self,
        .watch = create_watch(self),
    };

    self->watch = settings.watch;
    self->source = create_source(self);
    self->encoder = create_encoder(self);
    self->port = self->system->port_create(self->settings.port);
    if (self->source && self->encoder)
        self->capture = live_create(self->source, self->encoder, &settings);
    if (self->capture && self->port)
        return true;
    log_line(self, LOG_LEVEL_ERROR, "memory is short");
    return false;
}

static void destroy_parts(struct program *self)
{
    live_destroy(self->capture);
    if (self->watch)
        self->watch->class->destroy(self->watch);
    if (self->port)
        self->port->class->destroy(self->port);
    if (self->encoder)
        self->encoder->class->destroy(self->encoder);
    if (self->source)
        self->source->class->destroy(self->source);
}

static int self_test(struct program *self)
{
    int result = self_test_run(self->capture, self->encoding->codec, self->settings.frame_rate_hz);

    if (result < 0 && !self->failed)
        log_line(self, LOG_LEVEL_ERROR, "encoding with %s failed: %s: %s", self->encoding->name,
                 strerror(-result), self->encoding->advice);
    return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Until a stop. */
static void serve(struct program *self)
{
    while (!os_stop_requested()) {
        int64_t open_at_ns = atomic_load(&self->open_at_ns);

        if (open_at_ns <= os_now_ns()) {
            atomic_store(&self->open_at_ns, OS_FOREVER);
            session_open(self->session);
        } else {
            os_wake_wait(self->wake, open_at_ns);
            os_wake_clear(self->wake);
        }
    }
}

static bool open_samples(struct program *self)
{
    const char *file = self->settings.samples;
    int error = 0;

    if (!file[0])
        return true;
    self->sampler = sampler_create(file, self->encoding->codec, &error);
    if (!self->sampler)
        log_line(self, LOG_LEVEL_ERROR, "cannot write the samples: %s: %s", file, strerror(-error));
    return self->sampler != NULL;
}

static bool close_samples(struct program *self)
{
    if (sampler_destroy(self->sampler))
        return true;
    log_line(self, LOG_LEVEL_ERROR, "not all samples could be written: %s: is the disk full?",
             self->settings.samples);
    return false;
}

static bool open_recorder(struct program *self)
{
    int error = 0;

    if (self->settings.record[0])
        self->recorder = recorder_create(self->settings.record, self->encoding->codec, &error);
    if (error < 0)
        log_line(self, LOG_LEVEL_ERROR, "cannot record: %s, %s" RECORDER_INDEX_SUFFIX ": %s",
                 self->settings.record, self->settings.record, strerror(-error));
    return error == 0;
}

static bool close_recorder(const struct program *self)
{
    int error = recorder_destroy(self->recorder);

    if (error < 0)
        log_unrecorded(self, error);
    return error == 0;
}

static int run(struct program *self)
{
    const struct observer observer = {
        .data = self,
        .report = on_report,
        .frame_begun = on_frame_begun,
        .frame_sent = on_frame_sent,
        .slot_skipped = on_slot_skipped,
        .slot_empty = on_slot_empty,
    };
    int error = 0;

    if (!open_recorder(self))
        return EXIT_FAILURE;
    if (!open_samples(self)) {
        close_recorder(self);
        return EXIT_FAILURE;
    }

    self->open_again_ms = OPEN_AGAIN_FIRST_MS;
    self->wake = os_wake_create(&error);
    if (self->wake) {
        os_stop_catch(self->wake); /* which needs it from now on */
        self->session =
            session_create(self->port, self->capture, &observer, PORT_EXTENSIONS_ALL, &error);
    }
    if (!self->session) {
        log_line(self, LOG_LEVEL_ERROR, "cannot start: %s", strerror(-error));
        close_samples(self);
        close_recorder(self);
        return EXIT_FAILURE;
    }
    serve(self); /* opens the port at once: open_at_ns is 0 */
    session_destroy(self->session);
    bool recorded = close_recorder(self);
    return close_samples(self) && recorded ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Behind the others, as settings_read() takes them. */
static void add_word(char *words, const char *word)
{
    size_t used = strlen(words);

    snprintf(words + used, SETTINGS_TEXT_BYTES - used, "%s%s", used ? "|" : "", word);
}

int program_main(const struct program_system *system, int argc, const char *const *argv)
{
    struct program self = {.system = system};
    char sources[SETTINGS_TEXT_BYTES] = PROGRAM_AUTO, encoders[SETTINGS_TEXT_BYTES] = PROGRAM_AUTO;
    const struct settings_platform platform = {
        .port = system->port,
        .ports = system->ports,
        .ports_help = system->ports_help,
        .state = system->state,
        .sources = sources,
        .encoders = encoders,
    };
    char error[SETTINGS_LINE_BYTES];
    int status = EXIT_FAILURE;

    for (size_t i = 0; i < system->sources_count; i++)
        add_word(sources, system->sources[i].name);
    for (size_t i = 0; i < system->encoders_count; i++)
        add_word(encoders, system->encoders[i].name);
    if (!settings_read(&self.settings, &platform, argc, argv, error)) {
        log_line(&self, LOG_LEVEL_ERROR, "%s", error);
        return STATUS_USAGE;
    }
    if (self.settings.help) {
        printf("Usage: " PROGRAM " [OPTION...]: send this guest's screen to the GPU module\n");
        settings_write_help(&platform, stdout);
        status = EXIT_SUCCESS;
    } else if (self.settings.list) {
        listing_print(system, &self.settings);
        status = EXIT_SUCCESS;
    } else {
        if (create_parts(&self))
            status = self.settings.self_test ? self_test(&self) : run(&self);
        destroy_parts(&self);
    }
    if (fflush(stdout) != 0) {
        log_line(&self, LOG_LEVEL_ERROR, "cannot write to standard output: is the disk full?");
        status = EXIT_FAILURE;
    }
    return status;
}
