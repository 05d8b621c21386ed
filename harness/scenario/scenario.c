/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/scenario/scenario.h"

#include "harness/scenario/contradiction.h"
#include "harness/scenario/file-name.h"

#include <gio/gio.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

enum kind { TEXT, NUMBER, SIZE, WORD, LIST };

static const struct {
    const char *key;
    enum kind kind;
    size_t offset;
    unsigned min, max;
    const char *allowed; /* of a list or word: separated by blanks, NULL for any name */
} keys[] = {
    {"title", TEXT, G_STRUCT_OFFSET(struct scenario, title), 0, 0, NULL},
    {"workloads", LIST, G_STRUCT_OFFSET(struct scenario, workloads), 0, 0, NULL},
    {"routes", LIST, G_STRUCT_OFFSET(struct scenario, routes), 0, 0, NULL},
    {"sets", LIST, G_STRUCT_OFFSET(struct scenario, sets), 0, 0, NULL},
    {"fixed", LIST, G_STRUCT_OFFSET(struct scenario, fixed), 0, 0, NULL},
    {"twin", TEXT, G_STRUCT_OFFSET(struct scenario, twin), 0, 0, NULL},
    {"vgpu_resolution", SIZE, 0, 0, 0, NULL},
    {"vgpu_fps", NUMBER, G_STRUCT_OFFSET(struct scenario, vgpu_fps), 1, 240, NULL},
    {"audio_delay_ms", NUMBER, G_STRUCT_OFFSET(struct scenario, audio_delay_ms), 0, 10000, NULL},
    {"migration", WORD, G_STRUCT_OFFSET(struct scenario, seamless_migration), 0, 0,
     SCENARIO_MIGRATIONS},
    {"displays", NUMBER, G_STRUCT_OFFSET(struct scenario, displays), 1, 2, NULL},
    {"seconds", NUMBER, G_STRUCT_OFFSET(struct scenario, seconds), SECONDS_MIN, SECONDS_MAX, NULL},
    {"repeats", NUMBER, G_STRUCT_OFFSET(struct scenario, repeats), 1, REPEATS_MAX, NULL},
    {"quick_seconds", NUMBER, G_STRUCT_OFFSET(struct scenario, quick_seconds), SECONDS_MIN,
     SECONDS_MAX, NULL},
    {"quick_repeats", NUMBER, G_STRUCT_OFFSET(struct scenario, quick_repeats), 1, REPEATS_MAX,
     NULL},
    {"test_seconds", NUMBER, G_STRUCT_OFFSET(struct scenario, test_seconds), TEST_SECONDS_MIN,
     SECONDS_MAX, NULL},
    {"client_codecs", WORD, G_STRUCT_OFFSET(struct scenario, client_codecs), 0, 0,
     SCENARIO_CLIENT_CODECS},
    {"client_transport", WORD, G_STRUCT_OFFSET(struct scenario, client_transport), 0, 0,
     SCENARIO_CLIENT_TRANSPORTS},
    {"seed", NUMBER, G_STRUCT_OFFSET(struct scenario, seed), 0, INT_MAX, NULL},
};

/* The rest of the message after "FILE: [GROUP] KEY: ". */
G_GNUC_PRINTF(5, 6)
static bool refuse(GError **error, const char *file, const char *group, const char *key,
                   const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: [%s]%s%s: %s", file, group,
                key ? " " : "", key ? key : "", what);
    return false;
}

static void scenario_route_destroy(struct scenario_route *route)
{
    g_strfreev(route->sinks);
    g_strfreev(route->drawings);
    expect_finish(&route->expect);
    g_free(route);
}

void scenario_destroy(struct scenario *scenario)
{
    if (!scenario)
        return;
    g_free(scenario->name);
    g_free(scenario->file);
    g_free(scenario->title);
    g_strfreev(scenario->workloads);
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        g_strfreev(scenario->words[a]);
    g_strfreev(scenario->sets);
    g_strfreev(scenario->fixed);
    g_free(scenario->twin);
    g_clear_pointer(&scenario->routes, g_ptr_array_unref);
    g_clear_pointer(&scenario->steps, g_array_unref);
    g_free(scenario);
}

static bool list_has(const char *const *list, const char *word)
{
    return g_strv_contains(list, word);
}

