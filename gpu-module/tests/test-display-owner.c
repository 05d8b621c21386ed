/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* Events in, calls out: each test plays a story and compares what was called.
 * START:H264 with
 * its codecs, STOP and KEY go to the agent; +A = A's display goes to the pGPU,
 * -A = back to the vGPU, A = a frame was queued for A. */
#include "gpu-module/display-owner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const struct port_format hd = {1280, 720, PORT_CODEC_H264};
static const struct port_format hd_mjpeg = {1280, 720, PORT_CODEC_MJPEG};
static const struct port_format hd_vp8 = {1280, 720, PORT_CODEC_VP8};
static const struct port_format full_hd = {1920, 1080, PORT_CODEC_H264};

#define H264 PORT_CODEC_BIT(PORT_CODEC_H264)
#define MJPEG PORT_CODEC_BIT(PORT_CODEC_MJPEG)
#define VP8 PORT_CODEC_BIT(PORT_CODEC_VP8)
#define VP9 PORT_CODEC_BIT(PORT_CODEC_VP9)

struct story {
    struct display_owner owner;
    struct display_client a, b, c;
    bool refuse_pgpu, later;
    char log[512];
};

static void note(struct story *s, const char *prefix, const struct display_client *client)
{
    const char *name = client == &s->a ? "A" : client == &s->b ? "B" : client == &s->c ? "C" : "";
    snprintf(s->log + strlen(s->log), sizeof s->log - strlen(s->log), "%s%s ", prefix, name);
}

static void on_start(void *data, const uint8_t *codecs, unsigned count)
{
    static const char *const names[] = {"", "MJPEG", "VP8", "H264", "VP9", "H265"};
    char text[64] = "START";
    for (unsigned i = 0; i < count; i++) {
        strcat(text, ":");
        strcat(text, names[codecs[i]]);
    }
    note(data, text, NULL);
}
static void on_stop(void *data)
{
    note(data, "STOP", NULL);
}
static void on_key(void *data)
{
    note(data, "KEY", NULL);
}
static void on_vgpu(void *data, struct display_client *client)
{
    note(data, "-", client);
}
static void on_send(void *data, struct display_client *client)
{
    note(data, "", client);
}
static enum display_switch on_pgpu(void *data, struct display_client *client,
                                   const struct port_format *format)
{
    struct story *s = data;
    (void)format;
    if (s->refuse_pgpu || s->later)
        return s->later ? DISPLAY_SWITCHES_LATER : DISPLAY_CANNOT_SWITCH;
    note(s, "+", client);
    return DISPLAY_SWITCHED;
}

static const struct display_owner_ops ops = {
    on_start, on_stop, on_key, on_pgpu, on_vgpu, on_send,
};

static void begin(struct story *s)
{
    memset(s, 0, sizeof *s);
    memset(&s->a, 0xee, sizeof s->a); /* the owner initialises it */
    memset(&s->b, 0xee, sizeof s->b);
    memset(&s->c, 0xee, sizeof s->c);
    display_owner_init(&s->owner, &ops, s);
}

#define expect(s, text)                      \
    do {                                     \
        assert_string_equal((s)->log, text); \
        (s)->log[0] = '\0';                  \
    } while (0)

/* A shows the pGPU at 1280x720. */
static void begin_with_a_on_pgpu(struct story *s)
{
    begin(s);
    display_owner_client_joined(&s->owner, &s->a, H264);
    display_owner_port_opened(&s->owner);
    display_owner_format(&s->owner, &hd);
    display_owner_frame(&s->owner, true);
    display_owner_frame_sent(&s->owner, &s->a);
    expect(s, "START:H264 +A A ");
}

static void client_first_then_port(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    display_owner_client_joined(&s.owner, &s.a, H264);
    expect(&s, "");
    display_owner_port_opened(&s.owner);
    expect(&s, "START:H264 ");
    display_owner_format(&s.owner, &hd);
    expect(&s, ""); /* the vGPU stays until there is a picture */
    display_owner_frame(&s.owner, true);
    expect(&s, "+A A ");
    display_owner_frame(&s.owner, false);
    expect(&s, "A ");
    display_owner_port_closed(&s.owner);
    expect(&s, "-A ");
}

