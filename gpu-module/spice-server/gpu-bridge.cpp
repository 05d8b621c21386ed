#include <config.h>

#include "gpu-bridge.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "display-channel-private.h"
#include "main-dispatcher.h"
#include "red-worker.h"

/* Room that a pointer finds, however many frames and formats there are. */
#define CURSOR_ROOM 1u

#define CODEC_BITS 4
static_assert(PORT_CODECS_KNOWN < 1 << CODEC_BITS && PORT_CODECS_KNOWN * CODEC_BITS <= 32,
              "a wish has room for all codecs");
static_assert(MESSAGE_QUEUE_SIZE > FLOW_WINDOW_FRAMES + CURSOR_ROOM,
              "the frames of the window are never kept waiting by the queue alone");

GpuBridge::~GpuBridge()
{
    forget_messages();
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
    GpuOpening message{this, display, cursor_channel};
    shared_ptr_add_ref(this);
    announced = true;
    red_qxl_get_dispatcher(display->priv->qxl)
        ->send_message_custom(gpu_display_take_up, &message, false);
    return true;
}

void GpuBridge::signal()
{
    (void) eventfd_write(event_fd, 1); /* fails only when it is readable already */
}

void GpuBridge::close()
{
    if (!closed.exchange(true) && announced) {
        signal();
    }
}

void GpuBridge::hand(const queued_message &message)
{
    bool wake = false;

    if (message.kind == QUEUED_FRAME) {
        flow_hand(&credit);
    }
    if (!message_queue_put(&queue, &message, &wake)) {
        g_warn_if_reached(); /* who hands looks for room first */
        return;
    }
    if (wake) {
        signal();
    }
}

bool GpuBridge::has_credit() const
{
    return abandoned ||
           (in_flight() < FLOW_WINDOW_FRAMES && message_queue_room(&queue) > CURSOR_ROOM);
}

void GpuBridge::begin_look()
{
    eventfd_t count;

    (void) eventfd_read(event_fd, &count);
}

bool GpuBridge::take(queued_message *message)
{
    if (!message_queue_take(&queue, message)) {
        return false;
    }
    if (message->kind == QUEUED_CURSOR) {
        cursor_on_its_way = false;
    }
    return true;
}

void GpuBridge::forget_messages()
{
    queued_message message;

    while (take(&message)) {
        if (message.kind == QUEUED_FRAME) {
            auto frame = static_cast<GpuFrame *>(message.body);
            trace->frame_too_late(frame);
            shared_ptr_unref(frame);
        } else if (message.kind == QUEUED_CURSOR && message.body) {
            shared_ptr_unref(static_cast<GpuCursorShape *>(message.body));
        }
    }
}

void GpuBridge::wake(MainDispatcher *main)
{
    if (!main || woken.exchange(true)) { /* NULL: the server is being destroyed */
        return;
    }
    GpuWishes message{this};
    shared_ptr_add_ref(this);
    main->send_message_custom(gpu_device_heed, &message, false);
}

void GpuBridge::take_up(MainDispatcher *main)
{
    taken_up = true;
    wishes.read_on = true;
    wake(main);
}

void GpuBridge::credit_changed(MainDispatcher *main, unsigned frames_taken, unsigned shortest_queue)
{
    flow_progress(&credit, frames_taken, shortest_queue);
    if (has_credit() && starved.exchange(false)) {
        wishes.read_on = true;
        wake(main);
    }
}

/* Each wish is another one, also where the codecs are the same: who is told to
 * start again has to begin anew. */
void GpuBridge::wish_codecs(MainDispatcher *main, const uint8_t *codecs, unsigned count)
{
    uint64_t wish = ((wishes.codecs >> 32) + 1) << 32;

    for (unsigned i = 0; i < count; i++) {
        wish |= static_cast<uint64_t>(codecs[i]) << (i * CODEC_BITS);
    }
    wishes.key_frame = false; /* was of the last one */
    wishes.codecs = wish;
    wake(main);
}

unsigned gpu_bridge_codecs(uint64_t wish, uint8_t ret_codecs[PORT_CODECS_KNOWN])
{
    unsigned count = 0;

    for (uint32_t codecs = wish; codecs != 0; codecs >>= CODEC_BITS) {
        ret_codecs[count++] = codecs & ((1 << CODEC_BITS) - 1);
    }
    return count;
}

void GpuBridge::wish_key_frame(MainDispatcher *main)
{
    wishes.key_frame = true;
    wake(main);
}

void GpuBridge::tablet_changed(MainDispatcher *main)
{
    wishes.tablet = true;
    wake(main);
}

void GpuBridge::abandon(MainDispatcher *main)
{
    abandoned = true;
    forget_messages();
    wishes.read_on = true;
    wake(main);
}
