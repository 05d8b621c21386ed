/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* load: what the models write, and which names there are. */
#include "shadow-paging/workloads/address-window.h"
#include "shadow-paging/workloads/load.h"
#include "shadow-paging/workloads/mediated-vgpu.h"

#include <gio/gio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define FRAMES 65536

static struct load *create(const char *name)
{
    struct load *load = load_create(name, NULL, FRAMES, 1, NULL);
    assert_non_null(load);
    return load;
}

static struct load_submission next(struct load *load)
{
    struct load_submission submission;
    assert_true(load_next(load, &submission, NULL));
    return submission;
}

/* Each write is an aligned entry of a page that the GPU uses. */
static void each_write_is_an_entry_of_a_page_in_use(void **state)
{
    for (unsigned i = 0; load_name_at(i); i++) {
        struct load_shape shape;
        assert_true(load_shape_find(load_name_at(i), &shape));
        if (shape.kind == LOAD_TRANSCODE || shape.kind == LOAD_MAP)
            continue;
        auto_destroy(load) load = create(load_name_at(i));
        for (unsigned n = 0; n < 60; n++) {
            struct load_submission submission = next(load);
            bool used[TABLE_PAGES] = {false};
            for (size_t k = 0; k < submission.page_count; k++) {
                assert_true(submission.pages[k] < TABLE_PAGES);
                assert_false(used[submission.pages[k]]);
                used[submission.pages[k]] = true;
            }
            for (size_t k = 0; k < submission.write_count; k++) {
                const struct guest_write *write = &submission.writes[k];
                assert_int_equal(write->size_bytes, TABLE_ENTRY_BYTES);
                assert_int_equal(write->offset_bytes % TABLE_ENTRY_BYTES, 0);
                assert_true(write->offset_bytes < TABLE_BYTES);
                assert_true(used[write->offset_bytes / TABLE_PAGE_BYTES]);
                assert_true(entry_is_present(write->value));
                assert_true(entry_frame(write->value) < FRAMES);
            }
        }
    }
}

static void a_synthetic_load_writes_what_its_name_has(void **state)
{
    auto_destroy(load) load = create("synthetic-64p-16w-25c");
    uint16_t before[64];
    unsigned stayed = 0;

    struct load_submission submission = next(load);
    assert_int_equal(submission.page_count, 64);
    assert_int_equal(submission.write_count, 64 * 16);
    memcpy(before, submission.pages, sizeof before);
    submission = next(load);
    for (unsigned i = 0; i < 64; i++) {
        for (unsigned k = 0; k < 64; k++)
            stayed += submission.pages[i] == before[k];
    }
    assert_int_equal(stayed, 48);
}

static void the_same_seed_is_the_same_load(void **state)
{
    auto_destroy(load) one = create("light-3d");
    auto_destroy(load) other = create("light-3d");
    for (unsigned n = 0; n < 100; n++) {
        struct load_submission x = next(one), y = next(other);
        assert_int_equal(x.write_count, y.write_count);
        assert_memory_equal(x.writes, y.writes, x.write_count * sizeof *x.writes);
    }
}

/* 765 entries of a picture of 1080p, 338 of one of 720p, and two pieces of a stream. */
static void a_transcoded_frame_binds_three_surfaces_anew(void **state)
{
    auto_destroy(load) load = create("bindings-15");
    size_t writes = 0;

    for (unsigned n = 0; n < 15 * 40; n++)
        next(load);
    for (unsigned n = 0; n < 15 * 40; n++)
        writes += next(load).write_count;
    assert_in_range(writes / (15 * 40), 1050, 1150);
}

static void a_change_is_counted_from(void **state)
{
    auto_destroy(load) changing = create("changing");
    auto_destroy(load) massive = create("massive");

    assert_int_equal(next(massive).since_change, LOAD_NEVER_CHANGES);
    for (int n = 0; n < LOAD_CHANGING_STAYS; n++) {
        struct load_submission light = next(changing);
        assert_int_equal(light.since_change, n);
        assert_int_equal(light.write_count, 64);
    }
    struct load_submission heavy = next(changing);
    assert_int_equal(heavy.since_change, 0);
    assert_int_equal(heavy.write_count, 64 * 64);
}