static bool refuse_word(GError **error, const char *file, const char *group, const char *key,
                        const char *word, const char *choice)
{
    return refuse(error, file, group, key, "'%s' is not allowed; allowed, separated by ';': %s",
                  word, choice);
}

/* A list without empty or repeated words, each of them in `allowed` (NULL:
 * any that can be a file's name). NULL and `error` otherwise. */
static char **get_list(GKeyFile *keyfile, const char *file, const char *group, const char *key,
                       const char *const *allowed, GError **error)
{
    g_auto(GStrv) list = g_key_file_get_string_list(keyfile, group, key, NULL, error);
    if (!list)
        return NULL;
    for (unsigned i = 0; list[i]; i++) {
        g_strstrip(list[i]);
        bool repeated = false;
        for (unsigned j = 0; j < i; j++)
            repeated = repeated || g_str_equal(list[j], list[i]);
        if (repeated) {
            refuse(error, file, group, key, "'%s' twice", list[i]);
            return NULL;
        }
        if (allowed ? !list_has(allowed, list[i])
                    : (strpbrk(list[i], " \t") || file_name_trouble(list[i]))) {
            g_autofree char *choice = allowed ? g_strjoinv(", ", (char **)allowed)
                                              : g_strdup("names without blanks and slashes");
            refuse_word(error, file, group, key, list[i], choice);
            return NULL;
        }
    }
    if (!list[0]) {
        refuse(error, file, group, key, "empty; at least one is needed");
        return NULL;
    }
    return g_steal_pointer(&list);
}

/* The first of a route's own list, as a list; NULL where it has none. */
static char **first_of(const char *const *list)
{
    return list ? g_strdupv((char *[]){(char *)list[0], NULL}) : NULL;
}

static bool add_routes(struct scenario *scenario, GKeyFile *keyfile, GError **error)
{
    g_autofree char *known = route_names();
    g_auto(GStrv) names = g_strsplit(known, ", ", -1);
    g_auto(GStrv) list =
        get_list(keyfile, scenario->file, "scenario", "routes", (const char *const *)names, error);
    for (unsigned i = 0; list && list[i]; i++) {
        struct scenario_route *route = g_new0(struct scenario_route, 1);
        route->route = route_find(list[i]);
        route->sinks = first_of(route->route->sinks);
        route->drawings = first_of(route->route->drawings);
        expect_init(&route->expect);
        g_ptr_array_add(scenario->routes, route);
    }
    return list != NULL;
}

/* Whether no route of the file has a client, of whose pictures the first second is measured apart:
 * then one second is enough. */
static bool shows_nothing(GKeyFile *keyfile)
{
    g_auto(GStrv) names = g_key_file_get_string_list(keyfile, "scenario", "routes", NULL, NULL);
    bool nothing = names && *names;

    for (char **name = names; name && *name; name++) {
        const struct route *route = route_find(g_strstrip(*name));
        nothing = nothing && route && !route->client_program;
    }
    return nothing;
}