static void port_first_then_client(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    display_owner_port_opened(&s.owner);
    expect(&s, "");
    display_owner_client_joined(&s.owner, &s.a, H264);
    expect(&s, "START:H264 ");
}

static void a_stream_that_begins_without_a_key_frame(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    display_owner_client_joined(&s.owner, &s.a, H264);
    display_owner_port_opened(&s.owner);
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, false);
    display_owner_frame(&s.owner, false);
    expect(&s, "START:H264 KEY "); /* asked for once, until it comes */
    display_owner_frame(&s.owner, true);
    expect(&s, "+A A ");
}

static void frames_without_a_format_go_nowhere(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    display_owner_client_joined(&s.owner, &s.a, H264);
    display_owner_port_opened(&s.owner);
    display_owner_frame(&s.owner, true);
    expect(&s, "START:H264 ");
}

static void a_client_without_the_codec_keeps_the_vgpu(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    display_owner_client_joined(&s.owner, &s.a, 0);
    display_owner_port_opened(&s.owner);
    expect(&s, "");
    display_owner_client_joined(&s.owner, &s.b, H264);
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, true);
    display_owner_frame(&s.owner, false);
    expect(&s, "START:H264 +B B B ");
}

static void a_late_joiner_does_not_disturb_the_first(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_on_pgpu(&s);
    display_owner_client_joined(&s.owner, &s.b, H264);
    expect(&s, "KEY ");
    display_owner_frame(&s.owner, false);
    expect(&s, "A ");
    display_owner_format(&s.owner, &hd); /* the restart that brings the key frame */
    display_owner_frame(&s.owner, true);
    expect(&s, "+B B A ");
}

static void the_last_one_to_leave_stops_the_agent(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_on_pgpu(&s);
    display_owner_client_joined(&s.owner, &s.b, H264);
    display_owner_client_left(&s.owner, &s.a);
    expect(&s, "KEY ");
    display_owner_client_left(&s.owner, &s.b);
    expect(&s, "STOP ");
    display_owner_frame(&s.owner, true); /* on its way meanwhile */
    display_owner_format(&s.owner, &hd);
    expect(&s, "");
    display_owner_client_joined(&s.owner, &s.a, H264);
    expect(&s, "START:H264 ");
    display_owner_frame(&s.owner, true); /* still of the old stream: no FORMAT yet */
    expect(&s, "");
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, true);
    expect(&s, "+A A ");
}

static void the_same_format_again_changes_nothing(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_on_pgpu(&s);
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, true);
    expect(&s, "A ");
}

static void another_format_shows_at_its_key_frame(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_on_pgpu(&s);
    display_owner_format(&s.owner, &full_hd);
    expect(&s, ""); /* the last picture stays */
    display_owner_frame(&s.owner, false);
    expect(&s, "KEY ");
    display_owner_frame(&s.owner, true);
    expect(&s, "+A A ");
}

static void opened_again_without_a_close(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_on_pgpu(&s);
    display_owner_port_opened(&s.owner);
    expect(&s, "-A START:H264 ");
}

static void closed_twice(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_on_pgpu(&s);
    display_owner_port_closed(&s.owner);
    display_owner_port_closed(&s.owner);
    expect(&s, "-A ");
    display_owner_frame(&s.owner, true);
    expect(&s, "");
}

static void a_display_that_cannot_switch_is_asked_once_a_format(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    s.refuse_pgpu = true;
    display_owner_client_joined(&s.owner, &s.a, H264);
    display_owner_port_opened(&s.owner);
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, true);
    display_owner_frame(&s.owner, false);
    display_owner_frame(&s.owner, true);
    expect(&s, "START:H264 ");
    s.refuse_pgpu = false;
    display_owner_frame(&s.owner, true);
    expect(&s, "");
    display_owner_format(&s.owner, &full_hd);
    display_owner_frame(&s.owner, true);
    expect(&s, "+A A ");
}

