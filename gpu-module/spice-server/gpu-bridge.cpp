/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include <config.h>

#include "gpu-bridge.h"

#include "display-channel-private.h"
#include "main-dispatcher.h"
#include "red-worker.h"

#include <sys/eventfd.h>
#include <unistd.h>

/* Room that a pointer finds, however many frames and formats there are. */
#define CURSOR_ROOM 1u

#define CODEC_BITS 4
static_assert(PORT_CODECS_KNOWN < 1 << CODEC_BITS && PORT_CODECS_KNOWN * CODEC_BITS <= 32,
              "a request has room for all codecs");
static_assert(MESSAGE_QUEUE_SIZE > FLOW_WINDOW_FRAMES + CURSOR_ROOM,
              "the frames of the window are never kept waiting by the queue alone");

GpuBridge::~GpuBridge()
{
    discard_messages();
    if (event_fd >= 0) {
        ::close(event_fd);
    }
}

bool GpuBridge::announce(DisplayChannel *display, CursorChannel *cursor_channel)
{
    event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event_fd < 0) {
        trace->no_descriptor();
        return false;
    }
    auto opening = new GpuOpening{red::shared_ptr<GpuBridge>(this), display, cursor_channel};
    announced = true;
    red_qxl_get_dispatcher(display->priv->qxl)
        ->send_message_custom(gpu_display_accept_opening, &opening, false);
    return true;
}

void GpuBridge::signal()
{
    (void)eventfd_write(event_fd, 1); /* fails only when it is readable already */
}

void GpuBridge::clear_signal()
{
    eventfd_t count;

    (void)eventfd_read(event_fd, &count);
}

void GpuBridge::close()
{
    if (!closed.exchange(true) && announced) {
        signal();
    }
}

void GpuBridge::send(GpuMessage &&message)
{
    const int slot = message_queue_free_slot(&queue);

    if (slot == MESSAGE_QUEUE_NO_SLOT) {
        g_warn_if_reached(); /* the sender has looked for room first */
        return;
    }
    if (message.kind == GpuMessage::FRAME) {
        flow_hand(&credit);
    }
    slots[slot] = std::move(message);
    if (message_queue_put(&queue)) {
        signal();
    }
}

bool GpuBridge::receive(GpuMessage *ret_message)
{
    const int slot = message_queue_first_slot(&queue);

    if (slot == MESSAGE_QUEUE_NO_SLOT) {
        return false;
    }
    *ret_message = std::move(slots[slot]);
    message_queue_taken(&queue);
    if (ret_message->kind == GpuMessage::CURSOR) {
        cursor_on_its_way = false;
    }
    return true;
}

void GpuBridge::discard_messages()
{
    GpuMessage message;

    while (receive(&message)) {
        if (message.kind == GpuMessage::FRAME) {
            trace->frame_too_late(message.frame.get());
        }
    }
}

bool GpuBridge::has_credit() const
{
    return abandoned ||
           (in_flight() < FLOW_WINDOW_FRAMES && message_queue_room(&queue) > CURSOR_ROOM);
}

bool GpuBridge::wait_for_credit()
{
    starved = true;
    if (!has_credit()) {
        return true;
    }
    starved = false; /* it came meanwhile */
    return false;
}

void GpuBridge::credit_changed(MainDispatcher *main, unsigned frames_taken, unsigned shortest_queue)
{
    flow_progress(&credit, frames_taken, shortest_queue);
    if (has_credit() && starved.exchange(false)) {
        requests.read_on = true;
        wake(main);
    }
}

void GpuBridge::wake(MainDispatcher *main)
{
    if (!main || woken.exchange(true)) { /* NULL: the server is being destroyed */
        return;
    }
    auto message = new GpuRequests{red::shared_ptr<GpuBridge>(this)};
    main->send_message_custom(gpu_device_handle_requests, &message, false);
}

void GpuBridge::accept(MainDispatcher *main)
{
    accepted = true;
    requests.read_on = true;
    wake(main);
}

/* Each is a new request, also where the codecs are the same: an agent that is
 * started again has to begin anew. */
void GpuBridge::request_codecs(MainDispatcher *main, const uint8_t *codecs, unsigned count)
{
    uint64_t request = ((requests.codecs >> 32) + 1) << 32;

    for (unsigned i = 0; i < count; i++) {
        request |= static_cast<uint64_t>(codecs[i]) << (i * CODEC_BITS);
    }
    requests.key_frame = false; /* was for the stream before */
    requests.codecs = request;
    wake(main);
}

bool GpuBridge::take_codecs(uint8_t ret_codecs[PORT_CODECS_KNOWN], unsigned *ret_count)
{
    const uint64_t request = requests.codecs;
    unsigned count = 0;

    if (request == codecs_taken) {
        return false;
    }
    codecs_taken = request;
    for (uint32_t codecs = request; codecs != 0; codecs >>= CODEC_BITS) {
        ret_codecs[count++] = codecs & ((1 << CODEC_BITS) - 1);
    }
    *ret_count = count;
    return true;
}

void GpuBridge::request_key_frame(MainDispatcher *main)
{
    requests.key_frame = true;
    wake(main);
}

void GpuBridge::request_tablet(MainDispatcher *main)
{
    requests.tablet = true;
    wake(main);
}

void GpuBridge::abandon(MainDispatcher *main)
{
    abandoned = true;
    discard_messages();
    requests.read_on = true;
    wake(main);
}
