/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
#include "agent/linux/kms.h"

#include "agent/failure.h"
#include "agent/linux/kms-cursor.h"
#include "agent/linux/kms-kernel.h"
#include "agent/linux/kms-picture.h"
#include "agent/os/clock.h"
#include "agent/os/linux.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ERROR_BYTES 1024
#define NS_PER_S INT64_C(1000000000)
#define BYTES_PER_PIXEL 4

/* While something moves, a quarter of a display's interval; else what costs nothing to speak of. */
#define GLANCE_BUSY_NS INT64_C(4000000)
#define GLANCE_IDLE_NS INT64_C(10000000)
#define BUSY_NS INT64_C(250000000)
/* Of the pointer's place, the damage and the pixels: a display's interval. */
#define VIEW_NS INT64_C(16000000)
/* Of what seldom changes under an id that stays: the pointer's shape, the framebuffer's memory. */
#define VIEWS_PER_REFRESH 16
/* Of the pixels where the GPU reads them: not so often that it could never rest. */
#define VIEWS_PER_IMPORTED_LOOK 4
/* Between two modes the CRTC is off, and a monitor may take so long. */
#define DARK_MAX_NS INT64_C(1000000000)

/* What is known of the screen that is open; all of it begins anew with it. */
struct screen {
    char card[KMS_NAME_BYTES];
    char connector[KMS_NAME_BYTES];
    struct kms_crop crop; /* even: of each picture until close */
    struct kms_glance glance;
    struct kms_view view;
    struct kms_picture picture;
    bool open;
    bool captured; /* there is a last picture */
    bool picture_reported;
    bool mode_changed;
    unsigned views;
    int64_t glance_ns, view_ns; /* of the next ones */
    int64_t changed_ns;
    int64_t dark_ns; /* since when; 0: it is not */
    bool cursor_reported;
    bool shape_is_new; /* the one that was read goes before cursor()'s */
};

struct kms {
    struct source source;
    struct kms_kernel *kernel;
    char display[2 * KMS_NAME_BYTES];
    char error[ERROR_BYTES];
    struct screen screen;
    struct kms_cursor shapes[2]; /* one is cursor()'s, the other is read */
    unsigned shape;              /* cursor()'s */
    uint32_t shape_serial;       /* its, in all screens; 0: there was none yet */
};

static struct kms *self_of(struct source *source)
{
    return (struct kms *)source;
}

/* Notes the line, and returns the error. */
#define fail(self, number, ...) failure_set((self)->error, sizeof(self)->error, number, __VA_ARGS__)

static int fail_asking(struct kms *self, int error, const char *what)
{
    return fail(self, error, "card %s: the kernel does not report %s: %s%s", self->screen.card,
                what, strerror(-error),
                error == -ENODEV ? ": was the card taken away?" : "; is its driver one for KMS?");
}

/* Of the picture. */
static int fail_reading(struct kms *self, int error)
{
    return fail(self, error, "card %s: %s", self->screen.card,
                kms_picture_error(&self->screen.picture));
}

static struct kms_crop even(struct kms_crop crop)
{
    crop.width_px &= ~UINT32_C(1);
    crop.height_px &= ~UINT32_C(1);
    return crop;
}

static int view(struct kms *self)
{
    struct screen *screen = &self->screen;
    int result = self->kernel->class->view(self->kernel, &screen->view);

    if (result < 0)
        return fail_asking(self, result, "what it shows");
    if (!screen->view.active || !screen->open)
        return 0;
    const struct kms_crop crop = even(screen->view.crop);
    if (crop.width_px != screen->crop.width_px || crop.height_px != screen->crop.height_px ||
        screen->view.rotated)
        screen->mode_changed = true;
    else
        screen->crop = crop;
    return 0;
}

static int glance(struct kms *self, struct kms_glance *ret_glance)
{
    int result = self->kernel->class->glance(self->kernel, ret_glance);

    return result < 0 ? fail_asking(self, result, "its planes") : 0;
}

