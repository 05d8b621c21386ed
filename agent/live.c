/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/live.h"

#include "agent/display-watch.h"
#include "agent/os/clock.h"
#include "agent/os/wake.h"
#include "agent/pacing.h"
#include "protocol/access-unit.h"
#include "protocol/port-protocol.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const unsigned steps_pct[] = {25, 50, 100};
#define STEPS (sizeof steps_pct / sizeof *steps_pct)

/* The capturing thread's, but for `step` and `ended`. */
struct live {
    struct capture capture;
    struct source *source;
    struct encoder *encoder;
    struct live_settings settings;
    struct source_mode mode;
    uint8_t codec; /* since open */
    atomic_uint step;
    unsigned encoder_step; /* that the encoder has */
    bool changed;          /* the screen, since the last picture */
    int64_t changed_ns;
    bool key_wanted;
    int64_t key_wanted_ns;
    struct pacing pacing;
    uint32_t unit;
    bool mode_changed;   /* the source waits for being opened again */
    int64_t mode_due_ns; /* when that is reported */
    int64_t mode_pause_ns;
    bool cursor_changed; /* perhaps; since it was last looked at */
    int64_t cursor_next_ns;
    /* What was handed over of it since open. */
    bool cursor_known;
    uint32_t cursor_serial; /* 0: hidden */
    struct port_cursor_move cursor_place;
    struct os_wake *ended; /* set when nobody waits for display events any more */
};

static struct live *live_of(struct capture *capture)
{
    return (struct live *)capture;
}

/* Of the source's call; reports its failure. */
static int checked(const struct live *self, int result)
{
    if (result < 0 && result != -EAGAIN)
        self->settings.failed(self->settings.data, self->source->class->error(self->source));
    return result;
}

/* The same of the encoder. */
static int checked_encoder(const struct live *self, int result)
{
    const struct encoder_class *encoder = self->encoder->class;
    const char *text = encoder->error ? encoder->error(self->encoder) : "";

    if (result < 0 && text[0])
        self->settings.failed(self->settings.data, text);
    return result;
}

static int live_open(struct capture *capture, uint8_t codec)
{
    struct live *self = live_of(capture);

    if (!(capture->codecs & PORT_CODEC_BIT(codec)))
        return -ENOTSUP;
    self->codec = codec;
    int result = checked(self, self->source->class->open(self->source, &self->mode));
    if (result == 0) {
        self->encoder_step = atomic_load(&self->step);
        const struct encoder_settings settings = {
            .width_px = self->mode.width_px,
            .height_px = self->mode.height_px,
            .fps_num = self->settings.fps_num,
            .fps_den = self->settings.fps_den,
            .codec = codec,
            .kbps = capture->steps.kbps[self->encoder_step],
        };
        result = checked_encoder(self, self->encoder->class->open(self->encoder, &settings));
        if (result < 0)
            self->encoder->class->close(self->encoder);
    }
    if (result < 0) {
        self->source->class->close(self->source);
        return result;
    }
    self->changed = self->key_wanted = self->mode_changed = false;
    self->cursor_changed = self->cursor_known = false;
    self->cursor_next_ns = os_now_ns();
    pacing_init(&self->pacing, self->cursor_next_ns, self->settings.fps_num,
                self->settings.fps_den);
    return 0;
}

static void live_describe(struct capture *capture, struct capture_description *ret_description)
{
    const struct live *self = live_of(capture);

    *ret_description = (struct capture_description){
        .width_px = self->mode.width_px,
        .height_px = self->mode.height_px,
        .codec = self->codec,
        .fps_num = self->settings.fps_num,
        .fps_den = self->settings.fps_den,
    };
}

static bool has_something(const struct live *self)
{
    return self->changed || self->key_wanted;
}

static void note_change(struct live *self)
{
    if (!self->changed)
        self->changed_ns = os_now_ns();
    self->changed = true;
}

/* Which of `wanted` are due; else *until_ns becomes when one will be, if that is earlier. */
static unsigned due(const struct live *self, unsigned wanted, int64_t now_ns, int64_t *until_ns)
{
    const struct {
        bool is_there;
        int64_t when_ns;
        unsigned condition;
    } kinds[] = {
        {has_something(self), self->pacing.next_ns, CAPTURE_FRAME_DUE},
        {self->cursor_changed, self->cursor_next_ns, CAPTURE_CURSOR_DUE},
    };
    unsigned conditions = 0;

    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!kinds[i].is_there || !(wanted & kinds[i].condition))
            continue;
        if (now_ns >= kinds[i].when_ns)
            conditions |= kinds[i].condition;
        else if (kinds[i].when_ns < *until_ns)
            *until_ns = kinds[i].when_ns;
    }
    return conditions;
}

