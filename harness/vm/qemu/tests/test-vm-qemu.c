/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vm-qemu: the life of a real VM from power-on to power-off, as an unmodified client sees it:
 * firmware and console on the vGPU, the pGPU while the agent has its port open, the vGPU after
 * it, whatever ends the agent. The client's pictures are judged by their pixels: by the barcode in
 * them, or by QEMU's own picture of the vGPU.
 *
 * One VM for the cases of its life, which follow each other.
 */
#include "harness/tests/process.h"
#include "harness/vm/qemu/tests/vm-bed.h"

#include <signal.h>
#include <string.h>

/* Of the text mode in which the firmware, and then the kernel's first console, writes; and of the
 * kernel's console on the card's driver. */
#define FIRMWARE_PX 720, 400
#define CONSOLE_PX 1024, 768
/* --- the VM's life ------------------------------------------------------------------------- */

/* Skips the case where there can be no VM, and fails it where the case before has. */
static void begin_case(void)
{
    skip_without_vm();
    if (!bed.in_order)
        fail_msg("an earlier case of the VM's life has failed");
    bed.in_order = false;
}

static void end_case(void)
{
    bed.in_order = true;
}

/* The first case alone finds out whether there can be one. */
static void firmware_and_console_are_on_the_vgpu(void **state)
{
    const char *const more[] = {"--paused", NULL};

    start_vm(NULL, NULL, more);
    bed.qemu = await_listening();
    connect_client();
    bed.begin_ns = g_get_monotonic_time() * 1000;
    order(bed.vm, "start");
    client_has_the_text(FIRMWARE_PX);
    disconnect_client();
    connect_client();
    client_has_the_text(CONSOLE_PX);
    order(bed.vm, "release");
    const struct notice *vgpu = await_vm("vgpu", "screen", "console");
    assert_in_range(vgpu->time_ns, bed.begin_ns, g_get_monotonic_time() * 1000);
    const struct notice *ready = await_vm("ready", NULL, NULL);
    print_message("the guest shows its console %.1f s after power-on\n",
                  (double)(ready->time_ns - bed.begin_ns) / 1e9);
    client_shows("vgpu");
    order(bed.vm, "pause");
    await_vm("paused", NULL, NULL);
    client_has_the_vgpus_pixels();
    order(bed.vm, "resume");
    end_case();
}

static void the_pgpu_is_shown_while_the_agent_streams(void **state)
{
    begin_case();
    an_agent_streams();
    print_message("the client shows the pGPU %.1f s after power-on\n",
                  (double)(g_get_monotonic_time() * 1000 - bed.begin_ns) / 1e9);
    disconnect_client();
    connect_client();
    client_shows("pgpu");
    order(bed.agent, "close");
    await_port("closed");
    client_shows("vgpu");
    order(bed.vm, "pause");
    await_vm("paused", NULL, NULL);
    client_has_the_vgpus_pixels();
    order(bed.vm, "mode 800x600");
    await_vm("mode", NULL, NULL);
    client_has_the_vgpus_pixels();
    order(bed.vm, "resume");
    end_case();
}

/* Only the vGPU is left of the VM: text first, and then the guest's own picture again. */
static void the_guest_boots_again(const char *by)
{
    g_autofree char *how = NULL;

    await_vm("reset", "by", by);
    await_port("closed");
    disconnect_client();
    connect_client(); /* while there is firmware or a kernel */
    await_end(&bed.agent, &how);
    assert_non_null(strstr(how, "the guest has booted again"));
    await_vm("mode", NULL, NULL);
    client_shows("vgpu");
}

static void the_guest_reboots(void **state)
{
    begin_case();
    the_agent_streams(); /* the one of before, again */
    order(bed.vm, "reboot");
    the_guest_boots_again("guest");
    end_case();
}

