/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/key-frame-request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define INTERVAL KEY_FRAME_REQUEST_INTERVAL_NS
#define TIMEOUT KEY_FRAME_REQUEST_TIMEOUT_NS
#define NEVER KEY_FRAME_REQUEST_NEVER

enum what { END, WANT, ASKED, SETTLED };

static const struct story {
    const char *name;
    struct {
        enum what what;
        int64_t now_ns; /* of ASKED */
        int64_t due_ns; /* afterwards */
    } steps[8];
} stories[] = {
    {"the first is asked for at once", {{WANT, 0, 0}, {ASKED, 7, 7 + TIMEOUT}}},
    {"START asks: nobody else wants one", {{ASKED, 7, NEVER}}},
    {"wanted while START is open: not before the timeout",
     {{ASKED, 7, NEVER}, {WANT, 0, 7 + TIMEOUT}}},
    {"answered before it is asked again",
     {{ASKED, 7, NEVER}, {WANT, 0, 7 + TIMEOUT}, {SETTLED, 0, NEVER}}},
    {"after an answer questions keep their distance, and are not lost",
     {{WANT, 0, 0},
      {ASKED, 7, 7 + TIMEOUT},
      {SETTLED, 0, NEVER},
      {WANT, 0, 7 + INTERVAL},
      {WANT, 0, 7 + INTERVAL},
      {ASKED, 7 + INTERVAL, 7 + INTERVAL + TIMEOUT}}},
    {"a key frame that comes by itself answers too",
     {{ASKED, 7, NEVER}, {SETTLED, 0, NEVER}, {WANT, 0, 7 + INTERVAL}, {SETTLED, 0, NEVER}}},
    {"an agent that never answers is asked again and again, each a timeout apart",
     {{WANT, 0, 0},
      {ASKED, 7, 7 + TIMEOUT},
      {ASKED, 7 + TIMEOUT, 7 + 2 * TIMEOUT},
      {ASKED, 7 + 2 * TIMEOUT, 7 + 3 * TIMEOUT}}},
};

static void run_story(void **state)
{
    const struct story *story = *state;
    struct key_frame_request request = {0};

    assert_int_equal(key_frame_request_due_ns(&request), NEVER);
    for (unsigned i = 0; story->steps[i].what != END; i++) {
        switch (story->steps[i].what) {
        case END:
        case WANT:
            key_frame_request_want(&request);
            break;
        case ASKED:
            key_frame_request_asked(&request, story->steps[i].now_ns);
            break;
        case SETTLED:
            key_frame_request_settled(&request);
            break;
        }
        if (key_frame_request_due_ns(&request) != story->steps[i].due_ns)
            fail_msg("step %u: due at %lld instead of %lld", i,
                     (long long)key_frame_request_due_ns(&request),
                     (long long)story->steps[i].due_ns);
    }
}

#define STORIES (sizeof stories / sizeof *stories)

int main(void)
{
    struct CMUnitTest tests[STORIES];

    for (size_t i = 0; i < STORIES; i++)
        tests[i] = (struct CMUnitTest){
            .name = stories[i].name, .test_func = run_story, .initial_state = (void *)&stories[i]};
    return _cmocka_run_group_tests("key frame request", tests, STORIES, NULL, NULL);
}