static bool set_key(struct scenario *scenario, GKeyFile *keyfile, unsigned index, GError **error)
{
    const char *key = keys[index].key;
    g_autofree char *value = g_key_file_get_string(keyfile, "scenario", key, error);
    if (!value)
        return false;
    g_strstrip(value);

    switch (keys[index].kind) {
    case TEXT:
        g_free(G_STRUCT_MEMBER(char *, scenario, keys[index].offset));
        G_STRUCT_MEMBER(char *, scenario, keys[index].offset) = g_steal_pointer(&value);
        return true;
    case NUMBER: {
        uint64_t number;
        unsigned min = keys[index].min;
        if (min == SECONDS_MIN && shows_nothing(keyfile))
            min = TEST_SECONDS_MIN;
        if (!g_ascii_string_to_unsigned(value, 10, min, keys[index].max, &number, NULL))
            return refuse(error, scenario->file, "scenario", key,
                          "'%s' is not allowed; allowed: %u to %u", value, min, keys[index].max);
        G_STRUCT_MEMBER(unsigned, scenario, keys[index].offset) = (unsigned)number;
        return true;
    }
    case SIZE: {
        g_auto(GStrv) sides = g_strsplit(value, "x", -1);
        uint64_t width = 0, height = 0;
        if (!g_str_equal(value, "workload") &&
            (g_strv_length(sides) != 2 ||
             !g_ascii_string_to_unsigned(sides[0], 10, VGPU_WIDTH_MIN_PX, VGPU_SIDE_MAX_PX, &width,
                                         NULL) ||
             !g_ascii_string_to_unsigned(sides[1], 10, VGPU_HEIGHT_MIN_PX, VGPU_SIDE_MAX_PX,
                                         &height, NULL)))
            return refuse(error, scenario->file, "scenario", key,
                          "'%s' is not allowed; allowed: WIDTHxHEIGHT from %ux%u to %ux%u, or "
                          "workload (the recording's size)",
                          value, VGPU_WIDTH_MIN_PX, VGPU_HEIGHT_MIN_PX, VGPU_SIDE_MAX_PX,
                          VGPU_SIDE_MAX_PX);
        scenario->vgpu_width_px = (unsigned)width;
        scenario->vgpu_height_px = (unsigned)height;
        return true;
    }
    case WORD: {
        g_auto(GStrv) words = g_strsplit(keys[index].allowed, " ", -1);
        for (unsigned i = 0; words[i]; i++) {
            if (g_str_equal(words[i], value)) {
                G_STRUCT_MEMBER(unsigned, scenario, keys[index].offset) = i;
                return true;
            }
        }
        g_autofree char *choice = g_strjoinv(", ", words);
        return refuse(error, scenario->file, "scenario", key, "'%s' is not allowed; allowed: %s",
                      value, choice);
    }
    case LIST:
        break;
    }

    if (keys[index].offset == G_STRUCT_OFFSET(struct scenario, routes))
        return add_routes(scenario, keyfile, error);
    g_auto(GStrv) allowed = keys[index].allowed ? g_strsplit(keys[index].allowed, " ", -1) : NULL;
    char **list =
        get_list(keyfile, scenario->file, "scenario", key, (const char *const *)allowed, error);
    if (!list)
        return false;
    g_strfreev(G_STRUCT_MEMBER(char **, scenario, keys[index].offset));
    G_STRUCT_MEMBER(char **, scenario, keys[index].offset) = list;
    return true;
}

/* The axis that has this key in a scenario; AXIS_COUNT: none has. */
static enum axis axis_of_key(const char *key)
{
    unsigned a = 0;
    while (a < AXIS_COUNT && !g_str_equal(axis_definition((enum axis)a)->key, key))
        a++;
    return (enum axis)a;
}

static bool set_axis(struct scenario *scenario, GKeyFile *keyfile, enum axis axis, GError **error)
{
    const char *key = axis_definition(axis)->key;
    char **words = get_list(keyfile, scenario->file, "scenario", key, NULL, error);
    if (!words)
        return false;
    g_strfreev(scenario->words[axis]);
    scenario->words[axis] = words;
    for (; *words; words++) {
        g_autofree char *choice = axis_choice(axis);
        if (!axis_allows(axis, *words))
            return refuse_word(error, scenario->file, "scenario", key, *words, choice);
    }
    return true;
}

/* Once everything is read that a word may contradict. */
static bool check_axes(const struct scenario *scenario, GError **error)
{
    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        for (char **word = scenario->words[a]; *word; word++) {
            if (!scenario_admits(scenario, (enum axis)a, *word, error))
                return false;
        }
    }
    return true;
}

static bool check_fixed(const struct scenario *scenario, GError **error)
{
    GString *factors = g_string_new(SCENARIO_FACTORS);
    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        if (axis_definition((enum axis)a)->varied)
            g_string_append_printf(factors, " %s", axis_definition((enum axis)a)->key);
    }
    g_auto(GStrv) allowed = g_strsplit(factors->str, " ", -1);
    g_string_free(factors, true);
    g_autofree char *choice = g_strjoinv(", ", allowed);
    for (char **factor = scenario->fixed; *factor; factor++) {
        if (!list_has((const char *const *)allowed, *factor))
            return refuse_word(error, scenario->file, "scenario", "fixed", *factor, choice);
    }
    return true;
}

