/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/options.h"

#include "harness/vm/sim/screen.h"
#include "media/barcode.h"

#include <spice.h>
#include <stdint.h>
#include <string.h>

/* There must be room for the barcode and some lines of text below it. */
#define WIDTH_MIN_PX BARCODE_WIDTH_PX
#define HEIGHT_MIN_PX 200
/* A primary of 8192x8192 takes 256 MiB, more than the vGPUs of VMs have. */
#define SIZE_MAX_PX 8192
#define FPS_MAX 240

struct choice {
    const char *word;
    int value;
};

static const struct choice compressions[] = {
    {"off", SPICE_IMAGE_COMPRESSION_OFF},         {"auto_glz", SPICE_IMAGE_COMPRESSION_AUTO_GLZ},
    {"auto_lz", SPICE_IMAGE_COMPRESSION_AUTO_LZ}, {"quic", SPICE_IMAGE_COMPRESSION_QUIC},
    {"glz", SPICE_IMAGE_COMPRESSION_GLZ},         {"lz", SPICE_IMAGE_COMPRESSION_LZ},
    {"lz4", SPICE_IMAGE_COMPRESSION_LZ4},         {NULL, 0},
};

static const struct choice streamings[] = {
    {"off", SPICE_STREAM_VIDEO_OFF},
    {"filter", SPICE_STREAM_VIDEO_FILTER},
    {"all", SPICE_STREAM_VIDEO_ALL},
    {NULL, 0},
};

static const struct choice drawings[] = {
    {"full-frame", FILM_FULL_FRAME},
    {"dirty-rects", FILM_DIRTY_RECTS},
    {"gl-at-once", FILM_GL_AT_ONCE},
    {"gl-refresh-30", FILM_GL_REFRESH_30},
    {NULL, 0},
};

static bool choose(const char *option, const char *word, const struct choice *choices,
                   int *ret_value, GError **error)
{
    g_autoptr(GString) allowed = g_string_new(NULL);

    for (const struct choice *choice = choices; choice->word; choice++) {
        if (g_str_equal(choice->word, word)) {
            *ret_value = choice->value;
            return true;
        }
        g_string_append_printf(allowed, "%s%s", allowed->len ? ", " : "", choice->word);
    }
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                "wrong value: --%s %s: give one of %s", option, word, allowed->str);
    return false;
}

static bool check(const struct vm_options *options, GError **error)
{
    if (!options->port || !options->port_name) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "option missing: --%s: see vm-sim --help",
                    options->port ? "port-name" : "port");
        return false;
    }
    if (options->vgpu_fps < 1 || options->vgpu_fps > FPS_MAX) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "wrong value: --vgpu-fps %d: give 1 to %d", options->vgpu_fps, FPS_MAX);
        return false;
    }
    if (options->displays < 1 || options->displays > 2) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "wrong value: --displays %d: give 1 or 2", options->displays);
        return false;
    }
    const struct mediated_vgpu_settings *mediated = &options->mediated;
    bool all = mediated->policy && mediated->load && mediated->traps && mediated->reconstruction;
    bool any = mediated->policy || mediated->load || mediated->traps || mediated->reconstruction;
    if (options->submissions ? !all || !options->film : any) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "option missing: --submissions, --policy, --load, --traps and --reconstruction "
                    "belong together, and need --film");
        return false;
    }
    return true;
}

bool options_parse_size(const char *text, int *ret_width_px, int *ret_height_px)
{
    char *end = NULL;
    int64_t width = g_ascii_strtoll(text, &end, 10);
    int64_t height = *end == 'x' ? g_ascii_strtoll(end + 1, &end, 10) : 0;

    if (*end != '\0' || width < WIDTH_MIN_PX || width > SIZE_MAX_PX || height < HEIGHT_MIN_PX ||
        height > SIZE_MAX_PX)
        return false;
    *ret_width_px = (int)width;
    *ret_height_px = (int)height;
    return true;
}

struct vm_options *options_parse(int argc, char **argv, GError **error)
{
    auto_destroy(vm_options) options = g_new0(struct vm_options, 1);
    g_autofree char *size = NULL, *compression = NULL, *streaming = NULL, *drawing = NULL;
    options->vgpu_fps = 10;
    options->displays = 1;