static void the_surface_goes_that_was_used_longest_ago(void **state)
{
    struct address_window *window = address_window_create(10, 2); /* 1024 entries */
    g_autoptr(GArray) writes = g_array_new(false, false, sizeof(struct guest_write));

    assert_true(address_window_use(window, 1, 400, 0, FRAMES, writes));
    assert_true(address_window_use(window, 2, 400, 0, FRAMES, writes));
    assert_int_equal(writes->len, 800);
    assert_true(address_window_use(window, 1, 400, 0, FRAMES, writes)); /* is there */
    assert_int_equal(writes->len, 800);
    assert_true(address_window_use(window, 3, 300, 0, FRAMES, writes));
    assert_int_equal(address_window_find(window, 2), -1);
    assert_int_equal(address_window_find(window, 1), 10 * TABLE_PAGE_ENTRIES);
    assert_int_equal(address_window_find(window, 3), 10 * TABLE_PAGE_ENTRIES + 400);
    assert_false(address_window_use(window, 4, 1025, 0, FRAMES, writes));
    assert_int_equal(writes->len, 1100);
    address_window_destroy(window);
}

static void a_name_that_is_none_is_refused(void **state)
{
    static const char *const names[] = {
        "",
        "none",
        "massiv",
        "synthetic-0p-1w-0c",
        "synthetic-513p-1w-0c",
        "synthetic-1p-0w-0c",
        "synthetic-1p-4097w-0c",
        "synthetic-1p-1w-101c",
        "synthetic-1p-1w",
        "synthetic-1p-1w-1cc",
        "synthetic-+1p-1w-1c",
        "synthetic--1p-1w-1c",
        "synthetic- 1p-1w-1c",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        struct load_shape shape;
        assert_false(load_shape_find(names[i], &shape));
        assert_false(load_is_synthetic(names[i]));
        assert_null(load_create(names[i], NULL, FRAMES, 1, &error));
        assert_null(strchr(error->message, '\n'));
    }
    assert_true(load_is_synthetic("synthetic-512p-4096w-100c"));
}

static void what_a_vgpu_cannot_be_is_one_line(void **state)
{
    static const struct {
        struct mediated_vgpu_settings settings;
        const char *error;
    } cases[] = {
        {{"lenient", "light-2d", "segv", "diff", NULL},
         "policy lenient: there is none of that name; see shadow-paging-run --help"},
        {{"auto", "light-2d", "pigeon", "diff", NULL},
         "traps pigeon: there are none of that name; see shadow-paging-run --help"},
        {{"auto", "light-2d", "segv", "guess", NULL},
         "reconstruction guess: there is none of that name; allowed: diff, rebuild"},
        {{"auto", "heavy", "segv", "diff", NULL},
         "load heavy: there is none of that name; see shadow-paging-run --help"},
        {{"auto", "transcode-1", "segv", "diff", NULL},
         "load transcode-1: it needs a recording to decode; bindings-N has one recorded"},
        {{"auto", "transcode-1", "segv", "diff", "no-such-file.mp4"}, NULL},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(mediated_vgpu_create(&cases[i].settings, &error));
        assert_null(strchr(error->message, '\n'));
        if (cases[i].error)
            assert_string_equal(error->message, cases[i].error);
    }
}

/* With the back end that needs nothing of the machine: each policy, and no stale entry. */
static void each_policy_carries_each_kind_of_load(void **state)
{
    static const char *const policies[] = {"native",  "strict",    "full", "static-4",
                                           "dynamic", "segmented", "auto"};
    static const char *const loads[] = {"light-3d", "adversarial", "changing", "bindings-2"};

    for (unsigned p = 0; p < G_N_ELEMENTS(policies); p++) {
        for (unsigned l = 0; l < G_N_ELEMENTS(loads); l++) {
            const struct mediated_vgpu_settings settings = {policies[p], loads[l], "fake",
                                                            l % 2 ? "rebuild" : "diff", NULL};
            struct submission_cost cost = {0};
            auto_destroy(mediated_vgpu) vgpu = mediated_vgpu_create(&settings, NULL);
            assert_non_null(vgpu);
            for (unsigned n = 0; n < 50; n++)
                assert_true(mediated_vgpu_submit(vgpu, &cost, NULL));
            assert_int_equal(cost.submissions, 50);
            assert_int_equal(cost.stale, 0);
            if (g_str_equal(policies[p], "strict"))
                assert_int_equal(cost.traps, cost.writes);
            if (g_str_equal(policies[p], "native"))
                assert_int_equal(cost.traps, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_write_is_an_entry_of_a_page_in_use),
        cmocka_unit_test(a_synthetic_load_writes_what_its_name_has),
        cmocka_unit_test(the_same_seed_is_the_same_load),
        cmocka_unit_test(a_transcoded_frame_binds_three_surfaces_anew),
        cmocka_unit_test(a_change_is_counted_from),
        cmocka_unit_test(the_surface_goes_that_was_used_longest_ago),
        cmocka_unit_test(a_name_that_is_none_is_refused),
        cmocka_unit_test(what_a_vgpu_cannot_be_is_one_line),
        cmocka_unit_test(each_policy_carries_each_kind_of_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