/* --- open and close -------------------------------------------------------------------- */

static void source_close(struct source *source)
{
    struct kms *self = self_of(source);

    kms_picture_close(&self->screen.picture);
    self->kernel->class->close(self->kernel);
    self->screen = (struct screen){.open = false};
}

static int open_screen(struct kms *self)
{
    struct screen *screen = &self->screen;
    int result = view(self);

    if (result == 0)
        result = glance(self, &screen->glance);
    if (result < 0)
        return result;
    if (!screen->view.active || screen->glance.picture_id == 0)
        return fail(self, -ENOLINK, "card %s shows nothing on %s yet; it is tried again",
                    screen->card, screen->connector);
    if (screen->view.rotated)
        return fail(
            self, -EOPNOTSUPP,
            "card %s rotates the picture of %s by itself, which cannot be captured; capture "
            "with the source x11",
            screen->card, screen->connector);
    screen->crop = even(screen->view.crop);
    result =
        kms_picture_open(&screen->picture, self->kernel, screen->glance.picture_id, &screen->crop);
    if (result == -EAGAIN)
        return fail(self, -EBUSY, "card %s changes its picture; it is tried again", screen->card);
    return result < 0 ? fail_reading(self, result) : 0;
}

static int source_open(struct source *source, struct source_mode *ret_mode)
{
    struct kms *self = self_of(source);
    struct screen *screen = &self->screen;
    struct kms_card cards[KMS_CARDS];
    struct kms_choice choice;

    source_close(source);
    const unsigned count = self->kernel->class->list(self->kernel, cards, KMS_CARDS);
    int result =
        kms_card_choose(cards, count, self->display, &choice, self->error, sizeof self->error);
    if (result < 0)
        return result;
    snprintf(screen->card, sizeof screen->card, "%s", choice.card->path);
    snprintf(screen->connector, sizeof screen->connector, "%s", choice.connector->name);
    result = self->kernel->class->open(self->kernel, screen->card, choice.connector->crtc_id);
    if (result < 0)
        return fail_asking(self, result, "its planes");
    result = open_screen(self);
    if (result < 0)
        return result;
    screen->open = true;
    *ret_mode = (struct source_mode){screen->crop.width_px, screen->crop.height_px};
    screen->glance = (struct kms_glance){0, 0}; /* the first look finds another one */
    return 0;
}

/* --- the pointer ----------------------------------------------------------------------- */

/* Whether it is another shape. One that cannot be read is none. */
static bool read_shape(struct kms *self)
{
    struct screen *screen = &self->screen;
    struct kms_cursor *read = &self->shapes[!self->shape];
    const struct kms_cursor *known = &self->shapes[self->shape];
    struct kms_mapping mapping;
    const struct kms_buffer *buffer = &mapping.buffer;
    char why_not[1];

    read->width_px = read->height_px = read->hot_x_px = read->hot_y_px = 0;
    if (screen->glance.cursor_id != 0 &&
        self->kernel->class->map(self->kernel, screen->glance.cursor_id, &mapping) == 0) {
        const struct kms_crop whole = {0, 0, buffer->width_px, buffer->height_px};
        if (kms_pixels_check(buffer, &whole, why_not, sizeof why_not) == 0)
            kms_cursor_read(read, (const uint8_t *)mapping.memory + buffer->offset_bytes,
                            buffer->width_px, buffer->height_px, buffer->stride_bytes,
                            screen->view.hot_x_px, screen->view.hot_y_px);
        self->kernel->class->unmap(self->kernel, &mapping);
    }
    screen->shape_is_new = self->shape_serial == 0 || read->width_px != known->width_px ||
                           read->height_px != known->height_px ||
                           read->hot_x_px != known->hot_x_px || read->hot_y_px != known->hot_y_px ||
                           memcmp(read->bgra, known->bgra,
                                  (size_t)read->width_px * read->height_px * BYTES_PER_PIXEL) != 0;
    return screen->shape_is_new;
}