    const GOptionEntry entries[] = {
        {"listen", 0, 0, G_OPTION_ARG_STRING, &options->listen,
         "Where SPICE clients connect (127.0.0.1:0)", "ADDRESS:PORT|unix:PATH"},
        {"tls", 0, 0, G_OPTION_ARG_FILENAME, &options->tls,
         "Require TLS; create the key and the certificate (ca.pem) in this folder", "FOLDER"},
        {"port-name", 0, 0, G_OPTION_ARG_STRING, &options->port_name, "Name of the VirtIO port",
         "NAME"},
        {"port", 0, 0, G_OPTION_ARG_STRING, &options->port, "What the guest opens as the port",
         "pty:LINKPATH|socket:PATH"},
        {"second-port", 0, 0, G_OPTION_ARG_STRING, &options->second_port,
         "A second port of the same name, on another bus", "pty:LINKPATH|socket:PATH"},
        {"size", 0, 0, G_OPTION_ARG_STRING, &size, "Size of the vGPU's screen (1024x768)", "WxH"},
        {"vgpu-fps", 0, 0, G_OPTION_ARG_INT, &options->vgpu_fps,
         "Updates of the vGPU's screen per second (10)", "N"},
        {"displays", 0, 0, G_OPTION_ARG_INT, &options->displays,
         "QXL devices (1); the second one shows a console, whatever happens to the first", "1|2"},
        {"incoming", 0, 0, G_OPTION_ARG_NONE, &options->incoming,
         "Be the target of a migration: the command start lets the VM run", NULL},
        {"seamless", 0, 0, G_OPTION_ARG_NONE, &options->seamless, "Migrate clients seamlessly",
         NULL},
        {"sound", 0, 0, G_OPTION_ARG_NONE, &options->sound, "The guest plays a tone", NULL},
        {"samples", 0, 0, G_OPTION_ARG_FILENAME, &options->samples, "Write samples", "FILE"},
        {"expect-library", 0, 0, G_OPTION_ARG_FILENAME, &options->expect_library,
         "Fail unless libspice-server comes from DIR", "DIR"},
        {"image-compression", 0, 0, G_OPTION_ARG_STRING, &compression,
         "off, auto_glz (default), auto_lz, quic, glz, lz, lz4", "NAME"},
        {"streaming", 0, 0, G_OPTION_ARG_STRING, &streaming,
         "Video detection on the vGPU's display: off (default), filter, all", "NAME"},
        {"video-codecs", 0, 0, G_OPTION_ARG_STRING, &options->video_codecs,
         "Encoders for videos, such as spice:mjpeg or gstreamer:h264", "ENCODER:CODEC;..."},
        {"film", 0, 0, G_OPTION_ARG_FILENAME, &options->film,
         "A recording that the guest plays on its screen, of that size", "FILE"},
        {"drawing", 0, 0, G_OPTION_ARG_STRING, &drawing,
         "How it draws the film: full-frame (default), dirty-rects, gl-at-once, gl-refresh-30",
         "NAME"},
        {"submissions", 0, 0, G_OPTION_ARG_FILENAME, &options->submissions,
         "Make the vGPU a mediated one, and write samples of its submissions; with --film, and with "
         "the next four",
         "FILE"},
        {"policy", 0, 0, G_OPTION_ARG_STRING, (void *)&options->mediated.policy,
         "Its policy, see shadow-paging-run --help, as for the others", "NAME"},
        {"load", 0, 0, G_OPTION_ARG_STRING, (void *)&options->mediated.load,
         "What the guest's programs write into its page tables before each picture", "NAME"},
        {"traps", 0, 0, G_OPTION_ARG_STRING, (void *)&options->mediated.traps, "How a write traps",
         "NAME"},
        {"reconstruction", 0, 0, G_OPTION_ARG_STRING, (void *)&options->mediated.reconstruction,
         "diff or rebuild", "NAME"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- a simulated VM");
    g_option_context_set_description(
        context,
        "Commands on standard input: desktop, film, finish, pause, resume, snapshot "
        "FILE, cursor set SIZE VALUE|move X Y|hide, mode WxH, no-primary, reset, unplug, gl-draw, "
        "migrate ADDRESS:PORT, start, shutdown, quit.");
    g_option_context_add_main_entries(context, entries, NULL);

    if (!g_option_context_parse(context, &argc, &argv, error))
        return NULL;
    if (argc > 1) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
                    "unexpected argument: %s: see vm-sim --help", argv[1]);
        return NULL;
    }
    if (!options->listen)
        options->listen = g_strdup("127.0.0.1:0");
    if (!options_parse_size(size ? size : "1024x768", &options->width_px, &options->height_px)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "wrong value: --size %s: give WIDTHxHEIGHT from %dx%d to %dx%d", size,
                    WIDTH_MIN_PX, HEIGHT_MIN_PX, SIZE_MAX_PX, SIZE_MAX_PX);
        return NULL;
    }
    if (!choose("image-compression", compression ? compression : "auto_glz", compressions,
                &options->image_compression, error) ||
        !choose("streaming", streaming ? streaming : "off", streamings, &options->streaming,
                error) ||
        !choose("drawing", drawing ? drawing : "full-frame", drawings, &options->drawing, error) ||
        !check(options, error))
        return NULL;
    return g_steal_pointer(&options);
}

void options_destroy(struct vm_options *options)
{
    if (!options)
        return;
    g_free(options->listen);
    g_free(options->port_name);
    g_free(options->port);
    g_free(options->second_port);
    g_free(options->samples);
    g_free(options->tls);
    g_free(options->expect_library);
    g_free(options->video_codecs);
    g_free(options->film);
    g_free(options->submissions);
    g_free((char *)options->mediated.policy);
    g_free((char *)options->mediated.load);
    g_free((char *)options->mediated.traps);
    g_free((char *)options->mediated.reconstruction);
    g_free(options);
}
