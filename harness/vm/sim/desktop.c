/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/font.h"
#include "harness/vm/sim/screen.h"

#include <math.h>
#include <stdint.h>

#define TITLE_PX 20
#define TASKBAR_PX 28
#define GRAPH_STEP_PX 3
#define BALL_PX 24
/* How often the editor's text moves up, which changes a larger rectangle. */
#define EDITOR_LINE_STEPS 24

#define INK FRAMEBUFFER_RGB(28, 28, 32)
#define PAPER FRAMEBUFFER_RGB(250, 249, 245)
#define FRAME FRAMEBUFFER_RGB(52, 73, 110)
#define LIGHT FRAMEBUFFER_RGB(236, 240, 246)
#define NIGHT FRAMEBUFFER_RGB(18, 24, 38)
#define LINE FRAMEBUFFER_RGB(102, 204, 130)
#define BALL FRAMEBUFFER_RGB(230, 126, 34)

struct desktop {
    struct vm_screen screen; /* first */
    unsigned steps;
    struct rect editor, graph, stage; /* the insides of the three windows */
    struct rect clock;
    int column;       /* of the editor's next character */
    struct rect ball; /* where it was drawn last */
};

static const char editor_text[] =
    "A virtual desktop is a machine that somebody else keeps warm. Its screen comes as "
    "pictures over a wire, and whether it feels near or far is a matter of milliseconds. ";

static void draw_background(struct framebuffer *picture)
{
    for (int y = 0; y < picture->height_px; y++) {
        int part = 120 * y / picture->height_px;
        framebuffer_fill(picture, (struct rect){0, y, picture->width_px, 1},
                         FRAMEBUFFER_RGB(20 + part / 3, 60 + part / 2, 110 + part));
    }
}

/* Draws a window's frame and returns its inside. */
static struct rect draw_window(struct framebuffer *picture, struct rect outside, const char *title,
                               uint32_t fill)
{
    struct rect inside = {outside.x + 2, outside.y + TITLE_PX, MAX(outside.width - 4, 0),
                          MAX(outside.height - TITLE_PX - 2, 0)};

    framebuffer_fill(picture, outside, FRAME);
    font_draw(picture, outside.x + 6, outside.y + 2, title, LIGHT, FRAME);
    framebuffer_fill(picture, inside, fill);
    return inside;
}

static struct rect draw_clock(const struct desktop *desktop, struct framebuffer *picture)
{
    /* Counts steps, not time: the picture must not depend on when it is drawn. */
    g_autofree char *text = g_strdup_printf("%02u:%02u:%02u", desktop->steps / 3600 % 24,
                                            desktop->steps / 60 % 60, desktop->steps % 60);
    return font_draw(picture, desktop->clock.x, desktop->clock.y, text, LIGHT, NIGHT);
}

static void desktop_begin(struct vm_screen *screen, struct framebuffer *picture)
{
    struct desktop *desktop = (struct desktop *)screen;
    int width = picture->width_px, height = picture->height_px - TASKBAR_PX - SCREEN_TOP_PX;
    int top = SCREEN_TOP_PX + height / 16;

    desktop->steps = 0;
    desktop->column = 0;
    draw_background(picture);
    desktop->editor = draw_window(picture, (struct rect){width / 24, top, width / 2, height / 2},
                                  "Letter", PAPER);
    desktop->graph =
        draw_window(picture, (struct rect){width * 7 / 12, top, width * 9 / 24, height * 3 / 8},
                    "System load", NIGHT);
    desktop->stage = draw_window(
        picture, (struct rect){width / 3, top + height * 9 / 16, width / 2, height * 5 / 16}, "Toy",
        LIGHT);
    desktop->ball = (struct rect){desktop->stage.x, desktop->stage.y, 0, 0};

    struct rect bar = {0, picture->height_px - TASKBAR_PX, width, TASKBAR_PX};
    framebuffer_fill(picture, bar, NIGHT);
    font_draw(picture, 12, bar.y + 6, "Start   Letter   System load   Toy", LIGHT, NIGHT);
    desktop->clock = (struct rect){width - 9 * FONT_WIDTH_PX, bar.y + 6, 0, 0};
    draw_clock(desktop, picture);
}

