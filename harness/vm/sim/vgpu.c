/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/vgpu.h"

#include "agent/slots.h"
#include "harness/instrument/control.h"
#include "harness/vm/sim/screen.h"
#include "media/barcode.h"

#include <inttypes.h>

#define NS_PER_S INT64_C(1000000000)

enum order {
    ORDER_DESKTOP = 1,
    ORDER_FILM,
    ORDER_FINISH,
    ORDER_PAUSE,
    ORDER_RESUME,
    ORDER_PARK,
    ORDER_UNPARK,
    ORDER_SNAPSHOT,
    ORDER_END
};

struct message {
    enum order order;
    char *path;
    struct film *film;
    const struct film_changes *changes;
    struct mediation *mediation;
    void (*parked)(void *data);
    void *data;
    int width_px, height_px;
    bool boots;
    int64_t sent_ns;
};

struct vgpu {
    GAsyncQueue *messages; /* struct message, to the drawing thread */
    GThread *thread;
    struct qxl_device *device;
    struct samples *samples;
    vgpu_failed_fn failed;
    void *data;
    int64_t period_ns;

    /* Used only by the drawing thread: */
    struct framebuffer *picture;
    struct vm_screen *screen;
    bool begun; /* the screen has drawn itself once */
    bool paused;
    bool parked;     /* the main thread uses the device */
    uint16_t number; /* count of updates: wraps around as the barcode does */
    int64_t next_ns;
    struct film *film;           /* NULL: none plays */
    struct mediation *mediation; /* NULL: the vGPU pays for nothing */
    struct slots slots;
    unsigned frames; /* slots of this film that were drawn */
};

static void message_destroy(void *data)
{
    struct message *message = data;
    g_free(message->path);
    g_free(message);
}

static void send_message(struct vgpu *vgpu, struct message message)
{
    message.sent_ns = samples_now_ns();
    g_async_queue_push(vgpu->messages, g_memdup2(&message, sizeof message));
}

static void screen_set(struct vgpu *vgpu, struct vm_screen *screen)
{
    if (vgpu->screen)
        vgpu->screen->destroy(vgpu->screen);
    vgpu->screen = screen;
    vgpu->begun = false;
}

static void announce_screen(const struct vgpu *vgpu)
{
    int width = vgpu->picture->width_px, height = vgpu->picture->height_px;
    int64_t now_ns = samples_now_ns();

    control_notice_at("vgpu", now_ns, "screen=%s width=%d height=%d", vgpu->screen->name, width,
                      height);
    samples_row(vgpu->samples, "screen,%" PRId64 ",%u,0,0,%d,%d,,", now_ns, vgpu->number, width,
                height);
}

/* False when the device has been stopped. */
static bool hand_over(struct vgpu *vgpu, const struct damage *damage)
{
    for (unsigned i = 0; i < damage->n_rects; i++) {
        const struct rect *rect = &damage->rects[i];
        if (!(vgpu->screen->scanned_out ? qxl_device_scan_out(vgpu->device, vgpu->picture)
                                        : qxl_device_draw(vgpu->device, vgpu->picture, rect)))
            return false;
        samples_row(vgpu->samples, "drawn,%" PRId64 ",%u,%d,%d,%d,%d,,", samples_now_ns(),
                    vgpu->number, rect->x, rect->y, rect->width, rect->height);
    }
    return true;
}

static void update(struct vgpu *vgpu)
{
    struct framebuffer *picture = vgpu->picture;
    struct damage damage = {.n_rects = 0}, barcode = {.n_rects = 0};
    bool begins = !vgpu->begun, whole = begins || vgpu->screen->whole;

    if (begins) {
        vgpu->screen->begin(vgpu->screen, picture);
        damage_add(&damage, picture, (struct rect){0, 0, picture->width_px, picture->height_px});
        vgpu->begun = true;
    } else {
        vgpu->screen->step(vgpu->screen, picture, &damage);
    }
    vgpu->number++;

    /* The barcode is drawn last, or together with the whole picture: see vgpu.h. */
    damage_add(&barcode, picture, (struct rect){0, 0, BARCODE_WIDTH_PX, BARCODE_HEIGHT_PX});
    bool handed_over = whole || hand_over(vgpu, &damage);
    barcode_draw(picture->pixels, picture->stride_bytes, BARCODE_SOURCE_VGPU, vgpu->number);
    if (handed_over && hand_over(vgpu, whole ? &damage : &barcode) && begins)
        announce_screen(vgpu);
}

/* Skips each slot whose successor was already due at that time. */
static void skip_passed_slots(struct vgpu *vgpu, int64_t time_ns)
{
    for (;;) {
        struct slots next = vgpu->slots;
        slots_advance(&next);
        if (slots_next_ns(&next) > time_ns)
            return;
        samples_row(vgpu->samples, "skipped,%" PRId64 ",,,,,,%u,%" PRId64, samples_now_ns(),
                    (unsigned)(vgpu->slots.index % film_pictures(vgpu->film)),
                    slots_next_ns(&vgpu->slots));
        vgpu->slots = next;
    }
}