static bool read_scenario(struct scenario *scenario, GKeyFile *keyfile, GError **error)
{
    static const char *const required[] = {"title", "workloads", "routes"};
    g_auto(GStrv) given = g_key_file_get_keys(keyfile, "scenario", NULL, NULL);

    for (unsigned g = 0; given && given[g]; g++) {
        unsigned i = 0;
        while (i < G_N_ELEMENTS(keys) && !g_str_equal(keys[i].key, given[g]))
            i++;
        enum axis axis = axis_of_key(given[g]);
        if (axis != AXIS_COUNT) {
            if (!set_axis(scenario, keyfile, axis, error))
                return false;
            continue;
        }
        if (i == G_N_ELEMENTS(keys)) {
            g_autoptr(GString) allowed = g_string_new(NULL);
            for (i = 0; i < G_N_ELEMENTS(keys); i++)
                g_string_append_printf(allowed, "%s%s", i ? ", " : "", keys[i].key);
            for (unsigned a = 0; a < AXIS_COUNT; a++)
                g_string_append_printf(allowed, ", %s", axis_definition((enum axis)a)->key);
            return refuse(error, scenario->file, "scenario", given[g], "unknown key; allowed: %s",
                          allowed->str);
        }
        if (!set_key(scenario, keyfile, i, error))
            return false;
    }
    if (!check_axes(scenario, error) || !check_fixed(scenario, error))
        return false;
    /* After the unknown ones, of which one may be this misspelt. */
    for (unsigned i = 0; i < G_N_ELEMENTS(required); i++) {
        if (!given || !list_has((const char *const *)given, required[i]))
            return refuse(error, scenario->file, "scenario", required[i], "missing");
    }
    return true;
}

/* The steps must make sense on each route, and each step on one. */
static bool check_timeline(const struct scenario *scenario, GError **error)
{
    bool h264 = scenario->client_codecs == CLIENT_CODECS_ALL;
    const struct step *steps = (const struct step *)scenario->steps->data;

    for (unsigned i = 0; i < scenario->steps->len; i++) {
        bool applies = false;
        for (unsigned p = 0; p < scenario->routes->len; p++) {
            const struct scenario_route *route = g_ptr_array_index(scenario->routes, p);
            applies = applies || action_applies(steps[i].action, route->route, h264);
        }
        if (!applies)
            return refuse(error, scenario->file, "timeline", NULL,
                          "step %u '%s' can be carried out on none of the scenario's routes%s",
                          steps[i].number, action_text(steps[i].action),
                          h264 ? "" : " (no H.264: client_codecs)");
    }
    for (unsigned p = 0; p < scenario->routes->len; p++) {
        const struct scenario_route *route = g_ptr_array_index(scenario->routes, p);
        g_autoptr(GError) why = NULL;
        if (!timeline_check(steps, scenario->steps->len, route->route, h264, &why))
            return refuse(error, scenario->file, "timeline", NULL, "on route %s: %s",
                          route->route->name, why->message);
    }
    return true;
}

static bool read_timeline(struct scenario *scenario, GKeyFile *keyfile, GError **error)
{
    g_auto(GStrv) given = g_key_file_get_keys(keyfile, "timeline", NULL, NULL);
    if (!given || !given[0])
        return refuse(error, scenario->file, "timeline", NULL,
                      "missing; it needs steps 1=, 2=, ...");

    for (unsigned i = 0; given[i]; i++) {
        g_autofree char *number = g_strdup_printf("%u", i + 1);
        g_autofree char *value = g_key_file_get_string(keyfile, "timeline", given[i], NULL);
        g_autoptr(GError) why = NULL;
        struct step step = {.number = i + 1};

        if (!g_str_equal(given[i], number))
            return refuse(error, scenario->file, "timeline", given[i],
                          "steps are numbered in their order; allowed here: %s", number);
        if (!step_parse(value ? g_strstrip(value) : "", &step, &why))
            return refuse(error, scenario->file, "timeline", given[i], "%s", why->message);
        g_array_append_val(scenario->steps, step);
    }

    return check_timeline(scenario, error);
}

static bool read_expect(struct scenario *scenario, GKeyFile *keyfile, const char *group,
                        struct expect *expect, GError **error)
{
    g_auto(GStrv) given = g_key_file_get_keys(keyfile, group, NULL, NULL);
    for (unsigned i = 0; given && given[i]; i++) {
        g_autofree char *value = g_key_file_get_string(keyfile, group, given[i], NULL);
        g_autoptr(GError) why = NULL;
        if (!expect_set(expect, given[i], value ? g_strstrip(value) : "", &why))
            return refuse(error, scenario->file, group, given[i], "%s", why->message);
        for (unsigned k = 0; k < i; k++) {
            if (expect_keys_collide(given[k], given[i]))
                return refuse(error, scenario->file, group, given[i],
                              "'%s=' in the same group bounds the same metric: leave one out",
                              given[k]);
        }
    }
    return true;
}

