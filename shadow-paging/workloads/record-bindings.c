/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* record-bindings RECORDING >shadow-paging/workloads/recorded-bindings.c */
#include "shadow-paging/workloads/transcoder.h"

#include <libavutil/log.h>
#include <stdio.h>
#include <stdlib.h>

/* Eight seconds at 30 Hz: several groups of pictures. */
#define FRAMES 240

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    av_log_set_level(AV_LOG_QUIET);
    struct transcoder *transcoder = argc == 2 ? transcoder_create(argv[1], &error) : NULL;
    GString *ends = g_string_new(NULL);
    unsigned end = 0;

    if (!transcoder) {
        fprintf(stderr, "%s\n", error ? error->message : "usage: record-bindings RECORDING");
        return EXIT_FAILURE;
    }
    g_autofree char *name = g_path_get_basename(argv[1]);
    printf("/* SPDX-License-Identifier: LGPL-2.1-or-later */\n"
           "/* Copyright (C) 2026 the vdibench authors */\n"
           "/* Made by record-bindings of %s; see there. */\n"
           "/* clang-format off */\n"
           "#include \"shadow-paging/workloads/recorded-bindings.h\"\n\n"
           "static const struct surface_use uses[] = {\n",
           name);
    for (unsigned i = 0; i < FRAMES; i++) {
        struct surface_uses frame;
        if (!transcoder_next(transcoder, &frame, &error)) {
            fprintf(stderr, "%s\n", error->message);
            return EXIT_FAILURE;
        }
        printf("   ");
        for (unsigned k = 0; k < frame.n; k++)
            printf(" {%u, %u},", frame.uses[k].surface, frame.uses[k].entries);
        printf("\n");
        end += frame.n;
        g_string_append_printf(ends, "%s%u,", i % 20 ? " " : "\n    ", end);
    }
    printf(
        "};\n\n/* Where the uses of each frame end. */\nstatic const unsigned ends[] = {%s\n};\n\n"
        "void recorded_bindings_at(unsigned frame, struct surface_uses *ret_uses)\n"
        "{\n"
        "    unsigned at = frame %% G_N_ELEMENTS(ends), i = at ? ends[at - 1] : 0;\n\n"
        "    for (ret_uses->n = 0; i < ends[at]; i++)\n"
        "        ret_uses->uses[ret_uses->n++] = uses[i];\n"
        "}\n",
        ends->str);
    g_string_free(ends, true);
    transcoder_destroy(transcoder);
    return EXIT_SUCCESS;
}
