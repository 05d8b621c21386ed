/*
 * gpu-device: the GPU module's end of the port, in the server's main loop.
 */
#ifndef GPU_DEVICE_H_
#define GPU_DEVICE_H_

#include "char-device.h"
#include "gpu-link.h"

#include "push-visibility.h"

class GpuDevice final: public RedCharDevice
{
public:
    GpuDevice(RedsState *reds, SpiceCharDeviceInstance *sin);
    ~GpuDevice();

    RedPipeItemPtr read_one_msg_from_device() override;
    void remove_client(RedCharDeviceClientOpaque *client) override {}
    void port_event(uint8_t event) override;

    void start_stop(bool start);

private:
    DisplayChannel *find_display();
    void send_to_worker(GpuWorkerMessage::Kind kind, GpuFrame *frame = nullptr,
                        const port_format *format = nullptr);
    bool may_begin_message();
    void make_room();
    bool drain(size_t &budget);
    void handle(const struct port_event &event);
    void fail(const char *error);
    void write(const uint8_t *message, int size);
    static void go_on(GpuDevice *device);

    const red::shared_ptr<GpuTrace> trace;
    red::shared_ptr<GpuLink> link;
    red::shared_ptr<GpuFrame> frame; /* being read */
    port_parser parser;
    bool opened = false;
    bool failed = false;
    uint64_t message_begin_ns = 0; /* the first byte of the present message was read */
    uint32_t first_bytes;          /* that a frame's buffer begins with */
    SpiceTimer *go_on_timer;
};

/* For spice_server_char_device_add_interface(): a port named PORT_NAME. */
red::shared_ptr<RedCharDevice> gpu_device_connect(RedsState *reds, SpiceCharDeviceInstance *sin);

#include "pop-visibility.h"

#endif
