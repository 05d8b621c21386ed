/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "sim-agent/chosen-encoder.h"

#include "agent/linux/x264.h"
#include "sim-agent/encoding.h"
#include "sim-agent/pictures.h"
#include "sim-agent/recorded-settings.h"
#include "sim-agent/replay.h"

#include <gio/gio.h>
#include <string.h>

#define NS_PER_MS INT64_C(1000000)

struct chosen_encoder {
    const struct ladder *ladder;
    bool models;
    int64_t delay_ns;
    struct encoding encoding; /* encoder NULL: none is in the loop */
    struct pictures *pictures;
};

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool refuse(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *reason = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, reason);
    return false;
}

/* What a word stands for. */
struct choice {
    bool encodes, models;
    const char *preset; /* NULL: the recording's */
    uint64_t delay_ms;
};

static bool read_model(const char *word, struct choice *ret_choice)
{
    g_autofree char *number = NULL;

    if (!g_str_has_prefix(word, "model-") || !g_str_has_suffix(word, "ms"))
        return false;
    number = g_strndup(word + strlen("model-"), strlen(word) - strlen("model-ms"));
    ret_choice->models = true;
    return g_ascii_string_to_unsigned(number, 10, 0, CHOSEN_MODEL_MAX_MS, &ret_choice->delay_ms,
                                      NULL);
}

static bool read_word(const char *word, struct choice *ret_choice)
{
    *ret_choice = (struct choice){.encodes = g_str_has_prefix(word, "x264")};
    if (g_str_equal(word, "x264-ultrafast"))
        ret_choice->preset = "ultrafast";
    return g_str_equal(word, "replay") || g_str_equal(word, "x264") || ret_choice->preset ||
           read_model(word, ret_choice);
}

bool chosen_encoder_is(const char *word)
{
    struct choice choice;

    return read_word(word, &choice);
}

/* Opens it once, so that what it cannot encode is known before the run. */
static bool try_encoder(const struct encoding *encoding, const char *word, GError **error)
{
    int result = encoding_open(encoding, 0, encoding->kbps);

    encoding->encoder->class->close(encoding->encoder);
    return result == 0 || refuse(error, "--encoder %s: cannot encode %s: %s", word,
                                 encoding->recording->name, g_strerror(-result));
}

static bool prepare(struct chosen_encoder *chosen, const char *word, const char *path,
                    const char *preset, bool trailer, GError **error)
{
    const struct recording *recording = chosen->ladder->steps[0];
    g_autofree char *film = recording_beside(path, ".film");

    if (chosen->ladder->count > 1)
        return refuse(error, "--encoder %s: makes its own bitrates: give one recording", word);
    auto_destroy(recorded_settings) settings =
        recorded_settings_load(path, recording, preset, error);
    if (!settings)
        return false;
    chosen->pictures = pictures_load(g_file_test(film, G_FILE_TEST_IS_REGULAR) ? film : path,
                                     recording->units->len, error);
    if (!chosen->pictures)
        return false;
    chosen->encoding = (struct encoding){
        .encoder = x264_create((const char *const *)settings->options),
        .pictures = chosen->pictures,
        .recording = recording,
        .kbps = settings->kbps,
        .trailer = trailer,
    };
    if (!chosen->encoding.encoder)
        return refuse(error, "--encoder %s: memory is short", word);
    return try_encoder(&chosen->encoding, word, error);
}

struct chosen_encoder *chosen_encoder_create(const char *word, const char *path,
                                             const struct ladder *ladder, bool trailer,
                                             GError **error)
{
    auto_destroy(chosen_encoder) chosen = g_new0(struct chosen_encoder, 1);
    struct choice choice;

    if (!read_word(word, &choice)) {
        refuse(error,
               "no encoder: --encoder %s: replay, x264, x264-ultrafast, or model-0ms to model-%dms",
               word, CHOSEN_MODEL_MAX_MS);
        return NULL;
    }
    chosen->ladder = ladder;
    chosen->models = choice.models;
    chosen->delay_ns = (int64_t)choice.delay_ms * NS_PER_MS;
    if (choice.encodes && !prepare(chosen, word, path, choice.preset, trailer, error))
        return NULL;
    return g_steal_pointer(&chosen);
}

void chosen_encoder_destroy(struct chosen_encoder *chosen)
{
    if (!chosen)
        return;
    if (chosen->encoding.encoder)
        chosen->encoding.encoder->class->destroy(chosen->encoding.encoder);
    pictures_destroy(chosen->pictures);
    g_free(chosen);
}

bool chosen_encoder_encodes(const struct chosen_encoder *chosen)
{
    return chosen->encoding.encoder != NULL;
}

struct capture *chosen_encoder_capture(const struct chosen_encoder *chosen)
{
    if (chosen->encoding.encoder)
        return replay_create_encoding(chosen->ladder, &chosen->encoding);
    if (chosen->models)
        return replay_create_model(chosen->ladder, chosen->delay_ns);
    return replay_create(chosen->ladder);
}
