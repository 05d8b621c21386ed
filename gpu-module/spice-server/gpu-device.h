/*
 * gpu-device: the GPU module's end of the port, in the server's main loop.
 */
#ifndef GPU_DEVICE_H_
#define GPU_DEVICE_H_

#include "char-device.h"
#include "gpu-agent.h"
#include "gpu-bridge.h"
#include "gpu-tablet.h"
#include "gpu-module/switch-rate.h"

#include "push-visibility.h"

class GpuDevice final: public RedCharDevice
{
public:
    GpuDevice(RedsState *reds, SpiceCharDeviceInstance *sin);
    ~GpuDevice();

    RedPipeItemPtr read_one_msg_from_device() override;
    void remove_client(RedCharDeviceClientOpaque *client) override {}
    void port_event(uint8_t event) override;
    void on_free_self_token() override { agent.may_write(); }

    /* False when the guest has not read what was written before. */
    bool write(const uint8_t *message, int size);

    /* The worker wishes something of us (see GpuBridge::wishes). */
    void heed();

    /* The last look at the port ended because nothing more was in it. */
    bool was_read_to_end() const { return read_to_end; }
    void agent_hangs();

private:
    DisplayChannel *find_display();
    bool has_display();
    GpuBody *body_being_read();
    void cursor_set();
    void send_cursor();
    void forget_bodies();
    bool is_dry() const;
    void read_dry(size_t &budget);
    void begin();
    void count_switch();
    static void one_more_switch(GpuDevice *device);
    bool may_begin_message();
    bool make_room(size_t &budget);
    bool drain(size_t &budget);
    void handle(const struct port_event &event, size_t &budget);
    void hand_format(const port_format &format);
    void pass_over(const struct port_event &event);
    void agent_goes_on();
    void fail(const char *error);
    void give_up(const char *error);
    void refuse_size(const port_format &format);
    void frame_complete(size_t &budget);
    static void go_on(GpuDevice *device);
    static void cursor_interval_over(GpuDevice *device);

    const red::shared_ptr<GpuTrace> trace;
    red::shared_ptr<GpuBridge> bridge;
    red::shared_ptr<GpuFrame> frame;        /* being read */
    red::shared_ptr<GpuCursorShape> cursor; /* being read */
    red::shared_ptr<GpuCursorShape> shape;  /* the newest, if the worker has not got it */
    red::shared_ptr<GpuCursorShape> known_shape; /* the newest of this opening */
    bool position_known = false;            /* `position` is this opening's */
    bool moved = false;                     /* the worker has not got the newest */
    port_cursor_move position{};
    port_parser parser;
    DisplayChannel *display = nullptr; /* that this opening was announced to; may be gone */
    GpuAgent agent;
    port_codec codec = PORT_CODEC_H264;   /* of the last FORMAT */
    port_frame_information information{}; /* of the next frame */
    bool waited = false;                  /* for credit, since the last frame */
    bool opened = false;
    bool begun = false; /* the opening has taken effect */
    bool failed = false;
    unsigned quiet_turns = UINT_MAX; /* since the port was closed, see DRY_TURNS */
    bool turn_over = false;          /* another one, since the last read */
    size_t left_bytes = 0;           /* read of what may be the last opener's, once it is open again */
    bool read_to_end = true; /* the last look at the port ended with nothing more in it */
    uint64_t message_begin_ns = 0; /* the first byte of the present message was read */
    uint32_t first_bytes;          /* that a frame's buffer begins with */
    SpiceTimer *go_on_timer;
    SpiceTimer *cursor_timer;
    bool cursor_waits = false; /* for the timer */
    struct switch_rate switch_rate{};
    SpiceTimer *switch_timer;
};

/* For spice_server_char_device_add_interface(): a port named PORT_NAME, where the
 * host has not turned the module off. */
bool gpu_device_takes(const char *port_name);
red::shared_ptr<RedCharDevice> gpu_device_connect(RedsState *reds, SpiceCharDeviceInstance *sin);

#include "pop-visibility.h"

#endif
