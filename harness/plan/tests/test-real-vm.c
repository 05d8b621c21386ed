/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* real-vm: which of the tree's scenarios run with a real VM, and why the others do not. */
#include "harness/plan/real-vm.h"
#include "harness/scenario/catalog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const char *const qemu[] = {"qemu", NULL}, *const virtio[] = {"virtio", NULL},
                         *const x11[] = {"x11", NULL}, *const both[] = {"pty", "socket", NULL};

/* The scenario's cases on our route. */
static GPtrArray *cases_of(const char *name, const struct case_filter *filter,
                           struct scenario **ret_scenario)
{
    static const char *const ours[] = {"gpu-module", NULL};
    g_autofree char *file = g_strdup_printf("scenarios/%s", name);
    GPtrArray *cases = g_ptr_array_new_with_free_func(g_free);
    struct case_filter on_our_route = *filter;
    g_autoptr(GError) error = NULL;

    on_our_route.routes = ours;
    *ret_scenario = scenario_load(file, &error);
    assert_null(error);
    case_expand(*ret_scenario, &on_our_route, cases);
    return cases;
}

static void refuses(const char *name, const struct case_filter *filter, const char *reason)
{
    struct scenario *scenario;
    g_autoptr(GPtrArray) cases = cases_of(name, filter, &scenario);
    g_autoptr(GError) error = NULL;

    assert_false(real_vm_admits(g_ptr_array_index(cases, 0), false, &error));
    if (!strstr(error->message, reason) || strchr(error->message, '\n'))
        fail_msg("expected '%s', got '%s'", reason, error->message);
    scenario_destroy(scenario);
}

static void each_scenario_runs_or_is_refused(void **state)
{
    static const struct {
        const char *name, *reason;
    } refused[] = {
        {"device-reset.ini", "vm qemu: vm reset: the agent ends with its guest"},
        {"gl-scanout.ini", "vm qemu: vm gl-draw: its vGPU has no 3D"},
        {"hot-unplug.ini", "vm qemu: vm unplug: qxl-vga cannot be unplugged"},
        {"input.ini", "vm qemu: press keys: no program in the guest"},
        {"migration-seamless.ini", "vm qemu: vm migrate: there is no second one"},
        {"migration.ini", "vm qemu: vm migrate: there is no second one"},
        {"missing-primary.ini", "vm qemu: vm no-primary: its vGPU's driver"},
        {"second-display.ini", "vm qemu: displays: it has one vGPU"},
        {"sound-playing.ini", "vm qemu: audio_delay_ms: it has no sound card"},
        {"transport-tls.ini", "vm qemu: client_transport=tls: "},
    };
    const struct case_filter filter = {.words[AXIS_VM] = qemu};
    g_autoptr(GDir) dir = g_dir_open("scenarios", 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir))) {
        const char *reason = NULL;
        struct scenario *scenario;

        if (!g_str_has_suffix(name, ".ini"))
            continue;
        for (unsigned i = 0; i < G_N_ELEMENTS(refused); i++)
            if (g_str_equal(refused[i].name, name))
                reason = refused[i].reason;
        g_autoptr(GPtrArray) cases = cases_of(name, &filter, &scenario);
        for (unsigned i = 0; i < cases->len; i++) {
            const struct plan_case *c = g_ptr_array_index(cases, i);
            g_autoptr(GError) error = NULL;

            assert_string_equal(c->axis[AXIS_TRANSPORT], "virtio");
            if (real_vm_admits(c, false, &error) == !reason || case_has_real_agent(c))
                continue;
            fail_msg("%s: %s", name, error ? error->message : "it is not refused");
        }
        if (reason)
            refuses(name, &filter, reason);
        scenario_destroy(scenario);
    }
}

static void its_port_is_virtio_and_no_other(void **state)
{
    const struct case_filter real = {.words[AXIS_VM] = qemu, .words[AXIS_TRANSPORT] = both};
    const struct case_filter simulated = {.words[AXIS_TRANSPORT] = virtio};
    struct scenario *scenario;
    g_autoptr(GPtrArray) cases = cases_of("agent-crash.ini", &real, &scenario);
    g_autofree char *id = case_id(g_ptr_array_index(cases, 0));

    assert_int_equal(cases->len, 1);
    assert_string_equal(id, "agent-crash,gpu-module,appsink,cad-720p30,virtio,qemu");
    scenario_destroy(scenario);
    refuses("agent-crash.ini", &simulated, "add --vm qemu");
}

static void a_real_agent_needs_a_guest_of_its_own(void **state)
{
    const struct case_filter filter = {.words[AXIS_VM] = qemu, .words[AXIS_AGENT] = x11};
    struct scenario *scenario;
    g_autoptr(GPtrArray) cases = cases_of("agent-after-client.ini", &filter, &scenario);
    g_autoptr(GError) error = NULL;

    refuses("agent-after-client.ini", &filter,
            "vm qemu: x11: the small guest has no X server: give it another one by --guest");
    assert_true(real_vm_admits(g_ptr_array_index(cases, 0), true, &error));
    scenario_destroy(scenario);
}

/* On a route on which nobody plays there is nothing to refuse. */
static void a_step_that_is_left_out_is_no_reason(void **state)
{
    const struct case_filter filter = {.words[AXIS_VM] = qemu};
    struct scenario *scenario;
    g_autoptr(GPtrArray) cases = cases_of("paper.ini", &filter, &scenario);
    g_autoptr(GError) error = NULL;

    assert_true(real_vm_admits(g_ptr_array_index(cases, 0), false, &error));
    struct plan_case *c = g_ptr_array_index(cases, 0);
    c->route = route_find("vgpu-lz4");
    assert_false(real_vm_admits(c, false, &error));
    assert_non_null(strstr(error->message, "vm film: no program in the guest plays"));
    scenario_destroy(scenario);
}

/* On the route of original SPICE. */
static void a_port_that_nobody_reads_is_refused(void **state)
{
    const struct case_filter filter = {.words[AXIS_VM] = qemu};
    struct scenario *scenario;
    g_autoptr(GPtrArray) cases = cases_of("idle.ini", &filter, &scenario);
    g_autoptr(GError) error = NULL;
    struct plan_case *c = g_ptr_array_index(cases, 0);

    assert_true(real_vm_admits(c, false, &error));
    c->route = route_find("original");
    assert_false(real_vm_admits(c, false, &error));
    assert_non_null(strstr(error->message, "vm qemu: agent open: nobody reads its port"));
    scenario_destroy(scenario);
}

/* `vdibench list --real-vm` prints it. */
static void the_document_has_the_table(void **state)
{
    char *all[] = {NULL};
    g_autoptr(GPtrArray) scenarios = catalog_load(".", all, NULL);
    g_autofree char *table = real_vm_table(scenarios), *document = NULL;

    assert_true(g_file_get_contents("docs/real-vm.md", &document, NULL, NULL));
    if (!strstr(document, table))
        fail_msg("docs/real-vm.md does not have what `vdibench list --real-vm` prints: %s", table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_scenario_runs_or_is_refused),
        cmocka_unit_test(its_port_is_virtio_and_no_other),
        cmocka_unit_test(a_real_agent_needs_a_guest_of_its_own),
        cmocka_unit_test(a_step_that_is_left_out_is_no_reason),
        cmocka_unit_test(a_port_that_nobody_reads_is_refused),
        cmocka_unit_test(the_document_has_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
