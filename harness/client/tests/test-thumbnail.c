#include "harness/client/thumbnail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define SIDE_MAX 640

static uint8_t pixels[SIDE_MAX][SIDE_MAX][4];

/* A picture with a gradient and a bright square in it, at any size. */
static struct thumbnail of_picture(unsigned width_px, unsigned height_px, uint8_t square)
{
    struct thumbnail thumbnail;

    memset(pixels, 0xff, sizeof pixels); /* what lies outside must not count */
    for (unsigned y = 0; y < height_px; y++) {
        for (unsigned x = 0; x < width_px; x++) {
            unsigned across = x * 256 / width_px, down = y * 256 / height_px;
            int inside = across >= 64 && across < 128 && down >= 64 && down < 128;
            pixels[y][x][0] = (uint8_t)across;
            pixels[y][x][1] = (uint8_t)down;
            pixels[y][x][2] = inside ? square : 0;
            pixels[y][x][3] = (uint8_t)(x * y); /* means nothing */
        }
    }
    thumbnail_make(&thumbnail, &pixels[0][0][0], sizeof pixels[0], width_px, height_px);
    return thumbnail;
}

static void stretched_it_is_the_same(void **state)
{
    (void)state;
    struct thumbnail a = of_picture(512, 384, 120), b = of_picture(637, 501, 120);
    assert_true(thumbnail_same(&a, &b));
}

static void a_part_that_changed_is_seen(void **state)
{
    (void)state;
    struct thumbnail a = of_picture(512, 384, 120), b = of_picture(512, 384, 60);
    assert_false(thumbnail_same(&a, &b));
}

static void smaller_than_its_cells_it_is_black(void **state)
{
    (void)state;
    struct thumbnail tiny = of_picture(7, 100, 255), black;
    memset(&black, 0, sizeof black);
    assert_memory_equal(&tiny, &black, sizeof tiny);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stretched_it_is_the_same),
        cmocka_unit_test(a_part_that_changed_is_seen),
        cmocka_unit_test(smaller_than_its_cells_it_is_black),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
