#include "harness/plots/counter.h"

#include <math.h>

/* Samples are taken each 100 ms; on a busy machine later. */
#define HOLE_NS (G_GINT64_CONSTANT(500) * 1000 * 1000)

typedef struct {
    gint64 time_ns;
    double value;
} Sample;

struct Counter {
    GArray *samples;
};

Counter *counter_create(void)
{
    Counter *counter = g_new0(Counter, 1);
    counter->samples = g_array_new(FALSE, FALSE, sizeof(Sample));
    return counter;
}

void counter_destroy(Counter *counter)
{
    if (!counter)
        return;
    g_array_unref(counter->samples);
    g_free(counter);
}

void counter_add(Counter *counter, gint64 time_ns, double value)
{
    Sample sample = {time_ns, value};
    g_array_append_val(counter->samples, sample);
}

static double value_at(const Counter *counter, gint64 time_ns)
{
    const Sample *samples = (const Sample *)counter->samples->data;
    guint low = 0, n = counter->samples->len;

    if (n == 0)
        return 0;
    if (time_ns <= samples[0].time_ns)
        return samples[0].value;
    if (time_ns >= samples[n - 1].time_ns)
        return samples[n - 1].value;
    for (guint high = n - 1; high - low > 1;) { /* samples[low] <= time < samples[high] */
        guint middle = low + (high - low) / 2;
        *(samples[middle].time_ns <= time_ns ? &low : &high) = middle;
    }
    const Sample *before = &samples[low], *after = &samples[low + 1];
    if (after->time_ns - before->time_ns > HOLE_NS && after->value > before->value)
        return NAN;
    return before->value + (after->value - before->value) * (double)(time_ns - before->time_ns) /
                               (double)MAX(after->time_ns - before->time_ns, 1);
}

double counter_growth(const Counter *counter, gint64 begin_ns, gint64 end_ns)
{
    return value_at(counter, end_ns) - value_at(counter, begin_ns);
}
