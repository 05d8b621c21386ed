#include "harness/vm/sim/damage.h"

static Rect bounding_box(Rect a, Rect b)
{
    int right = MAX(a.x + a.width, b.x + b.width);
    int bottom = MAX(a.y + a.height, b.y + b.height);
    Rect box = {.x = MIN(a.x, b.x), .y = MIN(a.y, b.y)};

    box.width = right - box.x;
    box.height = bottom - box.y;
    return box;
}

void damage_add(Damage *damage, const Framebuffer *picture, Rect rect)
{
    Rect inside = framebuffer_clip(picture, rect);

    if (inside.width == 0 || inside.height == 0)
        return;
    if (damage->n_rects < DAMAGE_RECTS_MAX) {
        damage->rects[damage->n_rects++] = inside;
    } else {
        Rect *last = &damage->rects[DAMAGE_RECTS_MAX - 1];
        *last = bounding_box(*last, inside);
    }
}