/* One that breaks off is not paid for any more. */
static void pay(struct vgpu *vgpu)
{
    g_autoptr(GError) error = NULL;

    if (vgpu->mediation && !mediation_pay(vgpu->mediation, &error)) {
        vgpu->failed(error->message, vgpu->data);
        vgpu->mediation = NULL;
    }
}

/* What a mediated vGPU pays comes in the slot's time, which its picture then comes later. */
static void play_slot(struct vgpu *vgpu)
{
    skip_passed_slots(vgpu, samples_now_ns());
    pay(vgpu);

    unsigned index = (unsigned)(vgpu->slots.index % film_pictures(vgpu->film));
    samples_row(vgpu->samples, "frame,%" PRId64 ",%u,,,,,%u,%" PRId64, samples_now_ns(),
                (uint16_t)(vgpu->number + 1), index, slots_next_ns(&vgpu->slots));
    film_screen_choose(vgpu->screen, index);
    update(vgpu);
    slots_advance(&vgpu->slots);
    if (vgpu->frames++ == 0)
        control_notice("playing", "pictures=%u", film_pictures(vgpu->film));
}

static void begin_film(struct vgpu *vgpu, const struct message *message)
{
    struct film *film = message->film;
    unsigned rate_num, rate_den;
    int64_t now_ns = samples_now_ns();

    screen_set(vgpu, film_screen_create(film, message->changes));
    vgpu->screen->scanned_out = qxl_device_has_scanout(vgpu->device);
    film_rate(film, &rate_num, &rate_den);
    slots_init(&vgpu->slots, now_ns, rate_num, rate_den);
    vgpu->film = film;
    vgpu->mediation = message->mediation;
    vgpu->frames = 0;
    vgpu->paused = false;
    samples_row(vgpu->samples, "film,%" PRId64 ",,,,,,,", now_ns);
}

/* The slots are those until the order was given, also where a full ring has kept the vGPU from
 * obeying it, and from drawing. */
static void finish_film(struct vgpu *vgpu, int64_t ordered_ns)
{
    if (!vgpu->film)
        return;
    skip_passed_slots(vgpu, ordered_ns);
    vgpu->film = NULL;
    vgpu->paused = true;
    qxl_device_flush(vgpu->device);

    int64_t now_ns = samples_now_ns();
    samples_row(vgpu->samples, "drained,%" PRId64 ",%u,,,,,,", now_ns, vgpu->number);
    control_notice_at("drained", now_ns, "frames=%u number=%u", vgpu->frames, vgpu->number);
}

static void pause_drawing(struct vgpu *vgpu)
{
    vgpu->paused = true;
    qxl_device_flush(vgpu->device);
    control_notice("paused", "number=%u", vgpu->number);
}

static gboolean report_parked(void *data)
{
    const struct message *call = data;

    call->parked(call->data);
    return G_SOURCE_REMOVE;
}

static void park(struct vgpu *vgpu, const struct message *message)
{
    struct message *call = g_new0(struct message, 1);

    call->parked = message->parked;
    call->data = message->data;
    vgpu->parked = true;
    g_idle_add_full(G_PRIORITY_DEFAULT, report_parked, call, message_destroy);
}

static void unpark(struct vgpu *vgpu, const struct message *message)
{
    framebuffer_destroy(vgpu->picture);
    vgpu->picture = framebuffer_create(message->width_px, message->height_px);
    vgpu->begun = false;
    vgpu->film = NULL;
    if (message->boots) {
        vgpu->paused = false;
        screen_set(vgpu, console_create());
    }
    vgpu->parked = false;
    vgpu->next_ns = samples_now_ns() + vgpu->period_ns;
    update(vgpu);
    if (vgpu->paused)
        qxl_device_flush(vgpu->device);
    control_notice("mode", "width=%d height=%d number=%u", message->width_px, message->height_px,
                   vgpu->number);
}

static void write_snapshot(struct vgpu *vgpu, const char *path)
{
    g_autoptr(GError) error = NULL;

    if (framebuffer_write_png(vgpu->picture, path, &error))
        control_notice("snapshot", "file=%s number=%u", path, vgpu->number);
    else
        vgpu->failed(error->message, vgpu->data);
}