/* What could not be shown in one opening of the port may be possible in the
 * next, which need not have another format. */
static void a_display_that_could_not_switch_is_asked_again_in_the_next_opening(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    s.refuse_pgpu = true;
    display_owner_client_joined(&s.owner, &s.a, H264);
    display_owner_port_opened(&s.owner);
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, true);
    display_owner_port_closed(&s.owner);
    expect(&s, "START:H264 ");
    s.refuse_pgpu = false;
    display_owner_port_opened(&s.owner);
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, true);
    expect(&s, "START:H264 +A A ");
}

/* A START ends what was asked for before it: the agent begins anew, and may do
 * so without a key frame. */
static void a_key_frame_is_asked_for_anew_after_another_start(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    display_owner_client_joined(&s.owner, &s.a, H264);
    display_owner_port_opened(&s.owner);
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, false);
    expect(&s, "START:H264 KEY ");
    display_owner_client_left(&s.owner, &s.a);
    display_owner_client_joined(&s.owner, &s.a, H264);
    expect(&s, "STOP START:H264 ");
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, false);
    expect(&s, "KEY ");
}

/* Expected: the live vGPU. It kept the last picture of a stream that was over,
 * and nobody asked for a key frame (found by fuzzing). */
static void a_client_that_cannot_follow_a_new_format_gets_the_vgpu(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_on_pgpu(&s);
    s.refuse_pgpu = true;
    display_owner_format(&s.owner, &full_hd);
    display_owner_frame(&s.owner, true);
    expect(&s, "-A ");
}

static void a_slow_client_comes_back_with_a_key_frame(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_on_pgpu(&s);
    display_owner_client_joined(&s.owner, &s.b, H264);
    display_owner_frame(&s.owner, true);
    expect(&s, "KEY +B B A ");
    display_owner_frame_sent(&s.owner, &s.a);

    display_owner_frame(&s.owner, false); /* B holds its second */
    display_owner_frame_sent(&s.owner, &s.a);
    display_owner_frame(&s.owner, false); /* too much for B, not for A */
    display_owner_frame_sent(&s.owner, &s.a);
    expect(&s, "B A A ");
    assert_int_equal(display_owner_shortest_queue(&s.owner), 0);

    display_owner_frame_sent(&s.owner, &s.b);
    expect(&s, "");
    display_owner_frame_sent(&s.owner, &s.b);
    expect(&s, "KEY ");
    display_owner_frame(&s.owner, true);
    expect(&s, "B A ");
}

/* Credit was lost when a close emptied the queues and nobody counted again. */
static void the_shortest_queue_is_zero_when_nothing_is_queued(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_on_pgpu(&s);
    display_owner_frame(&s.owner, false);
    display_owner_frame(&s.owner, false);
    assert_int_equal(display_owner_shortest_queue(&s.owner), 2);
    display_owner_port_closed(&s.owner);
    assert_int_equal(display_owner_shortest_queue(&s.owner), 0);

    begin_with_a_on_pgpu(&s);
    display_owner_frame(&s.owner, false);
    assert_int_equal(display_owner_shortest_queue(&s.owner), 1);
    display_owner_client_left(&s.owner, &s.a);
    assert_int_equal(display_owner_shortest_queue(&s.owner), 0);
}

static void codecs_that_most_clients_have_are_offered_first(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    display_owner_client_joined(&s.owner, &s.a, MJPEG | H264);
    display_owner_client_joined(&s.owner, &s.b, MJPEG | PORT_CODEC_BIT(PORT_CODEC_H265));
    display_owner_port_opened(&s.owner);
    expect(&s, "START:MJPEG:H264:H265 ");
    display_owner_format(&s.owner, &hd); /* all that this agent has */
    display_owner_frame(&s.owner, true);
    expect(&s, "+A A "); /* B keeps the vGPU */
}

