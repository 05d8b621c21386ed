/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * The GPU module in Debian's unmodified QEMU, with an unmodified client and
 * without a guest: the test drives the virtio-serial device by itself. Each case
 * on each kind of VM, one QEMU for all cases of a kind: it must survive them.
 *
 * What happens at a port of real QEMU, and does not in the simulated VM: what a
 * guest has written stays in its queue until somebody reads it, whoever opens or
 * closes the port meanwhile.
 */
#include "gpu-module/spice-server/tests/qemu/agent.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define AGAIN_US 5000
/* A device that takes nothing for so long will not before it has credit. */
#define PATIENCE_MS 300
#define FRAMES_MAX 1000
/* As another FORMAT has it: the client reports pictures that have another size. */
#define OTHER_WIDTH_PX (BED_WIDTH_PX / 2)
#define OTHER_HEIGHT_PX (BED_HEIGHT_PX / 2)

static const struct machine_kind kinds[] = {
    {.name = "qxl-vga", .display = "qxl-vga"},
    {.name = "virtio-vga", .display = "virtio-vga"},
    {.name = "no display"},
    {.name = "sandbox",
     .display = "qxl-vga",
     .sandbox = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"},
    {.name = "qxl-vga and the stream device", .display = "qxl-vga", .stream_port = true},
    {.name = "the stream device alone", .stream_port = true},
};

static const char *missing;
static struct machine *machine; /* of the case before */
static bool in_order;           /* it has passed its last case */

static void ends_with_error(struct agent *agent, const char *reply)
{
    char text[PORT_NOTIFY_ERROR_MAX_BYTES];

    agent_wait(agent, PORT_EVENT_NOTIFY_ERROR, text, sizeof text);
    assert_string_equal(text, reply);
}

/* The half of a frame, shown or not, is what the port stands at. */
static void begin_a_frame(struct agent *agent)
{
    if (!machine->kind->display) {
        agent_open(agent, machine);
        return;
    }
    agent_start(agent, machine);
    agent_format(agent, BED_WIDTH_PX, BED_HEIGHT_PX);
    agent_key_frame(agent);
    machine_shows_pgpu(machine, BED_WIDTH_PX);
    agent_half_frame(agent);
}

static void an_agent_is_shown(void)
{
    an_agent_is_served(machine);
}

/* The stream device registers a display channel, and a cursor channel, of its
 * own: they were taken for the QXL device's. QEMU died. */
static void beside_the_stream_device(void)
{
    struct agent stream;

    agent_begin(&stream, machine, PORT_STREAM);
    virtio_serial_open(machine->serial, PORT_STREAM);
    agent_wait(&stream, PORT_EVENT_CAPABILITIES, NULL, 0);
    an_agent_is_served(machine);
    agent_close(&stream);
    an_agent_is_served(machine);
}

static void a_hostile_agent(void)
{
    static const uint8_t garbage[100000] = {0xff};
    struct agent agent;

    agent_open(&agent, machine);
    agent_write(&agent, garbage, sizeof garbage);
    ends_with_error(&agent, "protocol version is not 1");
    for (unsigned i = 0; i < 20; i++) /* it is drained */
        agent_write(&agent, garbage, sizeof garbage);
    agent_close(&agent);
    an_agent_is_served(machine);
}

static void wait_until_all_is_returned(void)
{
    int64_t end_us = g_get_monotonic_time() + (int64_t)(DEADLINE_S * G_USEC_PER_SEC);

    while (virtio_serial_unreturned(machine->serial, PORT_PGPU) > 0) {
        assert_true(g_get_monotonic_time() < end_us);
        g_usleep(AGAIN_US);
    }
}

/* An agent, shown by a client that has stopped reading, that has filled its queue
 * and cannot write on. The queue is full of frames that nobody reads. */
static void fill_the_queue(struct agent *agent)
{
    uint8_t header[PORT_HEADER_BYTES];
    unsigned frames = 0;

    agent_start(agent, machine);
    agent_format(agent, BED_WIDTH_PX, BED_HEIGHT_PX);
    agent_key_frame(agent);
    machine_shows_pgpu(machine, BED_WIDTH_PX);
    kill(child_pid(machine->client), SIGSTOP);
    port_compose_header(header, sizeof header, PORT_DATA, (uint32_t)bed.key_frame_size);
    while (virtio_serial_write(machine->serial, PORT_PGPU, header, sizeof header, PATIENCE_MS) &&
           virtio_serial_write(machine->serial, PORT_PGPU, bed.key_frame, bed.key_frame_size,
                               PATIENCE_MS))
        assert_true(++frames < FRAMES_MAX);
    assert_true(virtio_serial_unreturned(machine->serial, PORT_PGPU) > 0);
}

/* What it left in the queue was read as the next agent's: it got "DATA before
 * FORMAT" without having written anything. */
static void a_killed_agents_bytes(bool opened_at_once)
{
    struct agent agent;

    fill_the_queue(&agent);
    if (opened_at_once) {
        virtio_serial_close_and_open(machine->serial, PORT_PGPU);
        agent_begin(&agent, machine, PORT_PGPU);
    } else {
        agent_close(&agent);
        wait_until_all_is_returned();
        virtio_serial_open(machine->serial, PORT_PGPU);
        agent_begin(&agent, machine, PORT_PGPU);
    }
    agent_wait(&agent, PORT_EVENT_CAPABILITIES, NULL, 0);
    wait_until_all_is_returned();
    while (agent_wait(&agent, PORT_EVENT_START_STOP, NULL, 0) == 0)
        ;
    agent_format(&agent, OTHER_WIDTH_PX, OTHER_HEIGHT_PX);
    agent_key_frame(&agent);
    kill(child_pid(machine->client), SIGCONT);
    machine_shows_pgpu(machine, OTHER_WIDTH_PX);
    agent_close(&agent);
    machine_shows_vgpu(machine);
    an_agent_is_served(machine);
}

static void an_agent_is_killed(void)
{
    a_killed_agents_bytes(false);
}

static void an_agent_is_killed_and_the_next_one_quick(void)
{
    a_killed_agents_bytes(true);
}

static void the_port_is_unplugged(void)
{
    struct agent agent;

    begin_a_frame(&agent);
    qmp_execute(machine->qmp, "{\"execute\":\"device_del\",\"arguments\":{\"id\":\"port\"}}");
    qmp_wait_event(machine->qmp, "DEVICE_DELETED");
    qmp_execute(machine->qmp, "{\"execute\":\"chardev-remove\",\"arguments\":{\"id\":\"pgpu\"}}");
    if (machine->kind->display)
        machine_shows_vgpu(machine);
    qmp_execute(machine->qmp,
                "{\"execute\":\"chardev-add\",\"arguments\":{\"id\":\"pgpu\",\"backend\":"
                "{\"type\":\"spiceport\",\"data\":{\"fqdn\":\"" PORT_NAME "\"}}}}");
    qmp_execute(machine->qmp,
                "{\"execute\":\"device_add\",\"arguments\":{\"driver\":\"virtserialport\","
                "\"chardev\":\"pgpu\",\"name\":\"" PORT_NAME "\",\"nr\":\"%d\",\"id\":\"port\"}}",
                PORT_PGPU);
    virtio_serial_port_ready(machine->serial, PORT_PGPU);
    an_agent_is_served(machine);
}

/* QEMU's QXL stays black for SPICE from then on, until its own driver comes: with
 * Debian's library, too, and without an agent. */
static void the_machine_is_reset(void)
{
    struct agent agent;

    begin_a_frame(&agent);
    qmp_execute(machine->qmp, "{\"execute\":\"system_reset\"}");
    qmp_wait_event(machine->qmp, "RESET");
    machine->black = machine->kind->display && strstr(machine->kind->display, "qxl");
    machine_boot(machine);
    if (machine->kind->display)
        machine_shows_vgpu(machine);
    an_agent_is_served(machine);
}

static void the_machine_is_stopped(void)
{
    struct agent agent;

    begin_a_frame(&agent);
    qmp_execute(machine->qmp, "{\"execute\":\"stop\"}");
    qmp_wait_event(machine->qmp, "STOP");
    if (machine->kind->display)
        agent_other_half(&agent);
    qmp_execute(machine->qmp, "{\"execute\":\"cont\"}");
    qmp_wait_event(machine->qmp, "RESUME");
    if (machine->kind->display) { /* it goes on */
        agent_format(&agent, OTHER_WIDTH_PX, OTHER_HEIGHT_PX);
        agent_key_frame(&agent);
        machine_shows_pgpu(machine, OTHER_WIDTH_PX);
    }
    agent_close(&agent);
    an_agent_is_served(machine);
}

/* The port is open there, too, and the agent's frame goes on in its middle: the
 * module there cannot know what it is. */
static void the_machine_migrates(void)
{
    g_autofree char *socket = g_build_filename(bed.folder, "migration", NULL);
    g_autofree char *status = NULL;
    struct machine *target = machine_start(machine->kind, "target", socket);
    int64_t end_us = g_get_monotonic_time() + (int64_t)(DEADLINE_S * G_USEC_PER_SEC);
    struct agent agent;

    begin_a_frame(&agent);
    qmp_execute(machine->qmp, "{\"execute\":\"migrate\",\"arguments\":{\"uri\":\"unix:%s\"}}",
                socket);
    while (!status || !g_str_equal(status, "completed")) {
        g_free(status);
        status = qmp_status(machine->qmp, "query-migrate");
        assert_string_not_equal(status, "failed");
        assert_true(g_get_monotonic_time() < end_us);
        g_usleep(AGAIN_US);
    }
    qmp_wait_event(target->qmp, "RESUME");
    target->serial = machine->serial;
    machine->serial = NULL;
    virtio_serial_moved(target->serial, target->qtest);
    machine_end(machine);
    machine = target;

    machine_connect_client(machine);
    agent_begin(&agent, machine, PORT_PGPU);
    if (machine->kind->display) {
        agent_write(&agent, bed.key_frame + bed.key_frame_size / 2,
                    bed.key_frame_size - bed.key_frame_size / 2);
        ends_with_error(&agent, "protocol version is not 1");
    }
    agent_close(&agent);
    an_agent_is_served(machine);
}

static const struct {
    const char *name;
    void (*run)(void);
    enum { ANY, WITH_DISPLAY, WITH_STREAM_PORT } kinds;
} cases[] = {
    {"an agent is shown", an_agent_is_shown, ANY},
    {"beside the stream device", beside_the_stream_device, WITH_STREAM_PORT},
    {"a hostile agent", a_hostile_agent, ANY},
    {"an agent is killed", an_agent_is_killed, WITH_DISPLAY},
    {"an agent is killed, and the next one is quick", an_agent_is_killed_and_the_next_one_quick,
     WITH_DISPLAY},
    {"the port is unplugged in mid-frame", the_port_is_unplugged, ANY},
    {"the machine is stopped in mid-frame", the_machine_is_stopped, ANY},
    {"the machine migrates in mid-frame", the_machine_migrates, ANY},
    {"the machine is reset in mid-frame", the_machine_is_reset, ANY},
};

static bool is_for(size_t case_index, const struct machine_kind *kind)
{
    switch (cases[case_index].kinds) {
    case WITH_DISPLAY:
        return kind->display != NULL;
    case WITH_STREAM_PORT:
        return kind->stream_port;
    default:
        return true;
    }
}

struct run {
    size_t kind, case_index;
};

static void run(void **state)
{
    const struct run *this = *state;
    const int64_t begin_us = g_get_monotonic_time();

    if (missing) {
        print_message("%s\n", missing);
        skip();
    }
    if (machine && (!in_order || machine->kind != &kinds[this->kind])) {
        if (in_order)
            machine_end(machine);
        else
            machine_kill(machine);
        machine = NULL;
    }
    in_order = false;
    if (!machine) {
        machine = machine_start(&kinds[this->kind], "qemu", NULL);
        machine_connect_client(machine);
    }
    cases[this->case_index].run();
    machine_lives(machine);
    in_order = true;
    print_message("%.1f s\n", (double)(g_get_monotonic_time() - begin_us) / G_USEC_PER_SEC);
}

static int set_up(void **state)
{
    (void)state;
    missing = machine_is_missing();
    bed_begin();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (machine && in_order)
        machine_end(machine);
    else
        machine_kill(machine);
    bed_end();
    return 0;
}

/* With an argument: the cases whose name matches this pattern. */
int main(int argc, char **argv)
{
    static struct run runs[G_N_ELEMENTS(kinds)][G_N_ELEMENTS(cases)];
    static struct CMUnitTest tests[G_N_ELEMENTS(kinds) * G_N_ELEMENTS(cases)];
    size_t count = 0;

    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++)
        for (size_t c = 0; c < G_N_ELEMENTS(cases); c++) {
            if (!is_for(c, &kinds[k]))
                continue;
            runs[k][c] = (struct run){k, c};
            tests[count++] = (struct CMUnitTest){
                .name = g_strdup_printf("%s: %s", kinds[k].name, cases[c].name),
                .test_func = run,
                .initial_state = &runs[k][c],
            };
        }
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return _cmocka_run_group_tests("test-qemu", tests, count, set_up, tear_down);
}