static void a_port_is_opened_once(void **state)
{
    g_autofree char *how = NULL;

    begin_case();
    start_agent("exec 9<>" PORT ";");
    await_port("opened");
    order(bed.agent, "open");
    await_end(&bed.agent, &how);
    assert_non_null(strstr(how, "cannot open the port: tty:" PORT ": Device or resource busy"));
    await_port("closed");
    end_case();
}

/* The guest's own program at the port, in place of an agent: see gpu-module/spice-server/tests/guest-abuse.c. */
static void start_abuse(const char *how, const char *seconds)
{
    g_autofree char *abuse = vm_bed_program("tests/guest-abuse");
    const char *words[] = {abuse, PORT, bed.key_frame, how, seconds, "1", NULL};

    start_in_guest("guest-abuse", words);
}

/* Each answer is the right one; the session's end brings the vGPU back. */
static void all_abuses_are_answered(const char *how, const char *seconds)
{
    unsigned cursor = 0;

    start_abuse(how, seconds);
    const struct notice *abused = await(bed.agent, &bed.agent_cursor, "abused", NULL, NULL);
    print_message("%s: %s sessions\n", how, notice_value(abused, "sessions"));
    for (const struct notice *wrong; (wrong = child_next_notice(bed.agent, "wrong", &cursor));)
        fail_msg("%s: expected '%s', got '%s'", notice_value(wrong, "name"),
                 notice_value(wrong, "expected"), notice_value(wrong, "got"));
    await_end(&bed.agent, NULL);
}

/* QEMU lives, the client has lost nothing, and the next, honest agent is served. `make fuzz` has more
 * seconds. */
static void a_hostile_guest_harms_nobody(void **state)
{
    const char *seconds = g_getenv("VM_ABUSE_SECONDS");

    begin_case();
    disconnect_client();
    all_abuses_are_answered("idle", "0");
    connect_client();
    client_shows("vgpu");
    all_abuses_are_answered("watched", "0");
    all_abuses_are_answered("random", seconds ? seconds : "5");
    order(bed.vm, "pause");
    await_vm("paused", NULL, NULL);
    client_has_the_vgpus_pixels();
    order(bed.vm, "resume");
    assert_int_equal(kill(bed.qemu, 0), 0);
    assert_false(child_has_ended(bed.client, NULL));
    end_case();
}

static void the_guest_crashes_in_the_middle_of_a_frame(void **state)
{
    begin_case();
    start_abuse("half", "0");
    await(bed.agent, &bed.agent_cursor, "half", NULL, NULL);
    client_shows("pgpu");
    order(bed.vm, "panic");
    the_guest_boots_again("guest");
    end_case();
}

static void the_machine_is_reset(void **state)
{
    begin_case();
    an_agent_streams();
    order(bed.vm, "reset");
    the_guest_boots_again("host");
    an_agent_streams();
    end_case();
}

static void the_guest_powers_off_while_the_agent_streams(void **state)
{
    begin_case();
    order(bed.vm, "poweroff");
    await_vm("powered-off", NULL, NULL);
    await(bed.client, &bed.client_cursor, "disconnected", NULL, NULL);
    await_end(&bed.vm, NULL);
    g_autofree char *how = NULL;
    await_end(&bed.agent, &how);
    assert_non_null(strstr(how, "the VM has ended"));
    disconnect_client();
    assert_true(process_dies(bed.qemu, PATIENCE_S));
    end_case();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(firmware_and_console_are_on_the_vgpu),
        cmocka_unit_test(the_pgpu_is_shown_while_the_agent_streams),
        cmocka_unit_test(the_guest_reboots),
        cmocka_unit_test(a_port_is_opened_once),
        cmocka_unit_test(a_hostile_guest_harms_nobody),
        cmocka_unit_test(the_guest_crashes_in_the_middle_of_a_frame),
        cmocka_unit_test(the_machine_is_reset),
        cmocka_unit_test(the_guest_powers_off_while_the_agent_streams),
    };
    return cmocka_run_group_tests(tests, vm_bed_begin, vm_bed_finish);
}
