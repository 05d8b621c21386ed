/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/outcome.h"

static const char *const status_texts[STATUS_COUNT] = {
    "passed",
    "failed",
    "skipped",
    "interrupted",
};

const char *status_text(enum status status)
{
    return status_texts[status];
}

bool status_find(const char *text, enum status *ret_status)
{
    for (unsigned s = 0; s < STATUS_COUNT; s++) {
        if (g_str_equal(status_texts[s], text)) {
            *ret_status = (enum status)s;
            return true;
        }
    }
    return false;
}

bool outcome_counts(const struct outcome *outcome)
{
    return outcome->status == STATUS_PASSED && !outcome->unfit;
}

struct outcome *outcome_create(enum status status, const char *reason)
{
    struct outcome *outcome = g_new0(struct outcome, 1);
    outcome->status = status;
    outcome->reason = g_strdup(reason);
    return outcome;
}

void outcome_destroy(struct outcome *outcome)
{
    if (!outcome)
        return;
    g_free(outcome->folder);
    g_free(outcome->reason);
    g_free(outcome->unfit);
    g_free(outcome->limit);
    g_free(outcome->library);
    g_clear_pointer(&outcome->environment, json_node_unref);
    seen_finish(&outcome->seen);
    g_free(outcome);
}
