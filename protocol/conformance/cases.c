/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "protocol/conformance/cases.h"

#include <inttypes.h>
#include <stdbool.h>

/* The number of frames that a case checks. */
#define FRAMES 20
/* Frames that may still come after a STOP: the one that was being written, one that
 * was waiting, and, if they are small, several in the port. */
#define FRAMES_AFTER_STOP 8
/* A requested key frame must come within this number of frames, because a client waits
 * for it. */
#define FRAMES_TO_KEY_FRAME 10
/* A message of an unknown type that is larger than what an agent reads at once. */
#define LARGE_UNKNOWN_BYTES 100000u
/* How long a host that pauses does not read. */
#define PAUSE_MS 500

static const uint8_t all_codecs[] = {PORT_CODEC_H264, PORT_CODEC_H265, PORT_CODEC_VP9,
                                     PORT_CODEC_VP8, PORT_CODEC_MJPEG};

static enum verdict judge(const struct trial *trial, enum verdict verdict, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
static enum verdict judge(const struct trial *trial, enum verdict verdict, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_vsnprintf(trial->reason, trial->reason_size, format, args);
    va_end(args);
    return verdict;
}

static enum verdict fail_why(const struct trial *trial, const char *when)
{
    return judge(trial, FAILED, "%s: %s%s", when, host_why(trial->host),
                 host_agent_has_ended(trial->host) ? "; the agent has ended" : "");
}

static const char *news_name(enum host_news news)
{
    static const char *const names[] = {
        [HOST_CAPABILITIES] = "CAPABILITIES",
        [HOST_FORMAT] = "FORMAT",
        [HOST_INFORMATION] = "frame information",
        [HOST_FRAME] = "DATA",
        [HOST_TOLERATED] = "a message that is skipped",
        [HOST_OTHER] = "another message",
        [HOST_NOTHING] = "nothing",
        [HOST_CLOSED] = "the end of the port",
        [HOST_VIOLATION] = "a violation",
    };
    return names[news];
}

/* Returns the next message that belongs to the stream, and skips all others. */
static enum host_news next(const struct trial *trial)
{
    int64_t end_us = g_get_monotonic_time() + trial->options->patience_ms * INT64_C(1000);
    enum host_news news;

    do {
        int64_t left_us = end_us - g_get_monotonic_time();
        news = left_us > 0 ? host_next(trial->host, (int)(left_us / 1000) + 1) : HOST_NOTHING;
    } while (news == HOST_CAPABILITIES || news == HOST_OTHER || news == HOST_INFORMATION ||
             news == HOST_TOLERATED);
    return news;
}

/* PASSED if the next message is `wanted`; otherwise the verdict on what came. */
static enum verdict expect(const struct trial *trial, enum host_news wanted, const char *when)
{
    enum host_news news = next(trial);

    if (news == wanted)
        return PASSED;
    if (news == HOST_CLOSED || news == HOST_VIOLATION)
        return fail_why(trial, when);
    return judge(trial, FAILED, "%s: %s instead of %s%s", when, news_name(news), news_name(wanted),
                 host_agent_has_ended(trial->host) ? "; the agent has ended" : "");
}

static enum verdict expect_frames(const struct trial *trial, unsigned count, const char *when)
{
    enum verdict verdict = PASSED;

    for (unsigned i = 0; i < count && verdict == PASSED; i++)
        verdict = expect(trial, HOST_FRAME, when);
    return verdict;
}

static enum verdict expect_key_frame(const struct trial *trial, const char *when)
{
    enum verdict verdict = expect(trial, HOST_FRAME, when);

    if (verdict == PASSED && !access_unit_is_key_frame(host_unit(trial->host)))
        return judge(trial, FAILED, "%s: the first frame is no key frame (with its parameter sets)",
                     when);
    return verdict;
}

/* Nothing of a stream may come for a while. */
static enum verdict expect_quiet(const struct trial *trial, const char *when)
{
    int64_t end_us = g_get_monotonic_time() + trial->options->quiet_ms * INT64_C(1000);
    int64_t left_us;

    while ((left_us = end_us - g_get_monotonic_time()) > 0) {
        switch (host_next(trial->host, (int)(left_us / 1000) + 1)) {
        case HOST_FORMAT:
            return judge(trial, FAILED, "%s: a FORMAT came", when);
        case HOST_FRAME:
            return judge(trial, FAILED, "%s: DATA came", when);
        case HOST_CLOSED:
        case HOST_VIOLATION:
            return fail_why(trial, when);
        default:
            break;
        }
    }
    return PASSED;
}

static enum verdict begin(const struct trial *trial)
{
    if (host_begin(trial->host) && host_capabilities(trial->host))
        return PASSED;
    return fail_why(trial, "opening the port");
}

static bool start(const struct trial *trial)
{
    return host_start(trial->host, all_codecs, G_N_ELEMENTS(all_codecs));
}

/* Begins a session, up to its first key frame. */
static enum verdict stream(const struct trial *trial)
{
    enum verdict verdict = begin(trial);

    if (verdict == PASSED && !start(trial))
        verdict = fail_why(trial, "START");
    if (verdict == PASSED)
        verdict = expect(trial, HOST_FORMAT, "after START");
    if (verdict == PASSED)
        verdict = expect_key_frame(trial, "after FORMAT");
    return verdict;
}

/* After a STOP: the frames that were on their way, and then nothing. */
static enum verdict expect_stop(const struct trial *trial)
{
    for (unsigned frames = 0;;) {
        switch (host_next(trial->host, trial->options->quiet_ms)) {
        case HOST_NOTHING:
            return PASSED;
        case HOST_FRAME:
            if (++frames > FRAMES_AFTER_STOP)
                return judge(trial, FAILED, "after STOP: more than %d frames came",
                             FRAMES_AFTER_STOP);
            break;
        case HOST_FORMAT:
            return judge(trial, FAILED, "after STOP: a FORMAT came");
        case HOST_CLOSED:
        case HOST_VIOLATION:
            return fail_why(trial, "after STOP");
        default:
            break;
        }
    }
}

/* FORMAT and a key frame; frames of the previous stream may come first. */
static enum verdict expect_new_beginning(const struct trial *trial, const char *when)
{
    for (unsigned frames = 0; frames <= FRAMES_AFTER_STOP; frames++) {
        enum host_news news = next(trial);
        if (news == HOST_FORMAT)
            return expect_key_frame(trial, when);
        if (news != HOST_FRAME)
            return news == HOST_NOTHING ? judge(trial, FAILED, "%s: no FORMAT came", when)
                                        : fail_why(trial, when);
    }
    return judge(trial, FAILED, "%s: frames went on without a FORMAT", when);
}

/* --- the order ------------------------------------------------------------------ */

static enum verdict waits_for_start(const struct trial *trial)
{
    enum verdict verdict = begin(trial);

    return verdict == PASSED ? expect_quiet(trial, "before START") : verdict;
}

static enum verdict sends_frames(const struct trial *trial)
{
    enum verdict verdict = stream(trial);

    return verdict == PASSED ? expect_frames(trial, FRAMES, "while streaming") : verdict;
}

/* A requested key frame, too, must come with its parameter sets. */
static enum verdict sends_frames_for_any_decoder(const struct trial *trial)
{
    enum verdict verdict = stream(trial);
    bool asks = host_announced(trial->host) & PORT_EXTENSION_KEY_FRAME_REQUEST;

    for (unsigned i = 0; i < FRAMES + FRAMES_TO_KEY_FRAME && verdict == PASSED; i++) {
        if (host_frame_fault(trial->host))
            return judge(trial, FAILED, "frame %u: %s", i, host_frame_fault(trial->host));
        if (i == FRAMES && asks && !host_message(trial->host, PORT_KEY_FRAME_REQUEST, 0))
            return fail_why(trial, "key frame request");
        verdict = expect(trial, HOST_FRAME, "while streaming");
    }
    return verdict;
}

static enum verdict stops(const struct trial *trial)
{
    enum verdict verdict = stream(trial);

    if (verdict != PASSED)
        return verdict;
    if (!host_stop(trial->host))
        return fail_why(trial, "STOP");
    return expect_stop(trial);
}

static enum verdict starts_again(const struct trial *trial)
{
    enum verdict verdict = stops(trial);

    if (verdict != PASSED)
        return verdict;
    if (!start(trial))
        return fail_why(trial, "START again");
    return expect_new_beginning(trial, "after STOP and START");
}

/* This is how a host requests a key frame from an agent without that extension. */
static enum verdict begins_again_at_stop_and_start(const struct trial *trial)
{
    uint8_t both[2 * PORT_HEADER_BYTES + 2 + sizeof all_codecs];
    enum verdict verdict = stream(trial);

    if (verdict == PASSED)
        verdict = expect_frames(trial, 3, "while streaming");
    if (verdict != PASSED)
        return verdict;
    int size = port_compose_start_stop(both, sizeof both, NULL, 0);
    size += port_compose_start_stop(both + size, sizeof both - (size_t)size, all_codecs,
                                    sizeof all_codecs);
    if (!host_write(trial->host, both, (size_t)size))
        return fail_why(trial, "STOP and START");
    return expect_new_beginning(trial, "after STOP and START in one piece");
}

/* --- codecs ---------------------------------------------------------------------- */

/* Offers each codec alone, in a session of its own: the agent must use it, or send
 * nothing. */
static enum verdict uses_only_what_was_offered(const struct trial *trial)
{
    unsigned used = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(all_codecs); i++) {
        host_end(trial->host);
        enum verdict verdict = begin(trial);
        if (verdict != PASSED)
            return verdict;
        if (!host_start(trial->host, &all_codecs[i], 1))
            return fail_why(trial, "START");
        enum host_news news;
        do
            news = host_next(trial->host, trial->options->quiet_ms);
        while (news == HOST_CAPABILITIES || news == HOST_OTHER || news == HOST_INFORMATION);
        if (news == HOST_TOLERATED) /* and reported */
            continue;
        if (news == HOST_CLOSED || news == HOST_VIOLATION || news == HOST_FRAME)
            return fail_why(trial, "START with one codec");
        if (news == HOST_FORMAT && host_format(trial->host)->codec != all_codecs[i])
            return judge(trial, FAILED, "codec %u was offered, FORMAT has codec %u", all_codecs[i],
                         host_format(trial->host)->codec);
        used += news == HOST_FORMAT;
    }
    return used > 0 ? PASSED
                    : judge(trial, FAILED, "the agent sends a FORMAT for none of the codecs");
}