/* False when the thread is to end. */
static bool obey(struct vgpu *vgpu, const struct message *message)
{
    switch (message->order) {
    case ORDER_DESKTOP:
        vgpu->film = NULL;
        screen_set(vgpu, desktop_create());
        break;
    case ORDER_FILM:
        begin_film(vgpu, message);
        break;
    case ORDER_FINISH:
        finish_film(vgpu, message->sent_ns);
        break;
    case ORDER_PAUSE:
        pause_drawing(vgpu);
        break;
    case ORDER_RESUME:
        vgpu->paused = false;
        vgpu->next_ns = samples_now_ns();
        break;
    case ORDER_PARK:
        park(vgpu, message);
        break;
    case ORDER_UNPARK:
        unpark(vgpu, message);
        break;
    case ORDER_SNAPSHOT:
        write_snapshot(vgpu, message->path);
        break;
    case ORDER_END:
        return false;
    }
    return true;
}

static int64_t next_update_ns(const struct vgpu *vgpu)
{
    return vgpu->film ? slots_next_ns(&vgpu->slots) : vgpu->next_ns;
}

/* The next message, or NULL when it is time to draw. */
static struct message *next_message(struct vgpu *vgpu)
{
    if (vgpu->paused || vgpu->parked)
        return g_async_queue_pop(vgpu->messages);

    int64_t left_ns = next_update_ns(vgpu) - samples_now_ns();
    if (left_ns <= 0)
        return g_async_queue_try_pop(vgpu->messages);
    return g_async_queue_timeout_pop(vgpu->messages, (uint64_t)(left_ns + 999) / 1000);
}

static void *draw_thread(void *data)
{
    struct vgpu *vgpu = data;

    vgpu->next_ns = samples_now_ns() + vgpu->period_ns;
    update(vgpu); /* the console is drawn before any order is obeyed */
    for (bool running = true; running;) {
        struct message *message = next_message(vgpu);
        if (message) {
            running = obey(vgpu, message);
            message_destroy(message);
        } else if (samples_now_ns() < next_update_ns(vgpu)) {
            continue;
        } else if (vgpu->film) {
            play_slot(vgpu);
        } else {
            update(vgpu);
            /* A guest whose ring was full does not make up for the updates it missed. */
            vgpu->next_ns = MAX(vgpu->next_ns + vgpu->period_ns, samples_now_ns());
        }
    }
    return NULL;
}

struct vgpu *vgpu_create(struct qxl_device *device, int width_px, int height_px, unsigned fps,
                         struct samples *samples, vgpu_failed_fn failed, void *data)
{
    struct vgpu *vgpu = g_new0(struct vgpu, 1);
    vgpu->messages = g_async_queue_new_full(message_destroy);
    vgpu->device = device;
    vgpu->samples = samples;
    vgpu->failed = failed;
    vgpu->data = data;
    vgpu->period_ns = NS_PER_S / fps;
    vgpu->picture = framebuffer_create(width_px, height_px);
    screen_set(vgpu, console_create());
    vgpu->thread = g_thread_new("vgpu-draw", draw_thread, vgpu);
    return vgpu;
}

void vgpu_desktop(struct vgpu *vgpu)
{
    send_message(vgpu, (struct message){.order = ORDER_DESKTOP});
}

void vgpu_film(struct vgpu *vgpu, struct film *film, const struct film_changes *changes,
               struct mediation *mediation)
{
    send_message(
        vgpu, (struct message){
                  .order = ORDER_FILM, .film = film, .changes = changes, .mediation = mediation});
}

void vgpu_finish(struct vgpu *vgpu)
{
    send_message(vgpu, (struct message){.order = ORDER_FINISH});
}

void vgpu_pause(struct vgpu *vgpu)
{
    send_message(vgpu, (struct message){.order = ORDER_PAUSE});
}

void vgpu_resume(struct vgpu *vgpu)
{
    send_message(vgpu, (struct message){.order = ORDER_RESUME});
}

void vgpu_park(struct vgpu *vgpu, void (*parked)(void *data), void *data)
{
    send_message(vgpu, (struct message){.order = ORDER_PARK, .parked = parked, .data = data});
}

void vgpu_unpark(struct vgpu *vgpu, unsigned width_px, unsigned height_px, bool boots)
{
    send_message(vgpu, (struct message){.order = ORDER_UNPARK,
                                        .width_px = (int)width_px,
                                        .height_px = (int)height_px,
                                        .boots = boots});
}

void vgpu_snapshot(struct vgpu *vgpu, const char *path)
{
    send_message(vgpu, (struct message){.order = ORDER_SNAPSHOT, .path = g_strdup(path)});
}

void vgpu_destroy(struct vgpu *vgpu)
{
    if (!vgpu)
        return;
    qxl_device_stop(vgpu->device);
    send_message(vgpu, (struct message){.order = ORDER_END});
    g_thread_join(vgpu->thread);
    g_async_queue_unref(vgpu->messages);
    screen_set(vgpu, NULL);
    framebuffer_destroy(vgpu->picture);
    g_free(vgpu);
}
