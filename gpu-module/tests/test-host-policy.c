/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/host-policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define H264 PORT_CODEC_BIT(PORT_CODEC_H264)
#define H265 PORT_CODEC_BIT(PORT_CODEC_H265)
#define VP8 PORT_CODEC_BIT(PORT_CODEC_VP8)
#define VP9 PORT_CODEC_BIT(PORT_CODEC_VP9)
#define MJPEG PORT_CODEC_BIT(PORT_CODEC_MJPEG)
#define ALL (H264 | H265 | VP8 | VP9 | MJPEG)

static bool set(struct host_policy *policy, const char *name, const char *value)
{
    const struct host_policy_variable *variable;

    for (unsigned i = 0; (variable = host_policy_variable_at(i)); i++)
        if (strcmp(variable->name, name) == 0)
            return variable->set(policy, value);
    fail_msg("there is no %s", name);
    return false;
}

static void without_variables_all_may_pass(void **state)
{
    (void)state;
    struct host_policy policy;

    host_policy_init(&policy);
    assert_true(policy.module_on);
    assert_int_equal(policy.codecs, ALL);
    assert_true(host_policy_allows_size(&policy, PORT_FORMAT_MAX_PX, PORT_FORMAT_MAX_PX));
}

static void each_variable_is_understood(void **state)
{
    (void)state;
    struct host_policy policy;

    host_policy_init(&policy);
    assert_true(set(&policy, "SPICE_GPU_MODULE", "off"));
    assert_false(policy.module_on);
    assert_true(set(&policy, "SPICE_GPU_CODECS", "mjpeg"));
    assert_int_equal(policy.codecs, MJPEG);
    assert_true(set(&policy, "SPICE_GPU_CODECS", "vp9,h265"));
    assert_int_equal(policy.codecs, VP9 | H265);
    assert_true(set(&policy, "SPICE_GPU_MAX_SIZE", "1920x1080"));
    assert_true(host_policy_allows_size(&policy, 1920, 1080));
    assert_false(host_policy_allows_size(&policy, 1921, 1080));
    assert_false(host_policy_allows_size(&policy, 1080, 1920));
}

static const char *const bad[][2] = {
    {"SPICE_GPU_MODULE", ""},         {"SPICE_GPU_MODULE", "no"},
    {"SPICE_GPU_MODULE", "OFF"},      {"SPICE_GPU_CODECS", ""},
    {"SPICE_GPU_CODECS", "h264,"},    {"SPICE_GPU_CODECS", ",h264"},
    {"SPICE_GPU_CODECS", "h26"},      {"SPICE_GPU_CODECS", "h264 mjpeg"},
    {"SPICE_GPU_CODECS", "h264,av1"}, {"SPICE_GPU_CODECS", "H264"},
    {"SPICE_GPU_MAX_SIZE", ""},       {"SPICE_GPU_MAX_SIZE", "1920"},
    {"SPICE_GPU_MAX_SIZE", "0x1080"}, {"SPICE_GPU_MAX_SIZE", "1920x"},
    {"SPICE_GPU_MAX_SIZE", "x1080"},  {"SPICE_GPU_MAX_SIZE", "1920x1080p"},
    {"SPICE_GPU_MAX_SIZE", "-1x-1"},  {"SPICE_GPU_MAX_SIZE", "4294967297x1"},
};

static void a_bad_value_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct host_policy before, policy;
        memset(&before, 0, sizeof before);
        memset(&policy, 0, sizeof policy);
        host_policy_init(&before);
        host_policy_init(&policy);
        if (set(&policy, bad[i][0], bad[i][1]))
            fail_msg("%s=%s is taken", bad[i][0], bad[i][1]);
        assert_memory_equal(&policy, &before, sizeof policy);
    }
}

static void the_servers_setting_counts(void **state)
{
    (void)state;
    struct host_policy policy;

    host_policy_init(&policy);
    assert_int_equal(host_policy_codecs(&policy, MJPEG | VP8 | H264 | VP9), ALL);
    assert_int_equal(host_policy_codecs(&policy, MJPEG), MJPEG);
    assert_int_equal(host_policy_codecs(&policy, MJPEG | VP8 | VP9), MJPEG | VP8 | VP9);
    set(&policy, "SPICE_GPU_CODECS", "h264,h265");
    assert_int_equal(host_policy_codecs(&policy, MJPEG | VP8 | H264 | VP9), H264 | H265);
    assert_int_equal(host_policy_codecs(&policy, MJPEG | H264), H264 | H265);
    assert_int_equal(host_policy_codecs(&policy, MJPEG), H265);
    set(&policy, "SPICE_GPU_CODECS", "h264");
    assert_int_equal(host_policy_codecs(&policy, MJPEG), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_variables_all_may_pass),
        cmocka_unit_test(each_variable_is_understood),
        cmocka_unit_test(a_bad_value_changes_nothing),
        cmocka_unit_test(the_servers_setting_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