static enum verdict is_quiet_without_a_codec(const struct trial *trial)
{
    static const uint8_t unknown[] = {77, 0, 255};
    enum verdict verdict = begin(trial);

    if (verdict != PASSED)
        return verdict;
    if (!host_start(trial->host, unknown, sizeof unknown))
        return fail_why(trial, "START");
    return expect_quiet(trial, "after a START with unknown codecs only");
}

/* The agent must take the first codec that it has, and ignore those that it does not
 * know. */
static enum verdict passes_over_unknown_codecs(const struct trial *trial)
{
    static const uint8_t mixed[] = {
        77, PORT_CODEC_H264, PORT_CODEC_H265, PORT_CODEC_VP9, PORT_CODEC_VP8, PORT_CODEC_MJPEG,
        200};
    enum verdict verdict = begin(trial);

    if (verdict != PASSED)
        return verdict;
    if (!host_start(trial->host, mixed, sizeof mixed))
        return fail_why(trial, "START");
    return expect(trial, HOST_FORMAT, "after a START with unknown codecs among others");
}

/* --- the extension ---------------------------------------------------------------- */

/* Begins to stream; SKIPPED if the agent does not announce this part of the extension. */
static enum verdict stream_with(const struct trial *trial, unsigned extension, const char *name)
{
    enum verdict verdict = stream(trial);

