/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * guest-screen: what the guest shows on its vGPU, and the orders that a guest obeys: the
 * console and the desktop of the simulated VM (harness/vm/sim/screen.h) with their barcodes,
 * drawn by the card's driver in the guest's kernel.
 *
 * Controlled by commands and notices, see harness/instrument/control.h: desktop · pause ·
 * resume · mode WxH · poweroff · reboot · panic. Notices as the simulated VM's vgpu.h, and `row`
 * with a line for the VM's samples.
 */
#include "harness/vm/sim/screen.h"

#include "harness/instrument/control.h"
#include "harness/instrument/samples.h"
#include "harness/vm/qemu/guest/drm-screen.h"
#include "media/barcode.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/reboot.h>
#include <unistd.h>

#define PROGRAM "guest-screen"
#define DRIVER "qxl"
#define MS_PER_S 1000

struct guest_screen {
    char *size;
    int fps;

    GMainLoop *loop;
    int status;
    struct drm_screen *card;
    struct framebuffer *picture;
    struct vm_screen *screen;
    uint16_t number;
    unsigned timer; /* 0: paused */
};

static void fail(struct guest_screen *self, const char *message)
{
    fprintf(stderr, PROGRAM ": %s\n", message);
    control_notice("error", "reason=guest-screen message=%s", message);
    self->status = EXIT_FAILURE;
    if (self->loop)
        g_main_loop_quit(self->loop);
}

static void write_row(const char *event, const struct guest_screen *self, int64_t now_ns,
                      const struct rect *rect)
{
    g_autofree char *row =
        g_strdup_printf("%s,%" PRId64 ",%u,%d,%d,%d,%d,,", event, now_ns, self->number, rect->x,
                        rect->y, rect->width, rect->height);

    control_notice_at("row", now_ns, "text=%s", row);
}

static void draw_barcode(struct guest_screen *self)
{
    self->number++;
    barcode_draw(self->picture->pixels, self->picture->stride_bytes, BARCODE_SOURCE_VGPU,
                 self->number);
}

/* The screen from its first step, whole, in a mode of the picture's size. */
static bool begin(struct guest_screen *self)
{
    const struct rect all = {0, 0, self->picture->width_px, self->picture->height_px};
    g_autoptr(GError) error = NULL;

    self->screen->begin(self->screen, self->picture);
    draw_barcode(self);
    if (!drm_screen_set_mode(self->card, self->picture, &error)) {
        fail(self, error->message);
        return false;
    }
    const int64_t now_ns = samples_now_ns();
    write_row("drawn", self, now_ns, &all);
    write_row("screen", self, now_ns, &all);
    control_notice_at("vgpu", now_ns, "screen=%s width=%d height=%d number=%u", self->screen->name,
                      all.width, all.height, self->number);
    return true;
}

static bool hand_over(struct guest_screen *self, const struct damage *damage)
{
    g_autoptr(GError) error = NULL;

    if (!drm_screen_draw(self->card, self->picture, damage, &error)) {
        fail(self, error->message);
        return false;
    }
    for (unsigned i = 0; i < damage->n_rects; i++)
        write_row("drawn", self, samples_now_ns(), &damage->rects[i]);
    return true;
}

/* The barcode is drawn last, or together with the whole picture: whoever sees it has all. */
static void update(struct guest_screen *self)
{
    struct damage damage = {.n_rects = 0}, barcode = {.n_rects = 0};
    const bool whole = self->screen->whole;

    self->screen->step(self->screen, self->picture, &damage);
    damage_add(&barcode, self->picture, (struct rect){0, 0, BARCODE_WIDTH_PX, BARCODE_HEIGHT_PX});
    if (!whole && !hand_over(self, &damage))
        return;
    draw_barcode(self);
    hand_over(self, whole ? &damage : &barcode);
}

static gboolean on_timer(void *data)
{
    update(data);
    return G_SOURCE_CONTINUE;
}

static void resume(struct guest_screen *self)
{
    if (!self->timer)
        self->timer = g_timeout_add((unsigned)(MS_PER_S / self->fps), on_timer, self);
}

