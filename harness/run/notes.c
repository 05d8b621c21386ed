/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/notes.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

void notes_init(struct notes *notes)
{
    *notes = (struct notes){.wrong_pixels = NAN, .saved = g_ptr_array_new()};
}

void notes_finish(struct notes *notes)
{
    for (unsigned i = 0; notes->saved && i < notes->saved->len; i++) {
        struct saved_picture *saved = g_ptr_array_index(notes->saved, i);
        g_free(saved->file);
        g_free(saved);
    }
    g_clear_pointer(&notes->saved, g_ptr_array_unref);
    g_clear_pointer(&notes->library, g_free);
    g_clear_pointer(&notes->status, g_free);
    g_clear_pointer(&notes->reason, g_free);
}

struct saved_picture *notes_add_picture(struct notes *notes, const char *file, int64_t time_ns)
{
    struct saved_picture *picture = g_new0(struct saved_picture, 1);
    picture->file = g_strdup(file);
    picture->time_ns = time_ns;
    picture->psnr_db = NAN;
    g_ptr_array_add(notes->saved, picture);
    return picture;
}

static void set_string(JsonObject *object, const char *member, const char *value)
{
    g_autofree char *valid = value ? g_utf8_make_valid(value, -1) : NULL; /* as files' names */
    if (value)
        json_object_set_string_member(object, member, valid);
    else
        json_object_set_null_member(object, member);
}

static void set_number(JsonObject *object, const char *member, double value)
{
    if (isnan(value))
        json_object_set_null_member(object, member);
    else
        json_object_set_double_member(object, member, value);
}

static JsonArray *pictures_json(const struct notes *notes)
{
    JsonArray *pictures = json_array_new();

    for (unsigned i = 0; i < notes->saved->len; i++) {
        const struct saved_picture *saved = g_ptr_array_index(notes->saved, i);
        g_autofree char *name = g_path_get_basename(saved->file);
        JsonObject *picture = json_object_new();
        json_object_set_string_member(picture, "file", name);
        json_object_set_int_member(picture, "t_ns", saved->time_ns);
        set_number(picture, "psnr_db", saved->psnr_db);
        json_array_add_object_element(pictures, picture);
    }
    return pictures;
}

bool notes_write(const struct notes *notes, const char *folder, GError **error)
{
    g_autofree char *file = g_build_filename(folder, NOTES_FILE, NULL);
    g_autoptr(JsonGenerator) generator = json_generator_new();
    g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
    JsonObject *object = json_object_new();

    set_string(object, "status", notes->status);
    set_string(object, "reason", notes->reason);
    set_number(object, "wrong_pixels", notes->wrong_pixels);
    json_object_set_int_member(object, "frozen_begin_ns", notes->frozen_begin_ns);
    json_object_set_int_member(object, "frozen_end_ns", notes->frozen_end_ns);
    json_object_set_boolean_member(object, "undrained", notes->undrained);
    json_object_set_array_member(object, "pictures", pictures_json(notes));
    set_string(object, "library", notes->library);
    json_node_take_object(root, object);
    json_generator_set_root(generator, root);
    json_generator_set_pretty(generator, true);
    return json_generator_to_file(generator, file, error);
}

static bool bad(const char *file, const char *member, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s is missing or no such value",
                file, member);
    return false;
}

static bool holds(JsonNode *node, GType type)
{
    return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type;
}

static bool read_string(JsonObject *object, const char *member, const char *file, char **ret_text,
                        GError **error)
{
    JsonNode *node = json_object_get_member(object, member);
    if (!node || !(JSON_NODE_HOLDS_NULL(node) || holds(node, G_TYPE_STRING)))
        return bad(file, member, error);
    g_free(*ret_text);
    *ret_text = JSON_NODE_HOLDS_NULL(node) ? NULL : json_node_dup_string(node);
    return true;
}

static bool read_time(JsonObject *object, const char *member, const char *file, int64_t *ret_ns,
                      GError **error)
{
    JsonNode *node = json_object_get_member(object, member);
    if (!holds(node, G_TYPE_INT64))
        return bad(file, member, error);
    *ret_ns = json_node_get_int(node);
    return true;
}

/* False where the notes are older than this member. */
static bool read_flag(JsonObject *object, const char *member, const char *file, bool *ret_flag,
                      GError **error)
{
    JsonNode *node = json_object_get_member(object, member);
    if (node && !holds(node, G_TYPE_BOOLEAN))
        return bad(file, member, error);
    *ret_flag = node && json_node_get_boolean(node);
    return true;
}

static bool read_number(JsonObject *object, const char *member, const char *file, double *ret_value,
                        GError **error)
{
    JsonNode *node = json_object_get_member(object, member);
    if (!node ||
        !(JSON_NODE_HOLDS_NULL(node) || holds(node, G_TYPE_DOUBLE) || holds(node, G_TYPE_INT64)))
        return bad(file, member, error);
    *ret_value = JSON_NODE_HOLDS_NULL(node) ? NAN : json_node_get_double(node);
    return true;
}

static bool read_pictures(JsonObject *object, const char *folder, const char *file,
                          struct notes *notes, GError **error)
{
    JsonNode *node = json_object_get_member(object, "pictures");
    if (!node || !JSON_NODE_HOLDS_ARRAY(node))
        return bad(file, "pictures", error);
    JsonArray *pictures = json_node_get_array(node);
    for (unsigned i = 0; i < json_array_get_length(pictures); i++) {
        JsonNode *element = json_array_get_element(pictures, i);
        g_autofree char *name = NULL;
        int64_t time_ns;
        double psnr_db;
        if (!JSON_NODE_HOLDS_OBJECT(element))
            return bad(file, "pictures", error);
        JsonObject *picture = json_node_get_object(element);
        if (!read_string(picture, "file", file, &name, error) ||
            !read_time(picture, "t_ns", file, &time_ns, error) ||
            !read_number(picture, "psnr_db", file, &psnr_db, error))
            return false;
        if (!name || strchr(name, '/'))
            return bad(file, "pictures", error);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        notes_add_picture(notes, path, time_ns)->psnr_db = psnr_db;
    }
    return true;
}

bool notes_read(struct notes *notes, const char *folder, GError **error)
{
    g_autofree char *file = g_build_filename(folder, NOTES_FILE, NULL);
    g_autoptr(JsonParser) parser = json_parser_new_immutable();

    if (!json_parser_load_from_file(parser, file, error)) {
        g_prefix_error(error, "%s: ", file);
        return false;
    }
    JsonNode *root = json_parser_get_root(parser);
    if (!root || !JSON_NODE_HOLDS_OBJECT(root))
        return bad(file, "its object", error);
    JsonObject *object = json_node_get_object(root);
    return read_string(object, "status", file, &notes->status, error) &&
           read_string(object, "reason", file, &notes->reason, error) &&
           read_number(object, "wrong_pixels", file, &notes->wrong_pixels, error) &&
           read_time(object, "frozen_begin_ns", file, &notes->frozen_begin_ns, error) &&
           read_time(object, "frozen_end_ns", file, &notes->frozen_end_ns, error) &&
           read_flag(object, "undrained", file, &notes->undrained, error) &&
           read_pictures(object, folder, file, notes, error) &&
           read_string(object, "library", file, &notes->library, error);
}
