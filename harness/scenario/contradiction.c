#include "harness/scenario/contradiction.h"

#include <gio/gio.h>
#include <math.h>

G_GNUC_PRINTF(5, 6)
static gboolean refuse(GError **error, const Scenario *scenario, const Path *path, const char *key,
                       const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: [expect %s] %s: %s",
                scenario->file, path->name, key, what);
    return FALSE;
}

/* Whether the order says that the source must be there, not only that it may. */
static gboolean demands(const char *order, const char *source)
{
    g_auto(GStrv) sources = g_strsplit(order ? order : "", ";", -1);
    return g_strv_contains((const char *const *)sources, source);
}

static gboolean has_h264(const Scenario *scenario)
{
    return scenario->client_codecs == CLIENT_CODECS_ALL;
}

static gboolean has_step(const Scenario *scenario, const Path *path, Action action)
{
    return scenario_has(scenario, action) && action_applies(action, path, has_h264(scenario));
}

gboolean contradiction_check(const Scenario *scenario, const ScenarioPath *path, GError **error)
{
    const Expect *expect = &path->expect;
    const Path *way = path->path;
    gboolean can_vgpu = way->has_vgpu && way->shows, can_pgpu = way->delivers && way->shows;
    gboolean second = has_step(scenario, way, ACTION_SECOND_CONNECT);
    const struct {
        const char *key, *order;
        gboolean can_vgpu, can_pgpu;
    } orders[] = {
        {"sources", expect->sources, can_vgpu, can_pgpu && has_h264(scenario)},
        {"other_channel", expect->other_channel, can_vgpu, can_pgpu && has_h264(scenario)},
        {"second_client", expect->second_client, can_vgpu && second, can_pgpu && second},
    };
    const struct {
        const char *key;
        double number;
        Action action;
    } numbers[] = {
        {"wrong_pixels", expect->wrong_pixels, ACTION_COMPARE_VGPU},
        {"pgpu_psnr_db_min", expect->pgpu_psnr_db_min, ACTION_COMPARE_PGPU},
    };

    for (guint i = 0; i < G_N_ELEMENTS(orders); i++) {
        gboolean pgpu = demands(orders[i].order, "pgpu") && !orders[i].can_pgpu;
        gboolean vgpu = demands(orders[i].order, "vgpu") && !orders[i].can_vgpu;
        if (pgpu || vgpu)
            return refuse(error, scenario, way, orders[i].key,
                          "'%s' contradicts the path, on which no such client is shown the %s",
                          orders[i].order, pgpu ? "pgpu" : "vgpu");
    }
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (!isnan(numbers[i].number) && !has_step(scenario, way, numbers[i].action))
            return refuse(error, scenario, way, numbers[i].key,
                          "contradicts the timeline, which has no '%s' on this path: add the "
                          "step, or expect any",
                          action_text(numbers[i].action));
    }
    return TRUE;
}