/* A short run that is longer than the long one is a mistake; what was not
 * given follows the long one. */
static bool check_lengths(struct scenario *scenario, GKeyFile *keyfile, GError **error)
{
    const struct {
        const char *key, *limit_key;
        unsigned *value, limit;
    } lengths[] = {
        {"quick_seconds", "seconds", &scenario->quick_seconds, scenario->seconds},
        {"test_seconds", "seconds", &scenario->test_seconds, scenario->seconds},
        {"quick_repeats", "repeats", &scenario->quick_repeats, scenario->repeats},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(lengths); i++) {
        if (*lengths[i].value <= lengths[i].limit)
            continue;
        if (g_key_file_has_key(keyfile, "scenario", lengths[i].key, NULL))
            return refuse(error, scenario->file, "scenario", lengths[i].key,
                          "%u contradicts %s=%u, which is less", *lengths[i].value,
                          lengths[i].limit_key, lengths[i].limit);
        *lengths[i].value = lengths[i].limit;
    }
    return true;
}

static bool read_route(struct scenario *scenario, GKeyFile *keyfile, struct scenario_route *route,
                       GError **error)
{
    g_autofree char *group = g_strconcat("route ", route->route->name, NULL);
    g_auto(GStrv) given = g_key_file_get_keys(keyfile, group, NULL, NULL);
    for (unsigned i = 0; given && given[i]; i++) {
        bool drawings = g_str_equal(given[i], "drawings");
        char ***list = drawings ? &route->drawings : &route->sinks;
        if (!drawings && !g_str_equal(given[i], "sinks"))
            return refuse(error, scenario->file, group, given[i],
                          "unknown key; allowed: sinks, drawings");
        if (drawings && !route->drawings)
            return refuse(error, scenario->file, group, given[i],
                          "on this route the vGPU does not draw the workload: leave it out");
        char **words = get_list(keyfile, scenario->file, group, given[i],
                                drawings ? route->route->drawings : route->route->sinks, error);
        if (!words)
            return false;
        g_strfreev(*list);
        *list = words;
    }
    g_autofree char *expect_group = g_strconcat("expect ", route->route->name, NULL);
    return read_expect(scenario, keyfile, expect_group, &route->expect, error) &&
           contradiction_check(scenario, route, error);
}

static struct scenario_route *find_route(const struct scenario *scenario, const char *name)
{
    for (unsigned i = 0; i < scenario->routes->len; i++) {
        struct scenario_route *route = g_ptr_array_index(scenario->routes, i);
        if (g_str_equal(route->route->name, name))
            return route;
    }
    return NULL;
}

/* The A/A pair is of one of its routes. */
static bool check_twin(const struct scenario *scenario, GError **error)
{
    return !scenario->twin || g_str_equal(scenario->twin, "none") ||
           find_route(scenario, scenario->twin) ||
           refuse(error, scenario->file, "scenario", "twin",
                  "'%s' is not among the scenario's routes, and is not none", scenario->twin);
}

/* Every group must be one of ours, and its route one of this scenario's. */
static bool check_groups(struct scenario *scenario, GKeyFile *keyfile, GError **error)
{
    g_auto(GStrv) groups = g_key_file_get_groups(keyfile, NULL);
    for (unsigned i = 0; groups[i]; i++) {
        const char *name = g_str_has_prefix(groups[i], "expect ")  ? groups[i] + strlen("expect ")
                           : g_str_has_prefix(groups[i], "route ") ? groups[i] + strlen("route ")
                                                                   : NULL;
        if (name && !find_route(scenario, name))
            return refuse(error, scenario->file, groups[i], NULL,
                          "'%s' is not among the scenario's routes", name);
        if (!name && !g_str_equal(groups[i], "scenario") && !g_str_equal(groups[i], "timeline") &&
            !g_str_equal(groups[i], "expect"))
            return refuse(error, scenario->file, groups[i], NULL,
                          "unknown group; allowed: scenario, timeline, expect, route ROUTE, "
                          "expect ROUTE");
    }
    return true;
}

