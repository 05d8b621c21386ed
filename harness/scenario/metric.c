/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/scenario/metric.h"

#include <math.h>
#include <string.h>

static const struct metric_definition definitions[METRIC_COUNT] = {
#define METRIC(id, name, unit, decimals, direction, label, meaning) \
    [METRIC_##id] = {name, unit, decimals, METRIC_DIRECTION_##direction, label, meaning},
#include "harness/scenario/metrics.def"
#undef METRIC
};

const struct metric_definition *metric_definition(enum metric metric)
{
    return &definitions[metric];
}

const char *metric_name(enum metric metric)
{
    return definitions[metric].name;
}

bool metric_find(const char *name, enum metric *ret_metric)
{
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        if (strcmp(definitions[i].name, name) == 0) {
            *ret_metric = (enum metric)i;
            return true;
        }
    }
    return false;
}

void metrics_init(struct metrics *metrics)
{
    for (unsigned i = 0; i < METRIC_COUNT; i++)
        metrics->value[i] = NAN;
}
