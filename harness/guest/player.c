/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/guest/player.h"

#include "agent/slots.h"

#include <inttypes.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <xcb/shm.h>
#include <xcb/xcb.h>

#define DEPTH 24

struct player {
    struct player_film film;
    struct samples *samples;
    unsigned width_px, height_px;

    xcb_connection_t *connection;
    xcb_window_t window;
    xcb_gcontext_t gc;
    xcb_shm_seg_t segment;
    int shm_id;      /* -1: none */
    uint8_t *pixels; /* the segment's */

    unsigned last;   /* picture that was drawn */
    GThread *thread; /* NULL: it does not play */
    GMutex lock;
    GCond changed;
    bool stopping; /* under `lock` */
};

/* The picture's index in the recording, which is the number in its barcode, too. */
static unsigned index_of(const struct player *self, uint64_t slot)
{
    return (unsigned)(slot % self->film.count);
}

/* The picture of a slot into the segment. The barcode is drawn anew: one that has been encoded
 * and is encoded again might not be read. */
static void prepare(struct player *self, uint64_t slot, unsigned number)
{
    const struct picture_at picture = pictures_at(self->film.pictures, index_of(self, slot));
    size_t stride_bytes = (size_t)self->width_px * 4;

    for (unsigned y = 0; y < self->height_px; y++)
        memcpy(self->pixels + y * stride_bytes, picture.bgrx + y * picture.stride_bytes,
               stride_bytes);
    barcode_draw(self->pixels, stride_bytes, self->film.source, (uint16_t)number);
}

static void send_picture(struct player *self)
{
    xcb_shm_put_image(self->connection, self->window, self->gc, (uint16_t)self->width_px,
                      (uint16_t)self->height_px, 0, 0, (uint16_t)self->width_px,
                      (uint16_t)self->height_px, 0, 0, DEPTH, XCB_IMAGE_FORMAT_Z_PIXMAP, 0,
                      self->segment, 0);
    xcb_flush(self->connection);
}

/* Until the server has done all that it was sent: then the segment may change. */
static void wait_for_server(struct player *self)
{
    free(xcb_get_input_focus_reply(self->connection, xcb_get_input_focus(self->connection), NULL));
}

/* --- the thread ------------------------------------------------------------------ */

/* Until the time has come; false: it is to stop. */
static bool wait_until(struct player *self, int64_t time_ns)
{
    bool go_on;

    g_mutex_lock(&self->lock);
    while (!self->stopping && samples_now_ns() < time_ns)
        g_cond_wait_until(&self->changed, &self->lock, (time_ns + 999) / 1000);
    go_on = !self->stopping;
    g_mutex_unlock(&self->lock);
    return go_on;
}

/* Each slot whose successor is due already. */
static void skip_passed_slots(struct player *self, struct slots *slots)
{
    for (;;) {
        struct slots next = *slots;
        slots_advance(&next);
        if (slots_next_ns(&next) > samples_now_ns())
            return;
        samples_row(self->samples, "skipped,%" PRId64 ",,%u,%" PRId64 "%s", samples_now_ns(),
                    index_of(self, slots->index), slots_next_ns(slots), self->film.row_end);
        *slots = next;
    }
}

static void *play(void *data)
{
    struct player *self = data;
    struct slots slots;

    prctl(PR_SET_TIMERSLACK, 1UL);
    slots_init(&slots, samples_now_ns(), self->film.fps_num, self->film.fps_den);
    samples_row(self->samples, "film,%" PRId64 ",,,%s", slots.origin_ns, self->film.row_end);
    for (;;) {
        skip_passed_slots(self, &slots);
        prepare(self, slots.index, index_of(self, slots.index));
        if (!wait_until(self, slots_next_ns(&slots)))
            break;
        self->last = index_of(self, slots.index);
        samples_row(self->samples, "frame,%" PRId64 ",%u,%u,%" PRId64 "%s", samples_now_ns(),
                    (uint16_t)self->last, self->last, slots_next_ns(&slots), self->film.row_end);
        send_picture(self);
        wait_for_server(self);
        if (xcb_connection_has_error(self->connection)) {
            g_idle_add(self->film.lost, self->film.lost_data);
            break;
        }
        slots_advance(&slots);
    }
    return NULL;
}

void player_start(struct player *self)
{
    self->stopping = false;
    self->thread = g_thread_new(self->film.thread, play, self);
}