    if (verdict == PASSED && !(host_announced(trial->host) & extension))
        return judge(trial, SKIPPED, "%s is not announced", name);
    return verdict;
}

static enum verdict answers_a_key_frame_request(const struct trial *trial)
{
    enum verdict verdict =
        stream_with(trial, PORT_EXTENSION_KEY_FRAME_REQUEST, "key frame request (bit 64)");

    if (verdict != PASSED)
        return verdict;
    if (!host_message(trial->host, PORT_KEY_FRAME_REQUEST, 0))
        return fail_why(trial, "key frame request");
    for (unsigned i = 0; i < FRAMES_TO_KEY_FRAME; i++) {
        enum host_news news = next(trial);
        if (news == HOST_FORMAT) /* a new beginning is an answer as well */
            return expect_key_frame(trial, "after a key frame request");
        if (news != HOST_FRAME)
            return news == HOST_NOTHING
                       ? judge(trial, FAILED, "after a key frame request: nothing came")
                       : fail_why(trial, "after a key frame request");
        if (access_unit_is_key_frame(host_unit(trial->host)))
            return PASSED;
    }
    return judge(trial, FAILED, "none of the %d frames after a key frame request was a key frame",
                 FRAMES_TO_KEY_FRAME);
}

static enum verdict informs_of_each_frame(const struct trial *trial)
{
    enum verdict verdict =
        stream_with(trial, PORT_EXTENSION_FRAME_INFORMATION, "frame information (bit 65)");
    uint64_t last_id = 0;