/* GKeyFile silently merges what stands twice: a step would get lost. */
static bool check_duplicates(const char *file, const char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const char *group = "";

    for (unsigned i = 0; lines[i]; i++) {
        char *line = g_strstrip(lines[i]);
        char *equals = strchr(line, '=');
        g_autofree char *mine = NULL;

        if (*line == '[') {
            group = line;
            mine = g_strdup(line);
        } else if (*line && *line != '#' && equals) {
            *equals = '\0';
            mine = g_strconcat(group, " ", g_strchomp(line), NULL);
        } else {
            continue;
        }
        if (g_hash_table_contains(seen, mine)) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s: twice", file, mine);
            return false;
        }
        g_hash_table_add(seen, g_steal_pointer(&mine));
    }
    return true;
}

static struct scenario *scenario_defaults(const char *file)
{
    struct scenario *scenario = g_new0(struct scenario, 1);
    g_autofree char *base = g_path_get_basename(file);

    scenario->file = g_strdup(file);
    scenario->name =
        g_str_has_suffix(base, ".ini") ? g_strndup(base, strlen(base) - 4) : g_strdup(base);
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        scenario->words[a] = g_strdupv((char *[]){(char *)axis_default((enum axis)a), NULL});
    scenario->sets = g_new0(char *, 1);
    scenario->fixed = g_new0(char *, 1);
    scenario->routes = g_ptr_array_new_with_free_func((GDestroyNotify)scenario_route_destroy);
    scenario->steps = g_array_new(false, false, sizeof(struct step));
    scenario->vgpu_width_px = 1024;
    scenario->vgpu_height_px = 768;
    scenario->vgpu_fps = 10;
    scenario->displays = 1;
    scenario->seconds = 10;
    scenario->repeats = 3;
    scenario->quick_seconds = 5;
    scenario->quick_repeats = 1;
    scenario->test_seconds = 2;
    scenario->seed = 1;
    return scenario;
}

struct scenario *scenario_load(const char *file, GError **error)
{
    g_autoptr(GKeyFile) keyfile = g_key_file_new();
    auto_destroy(scenario) scenario = scenario_defaults(file);
    g_autoptr(GError) why = NULL;
    g_autofree char *text = NULL;
    const char *trouble = file_name_trouble(scenario->name);
    size_t size;

    if (!trouble)
        trouble = file_path_trouble(file);
    if (trouble) {
        g_autofree char *shown = file_name_shown(file);
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: the scenario's name %s", shown,
                    trouble);
        return NULL;
    }
    if (!g_file_get_contents(file, &text, &size, &why) ||
        !g_key_file_load_from_data(keyfile, text, size, G_KEY_FILE_NONE, &why)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: no scenario: %s", file,
                    why->message);
        return NULL;
    }

    struct expect common;
    expect_init(&common);
    bool ok = check_duplicates(file, text, error) && read_scenario(scenario, keyfile, error) &&
              check_lengths(scenario, keyfile, error) && check_groups(scenario, keyfile, error) &&
              read_timeline(scenario, keyfile, error) &&
              read_expect(scenario, keyfile, "expect", &common, error);
    for (unsigned i = 0; ok && i < scenario->routes->len; i++) {
        struct scenario_route *route = g_ptr_array_index(scenario->routes, i);
        expect_copy(&route->expect, &common);
        ok = read_route(scenario, keyfile, route, error);
    }
    expect_finish(&common);
    ok = ok && check_twin(scenario, error);
    return ok ? g_steal_pointer(&scenario) : NULL;
}

bool scenario_admits(const struct scenario *scenario, enum axis axis, const char *word,
                     GError **error)
{
    return axis != AXIS_LINK || g_str_equal(word, axis_default(axis)) ||
           scenario->client_transport == CLIENT_TRANSPORT_TCP ||
           refuse(error, scenario->file, "scenario", axis_definition(axis)->key,
                  "%s needs client_transport=tcp: another one does not pass the link", word);
}

bool scenario_has(const struct scenario *scenario, enum action action)
{
    for (unsigned i = 0; i < scenario->steps->len; i++) {
        if (g_array_index(scenario->steps, struct step, i).action == action)
            return true;
    }
    return false;
}