/* `mode_due_ns` was set by the change before this one. */
static void note_mode(struct live *self)
{
    int64_t now_ns = os_now_ns();

    self->mode_changed = true;
    if (now_ns >= self->mode_due_ns + self->mode_pause_ns) { /* a while ago */
        self->mode_due_ns = now_ns;
        self->mode_pause_ns = LIVE_MODE_FIRST_NS;
        return;
    }
    self->mode_due_ns += self->mode_pause_ns;
    if (self->mode_pause_ns < LIVE_MODE_MAX_NS)
        self->mode_pause_ns *= 2;
}

/* Until the change of the mode may be reported, the deadline, or a command. */
static int wait_for_mode(const struct live *self, int64_t deadline_ns, struct os_wake *wake)
{
    if (os_now_ns() >= self->mode_due_ns)
        return CAPTURE_MODE_CHANGED;
    os_wake_wait(wake, deadline_ns < self->mode_due_ns ? deadline_ns : self->mode_due_ns);
    return os_now_ns() >= self->mode_due_ns ? CAPTURE_MODE_CHANGED : 0;
}

static int live_wait(struct capture *capture, unsigned wanted, int64_t deadline_ns,
                     struct os_wake *wake)
{
    struct live *self = live_of(capture);

    for (;;) {
        int64_t now_ns = os_now_ns();
        int64_t until_ns = deadline_ns;

        if (self->mode_changed)
            return wait_for_mode(self, deadline_ns, wake);
        unsigned now_due = due(self, wanted, now_ns, &until_ns);

        if (now_due)
            return (int)now_due;
        if (now_ns >= deadline_ns)
            return 0;

        int conditions = checked(self, self->source->class->wait(self->source, until_ns, wake));
        if (conditions < 0)
            return conditions;
        if (conditions & SOURCE_MODE) {
            note_mode(self);
            continue;
        }
        if (conditions & SOURCE_PICTURE)
            note_change(self);
        if (conditions & SOURCE_CURSOR && self->source->class->cursor)
            self->cursor_changed = true;
        if (conditions & SOURCE_WOKEN)
            return 0;
    }
}

static void release(const struct frame *frame, void *owner)
{
    (void)frame;
    free(owner);
}

/* The encoder's bytes are good until it gets the next picture, a frame's until its release. */
static int hand_over(struct live *self, const struct encoder_unit *unit, struct frame *ret_frame)
{
    const uint8_t *trailer = NULL;
    size_t trailer_bytes = 0;

    if (self->settings.trailer)
        trailer_bytes = access_unit_trailer(self->codec, &trailer);
    if (unit->size + trailer_bytes > PORT_DATA_MAX_BYTES)
        return -EMSGSIZE;
    uint8_t *bytes = malloc(unit->size + trailer_bytes);
    if (!bytes)
        return -ENOMEM;
    memcpy(bytes, unit->bytes, unit->size);
    if (trailer_bytes > 0)
        memcpy(bytes + unit->size, trailer, trailer_bytes);
    *ret_frame = (struct frame){
        .bytes = bytes,
        .size = unit->size + trailer_bytes,
        .key = unit->key,
        .planned_ns = unit->planned_ns,
        .unit = self->unit++,
        .step = self->encoder_step,
        .release = release,
        .owner = bytes,
    };
    return 0;
}

static int encode(struct live *self, const struct source_picture *from, int64_t planned_ns,
                  struct frame *ret_frame)
{
    const struct encoder_class *encoder = self->encoder->class;
    const struct encoder_picture picture = {.bgrx = from->bgrx,
                                            .stride_bytes = from->stride_bytes,
                                            .texture = from->texture,
                                            .planned_ns = planned_ns};
    struct encoder_unit unit;
    unsigned step = atomic_load(&self->step);

    if (step != self->encoder_step)
        encoder->set_bitrate(self->encoder, self->capture.steps.kbps[step]);
    self->encoder_step = step;
    if (self->key_wanted)
        encoder->force_key(self->encoder);
    int result = encoder->submit(self->encoder, &picture);
    if (result == 0)
        result = encoder->get(self->encoder, os_now_ns() + LIVE_ENCODER_NS, &unit);
    if (result < 0)
        return result == -EAGAIN ? -ETIMEDOUT : checked_encoder(self, result);
    return hand_over(self, &unit, ret_frame);
}

static int live_frame(struct capture *capture, int64_t planned_ns, struct frame *ret_frame)
{
    struct live *self = live_of(capture);
    struct source_picture picture;
    int64_t since_ns = self->changed ? self->changed_ns : self->key_wanted_ns;

    pacing_take(&self->pacing, planned_ns);
    self->changed = false; /* what is drawn from now on is another change */
    int result =
        checked(self, self->source->class->acquire(self->source, self->key_wanted, &picture));
    if (result < 0)
        return result;
    result = encode(self, &picture, since_ns, ret_frame);
    if (result < 0)
        self->encoder->class->close(self->encoder); /* it may still read the picture */
    self->source->class->release(self->source);
    if (result == 0)
        self->key_wanted = false;
    return result;
}