static void a_client_with_another_codec_changes_the_offer_only_before_a_format(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    display_owner_port_opened(&s.owner);
    display_owner_client_joined(&s.owner, &s.a, MJPEG);
    expect(&s, "START:MJPEG ");
    display_owner_client_joined(&s.owner, &s.b, H264);
    expect(&s, "START:H264:MJPEG ");
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, true);
    expect(&s, "+B B ");
    display_owner_client_left(&s.owner, &s.a);
    expect(&s, "");
    display_owner_client_joined(&s.owner, &s.a, MJPEG);
    expect(&s, ""); /* B's stream goes on */
    display_owner_client_left(&s.owner, &s.b);
    expect(&s, "START:MJPEG ");
}

static void a_format_of_the_last_offer_is_passed_over(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_on_pgpu(&s);
    display_owner_client_joined(&s.owner, &s.b, MJPEG);
    display_owner_client_left(&s.owner, &s.a);
    expect(&s, "START:MJPEG ");
    display_owner_format(&s.owner, &hd); /* written before the agent read START */
    display_owner_frame(&s.owner, true);
    expect(&s, "");
    display_owner_client_joined(&s.owner, &s.a, H264);
    expect(&s, "START:H264:MJPEG ");
}

/* Expected: nobody gets what comes behind it. A VP8 frame went into A's H.264
 * stream: the FORMAT before stayed in force. */
static void a_format_that_is_passed_over_ends_the_stream_before(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_on_pgpu(&s);
    display_owner_format(&s.owner, &hd_vp8); /* not offered */
    expect(&s, "-A ");
    display_owner_frame(&s.owner, true);
    display_owner_frame(&s.owner, false);
    expect(&s, "");
    display_owner_format(&s.owner, &hd); /* the same as the one before */
    display_owner_frame(&s.owner, false);
    expect(&s, "KEY ");
    display_owner_frame(&s.owner, true);
    expect(&s, "+A A ");
}

/* Expected: whatever was asked for in the stream before is asked for again. The
 * key frame of a stream that nobody takes answers nothing. */
static void a_key_frame_behind_a_passed_over_format_is_no_answer(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_on_pgpu(&s);
    display_owner_client_joined(&s.owner, &s.b, H264);
    expect(&s, "KEY ");
    display_owner_format(&s.owner, &hd_vp8);
    display_owner_frame(&s.owner, true);
    expect(&s, "-A ");
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, false);
    expect(&s, "KEY ");
}

/* What was offered to a client that has left meanwhile serves nobody. */
static void a_format_that_nobody_can_decode_any_more_is_answered_by_an_offer(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    display_owner_client_joined(&s.owner, &s.a, H264);
    display_owner_client_joined(&s.owner, &s.b, MJPEG);
    display_owner_port_opened(&s.owner);
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, true);
    expect(&s, "START:H264:MJPEG +A A ");
    display_owner_client_left(&s.owner, &s.b);
    expect(&s, "");
    display_owner_format(&s.owner, &hd_mjpeg);
    expect(&s, "-A START:H264 ");
    display_owner_frame(&s.owner, true);
    expect(&s, "");
}

static void a_format_that_a_client_cannot_decode_gives_it_the_vgpu(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    display_owner_client_joined(&s.owner, &s.a, H264);
    display_owner_client_joined(&s.owner, &s.b, H264 | MJPEG);
    display_owner_port_opened(&s.owner);
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, true);
    expect(&s, "START:H264:MJPEG +B +A B A ");
    display_owner_format(&s.owner, &hd_mjpeg);
    expect(&s, "-A ");
    display_owner_frame(&s.owner, true);
    expect(&s, "+B B ");
}