/* The pointer has another shape, place, or is shown or hidden. */
static bool cursor_changed(struct kms *self, const struct kms_view *before, uint32_t cursor_id)
{
    struct screen *screen = &self->screen;
    const struct kms_view *now = &screen->view;
    const bool moved =
        now->cursor_x_px != before->cursor_x_px || now->cursor_y_px != before->cursor_y_px;
    const bool other = screen->glance.cursor_id != cursor_id || now->hot_x_px != before->hot_x_px ||
                       now->hot_y_px != before->hot_y_px || !screen->cursor_reported;

    const bool shown = screen->glance.cursor_id != 0;
    const bool refreshed = other || (shown && screen->views % VIEWS_PER_REFRESH == 0);

    screen->cursor_reported = true;
    return (refreshed && read_shape(self)) || other || (shown && moved);
}

static int source_cursor(struct source *source, struct source_cursor *ret_cursor)
{
    struct kms *self = self_of(source);
    struct screen *screen = &self->screen;

    if (screen->shape_is_new) {
        self->shape = !self->shape;
        self->shape_serial++;
        screen->shape_is_new = false;
    }
    const struct kms_cursor *shape = &self->shapes[self->shape];
    const struct kms_view *now = &screen->view;
    *ret_cursor = (struct source_cursor){
        .visible = screen->glance.cursor_id != 0 && shape->width_px > 0 &&
                   now->cursor_x_px < (int32_t)screen->crop.width_px &&
                   now->cursor_y_px < (int32_t)screen->crop.height_px &&
                   now->cursor_x_px > -(int32_t)shape->width_px &&
                   now->cursor_y_px > -(int32_t)shape->height_px,
        .x_px = now->cursor_x_px + (int32_t)shape->hot_x_px,
        .y_px = now->cursor_y_px + (int32_t)shape->hot_y_px,
        .serial = self->shape_serial,
        .bgra = shape->bgra,
        .width_px = (uint16_t)shape->width_px,
        .height_px = (uint16_t)shape->height_px,
        .hot_x_px = (uint16_t)shape->hot_x_px,
        .hot_y_px = (uint16_t)shape->hot_y_px,
    };
    return 0;
}

/* --- looking --------------------------------------------------------------------------- */

/* Between two modes nothing is shown. */
static int note_darkness(struct kms *self, int64_t now_ns)
{
    struct screen *screen = &self->screen;

    if (screen->dark_ns == 0)
        screen->dark_ns = now_ns;
    if (now_ns - screen->dark_ns < DARK_MAX_NS)
        return 0;
    return fail(self, -ENOLINK,
                "card %s has switched the CRTC of %s off; the vGPU is shown until it "
                "is on again",
                screen->card, screen->connector);
}

/* Somebody has drawn into the framebuffer that is shown. */
static bool pixels_changed(struct kms *self)
{
    struct screen *screen = &self->screen;
    const unsigned views_per_look =
        screen->picture.way == KMS_WAY_IMPORTED ? VIEWS_PER_IMPORTED_LOOK : 1;

    if (!screen->captured || screen->glance.picture_id == 0 || screen->views % views_per_look != 0)
        return false;
    if ((!screen->picture.held || screen->views % VIEWS_PER_REFRESH == 0) &&
        kms_picture_hold(&screen->picture, screen->glance.picture_id) < 0)
        return true; /* acquire() reports why */
    return kms_picture_differs(&screen->picture, &screen->crop, screen->views / views_per_look);
}

/* All that a glance does not show. Returns conditions. */
static int look_closely(struct kms *self, uint32_t cursor_id, bool picture_known)
{
    struct screen *screen = &self->screen;
    const struct kms_view before = screen->view;
    unsigned conditions = 0;
    int result = view(self);

    if (result < 0)
        return result;
    if (!screen->view.active || screen->mode_changed)
        return 0;
    screen->views++;
    if (cursor_changed(self, &before, cursor_id))
        conditions |= SOURCE_CURSOR;
    if (!picture_known &&
        ((screen->view.damage_id != 0 && screen->view.damage_id != before.damage_id) ||
         pixels_changed(self)))
        conditions |= SOURCE_PICTURE;
    return (int)conditions;
}