static int editor_columns(const struct desktop *desktop)
{
    return desktop->editor.width / FONT_WIDTH_PX - 1;
}

static void step_editor(struct desktop *desktop, struct framebuffer *picture, struct damage *damage)
{
    struct rect *area = &desktop->editor;
    int y = area->y + area->height - FONT_HEIGHT_PX - 4;

    if (y < area->y + FONT_HEIGHT_PX || editor_columns(desktop) < 1)
        return; /* the picture is too small for text */
    if (desktop->column >= MIN(EDITOR_LINE_STEPS, editor_columns(desktop))) {
        framebuffer_scroll(picture, *area, 0, -FONT_HEIGHT_PX);
        framebuffer_fill(picture, (struct rect){area->x, y, area->width, FONT_HEIGHT_PX + 4},
                         PAPER);
        desktop->column = 0;
        damage_add(damage, picture, *area);
    }

    char typed[2] = {editor_text[(desktop->steps - 1) % (sizeof editor_text - 1)], '\0'};
    int x = area->x + 4 + desktop->column * FONT_WIDTH_PX;
    damage_add(damage, picture, font_draw(picture, x, y, typed, INK, PAPER));
    desktop->column++;
}

static void step_graph(struct desktop *desktop, struct framebuffer *picture, struct damage *damage)
{
    struct rect area = desktop->graph;
    double phase = desktop->steps * 0.21;
    int value = (int)(area.height * (0.5 + 0.3 * sin(phase) + 0.15 * sin(phase * 2.7)));
    struct rect column = {area.x + area.width - GRAPH_STEP_PX, area.y, GRAPH_STEP_PX, area.height};

    if (area.width < GRAPH_STEP_PX)
        return;
    framebuffer_scroll(picture, area, -GRAPH_STEP_PX, 0);
    framebuffer_fill(picture, column, NIGHT);
    column.y += area.height - value;
    column.height = value;
    framebuffer_fill(picture, column, LINE);
    damage_add(damage, picture, area);
}

/* A position that moves back and forth over `length` pixels. */
static int bounce(unsigned distance, int length)
{
    unsigned period = (unsigned)MAX(length, 1) * 2;
    unsigned at = distance % period;
    return (int)(at < period / 2 ? at : period - at);
}

static void step_ball(struct desktop *desktop, struct framebuffer *picture, struct damage *damage)
{
    struct rect area = desktop->stage;
    struct rect ball = {area.x + bounce(desktop->steps * 7, area.width - BALL_PX),
                        area.y + bounce(desktop->steps * 5, area.height - BALL_PX), BALL_PX,
                        BALL_PX};

    if (area.width < BALL_PX || area.height < BALL_PX)
        return;
    framebuffer_fill(picture, desktop->ball, LIGHT);
    damage_add(damage, picture, desktop->ball);
    framebuffer_fill(picture, ball, BALL);
    damage_add(damage, picture, ball);
    desktop->ball = ball;
}

static void desktop_step(struct vm_screen *screen, struct framebuffer *picture,
                         struct damage *damage)
{
    struct desktop *desktop = (struct desktop *)screen;

    desktop->steps++;
    step_editor(desktop, picture, damage);
    step_graph(desktop, picture, damage);
    step_ball(desktop, picture, damage);
    damage_add(damage, picture, draw_clock(desktop, picture));
}

static void desktop_destroy(struct vm_screen *screen)
{
    g_free(screen);
}

struct vm_screen *desktop_create(void)
{
    struct desktop *desktop = g_new0(struct desktop, 1);
    desktop->screen = (struct vm_screen){
        .name = "desktop",
        .begin = desktop_begin,
        .step = desktop_step,
        .destroy = desktop_destroy,
    };
    return &desktop->screen;
}
