/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "sim-agent/replay.h"

#include "agent/queue.h"
#include "protocol/port-protocol.h"

#include <errno.h>
#include <time.h>

/* The bitrate steps of an encoder: half, and half of that. */
static const unsigned encoding_steps_pct[] = {25, 50, 100};

/* Used by the capturing thread, `changes` by the semaphore monitor too. */
struct replay {
    struct capture capture;
    const struct ladder *ladder;
    const struct encoding *encoding; /* NULL: access units are the recording's */
    int64_t delay_ns;                /* of a model; 0 */
    unsigned step, wanted_step;
    unsigned next; /* index of the next unit */
    unsigned loop;
    unsigned width_px, height_px; /* since the last open */
    int64_t due_ns;               /* when the next unit is due, less a tolerance */
    bool key_frame_wanted;
    bool change_reported;
    int still_wanted; /* atomic: set by the caller */
    int still;        /* atomic: the last frame is the still screen's */
    GMutex hang_lock;
    GCond hang_over;
    bool hangs;           /* under hang_lock: set by the caller */
    struct queue changes; /* one byte for each change of the resolution */
};

static struct replay *replay_of(struct capture *capture)
{
    return (struct replay *)capture;
}

static const struct recording_unit *next_unit(const struct replay *self)
{
    return recording_unit(self->ladder->steps[self->encoding ? 0 : self->step], self->next);
}

static void advance(struct replay *self)
{
    self->next++;
    if (self->next == self->ladder->steps[0]->units->len) {
        self->next = 0;
        self->loop++;
    }
}

/* The loop ends, because the first unit of a recording is a key frame. */
static void go_to_key_frame(struct replay *self)
{
    while (!next_unit(self)->key)
        advance(self);
}

static int replay_open(struct capture *capture, uint8_t codec)
{
    struct replay *self = replay_of(capture);

    if (codec != PORT_CODEC_H264)
        return -ENOTSUP;
    if (self->encoding) {
        int result = encoding_open(self->encoding, self->next, capture->steps.kbps[self->step]);
        if (result < 0)
            return result;
    } else {
        go_to_key_frame(self);
    }
    self->key_frame_wanted = false;
    self->width_px = next_unit(self)->width_px;
    self->height_px = next_unit(self)->height_px;
    self->change_reported = false;
    self->due_ns = 0;
    g_atomic_int_set(&self->still, false); /* a new beginning needs its picture */
    return 0;
}

static void replay_describe(struct capture *capture, struct capture_description *ret_description)
{
    const struct replay *self = replay_of(capture);

    *ret_description = (struct capture_description){
        .width_px = self->width_px,
        .height_px = self->height_px,
        .codec = PORT_CODEC_H264,
        .fps_num = self->ladder->steps[0]->fps_num,
        .fps_den = self->ladder->steps[0]->fps_den,
    };
}

static int64_t slots_ns(const struct replay *self, unsigned slots)
{
    const struct recording *recording = self->ladder->steps[0];

    return (int64_t)(slots * 1e9 * recording->fps_den / recording->fps_num);
}

/* Like a graphics driver that does not return. */
static void wait_while_hung(struct replay *self)
{
    g_mutex_lock(&self->hang_lock);
    while (self->hangs)
        g_cond_wait(&self->hang_over, &self->hang_lock);
    g_mutex_unlock(&self->hang_lock);
}

static void wait_until(int64_t ns)
{
    const struct timespec until = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
}

/* The frame's bytes: those of the recording, or of the encoder. */
static int make_frame(struct replay *self, const struct recording_unit *unit,
                      struct frame *ret_frame)
{
    struct encoder *encoder = self->encoding ? self->encoding->encoder : NULL;

    if (!encoder) {
        if (self->delay_ns > 0)
            wait_until(ret_frame->planned_ns + self->delay_ns);
        ret_frame->bytes = unit->bytes;
        ret_frame->size = unit->size;
        ret_frame->key = unit->key;
        return 0;
    }
    if (self->key_frame_wanted)
        encoder->class->force_key(encoder);
    encoder->class->set_bitrate(encoder, self->capture.steps.kbps[self->step]);
    return encoding_frame(self->encoding, self->next, ret_frame->planned_ns, ret_frame);
}

