/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/font.h"
#include "harness/vm/sim/screen.h"

#define LEFT_PX 8
#define TOP_PX (SCREEN_TOP_PX + FONT_HEIGHT_PX)
/* A full screen scrolls by this many lines at once: redrawing all of it for each line
 * would make the console more expensive than the desktop. */
#define JUMP_LINES 8

#define BLACK FRAMEBUFFER_RGB(0, 0, 0)
#define GREY FRAMEBUFFER_RGB(170, 170, 170)
#define GREEN FRAMEBUFFER_RGB(85, 255, 85)
#define YELLOW FRAMEBUFFER_RGB(255, 255, 85)

struct console {
    struct vm_screen screen; /* first */
    unsigned steps;
    int line; /* where the next line is written, from the top */
};

static const char *const events[] = {
    "memory: 4096 MiB usable",
    "cpu0: online, 2 threads",
    "pci 0000:00:02.0: vGPU (QXL), 64 MiB of video memory",
    "pci 0000:00:05.0: pGPU, passed through",
    "virtio-serial: port announced by the host",
    "vda: 41943040 sectors of 512 bytes",
    "root file system mounted read-only",
    "root file system mounted read-write",
    "network: eth0 up, 1000 Mbit/s, full duplex",
    "started: system log",
    "started: time synchronisation",
    "pgpu: firmware loaded, driver ready",
    "started: display manager",
};

static int lines_of(const struct framebuffer *picture)
{
    return (picture->height_px - TOP_PX) / FONT_HEIGHT_PX;
}

static int line_y(int line)
{
    return TOP_PX + line * FONT_HEIGHT_PX;
}

static struct rect text_area(const struct framebuffer *picture)
{
    return (struct rect){0, TOP_PX, picture->width_px, lines_of(picture) * FONT_HEIGHT_PX};
}

static void console_begin(struct vm_screen *screen, struct framebuffer *picture)
{
    struct console *console = (struct console *)screen;

    console->steps = 0;
    console->line = 0;
    framebuffer_fill(picture, (struct rect){0, 0, picture->width_px, picture->height_px}, BLACK);
}

static void jump(struct console *console, struct framebuffer *picture, struct damage *damage)
{
    int lines = MIN(JUMP_LINES, lines_of(picture));
    struct rect area = text_area(picture);

    framebuffer_scroll(picture, area, 0, -lines * FONT_HEIGHT_PX);
    console->line -= lines;
    framebuffer_fill(picture,
                     (struct rect){0, line_y(console->line), area.width, lines * FONT_HEIGHT_PX},
                     BLACK);
    damage_add(damage, picture, area);
}

static void draw_line(const struct console *console, struct framebuffer *picture,
                      struct damage *damage)
{
    /* 7919 is prime: the times look like those of a boot, and are the same in each run. */
    unsigned time_ms = console->steps * 37 + console->steps * 7919 % 29;
    g_autofree char *time = g_strdup_printf("[%5u.%03u] ", time_ms / 1000, time_ms % 1000);
    const char *event = events[console->steps % G_N_ELEMENTS(events)];
    int y = line_y(console->line);

    struct rect first = font_draw(picture, LEFT_PX, y, time, GREEN, BLACK);
    damage_add(damage, picture, first);
    damage_add(damage, picture, font_draw(picture, LEFT_PX + first.width, y, event, GREY, BLACK));
}

static void console_step(struct vm_screen *screen, struct framebuffer *picture,
                         struct damage *damage)
{
    struct console *console = (struct console *)screen;

    if (lines_of(picture) < 1)
        return;
    if (console->line == lines_of(picture))
        jump(console, picture, damage);
    draw_line(console, picture, damage);
    console->steps++;
    console->line++;
    if (console->line < lines_of(picture))
        damage_add(damage, picture,
                   font_draw(picture, LEFT_PX, line_y(console->line), "_", YELLOW, BLACK));
}

static void console_destroy(struct vm_screen *screen)
{
    g_free(screen);
}

struct vm_screen *console_create(void)
{
    struct console *console = g_new0(struct console, 1);
    console->screen = (struct vm_screen){
        .name = "console",
        .begin = console_begin,
        .step = console_step,
        .destroy = console_destroy,
    };
    return &console->screen;
}
