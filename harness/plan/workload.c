/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plan/workload.h"

#include "harness/scenario/scenario.h"
#include "media/decoder.h"
#include "sim-agent/recording.h"

#include <gio/gio.h>
#include <string.h>

static const char *const extensions[] = {"mp4", "mkv", "ts", "h264", "264"};

#define FOLDER_COUNT 2

/* Where recordings lie; free both. */
static void recording_folders(const char *programs, const char *top, char *ret_folders[])
{
    ret_folders[0] = g_build_filename(programs, "recordings", NULL);
    ret_folders[1] = g_build_filename(top, "sim-agent", "captures", NULL);
}

char *workload_find(const char *name, const char *programs, const char *top, GError **error)
{
    char *folders[FOLDER_COUNT], *found = NULL;

    recording_folders(programs, top, folders);
    for (unsigned f = 0; f < FOLDER_COUNT && !found; f++) {
        for (unsigned e = 0; e < G_N_ELEMENTS(extensions) && !found; e++) {
            g_autofree char *file = g_strdup_printf("%s/%s.%s", folders[f], name, extensions[e]);
            if (g_file_test(file, G_FILE_TEST_IS_REGULAR))
                found = g_steal_pointer(&file);
        }
    }
    if (!found)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "workload %s: no recording %s.mp4, .mkv, .ts, .h264 or .264 in %s or %s: make "
                    "bench fetches the usual ones, --recording FILE names another",
                    name, name, folders[0], folders[1]);
    for (unsigned f = 0; f < FOLDER_COUNT; f++)
        g_free(folders[f]);
    return found;
}

static int compare_names(const void *a, const void *b, void *unused)
{
    return strcmp(a, b);
}

char **workload_names(const char *programs, const char *top)
{
    g_autoptr(GTree) names = g_tree_new_full(compare_names, NULL, g_free, NULL);
    g_autoptr(GStrvBuilder) sorted = g_strv_builder_new();
    char *folders[FOLDER_COUNT];

    recording_folders(programs, top, folders);
    for (unsigned f = 0; f < FOLDER_COUNT; f++) {
        g_autoptr(GDir) dir = g_dir_open(folders[f], 0, NULL);
        const char *entry;
        while (dir && (entry = g_dir_read_name(dir))) {
            const char *dot = strrchr(entry, '.');
            for (unsigned e = 0; dot && e < G_N_ELEMENTS(extensions); e++) {
                if (g_str_equal(dot + 1, extensions[e]))
                    g_tree_insert(names, g_strndup(entry, (size_t)(dot - entry)), NULL);
            }
        }
        g_free(folders[f]);
    }
    for (GTreeNode *node = g_tree_node_first(names); node; node = g_tree_node_next(node))
        g_strv_builder_add(sorted, g_tree_node_key(node));
    return g_strv_builder_end(sorted);
}

struct workload *workload_load(const char *name, const char *file, GError **error)
{
    const struct recording_options options = {0};
    auto_destroy(recording) recording = recording_load(file, &options, error);
    if (!recording)
        return NULL;

    struct workload *workload = g_new0(struct workload, 1);
    const struct recording_unit *first = recording_unit(recording, 0);
    workload->name = g_strdup(name);
    workload->file = g_strdup(file);
    workload->film = recording_beside(file, ".film");
    if (!g_file_test(workload->film, G_FILE_TEST_IS_REGULAR)) {
        g_free(workload->film);
        workload->film = g_strdup(file);
    }
    workload->width_px = first->width_px;
    workload->height_px = first->height_px;
    for (unsigned i = 0; i < recording->units->len; i++) {
        const struct recording_unit *unit = recording_unit(recording, i);
        workload->resizes |=
            unit->width_px != first->width_px || unit->height_px != first->height_px;
    }
    workload->varies = recording->varies;
    workload->frames = recording->units->len;
    workload->keyframes = recording->keyframes;
    workload->fps_num = recording->fps_num;
    workload->fps_den = recording->fps_den;
    return workload;
}

bool workload_check(const struct workload *workload, GError **error)
{
    auto_destroy(decoder) decoder = decoder_open(workload->file, g_get_num_processors(), error);
    g_autoptr(GError) why = NULL;
    const AVFrame *frame;

    if (!decoder)
        return false;
    while (decoder_next(decoder, &frame, NULL, &why))
        ;
    if (!why)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

struct workload *workload_troubled(const char *name, const char *reason)
{
    struct workload *workload = g_new0(struct workload, 1);
    workload->name = g_strdup(name);
    workload->trouble = g_strdup(reason);
    return workload;
}

void workload_destroy(struct workload *workload)
{
    if (!workload)
        return;
    g_free(workload->name);
    g_free(workload->file);
    g_free(workload->film);
    g_free(workload->trouble);
    g_free(workload);
}

bool workload_fits_vgpu(const struct workload *workload, unsigned width_px, unsigned height_px,
                        bool film, GError **error)
{
    unsigned width = workload->width_px, height = workload->height_px;

    if (film && workload->resizes)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "%s: changes its size, which a vGPU that draws it cannot: leave its vgpu "
                    "routes out with --route, or take another recording",
                    workload->file);
    else if (film && workload->varies)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "%s: its frames do not come at one rate of 1 or more a second, at which a vGPU "
                    "draws it: leave its vgpu routes out with --route, or take another recording",
                    workload->file);
    else if (film && width_px && (width != width_px || height != height_px))
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "%s: is %ux%u, the vGPU that is to draw it %ux%u: set "
                    "vgpu_resolution=workload in the scenario",
                    workload->file, width, height, width_px, height_px);
    else if (!width_px && (width < VGPU_WIDTH_MIN_PX || height < VGPU_HEIGHT_MIN_PX ||
                           width > VGPU_SIDE_MAX_PX || height > VGPU_SIDE_MAX_PX))
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "%s: is %ux%u, a vGPU of its size can be from %ux%u to %ux%u: take another "
                    "recording",
                    workload->file, width, height, VGPU_WIDTH_MIN_PX, VGPU_HEIGHT_MIN_PX,
                    VGPU_SIDE_MAX_PX, VGPU_SIDE_MAX_PX);
    else
        return true;
    return false;
}
