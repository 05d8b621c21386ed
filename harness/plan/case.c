#include "harness/plan/case.h"

gboolean case_filter_admits(const char *const *filter, const char *word)
{
    return !filter || !*filter || (word && g_strv_contains(filter, word));
}

Case *case_create(const Scenario *scenario, const ScenarioPath *path, const CaseFilter *filter)
{
    Case *c = g_new0(Case, 1);
    c->vgpu_width_px = scenario->vgpu_width_px;
    c->vgpu_height_px = scenario->vgpu_height_px;
    c->scenario = scenario;
    c->path = path->path;
    c->expect = &path->expect;
    c->seconds = filter->seconds ? filter->seconds
                 : filter->test  ? scenario->test_seconds
                 : filter->quick ? scenario->quick_seconds
                                 : scenario->seconds;
    c->repeats = filter->repeats ? filter->repeats
                 : filter->test  ? 1
                 : filter->quick ? scenario->quick_repeats
                                 : scenario->repeats;
    return c;
}

/* The sinks and drawings of one path, on one transport with one workload. */
static void expand_path(const Scenario *scenario, const ScenarioPath *path,
                        const CaseFilter *filter, const Case *key, GPtrArray *cases)
{
    static const char *const none[] = {NULL, NULL};
    const char *const *drawings = path->drawings ? (const char *const *)path->drawings : none;

    if (!case_filter_admits(filter->paths, path->path->name))
        return;
    for (char **sink = path->sinks; *sink; sink++) {
        const char *const *drawing = drawings;
        do {
            if (!case_filter_admits(filter->sinks, *sink) ||
                !case_filter_admits(filter->drawings, *drawing))
                continue;
            Case *c = case_create(scenario, path, filter);
            c->workload = key->workload;
            c->transport = key->transport;
            c->sink = *sink;
            c->drawing = *drawing;
            g_ptr_array_add(cases, c);
        } while (*drawing && *++drawing);
    }
}

void case_expand(const Scenario *scenario, const CaseFilter *filter, GPtrArray *cases)
{
    const char *const *transports = filter->transports && *filter->transports
                                        ? filter->transports
                                        : (const char *const *)scenario->transports;

    for (char **workload = scenario->workloads; *workload; workload++) {
        for (const char *const *transport = transports; *transport; transport++) {
            const Case key = {.workload = *workload, .transport = *transport};
            for (guint i = 0; i < scenario->paths->len; i++)
                expand_path(scenario, g_ptr_array_index(scenario->paths, i), filter, &key, cases);
        }
    }
}

const char *case_way(const Case *c)
{
    return c->drawing ? c->drawing : c->sink;
}

char *case_label(const Case *c)
{
    return g_strconcat(c->path->name, " ", case_way(c), NULL);
}

char *case_id(const Case *c)
{
    return g_strconcat(c->scenario->name, ",", c->path->name, ",", c->sink, ",",
                       c->drawing ? c->drawing : "", c->drawing ? "," : "", c->workload, ",",
                       c->transport, NULL);
}

LeftOut *left_out_create(const Case *c, char *reason)
{
    LeftOut *one = g_new0(LeftOut, 1);
    one->id = case_id(c);
    one->reason = reason;
    return one;
}

void left_out_free(LeftOut *left_out)
{
    g_free(left_out->id);
    g_free(left_out->reason);
    g_free(left_out);
}