unsigned player_last(const struct player *self)
{
    return self->last;
}

void player_stop(struct player *self)
{
    if (!self->thread)
        return;
    g_mutex_lock(&self->lock);
    self->stopping = true;
    g_cond_signal(&self->changed);
    g_mutex_unlock(&self->lock);
    g_thread_join(self->thread);
    self->thread = NULL;
}

/* --- the window ------------------------------------------------------------------ */

static bool refuse(GError **error, const char *display, const char *reason)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the X server %s: %s", display, reason);
    return false;
}

static bool attach_segment(struct player *self)
{
    self->shm_id =
        shmget(IPC_PRIVATE, (size_t)self->width_px * self->height_px * 4, IPC_CREAT | 0600);
    if (self->shm_id < 0)
        return false;
    self->pixels = shmat(self->shm_id, NULL, 0);
    self->segment = xcb_generate_id(self->connection);
    xcb_generic_error_t *failed =
        xcb_request_check(self->connection, xcb_shm_attach_checked(self->connection, self->segment,
                                                                   (uint32_t)self->shm_id, 1));
    shmctl(self->shm_id, IPC_RMID, NULL); /* it goes with its last user */
    free(failed);
    return !failed && self->pixels != (void *)-1;
}

/* Above all others, and no window manager's. */
static void open_window(struct player *self, const xcb_screen_t *screen)
{
    const uint32_t values[] = {screen->black_pixel, 1, XCB_EVENT_MASK_EXPOSURE};

    self->window = xcb_generate_id(self->connection);
    self->gc = xcb_generate_id(self->connection);
    xcb_create_window(self->connection, XCB_COPY_FROM_PARENT, self->window, screen->root, 0, 0,
                      (uint16_t)self->width_px, (uint16_t)self->height_px, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values);
    xcb_create_gc(self->connection, self->gc, self->window, 0, NULL);
    xcb_map_window(self->connection, self->window);
    xcb_flush(self->connection);
    for (xcb_generic_event_t *event; (event = xcb_wait_for_event(self->connection));) {
        bool exposed = (event->response_type & 0x7f) == XCB_EXPOSE;
        free(event);
        if (exposed)
            break;
    }
}

static bool open_screen(struct player *self, const char *display, GError **error)
{
    int number = 0;

    self->connection = xcb_connect(display, &number);
    if (xcb_connection_has_error(self->connection))
        return refuse(error, display, "cannot connect: is it running, and may this user use it?");
    xcb_screen_iterator_t screens = xcb_setup_roots_iterator(xcb_get_setup(self->connection));
    for (; number > 0 && screens.rem > 1; number--)
        xcb_screen_next(&screens);
    const xcb_screen_t *screen = screens.data;
    if (self->width_px < BARCODE_WIDTH_PX || self->height_px < BARCODE_HEIGHT_PX)
        return refuse(error, display, "the film is smaller than a barcode: take a larger one");
    if (screen->root_depth != DEPTH)
        return refuse(error, display, "its pixels are not of 24 bits: start it with -depth 24");
    if (screen->width_in_pixels < self->width_px || screen->height_in_pixels < self->height_px)
        return refuse(error, display, "its screen is smaller than the film: take a smaller one");
    if (!attach_segment(self))
        return refuse(error, display, "it shares no memory with this program: is it a remote one?");
    open_window(self, screen);
    prepare(self, 0, self->film.number_before);
    send_picture(self);
    wait_for_server(self);
    return true;
}

struct player *player_create(const char *display, const struct player_film *film,
                             struct samples *samples, GError **error)
{
    auto_destroy(player) self = g_new0(struct player, 1);
    const struct picture_at first = pictures_at(film->pictures, 0);

    self->film = *film;
    self->samples = samples;
    self->width_px = first.width_px;
    self->height_px = first.height_px;
    self->shm_id = -1;
    self->pixels = (void *)-1;
    g_mutex_init(&self->lock);
    g_cond_init(&self->changed);
    return open_screen(self, display, error) ? g_steal_pointer(&self) : NULL;
}

void player_destroy(struct player *self)
{
    if (!self)
        return;
    player_stop(self);
    if (self->connection)
        xcb_disconnect(self->connection);
    if (self->pixels != (void *)-1)
        shmdt(self->pixels);
    g_mutex_clear(&self->lock);
    g_cond_clear(&self->changed);
    g_free(self);
}
