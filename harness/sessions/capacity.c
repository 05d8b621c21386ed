#include "harness/sessions/capacity.h"

Capacity capacity_begin(guint max)
{
    return (Capacity){.passed = 0, .failed = max + 1, .max = max};
}

guint capacity_next(const Capacity *capacity)
{
    guint passed = capacity->passed, failed = capacity->failed;

    if (failed - passed <= 1)
        return 0;
    if (failed <= capacity->max)
        return passed + (failed - passed) / 2;
    return MIN(passed + MAX(passed / 2, 1), capacity->max);
}

void capacity_tell(Capacity *capacity, guint tried, gboolean passed)
{
    if (passed)
        capacity->passed = tried;
    else
        capacity->failed = tried;
}