static void a_client_that_fails_to_decode_gets_the_vgpu(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_on_pgpu(&s);
    display_owner_client_joined(&s.owner, &s.b, H264);
    display_owner_frame(&s.owner, true);
    expect(&s, "KEY +B B A ");
    display_owner_client_cannot_decode(&s.owner, &s.b);
    expect(&s, "-B ");
    display_owner_frame(&s.owner, true);
    expect(&s, "A ");                                   /* not tried again */
    display_owner_client_cannot_decode(&s.owner, &s.b); /* reported twice */
    expect(&s, "");
    display_owner_client_cannot_decode(&s.owner, &s.a);
    expect(&s, "-A STOP ");
    display_owner_port_closed(&s.owner);
    display_owner_port_opened(&s.owner); /* a new stream, a new try */
    expect(&s, "START:H264 ");
}

static void a_client_that_fails_to_decode_is_offered_what_else_it_has(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    display_owner_client_joined(&s.owner, &s.a, H264 | MJPEG);
    display_owner_port_opened(&s.owner);
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, true);
    expect(&s, "START:H264:MJPEG +A A ");
    display_owner_client_cannot_decode(&s.owner, &s.a);
    expect(&s, "-A START:MJPEG ");
    display_owner_format(&s.owner, &hd_mjpeg);
    display_owner_frame(&s.owner, true);
    expect(&s, "+A A ");
}

/* A shows VP8, of an agent that has H.264 as well. */
static void begin_with_a_browser(struct story *s)
{
    begin(s);
    display_owner_client_joined(&s->owner, &s->a, VP8 | MJPEG);
    display_owner_port_opened(&s->owner);
    display_owner_format(&s->owner, &hd_vp8);
    display_owner_frame(&s->owner, true);
    display_owner_frame_sent(&s->owner, &s->a);
    expect(s, "START:VP8:MJPEG +A A ");
}

/* Expected: all are served by the codec that all have. Whoever came after the
 * FORMAT without its codec kept the vGPU as long as the port was open. */
static void a_codec_that_all_have_takes_the_place_of_one_that_some_lack(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_browser(&s);
    display_owner_client_joined(&s.owner, &s.b, H264 | MJPEG);
    expect(&s, "START:MJPEG:H264:VP8 ");
    display_owner_frame(&s.owner, false); /* of the old stream: it goes on */
    expect(&s, "A ");
    display_owner_format(&s.owner, &hd_mjpeg);
    expect(&s, "");
    display_owner_frame(&s.owner, true);
    expect(&s, "+B +A B A ");
}

/* Expected: clients that are served stay served, and the agent is asked once. */
static void an_agent_without_the_codec_that_all_have_goes_on(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_browser(&s);
    display_owner_client_joined(&s.owner, &s.b, H264 | MJPEG);
    expect(&s, "START:MJPEG:H264:VP8 ");
    display_owner_format(&s.owner, &hd_vp8); /* all that it has */
    display_owner_frame(&s.owner, true);
    expect(&s, "A ");
    display_owner_client_left(&s.owner, &s.b);
    display_owner_client_joined(&s.owner, &s.b, H264 | MJPEG);
    display_owner_frame(&s.owner, false);
    expect(&s, "A ");
    display_owner_client_joined(&s.owner, &s.c, H264 | VP8 | MJPEG);
    expect(&s, "KEY "); /* C is served by the stream that there is */
}

static void a_client_that_comes_and_goes_changes_the_codec_once(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_browser(&s);
    for (unsigned i = 0; i < 3; i++) {
        display_owner_client_joined(&s.owner, &s.b, H264 | MJPEG);
        if (i == 0) {
            expect(&s, "START:MJPEG:H264:VP8 ");
            display_owner_format(&s.owner, &hd_mjpeg);
        } else {
            expect(&s, "KEY ");
        }
        display_owner_client_left(&s.owner, &s.b);
        expect(&s, "");
        display_owner_frame(&s.owner, true);
        s.log[0] = '\0';
    }
}

/* A codec that some clients have and the agent passed over is no reason to ask
 * again, nor is a client that has no codec at all. */
