/*
 * gpu-display: the pGPU on a display channel, in the display's worker thread.
 *
 * Carries out what display-owner decides, with the messages of the existing
 * display channel only. While a client shows the pGPU a gate at the entrance
 * of its pipe keeps out everything that the vGPU would send (see
 * accepts_pipe_item()), so the vGPU's commands are consumed as if no client
 * were connected, and its drawing code needs no change.
 */
#ifndef GPU_DISPLAY_H_
#define GPU_DISPLAY_H_

#include "gpu-module/display-owner.h"
#include "gpu-cursor.h"
#include "red-pipe-item.h"
#include "utils.hpp"

#include "push-visibility.h"

class DisplayChannelClient;
struct CursorChannel;
struct RedClient;
struct DisplayChannel;
struct GpuFrame;
struct GpuBridge;
struct queued_message;
class MainDispatcher;
struct SpiceMarshaller;
struct SpiceMsgcDisplayStreamReport;
struct VideoStream;
class GpuDisplay;
class GpuTrace;

/* What the module keeps for each client of a display; in its private data. */
struct GpuClient: public red::shared_ptr_counted {
    SPICE_CXX_GLIB_ALLOCATOR

    /* What display-owner knows of the client, and the way back from there. */
    struct Owned: public display_client {
        GpuClient *client;
    } owned{};
    GpuDisplay *display = nullptr; /* NULL once the client has left */
    DisplayChannelClient *dcc = nullptr;
    bool gate_shut = false;     /* the client shows the pGPU */
    bool stream_begins = false; /* STREAM_CREATE was sent, no frame yet */
    bool gl_draw_refused = false;
    bool may_have_dropped = false; /* its last frame, which was not yet repeated */
    unsigned switches_unsent = 0; /* whose last item is in the client's pipe */
    bool vgpu_due = false;        /* to be shown once the pipe has room for the switch */
    /* The primary surface that the client really has while the gate is shut;
     * width 0 when it has none. */
    uint32_t width_px = 0, height_px = 0, format = 0;
};

/* The display that the pGPU takes over: that of the first QXL device. */
#define GPU_DISPLAY_ID 0

/* That QXL device's display channel and its pointer's, NULL where there is none.
 * A channel of that id may be another's: upstream's stream device registers a
 * display channel of another class, and a cursor channel that lives in the main
 * loop. Main loop only. */
DisplayChannel *gpu_display_find(RedsState *reds);
CursorChannel *gpu_display_find_cursor(DisplayChannel *display);

/* Hooks, all called in the worker thread. */

/* dcc_start(), and handle_migrate_data() at a migration's target: the client
 * has what the vGPU shows, or it is in its pipe. */
void gpu_display_client_started(DisplayChannelClient *dcc);
/* on_disconnect(): nothing is sent to the client any more. */
void gpu_display_client_stopped(DisplayChannelClient *dcc);
/* migrate(), at a migration's source: the migration knows only the vGPU's
 * surfaces, so the client goes to the target showing the vGPU. */
void gpu_display_client_migrates(DisplayChannelClient *dcc);
/* dcc_handle_stream_report(): true when the report is about our stream. */
bool gpu_display_stream_report(DisplayChannelClient *dcc,
                               const SpiceMsgcDisplayStreamReport *report);
/* send_item(): marshals our items; false when the item is not ours. */
bool gpu_display_send_item(DisplayChannelClient *dcc, SpiceMarshaller *m, RedPipeItem *item);

/* The module's part of a display channel, in its private data. */
class GpuDisplay: public red::shared_ptr_counted
{
public:
    SPICE_CXX_GLIB_ALLOCATOR
    GpuDisplay(DisplayChannel *display, CursorChannel *cursor_channel);
    ~GpuDisplay();

    void port_opened(const red::shared_ptr<GpuBridge> &bridge);
    void client_started(DisplayChannelClient *dcc);
    void client_stopped(GpuClient *client);
    void client_migrates(GpuClient *client);
    void client_cannot_decode(GpuClient *client);
    void complete_gl_draws_later();
    void frame_sent(GpuClient *client);
    void switch_sent(GpuClient *client);

    uint32_t stream_id() const;
    /* So many items wait for a client, in either channel. */
    void note_pipe(uint32_t items);
    bool shows_pgpu(const RedClient *client) const;

    GpuCursor cursor;

private:
    static const display_owner_ops ops;
    display_switch show_pgpu(GpuClient *client, const port_format &format);
    void show_vgpu(GpuClient *client);
    void give_back_to_vgpu(GpuClient *client);
    void end_switch(GpuClient *client);
    void send_frame(GpuClient *client);
    bool take_stream();
    void release_stream_if_unused();
    void port_closed();
    void frame(GpuFrame *frame);
    void handle(const queued_message &message);
    void look_at_bridge();
    void detach();
    MainDispatcher *main_loop() const;
    void complete_gl_draws();
    void resume_switches();
    static void later(GpuDisplay *self);
    static void repeat_last_frame(GpuDisplay *self);
    void credit_changed(unsigned frames_taken = 0);
    void shown_changed();
    unsigned count_dropping() const;

    DisplayChannel *const display;
    red::shared_ptr<GpuBridge> bridge; /* to the device whose port is open */
    GSource *bridge_source = nullptr;  /* the bridge's eventfd */
    display_owner owner;
    GpuFrame *current_frame = nullptr; /* during display_owner_frame() */
    VideoStream *stream = nullptr;     /* our slot of the display's streams */
    red::shared_ptr<GpuTrace> trace;   /* of the last bridge's port */
    SpiceTimer *const later_timer;
    red::shared_ptr<GpuFrame> last_frame; /* of a codec whose decoder may drop it */
    SpiceTimer *const repeat_timer;
    uint32_t tablet_width_px = 0, tablet_height_px = 0; /* as the main loop knows it */
};

#include "pop-visibility.h"

#endif
