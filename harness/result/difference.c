/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/result/difference.h"

#include "harness/result/noise.h"
#include "harness/statistics/holm.h"
#include "harness/statistics/mann-whitney.h"

#include <math.h>

static const char *const verdict_texts[VERDICT_COUNT] = {
    "better",
    "worse",
    "no difference shown",
};

const char *verdict_text(enum verdict verdict)
{
    return verdict_texts[verdict];
}

bool difference_measure(struct difference *ret_difference, enum metric metric,
                        const struct result_case *base, const struct result_case *one)
{
    const struct result_values *a = &base->metrics[metric], *b = &one->metrics[metric];
    bool relative = noise_is_relative(metric, base, one);

    if (a->n == 0 || b->n == 0 || metric_definition(metric)->direction == METRIC_DIRECTION_NEITHER)
        return false;
    *ret_difference = (struct difference){
        .base = base,
        .one = one,
        .metric = metric,
        .relative = relative,
        .estimate = noise_estimate(metric, relative, base, one),
        .p = mann_whitney_p(a->values, a->n, b->values, b->n, NULL),
        .adjusted_p = NAN,
        .floor = NAN,
        .verdict = VERDICT_NOT_SHOWN,
    };
    return true;
}

static void judge(struct difference *one, size_t tests)
{
    double least_p =
        mann_whitney_least_p(one->base->metrics[one->metric].n, one->one->metrics[one->metric].n);
    double no_change = one->relative ? 1 : 0;
    bool is_more = one->estimate.value > no_change;
    bool more_is_better = metric_definition(one->metric)->direction == METRIC_DIRECTION_MORE;

    one->verdict = VERDICT_NOT_SHOWN;
    if (one->estimate.value == no_change)
        one->remark = "the medians are equal";
    else if (least_p * (double)tests >= DIFFERENCE_P_MAX && !(one->adjusted_p < DIFFERENCE_P_MAX))
        one->remark = "too few repeats";
    else if (!(one->adjusted_p < DIFFERENCE_P_MAX))
        one->remark = "could be chance";
    else if (noise_hides(one->floor, one->relative, &one->estimate))
        one->remark = "within the noise floor";
    else
        one->verdict = is_more == more_is_better ? VERDICT_BETTER : VERDICT_WORSE;
}

void differences_judge(GArray *differences)
{
    struct difference *all = (struct difference *)differences->data;
    g_autofree double *p = g_new(double, differences->len);

    for (unsigned i = 0; i < differences->len; i++)
        p[i] = all[i].p;
    holm_adjust(p, differences->len);
    for (unsigned i = 0; i < differences->len; i++) {
        all[i].adjusted_p = p[i];
        judge(&all[i], differences->len);
    }
}
