/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* A workload's recording, and the film that a vGPU draws in its place. */
#include "auto-destroy.h"
#include "harness/plan/workload.h"
#include "harness/scenario/axis.h"
#include "sim-agent/chosen-encoder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define CAPTURES "sim-agent/captures/"

static void assert_loaded(const char *file, const char *film, unsigned frames)
{
    g_autoptr(GError) error = NULL;
    auto_destroy(workload) workload = workload_load("name", file, &error);

    assert_null(error);
    assert_string_equal(workload->name, "name");
    assert_string_equal(workload->file, file);
    assert_string_equal(workload->film, film);
    assert_int_equal(workload->frames, frames);
    assert_int_equal(workload->width_px, 1280);
    assert_int_equal(workload->fps_num, 30 * workload->fps_den);
}

static void a_film_beside_it_is_what_a_vgpu_draws(void **state)
{
    (void)state;
    assert_loaded(CAPTURES "office-720p30.mp4", CAPTURES "office-720p30.film", 360);
}

static void without_one_it_draws_the_recording(void **state)
{
    (void)state;
    assert_loaded(CAPTURES "video-720p30.mp4", CAPTURES "video-720p30.mp4", 300);
}

static void a_film_is_no_workload_of_its_own(void **state)
{
    g_auto(GStrv) names = workload_names("build", ".");

    (void)state;
    assert_true(g_strv_contains((const char *const *)names, "office-720p30"));
    assert_false(g_strv_contains((const char *const *)names, "office-720p30.film"));
    for (unsigned i = 1; names[i]; i++)
        assert_true(g_strcmp0(names[i - 1], names[i]) < 0);
}

/* Harness and agent each have a table of them. */
static void the_agent_has_each_encoder_of_the_axis(void **state)
{
    const struct axis_definition *encoder = axis_definition(AXIS_ENCODER);

    (void)state;
    for (unsigned i = 0; encoder->word_at(i); i++)
        assert_true(chosen_encoder_is(encoder->word_at(i)));
    assert_false(chosen_encoder_is("x264-slowest"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_agent_has_each_encoder_of_the_axis),
        cmocka_unit_test(a_film_beside_it_is_what_a_vgpu_draws),
        cmocka_unit_test(without_one_it_draws_the_recording),
        cmocka_unit_test(a_film_is_no_workload_of_its_own),
    };
    return cmocka_run_group_tests_name("workload", tests, NULL, NULL);
}
