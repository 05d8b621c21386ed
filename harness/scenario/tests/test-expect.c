/* expect: whether a run met what was expected, and what is no expectation. */
#include "harness/scenario/expect.h"

#include <gio/gio.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *key, *value;
} expected[] = {
    {"sources", "vgpu;pgpu;vgpu"}, {"other_channel", ""},   {"second_client", "vgpu?;pgpu"},
    {"wrong_pixels", "0"},         {"frames_held_back", "0"}, {"frames_lost", "1"},
    {"frames_planned", "9"},       {"frames_early", "0"},   {"pgpu_psnr_db_min", "30"},
};

/* A run that met them all; the cases change one thing of it. */
static Seen good(void)
{
    return (Seen){.sources = "vgpu;pgpu;vgpu", .second_client = "pgpu", .frames_planned = 9,
                  .frames_lost = 1, .frames_dropped = 99, .pgpu_psnr_db = 30};
}

static void judge(const char *name, const Seen *seen, const char *wanted)
{
    Expect expect;
    expect_init(&expect);
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
        assert_true(expect_set(&expect, expected[i].key, expected[i].value, NULL));
    g_autofree char *reason = expect_judge(&expect, seen);
    if (wanted ? !reason || !strstr(reason, wanted) : reason != NULL)
        fail_msg("%s: '%s'", name, reason ? reason : "met");
    expect_finish(&expect);
}

static void a_run_is_judged(void **state)
{
    static const struct {
        const char *name;
        gsize text, number; /* offset of what is changed, 0: none (sources is never a number) */
        const char *to_text;
        double to_number;
        const char *expected;
    } cases[] = {
#define TEXT(name) G_STRUCT_OFFSET(Seen, name), 0
#define NUMBER(name) 0, G_STRUCT_OFFSET(Seen, name)
        {"another window", TEXT(other_channel), "pgpu", 0, "other_channel: expected ''"},
        {"no second client", TEXT(second_client), NULL, 0, "second_client: expected 'vgpu?;pgpu'"},
        {"wrong pixels", NUMBER(wrong_pixels), NULL, 1, "wrong_pixels: expected at most 0"},
        {"not compared", NUMBER(wrong_pixels), NULL, NAN, "says nothing about it"},
        {"lost", NUMBER(frames_lost), NULL, 2, "frames_lost: expected at most 1, it was 2"},
        {"another picture", NUMBER(pgpu_psnr_db), NULL, 12,
         "pgpu_psnr_db_min: expected at least 30, it was 12"},
        {"held back", NUMBER(frames_held_back), NULL, 2, "frames_held_back: expected at most 0"},
        {"captured for nobody", NUMBER(frames_early), NULL, 1, "frames_early: expected at most 0"},
        {"captured too much", NUMBER(frames_planned), NULL, 10, "frames_planned: expected at most"},
        {"dropped is any", NUMBER(frames_dropped), NULL, 1000, NULL},
#undef TEXT
#undef NUMBER
    };
    Seen seen = good();

    judge("all well", &seen, NULL);
    seen.sources = "vgpu;pgpu";
    judge("black at the end", &seen, "sources: expected 'vgpu;pgpu;vgpu', the client showed");
    seen.sources = NULL;
    judge("nothing shown", &seen, "the client showed ''");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        seen = good();
        if (cases[i].text)
            G_STRUCT_MEMBER(const char *, &seen, cases[i].text) = cases[i].to_text;
        else
            G_STRUCT_MEMBER(double, &seen, cases[i].number) = cases[i].to_number;
        judge(cases[i].name, &seen, cases[i].expected);
    }
}

static void what_may_be_missing_may_be_missing(void **state)
{
    static const struct {
        const char *order, *was;
        gboolean fits;
    } cases[] = {
        {"", "", TRUE},
        {"", "vgpu", FALSE},
        {"vgpu", "", FALSE},
        {"vgpu?", "", TRUE},
        {"vgpu?;pgpu", "pgpu", TRUE},
        {"vgpu?;pgpu", "vgpu;pgpu", TRUE},
        {"vgpu?;pgpu", "vgpu", FALSE},
        {"vgpu?;pgpu", "pgpu;vgpu", FALSE},
        {"vgpu?;pgpu", "vgpu;pgpu;vgpu", FALSE},
        {"vgpu;pgpu?;vgpu", "vgpu", TRUE}, /* without the middle both are one */
        {"vgpu;pgpu?;vgpu", "vgpu;pgpu;vgpu", TRUE},
        {"vgpu;pgpu?;vgpu", "vgpu;pgpu", FALSE},
        {"vgpu?;pgpu?;vgpu?", "pgpu", TRUE},
        {"vgpu;pgpu", "vgpu;pgpux", FALSE},
        {"pgpu", "pgpux", FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Expect expect;
        Seen seen = {.sources = (char *)cases[i].was};
        expect_init(&expect);
        assert_true(expect_set(&expect, "sources", cases[i].order, NULL));
        g_autofree char *reason = expect_judge(&expect, &seen);
        if ((reason == NULL) != cases[i].fits)
            fail_msg("'%s' for '%s': %s", cases[i].was, cases[i].order, reason ? reason : "met");
        expect_finish(&expect);
    }
}

static void abuse_is_refused(void **state)
{
    static const struct {
        const char *key, *value, *wanted;
    } cases[] = {
        {"sources", "vgpu;gpu", "'gpu' is no source"},
        {"sources", "vgpu?\?", "'vgpu?\?' is no source"},
        {"sources", "?", "'?' is no source"},
        {"sources", ";", "'' is no source"},
        {"sources", "vgpu;vgpu?", "'vgpu' twice in a row"},
        {"second_client", "vgpu?;pgpu?;vgpu?;pgpu?;vgpu?;pgpu?;vgpu?;pgpu?;vgpu?", "too many '?'"},
        {"frames_early", "-1", "'-1' is not allowed"},
        {"second", "vgpu", "unknown key; allowed: sources, other_channel, second_client"},
    };
    Expect expect;

    expect_init(&expect);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        if (expect_set(&expect, cases[i].key, cases[i].value, &error) ||
            !strstr(error->message, cases[i].wanted))
            fail_msg("%s=%s: %s", cases[i].key, cases[i].value, error ? error->message : "taken");
    }
    expect_finish(&expect);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_judged),
        cmocka_unit_test(what_may_be_missing_may_be_missing),
        cmocka_unit_test(abuse_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