static void nobody_gains_by_another_start(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    display_owner_client_joined(&s.owner, &s.a, H264 | VP9);
    display_owner_client_joined(&s.owner, &s.b, VP9);
    display_owner_port_opened(&s.owner);
    expect(&s, "START:VP9:H264 ");
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, true);
    expect(&s, "+A A ");
    display_owner_client_joined(&s.owner, &s.c, 0);
    expect(&s, "");
    display_owner_client_left(&s.owner, &s.b);
    display_owner_client_joined(&s.owner, &s.b, VP8); /* nothing that all have */
    expect(&s, "");
}

/* The FORMAT may answer a START that was made before the client came. */
static void a_client_that_came_before_the_format_is_thought_of_at_the_format(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    display_owner_client_joined(&s.owner, &s.a, H264 | VP8);
    display_owner_port_opened(&s.owner);
    expect(&s, "START:H264:VP8 ");
    display_owner_client_joined(&s.owner, &s.b, VP8);
    expect(&s, ""); /* the same codecs */
    display_owner_format(&s.owner, &hd);
    expect(&s, "START:VP8:H264 ");
    display_owner_format(&s.owner, &hd_vp8);
    display_owner_frame(&s.owner, true);
    expect(&s, "+B +A B A ");
}

/* The failure of one is no failure of all: what both can decode serves both. */
static void a_client_that_fails_to_decode_is_served_with_the_others(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    display_owner_client_joined(&s.owner, &s.a, H264 | MJPEG);
    display_owner_client_joined(&s.owner, &s.b, H264 | MJPEG);
    display_owner_port_opened(&s.owner);
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, true);
    expect(&s, "START:H264:MJPEG +B +A B A ");
    display_owner_client_cannot_decode(&s.owner, &s.b);
    expect(&s, "-B START:MJPEG:H264 ");
    display_owner_frame(&s.owner, false);
    expect(&s, "A ");
    display_owner_frame_sent(&s.owner, &s.a);
    display_owner_frame_sent(&s.owner, &s.a);
    display_owner_format(&s.owner, &hd_mjpeg);
    display_owner_frame(&s.owner, true);
    expect(&s, "+B +A B A ");
}

/* B has not been sent its last switches: nobody is asked for a key frame on its
 * account before it can be switched, and then once. */
static void a_client_that_is_not_ready_is_switched_later(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_on_pgpu(&s);
    display_owner_client_joined(&s.owner, &s.b, H264);
    s.later = true;
    display_owner_frame(&s.owner, true);
    display_owner_frame(&s.owner, false);
    display_owner_frame(&s.owner, true);
    expect(&s, "KEY A A A ");
    s.later = false;
    display_owner_frame(&s.owner, true); /* the owner does not try before client_ready() */
    expect(&s, "A ");
    display_owner_client_ready(&s.owner, &s.b);
    display_owner_client_ready(&s.owner, &s.b);
    expect(&s, "KEY ");
    for (unsigned i = 0; i < 4; i++)
        display_owner_frame_sent(&s.owner, &s.a);
    display_owner_frame(&s.owner, true);
    expect(&s, "+B B A ");
    display_owner_client_ready(&s.owner, &s.b);
    display_owner_client_ready(&s.owner, &s.a);
    expect(&s, "");
}

/* Its stream has ended: it keeps the picture, and is offered no frame of the next. */
static void a_format_that_comes_too_early_waits(void **state)
{
    (void)state;
    struct story s;
    begin_with_a_on_pgpu(&s);
    s.later = true;
    display_owner_format(&s.owner, &full_hd);
    display_owner_frame(&s.owner, true);
    display_owner_frame(&s.owner, false);
    expect(&s, "");
    assert_true(s.a.shows_pgpu);
    s.later = false;
    display_owner_client_ready(&s.owner, &s.a);
    expect(&s, "KEY ");
    display_owner_frame(&s.owner, true);
    expect(&s, "+A A ");
}

