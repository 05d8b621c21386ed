#include "display-clock.h"

uint32_t display_clock_stamp_ms(uint32_t now_ms)
{
    uint32_t stamp = now_ms - DISPLAY_CLOCK_BEHIND_MS;

    return stamp != 0 ? stamp : UINT32_MAX; /* 1 ms earlier, not later than the next one */
}
