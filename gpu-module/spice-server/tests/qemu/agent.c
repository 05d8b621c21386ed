/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/spice-server/tests/qemu/agent.h"

#define AGAIN_US 1000

void agent_begin(struct agent *agent, struct machine *machine, unsigned port)
{
    *agent = (struct agent){.machine = machine, .port = port};
    port_parser_init(&agent->host, PORT_READER_GUEST);
}

void agent_open(struct agent *agent, struct machine *machine)
{
    agent_begin(agent, machine, PORT_PGPU);
    virtio_serial_open(machine->serial, agent->port);
    agent_wait(agent, PORT_EVENT_CAPABILITIES, NULL, 0);
}

void agent_start(struct agent *agent, struct machine *machine)
{
    agent_open(agent, machine);
    while (agent_wait(agent, PORT_EVENT_START_STOP, NULL, 0) == 0)
        ;
}

void agent_close(struct agent *agent)
{
    virtio_serial_close(agent->machine->serial, agent->port);
}

static void read_event(struct agent *agent, struct port_event *ret_event)
{
    int64_t end_us = g_get_monotonic_time() + (int64_t)(DEADLINE_S * G_USEC_PER_SEC);
    uint8_t *where;
    size_t room, got;

    port_parser_want(&agent->host, &where, &room);
    while ((got = virtio_serial_read(agent->machine->serial, agent->port, where, room)) == 0) {
        machine_lives(agent->machine);
        if (g_get_monotonic_time() > end_us)
            fail_msg("the host writes nothing");
        g_usleep(AGAIN_US);
    }
    port_parser_got(&agent->host, got, ret_event);
    assert_int_not_equal(ret_event->kind, PORT_EVENT_ERROR);
}

unsigned agent_wait(struct agent *agent, enum port_event_kind kind, char *text, size_t text_size)
{
    struct port_event event = {.kind = PORT_EVENT_NONE};

    while (event.kind != kind) {
        read_event(agent, &event);
        if (event.kind == PORT_EVENT_NOTIFY_ERROR && kind != PORT_EVENT_NOTIFY_ERROR)
            fail_msg("the host's error: %.*s", (int)event.bytes, (const char *)event.body);
    }
    if (text)
        g_snprintf(text, text_size, "%.*s", (int)event.bytes, (const char *)event.body);
    return event.bytes;
}

void agent_write(struct agent *agent, const void *bytes, size_t size)
{
    assert_true(virtio_serial_write(agent->machine->serial, agent->port, bytes, size,
                                    (unsigned)(DEADLINE_S * 1000)));
}

void agent_format(struct agent *agent, uint32_t width_px, uint32_t height_px)
{
    const struct port_format format = {width_px, height_px, PORT_CODEC_H264};
    uint8_t message[PORT_HEADER_BYTES + PORT_FORMAT_BYTES];
    agent_write(agent, message, (size_t)port_compose_format(message, sizeof message, &format));
}

void agent_half_frame(struct agent *agent)
{
    uint8_t header[PORT_HEADER_BYTES];
    port_compose_header(header, sizeof header, PORT_DATA, (uint32_t)bed.key_frame_size);
    agent_write(agent, header, sizeof header);
    agent_write(agent, bed.key_frame, bed.key_frame_size / 2);
}

void agent_other_half(struct agent *agent)
{
    agent_write(agent, bed.key_frame + bed.key_frame_size / 2,
                bed.key_frame_size - bed.key_frame_size / 2);
}

void agent_key_frame(struct agent *agent)
{
    agent_half_frame(agent);
    agent_other_half(agent);
}

void an_agent_is_served(struct machine *machine)
{
    struct agent agent;

    if (machine->kind->display) {
        agent_start(&agent, machine);
        agent_format(&agent, BED_WIDTH_PX, BED_HEIGHT_PX);
        agent_key_frame(&agent);
        machine_shows_pgpu(machine, BED_WIDTH_PX);
        agent_close(&agent);
        machine_shows_vgpu(machine);
    } else { /* it is answered, and asked for nothing */
        char text[PORT_NOTIFY_ERROR_MAX_BYTES];
        const uint8_t bad[] = {HEADER(0, 0)};
        agent_open(&agent, machine);
        agent_write(&agent, bad, sizeof bad);
        agent_wait(&agent, PORT_EVENT_NOTIFY_ERROR, text, sizeof text);
        assert_string_equal(text, "message type 0 is invalid");
        agent_close(&agent);
    }
    machine_lives(machine);
}
