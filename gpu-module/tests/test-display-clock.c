#include "gpu-module/display-clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* How clients compare two stamps. */
static int32_t difference(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

static void a_stamp_lies_in_the_past(void **state)
{
    (void)state;
    const uint32_t times[] = { 0, 1, 1999, 2000, 2001, 1000000, UINT32_MAX };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        int32_t behind = difference(times[i], display_clock_stamp_ms(times[i]));
        assert_in_range(behind, DISPLAY_CLOCK_BEHIND_MS, DISPLAY_CLOCK_BEHIND_MS + 1);
    }
}

/* A stamp of 0 made clients complain and add 100 ms. */
static void never_zero_and_never_backwards(void **state)
{
    (void)state;
    uint32_t last = display_clock_stamp_ms(DISPLAY_CLOCK_BEHIND_MS - 3);
    for (uint32_t now = DISPLAY_CLOCK_BEHIND_MS - 2; now < DISPLAY_CLOCK_BEHIND_MS + 3; now++) {
        uint32_t stamp = display_clock_stamp_ms(now);
        assert_int_not_equal(stamp, 0);
        assert_true(difference(stamp, last) >= 0);
        last = stamp;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stamp_lies_in_the_past),
        cmocka_unit_test(never_zero_and_never_backwards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