static void pause_drawing(struct guest_screen *self)
{
    g_clear_handle_id(&self->timer, g_source_remove);
    control_notice("paused", "number=%u", self->number);
}

static void set_screen(struct guest_screen *self, struct vm_screen *screen)
{
    if (self->screen)
        self->screen->destroy(self->screen);
    self->screen = screen;
}

static bool set_size(struct guest_screen *self, const char *size)
{
    int width_px, height_px;

    if (sscanf(size, "%dx%d", &width_px, &height_px) != 2 || width_px < BARCODE_WIDTH_PX ||
        height_px < BARCODE_HEIGHT_PX) {
        fail(self, "a size is WIDTHxHEIGHT, and has room for the barcode");
        return false;
    }
    g_clear_pointer(&self->picture, framebuffer_destroy);
    self->picture = framebuffer_create(width_px, height_px);
    return true;
}

static void show_desktop(struct guest_screen *self)
{
    set_screen(self, desktop_create());
    begin(self);
}

static void change_mode(struct guest_screen *self, const char *size)
{
    if (set_size(self, size) && begin(self))
        control_notice("mode", "width=%d height=%d number=%u", self->picture->width_px,
                       self->picture->height_px, self->number);
}

/* As a kernel ends that has a bug; with panic=-1 it then resets the machine. */
static void panic(struct guest_screen *self)
{
    FILE *trigger = fopen("/proc/sysrq-trigger", "we");

    if (!trigger || fputs("c", trigger) < 0 || fclose(trigger) != 0)
        fail(self, "/proc/sysrq-trigger cannot be written");
}

static void on_command(int argc, char **argv, void *data)
{
    struct guest_screen *self = data;

    if (g_str_equal(argv[0], "desktop") && argc == 1)
        show_desktop(self);
    else if (g_str_equal(argv[0], "pause") && argc == 1)
        pause_drawing(self);
    else if (g_str_equal(argv[0], "resume") && argc == 1)
        resume(self);
    else if (g_str_equal(argv[0], "mode") && argc == 2)
        change_mode(self, argv[1]);
    else if (g_str_equal(argv[0], "poweroff") && argc == 1)
        reboot(RB_POWER_OFF);
    else if (g_str_equal(argv[0], "reboot") && argc == 1)
        reboot(RB_AUTOBOOT);
    else if (g_str_equal(argv[0], "panic") && argc == 1)
        panic(self);
    else
        fail(self, "an order that no guest knows");
}

static void on_quit(void *data)
{
    g_main_loop_quit(((struct guest_screen *)data)->loop);
}

static bool parse_options(struct guest_screen *self, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"size", 0, 0, G_OPTION_ARG_STRING, &self->size, "Size of the screen", "WxH"},
        {"fps", 0, 0, G_OPTION_ARG_INT, &self->fps, "Updates per second", "N"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- what a guest's vGPU shows");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    if (g_option_context_parse(context, &argc, &argv, &error) && self->size && self->fps > 0)
        return true;
    fail(self, error ? error->message : "--size and --fps are needed");
    return false;
}

int main(int argc, char **argv)
{
    struct guest_screen self = {.status = EXIT_SUCCESS};
    g_autoptr(GError) error = NULL;

    if (!parse_options(&self, argc, argv))
        return self.status;
    self.loop = g_main_loop_new(NULL, false);
    self.card = drm_screen_open(DRIVER, &error);
    if (!self.card)
        fail(&self, error->message);
    if (self.card && set_size(&self, self.size)) {
        set_screen(&self, console_create());
        control_start(on_command, on_quit, &self);
        if (begin(&self)) {
            resume(&self);
            g_main_loop_run(self.loop);
        }
        control_stop();
    }
    g_clear_handle_id(&self.timer, g_source_remove);
    set_screen(&self, NULL);
    drm_screen_destroy(self.card);
    g_clear_pointer(&self.picture, framebuffer_destroy);
    g_main_loop_unref(self.loop);
    g_free(self.size);
    return self.status;
}