static int replay_frame(struct capture *capture, int64_t planned_ns, struct frame *ret_frame)
{
    struct replay *self = replay_of(capture);
    const uint8_t changed = 1;

    wait_while_hung(self);
    bool still = g_atomic_int_get(&self->still_wanted);

    if (still && g_atomic_int_get(&self->still) && !self->key_frame_wanted)
        return -EAGAIN;
    if (!still && !self->key_frame_wanted && planned_ns < self->due_ns)
        return -EAGAIN; /* the last one is still shown */
    if (!self->encoding && (still || self->key_frame_wanted))
        go_to_key_frame(self);

    if (self->encoding || next_unit(self)->key)
        self->step = self->wanted_step;
    const struct recording_unit *unit = next_unit(self);
    if (unit->width_px != self->width_px || unit->height_px != self->height_px) {
        if (!self->change_reported)
            queue_push(&self->changes, &changed);
        self->change_reported = true;
        return -EAGAIN;
    }
    *ret_frame = (struct frame){
        .planned_ns = planned_ns,
        .loop = self->loop,
        .unit = self->next,
        .step = self->step,
    };
    int result = make_frame(self, unit, ret_frame);
    if (result < 0)
        return result;
    self->key_frame_wanted = false;
    self->due_ns = planned_ns + slots_ns(self, unit->slots) - slots_ns(self, 1) / 2;
    g_atomic_int_set(&self->still, still);
    if (still)
        self->loop++; /* the same unit, sent again, is a new frame */
    else
        advance(self);
    return 0;
}

static void replay_request_key_frame(struct capture *capture)
{
    replay_of(capture)->key_frame_wanted = true;
}

/* Recordings are switched at the next key frame: a decoder cannot apply a P frame of one to
 * the pictures of another. No frame is skipped to get there. */
static void replay_set_step(struct capture *capture, unsigned step)
{
    replay_of(capture)->wanted_step = step;
}

static void replay_close(struct capture *capture)
{
    const struct replay *self = replay_of(capture);

    if (self->encoding)
        self->encoding->encoder->class->close(self->encoding->encoder);
}

static enum capture_display_event replay_wait_display_event(struct capture *capture)
{
    uint8_t change;

    return queue_pop(&replay_of(capture)->changes, &change, QUEUE_FOREVER) == QUEUE_GOT
               ? CAPTURE_RESOLUTION_CHANGED
               : CAPTURE_EVENTS_ENDED;
}

static void replay_end_display_events(struct capture *capture)
{
    queue_close(&replay_of(capture)->changes);
}

static const struct capture_class replay_class = {
    .open = replay_open,
    .describe = replay_describe,
    .frame = replay_frame,
    .request_key_frame = replay_request_key_frame,
    .set_step = replay_set_step,
    .close = replay_close,
    .wait_display_event = replay_wait_display_event,
    .end_display_events = replay_end_display_events,
};

static struct replay *create(const struct ladder *ladder)
{
    struct replay *self = g_new0(struct replay, 1);

    self->capture.class = &replay_class;
    self->capture.codecs = 1u << PORT_CODEC_H264;
    self->capture.steps.count = ladder->count;
    for (unsigned i = 0; i < ladder->count; i++)
        self->capture.steps.kbps[i] = ladder_kbps(ladder->steps[i]);
    self->ladder = ladder;
    self->step = self->wanted_step = ladder->count - 1;
    g_mutex_init(&self->hang_lock);
    g_cond_init(&self->hang_over);
    if (queue_init(&self->changes, 1, NULL) < 0)
        g_error("out of memory");
    return self;
}

struct capture *replay_create(const struct ladder *ladder)
{
    return &create(ladder)->capture;
}

struct capture *replay_create_model(const struct ladder *ladder, int64_t delay_ns)
{
    struct replay *self = create(ladder);

    self->delay_ns = delay_ns;
    return &self->capture;
}

struct capture *replay_create_encoding(const struct ladder *ladder, const struct encoding *encoding)
{
    struct replay *self = create(ladder);
    struct bitrate_steps *steps = &self->capture.steps;

    self->encoding = encoding;
    steps->count = G_N_ELEMENTS(encoding_steps_pct);
    for (unsigned i = 0; i < steps->count; i++)
        steps->kbps[i] = MAX(encoding->kbps * encoding_steps_pct[i] / 100, 1);
    self->step = self->wanted_step = steps->count - 1;
    return &self->capture;
}

uint32_t replay_crc(const struct capture *capture, const struct frame *frame)
{
    const struct replay *self = (const struct replay *)capture;

    return self->encoding ? encoding_crc(frame)
                          : recording_unit(self->ladder->steps[frame->step], frame->unit)->crc;
}

void replay_stand_still(struct capture *capture)
{
    g_atomic_int_set(&replay_of(capture)->still_wanted, true);
}

void replay_hang(struct capture *capture, bool hangs)
{
    struct replay *self = replay_of(capture);

    g_mutex_lock(&self->hang_lock);
    self->hangs = hangs;
    g_cond_signal(&self->hang_over);
    g_mutex_unlock(&self->hang_lock);
}

bool replay_is_still(struct capture *capture)
{
    return g_atomic_int_get(&replay_of(capture)->still);
}

void replay_destroy(struct capture *capture)
{
    struct replay *self = replay_of(capture);

    if (!self)
        return;
    queue_finish(&self->changes);
    g_mutex_clear(&self->hang_lock);
    g_cond_clear(&self->hang_over);
    g_free(self);
}