/* Conditions, or what makes the source unusable. */
static int look(struct kms *self, int64_t now_ns)
{
    struct screen *screen = &self->screen;
    const struct kms_glance before = screen->glance;
    struct kms_glance shown;
    int conditions = glance(self, &shown);

    if (conditions < 0)
        return conditions;
    const bool flipped = shown.picture_id != 0 && shown.picture_id != before.picture_id;
    screen->glance = shown;
    if (now_ns >= screen->view_ns || shown.cursor_id != before.cursor_id) {
        screen->view_ns = now_ns + VIEW_NS;
        conditions = look_closely(self, before.cursor_id, flipped || screen->picture_reported);
        if (conditions < 0)
            return conditions;
    }
    if (shown.picture_id == 0 || !screen->view.active)
        return note_darkness(self, now_ns);
    screen->dark_ns = 0;
    if (flipped && !screen->picture_reported)
        conditions |= SOURCE_PICTURE;
    if (conditions & SOURCE_PICTURE) {
        screen->picture_reported = true;
        screen->changed_ns = now_ns;
    }
    return conditions;
}

static bool is_woken(struct os_wake *wake, int64_t wait_ns)
{
    struct pollfd set = {.fd = os_wake_fd(wake), .events = POLLIN};
    const struct timespec wait = {.tv_sec = wait_ns / NS_PER_S, .tv_nsec = wait_ns % NS_PER_S};

    return ppoll(&set, 1, &wait, NULL) == 1;
}

static int source_wait(struct source *source, int64_t deadline_ns, struct os_wake *wake)
{
    struct kms *self = self_of(source);
    struct screen *screen = &self->screen;

    for (;;) {
        int64_t now_ns = os_now_ns();
        if (now_ns >= screen->glance_ns) {
            const int conditions = look(self, now_ns);
            const bool busy = now_ns - screen->changed_ns < BUSY_NS;
            screen->glance_ns = now_ns + (busy ? GLANCE_BUSY_NS : GLANCE_IDLE_NS);
            if (conditions != 0)
                return conditions;
        }
        if (screen->mode_changed)
            return SOURCE_MODE;
        if (now_ns >= deadline_ns)
            return 0;
        const int64_t until_ns = screen->glance_ns < deadline_ns ? screen->glance_ns : deadline_ns;
        if (is_woken(wake, until_ns > now_ns ? until_ns - now_ns : 0))
            return SOURCE_WOKEN;
    }
}

/* --- capturing ------------------------------------------------------------------------- */

/* What is shown now, into the copy. -EAGAIN: it cannot be read just now, or its mode is another. */
static int read_picture(struct kms *self, bool *ret_changed)
{
    struct screen *screen = &self->screen;
    const struct kms_buffer before = *kms_picture_buffer(&screen->picture);
    struct kms_glance shown;
    int result = glance(self, &shown);

    if (result < 0)
        return result;
    if (shown.picture_id == 0)
        return -EAGAIN;
    screen->glance.picture_id = shown.picture_id;
    result = kms_picture_hold(&screen->picture, shown.picture_id);
    if (result < 0)
        return fail_reading(self, result);
    const struct kms_buffer *buffer = kms_picture_buffer(&screen->picture);
    if (buffer->width_px != before.width_px || buffer->height_px != before.height_px)
        result = view(self);
    if (result < 0)
        return result;
    if (!screen->mode_changed) {
        result = kms_picture_check(&screen->picture, &screen->crop);
        screen->mode_changed = result == -EINVAL; /* opening it again finds out */
    }
    if (screen->mode_changed)
        return -EAGAIN;
    if (result == 0)
        result = kms_picture_update(&screen->picture, &screen->crop, ret_changed);
    return result < 0 ? fail_reading(self, result) : 0;
}