/* What it was to be switched to is over: nothing is asked for when it is ready. */
static void a_port_that_closes_meanwhile(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    display_owner_client_joined(&s.owner, &s.a, H264);
    display_owner_port_opened(&s.owner);
    display_owner_format(&s.owner, &hd);
    s.later = true;
    display_owner_frame(&s.owner, true);
    expect(&s, "START:H264 ");
    display_owner_port_closed(&s.owner);
    display_owner_client_ready(&s.owner, &s.a);
    expect(&s, "");
}

static void what_the_host_does_not_allow_is_not_offered(void **state)
{
    (void)state;
    struct story s;
    begin(&s);
    display_owner_allow(&s.owner, MJPEG);
    display_owner_client_joined(&s.owner, &s.a, H264 | MJPEG);
    display_owner_port_opened(&s.owner);
    expect(&s, "START:MJPEG ");
    display_owner_format(&s.owner, &hd);
    display_owner_frame(&s.owner, true);
    expect(&s, "");
    display_owner_client_joined(&s.owner, &s.b, H264);
    expect(&s, "");
    display_owner_port_closed(&s.owner);
    display_owner_allow(&s.owner, 0);
    display_owner_port_opened(&s.owner);
    expect(&s, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_first_then_port),
        cmocka_unit_test(port_first_then_client),
        cmocka_unit_test(a_stream_that_begins_without_a_key_frame),
        cmocka_unit_test(frames_without_a_format_go_nowhere),
        cmocka_unit_test(a_client_without_the_codec_keeps_the_vgpu),
        cmocka_unit_test(a_late_joiner_does_not_disturb_the_first),
        cmocka_unit_test(the_last_one_to_leave_stops_the_agent),
        cmocka_unit_test(the_same_format_again_changes_nothing),
        cmocka_unit_test(another_format_shows_at_its_key_frame),
        cmocka_unit_test(opened_again_without_a_close),
        cmocka_unit_test(closed_twice),
        cmocka_unit_test(a_display_that_cannot_switch_is_asked_once_a_format),
        cmocka_unit_test(a_display_that_could_not_switch_is_asked_again_in_the_next_opening),
        cmocka_unit_test(a_key_frame_is_asked_for_anew_after_another_start),
        cmocka_unit_test(a_client_that_cannot_follow_a_new_format_gets_the_vgpu),
        cmocka_unit_test(a_slow_client_comes_back_with_a_key_frame),
        cmocka_unit_test(the_shortest_queue_is_zero_when_nothing_is_queued),
        cmocka_unit_test(codecs_that_most_clients_have_are_offered_first),
        cmocka_unit_test(a_client_with_another_codec_changes_the_offer_only_before_a_format),
        cmocka_unit_test(a_format_of_the_last_offer_is_passed_over),
        cmocka_unit_test(a_format_that_is_passed_over_ends_the_stream_before),
        cmocka_unit_test(a_key_frame_behind_a_passed_over_format_is_no_answer),
        cmocka_unit_test(a_format_that_nobody_can_decode_any_more_is_answered_by_an_offer),
        cmocka_unit_test(a_format_that_a_client_cannot_decode_gives_it_the_vgpu),
        cmocka_unit_test(a_client_that_fails_to_decode_gets_the_vgpu),
        cmocka_unit_test(a_client_that_fails_to_decode_is_offered_what_else_it_has),
        cmocka_unit_test(a_codec_that_all_have_takes_the_place_of_one_that_some_lack),
        cmocka_unit_test(an_agent_without_the_codec_that_all_have_goes_on),
        cmocka_unit_test(a_client_that_comes_and_goes_changes_the_codec_once),
        cmocka_unit_test(nobody_gains_by_another_start),
        cmocka_unit_test(a_client_that_came_before_the_format_is_thought_of_at_the_format),
        cmocka_unit_test(a_client_that_fails_to_decode_is_served_with_the_others),
        cmocka_unit_test(a_client_that_is_not_ready_is_switched_later),
        cmocka_unit_test(a_format_that_comes_too_early_waits),
        cmocka_unit_test(a_port_that_closes_meanwhile),
        cmocka_unit_test(what_the_host_does_not_allow_is_not_offered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