    for (unsigned i = 0; i < FRAMES && verdict == PASSED; i++) {
        const struct port_frame_information *information = host_information(trial->host);
        if (!host_informed(trial->host))
            return judge(trial, FAILED, "no frame information before frame %u", i);
        if (information->id == 0 || (i > 0 && information->id == last_id))
            return judge(trial, FAILED,
                         "frame %u has the id %" PRIu64 " (0 is not an id; "
                         "each frame needs its own)",
                         i, information->id);
        if (information->key_frame != access_unit_is_key_frame(host_unit(trial->host)))
            return judge(trial, FAILED, "frame %u: the key frame flag of its information is %s", i,
                         information->key_frame ? "set, but it is none" : "not set, but it is one");
        last_id = information->id;
        verdict = expect(trial, HOST_FRAME, "while streaming");
    }
    return verdict;
}

/* Judged by the timeout after which the host gives up. Frames are signs of life, too. */
static enum verdict gives_signs_of_life(const struct trial *trial)
{
    enum verdict verdict = stream_with(trial, PORT_EXTENSION_HEARTBEAT, "heartbeat (bit 67)");
    int64_t end_us = g_get_monotonic_time() + 2 * PORT_HEARTBEAT_INTERVAL_MS * INT64_C(1000);

    while (verdict == PASSED && g_get_monotonic_time() < end_us) {
        enum host_news news = host_next(trial->host, PORT_HEARTBEAT_TIMEOUT_MS);
        if (news == HOST_NOTHING)
            return judge(trial, FAILED,
                         "while streaming: neither a frame nor a heartbeat for %d ms",
                         PORT_HEARTBEAT_TIMEOUT_MS);
        if (news == HOST_CLOSED || news == HOST_VIOLATION)
            return fail_why(trial, "while streaming");
    }
    return verdict;
}

static enum verdict bears_feedback(const struct trial *trial)
{
    static const struct port_feedback reports[] = {
        {2, 100, 0}, {1, 0, 3}, {UINT32_MAX, UINT32_MAX, UINT32_MAX}};
    enum verdict verdict = stream_with(trial, PORT_EXTENSION_FEEDBACK, "feedback (bit 66)");

    for (unsigned i = 0; i < G_N_ELEMENTS(reports) && verdict == PASSED; i++) {
        uint8_t message[PORT_HEADER_BYTES + PORT_FEEDBACK_BYTES];
        if (!host_write(trial->host, message,
                        (size_t)port_compose_feedback(message, sizeof message, &reports[i])))
            return fail_why(trial, "feedback");
        verdict = expect_frames(trial, 3, "after feedback");
    }
    return verdict;
}

/* --- what an agent must tolerate ----------------------------------------------------- */

static enum verdict bears_messages_in_pieces(const struct trial *trial)
{
    uint8_t bytes[64];
    enum verdict verdict = PASSED;

    if (!host_begin(trial->host))
        return fail_why(trial, "opening the port");
    int size = port_compose_capabilities(bytes, sizeof bytes, (const uint8_t[2]){0}, 2);
    size += port_compose_start_stop(bytes + size, sizeof bytes - (size_t)size, all_codecs,
                                    sizeof all_codecs);
    if (!host_dribble(trial->host, bytes, (size_t)size - 1))
        return fail_why(trial, "a byte at a time");
    verdict = expect_quiet(trial, "before the last byte of START");
    if (verdict != PASSED)
        return verdict;
    /* The offer takes effect with the last byte, as if host_start() had written it. */
    host_offer(trial->host, all_codecs, sizeof all_codecs);
    if (!host_write(trial->host, bytes + size - 1, 1))
        return fail_why(trial, "a byte at a time");
    verdict = expect(trial, HOST_FORMAT, "after a START in pieces");
    return verdict == PASSED ? expect_key_frame(trial, "after a START in pieces") : verdict;
}

static enum verdict bears_unknown_messages(const struct trial *trial)
{
    enum verdict verdict = stream(trial);

    if (verdict != PASSED)
        return verdict;
    if (!host_message(trial->host, 0x7777, 0) || !host_message(trial->host, 0x7778, 13) ||
        !host_message(trial->host, PORT_QUALITY_INDICATOR, 4))
        return fail_why(trial, "messages of unknown types");
    /* If it obeys what follows, it has skipped them. */
    if (!host_stop(trial->host))
        return fail_why(trial, "STOP after messages of unknown types");
    verdict = expect_stop(trial);
    if (verdict == PASSED &&
        (!host_message(trial->host, 0xffff, LARGE_UNKNOWN_BYTES) || !start(trial)))
        return fail_why(trial, "START after messages of unknown types");
    return verdict == PASSED ? expect_new_beginning(trial, "after messages of unknown types")
                             : verdict;
}

