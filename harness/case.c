#include "case.h"

static gboolean admits(const char *const *filter, const char *word)
{
    return !filter || !*filter || g_strv_contains(filter, word);
}

static Case *case_create(const Scenario *scenario, const ScenarioPath *path,
                         const CaseFilter *filter)
{
    Case *c = g_new0(Case, 1);
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

void case_expand(const Scenario *scenario, const CaseFilter *filter, GPtrArray *cases)
{
    const char *const *transports = filter->transports && *filter->transports
                                        ? filter->transports
                                        : (const char *const *)scenario->transports;

    for (char **workload = scenario->workloads; *workload; workload++) {
        for (const char *const *transport = transports; *transport; transport++) {
            for (guint i = 0; i < scenario->paths->len; i++) {
                const ScenarioPath *path = g_ptr_array_index(scenario->paths, i);
                for (char **sink = path->sinks; *sink; sink++) {
                    if (!admits(filter->paths, path->path->name) || !admits(filter->sinks, *sink))
                        continue;
                    Case *c = case_create(scenario, path, filter);
                    c->workload = *workload;
                    c->transport = *transport;
                    c->sink = *sink;
                    g_ptr_array_add(cases, c);
                }
            }
        }
    }
}

char *case_id(const Case *c)
{
    return g_strjoin(",", c->scenario->name, c->path->name, c->sink, c->workload, c->transport,
                     NULL);
}