/* The source's bytes are good until it is asked again, a pointer's until its release. */
static int copy_shape(const struct source_cursor *from, struct cursor *to)
{
    size_t bytes = (size_t)from->width_px * from->height_px * 4;

    to->has_shape = true;
    to->shape = (struct cursor_shape){.type = CURSOR_ALPHA};
    if (!from->visible)
        return 0;
    to->owned = malloc(bytes);
    if (!to->owned)
        return -ENOMEM;
    memcpy(to->owned, from->bgra, bytes);
    to->shape.width_px = from->width_px;
    to->shape.height_px = from->height_px;
    /* One outside makes the host end the session. */
    to->shape.hot_x_px = from->hot_x_px < from->width_px ? from->hot_x_px : 0;
    to->shape.hot_y_px = from->hot_y_px < from->height_px ? from->hot_y_px : 0;
    to->shape.pixels = to->owned;
    to->shape.pixels_bytes = (uint32_t)bytes;
    return 0;
}

static int live_cursor(struct capture *capture, struct cursor *ret_cursor)
{
    struct live *self = live_of(capture);
    struct source_cursor now = {0};
    struct cursor cursor = {0};

    self->cursor_changed = false; /* what comes from now on is another change */
    self->cursor_next_ns = os_now_ns() + LIVE_CURSOR_NS;
    int result = checked(self, self->source->class->cursor(self->source, &now));
    if (result < 0)
        return result;
    now.visible = now.visible && now.width_px > 0 && now.height_px > 0 &&
                  now.width_px <= CURSOR_MAX_PX && now.height_px <= CURSOR_MAX_PX;

    uint32_t serial = now.visible ? now.serial : 0;
    cursor.place = (struct port_cursor_move){now.x_px, now.y_px};
    if (!self->cursor_known || serial != self->cursor_serial) {
        result = copy_shape(&now, &cursor);
        if (result < 0)
            return result;
    }
    cursor.moved = now.visible && (!self->cursor_known || self->cursor_serial == 0 ||
                                   cursor.place.x_px != self->cursor_place.x_px ||
                                   cursor.place.y_px != self->cursor_place.y_px);
    if (!cursor.has_shape && !cursor.moved)
        return -EAGAIN;
    self->cursor_known = true;
    self->cursor_serial = serial;
    self->cursor_place = cursor.place;
    *ret_cursor = cursor;
    return 0;
}

static void live_request_key_frame(struct capture *capture)
{
    struct live *self = live_of(capture);

    if (!self->key_wanted)
        self->key_wanted_ns = os_now_ns();
    self->key_wanted = true;
}

static void live_set_step(struct capture *capture, unsigned step)
{
    atomic_store(&live_of(capture)->step, step);
}

static void live_close(struct capture *capture)
{
    struct live *self = live_of(capture);

    self->encoder->class->close(self->encoder);
    self->source->class->close(self->source);
}

/* A change of the mode comes from wait(): the paper's semaphore monitor has to do only with what
 * the system reports while there is nothing to be captured. */
static enum capture_display_event live_wait_display_event(struct capture *capture)
{
    struct live *self = live_of(capture);
    struct display_watch *watch = self->settings.watch;

    if (watch)
        return watch->class->wait(watch, self->ended) ? CAPTURE_DISPLAYS_CHANGED
                                                      : CAPTURE_EVENTS_ENDED;
    os_wake_wait(self->ended, OS_FOREVER);
    return CAPTURE_EVENTS_ENDED;
}

static void live_end_display_events(struct capture *capture)
{
    os_wake_set(live_of(capture)->ended);
}

static const struct capture_class live_class = {
    .open = live_open,
    .describe = live_describe,
    .wait = live_wait,
    .frame = live_frame,
    .cursor = live_cursor,
    .request_key_frame = live_request_key_frame,
    .set_step = live_set_step,
    .close = live_close,
    .wait_display_event = live_wait_display_event,
    .end_display_events = live_end_display_events,
};

struct capture *live_create(struct source *source, struct encoder *encoder,
                            const struct live_settings *settings)
{
    struct live *self = calloc(1, sizeof *self);
    int error;

    if (self)
        self->ended = os_wake_create(&error);
    if (!self || !self->ended) {
        free(self);
        return NULL;
    }
    self->capture.class = &live_class;
    self->capture.codecs = settings->codecs;
    self->capture.steps.count = STEPS;
    for (unsigned i = 0; i < STEPS; i++) {
        uint64_t kbps = (uint64_t)settings->kbps * steps_pct[i] / 100;
        self->capture.steps.kbps[i] = kbps > 0 ? (unsigned)kbps : 1;
    }
    atomic_init(&self->step, STEPS - 1);
    self->source = source;
    self->encoder = encoder;
    self->settings = *settings;
    return &self->capture;
}

void live_destroy(struct capture *capture)
{
    struct live *self = live_of(capture);

    if (!self)
        return;
    os_wake_destroy(self->ended);
    free(self);
}