static enum verdict bears_capabilities_at_any_time(const struct trial *trial)
{
    enum verdict verdict = stream(trial);

    for (unsigned i = 0; i < 3 && verdict == PASSED; i++) {
        if (!host_capabilities(trial->host))
            return fail_why(trial, "CAPABILITIES again");
        verdict = expect_frames(trial, 3, "after another CAPABILITIES");
    }
    return verdict;
}

static enum verdict bears_a_host_that_pauses(const struct trial *trial)
{
    enum verdict verdict = stream(trial);

    for (unsigned i = 0; i < 3 && verdict == PASSED; i++) {
        g_usleep(PAUSE_MS * 1000); /* the port becomes full */
        verdict = expect_frames(trial, FRAMES, "after a pause of the host");
    }
    return verdict;
}

static enum verdict survives_notify_error(const struct trial *trial)
{
    uint8_t message[64];
    enum verdict verdict = stream(trial);

    if (verdict != PASSED)
        return verdict;
    if (!host_write(trial->host, message,
                    (size_t)port_compose_notify_error(message, sizeof message, "a test's error")))
        return fail_why(trial, "NOTIFY_ERROR");
    for (unsigned frames = 0; frames <= FRAMES_AFTER_STOP; frames++) {
        enum host_news news = host_next(trial->host, trial->options->quiet_ms);
        if (news == HOST_VIOLATION)
            return fail_why(trial, "after NOTIFY_ERROR");
        if (news == HOST_NOTHING || news == HOST_CLOSED)
            return host_agent_ends(trial->host, trial->options->quiet_ms)
                       ? judge(trial, FAILED, "after NOTIFY_ERROR: the agent has ended")
                       : PASSED;
    }
    return judge(trial, FAILED, "after NOTIFY_ERROR: frames went on, which the host discards");
}

static enum verdict begins_anew_on_a_new_port(const struct trial *trial)
{
    enum verdict verdict = stream(trial);

    if (verdict == PASSED)
        verdict = expect_frames(trial, 2, "while streaming");
    if (verdict != PASSED)
        return verdict;
    if (!host_reopen(trial->host)) {
        if (host_agent_ends(trial->host, trial->options->quiet_ms))
            return judge(trial, FAILED, "the agent ends when the host closes the port");
        return judge(trial, SKIPPED, "the agent does not open the port again by itself");
    }
    if (!host_capabilities(trial->host))
        return fail_why(trial, "the port opened again");
    verdict = expect_quiet(trial, "the port opened again, before START");
    if (verdict == PASSED && !start(trial))
        return fail_why(trial, "START on the new port");
    if (verdict == PASSED)
        verdict = expect(trial, HOST_FORMAT, "after START on the new port");
    return verdict == PASSED ? expect_key_frame(trial, "after START on the new port") : verdict;
}

const struct conformance_case conformance_cases[] = {
    {"waits for START", waits_for_start},
    {"begins with FORMAT and a key frame", stream},
    {"sends frames of its codec, within the limits", sends_frames},
    {"sends frames that any decoder shows at once", sends_frames_for_any_decoder},
    {"stops after STOP", stops},
    {"starts again with FORMAT and a key frame", starts_again},
    {"begins again at STOP and START in one piece", begins_again_at_stop_and_start},
    {"uses only a codec that was offered", uses_only_what_was_offered},
    {"is quiet when it has none of the codecs", is_quiet_without_a_codec},
    {"passes over unknown codecs", passes_over_unknown_codecs},
    {"answers a key frame request", answers_a_key_frame_request},
    {"informs of each frame", informs_of_each_frame},
    {"bears feedback", bears_feedback},
    {"gives signs of life while it streams", gives_signs_of_life},
    {"bears messages in pieces", bears_messages_in_pieces},
    {"bears messages of unknown types", bears_unknown_messages},
    {"bears CAPABILITIES at any time", bears_capabilities_at_any_time},
    {"bears a host that pauses", bears_a_host_that_pauses},
    {"survives NOTIFY_ERROR", survives_notify_error},
    {"begins anew when the port was closed", begins_anew_on_a_new_port},
};
const unsigned conformance_cases_count = G_N_ELEMENTS(conformance_cases);