static int source_acquire(struct source *source, bool in_any_case,
                          struct source_picture *ret_picture)
{
    struct kms *self = self_of(source);
    struct screen *screen = &self->screen;
    bool changed = false;
    const int result = read_picture(self, &changed);

    screen->picture_reported = false;
    if (result == -EAGAIN)
        screen->glance.picture_id = 0; /* whatever is shown next is another picture */
    if (result < 0 && !(result == -EAGAIN && in_any_case && screen->captured))
        return result;
    if (!changed && !in_any_case && screen->captured)
        return -EAGAIN;
    screen->captured = true;
    *ret_picture = (struct source_picture){
        .bgrx = screen->picture.bgrx,
        .stride_bytes = (size_t)screen->crop.width_px * BYTES_PER_PIXEL,
    };
    return 0;
}

/* The copy stays until the next one. */
static void source_release(struct source *source)
{
    (void)source;
}

static const char *source_error(const struct source *source)
{
    return ((const struct kms *)source)->error;
}

static void source_destroy(struct source *source)
{
    struct kms *self = self_of(source);

    source_close(source);
    self->kernel->class->destroy(self->kernel);
    free(self);
}

struct source *kms_create_on(struct kms_kernel *kernel, const char *display)
{
    static const struct source_class class = {
        .open = source_open,
        .wait = source_wait,
        .acquire = source_acquire,
        .release = source_release,
        .cursor = source_cursor,
        .error = source_error,
        .close = source_close,
        .destroy = source_destroy,
    };
    struct kms *self = kernel ? calloc(1, sizeof *self) : NULL;

    if (!self) {
        if (kernel)
            kernel->class->destroy(kernel);
        return NULL;
    }
    self->source.class = &class;
    self->kernel = kernel;
    snprintf(self->display, sizeof self->display, "%s", display ? display : "auto");
    return &self->source;
}

struct source *kms_create(const char *display)
{
    return kms_create_on(kms_kernel_create(), display);
}

/* --- the list -------------------------------------------------------------------------- */

static void list_connector(struct kms *self, const struct kms_card *card,
                           const struct kms_connector *connector, FILE *to)
{
    struct source_mode mode;

    snprintf(self->display, sizeof self->display, "%s-%s", kms_card_name(card), connector->name);
    fprintf(to, "  %s (%s%s%s): ", self->display, card->driver, card->pci[0] ? " " : "", card->pci);
    if (connector->crtc_id == 0)
        fprintf(to, "not usable: no active CRTC: %s\n",
                connector->connected ? "it is switched off" : "nothing is connected");
    else if (source_open(&self->source, &mode) < 0)
        fprintf(to, "not usable: %s\n", self->error);
    else
        fprintf(to, "%" PRIu32 "x%" PRIu32 " pixels%s\n", mode.width_px, mode.height_px,
                self->screen.picture.way == KMS_WAY_IMPORTED
                    ? ", read by the card's GPU; not run on hardware"
                    : "");
    source_close(&self->source);
}

void kms_list_on(struct kms_kernel *kernel, FILE *to)
{
    struct source *source = kms_create_on(kernel, NULL);
    struct kms_card cards[KMS_CARDS];

    if (!source)
        return;
    const unsigned count = kernel->class->list(kernel, cards, KMS_CARDS);
    if (count == 0)
        fprintf(to, "  none: there is no graphics card in /dev/dri\n");
    for (unsigned i = 0; i < count; i++) {
        if (cards[i].error < 0)
            fprintf(to, "  %s: not usable: it cannot be opened: %s\n", kms_card_name(&cards[i]),
                    strerror(-cards[i].error));
        else if (cards[i].connector_count == 0)
            fprintf(to, "  %s (%s): not usable: it has no connectors\n", kms_card_name(&cards[i]),
                    cards[i].driver);
        for (unsigned j = 0; j < cards[i].connector_count; j++)
            list_connector(self_of(source), &cards[i], &cards[i].connectors[j], to);
    }
    source_destroy(source);
}

void kms_list(FILE *to)
{
    kms_list_on(kms_kernel_create(), to);
}
