/*
 * group: the cases of a run that one figure compares, with their samples.
 *
 * Main thread; reads files of the run's folder.
 */
#ifndef VDIBENCH_PLOTS_GROUP_H
#define VDIBENCH_PLOTS_GROUP_H

#include "harness/evaluate/rows.h"
#include "harness/report/saved-result.h"

typedef struct {
    guint number; /* from 1 */
    char *folder;
    gboolean fit;
    Rows *frames, *client, *cpu;
} PlotRepeat;

typedef struct {
    const SavedCase *saved;
    char *label;
    guint variant;      /* the how manyth case of its path in the group, from 0 */
    GPtrArray *repeats; /* PlotRepeat, those that have samples */
    const PlotRepeat *shown; /* the one that is drawn where only one can be: the first fit one,
                              * else the first; NULL when there is none */
} PlotCase;

/* Cases that differ in nothing but path, sink and drawing. */
typedef struct {
    const SavedResult *result;
    const char *scenario, *workload, *transport;
    gboolean comparison; /* of its workload and transport the group with the most cases */
    char *workload_name; /* "video-720p30", with the transport where the run has several */
    GPtrArray *cases;    /* PlotCase */
} PlotGroup;

/* The groups of a run in its order, without samples. */
GPtrArray *plot_groups(const SavedResult *result);

/* Reads the samples of a group's repeats. A repeat that did not pass may lack
 * them; of one that passed they must be there and whole. */
gboolean plot_group_read(PlotGroup *group, GError **error);

/* Forgets the samples. */
void plot_group_forget(PlotGroup *group);

/* "5 repeats of 8 s", the most that a case has. */
char *plot_group_extent(const PlotGroup *group);

/* The planned times of the first and of the last slot of a repeat; false when
 * it has none. */
gboolean plot_repeat_slots(const PlotRepeat *repeat, gint64 *ret_first_ns, gint64 *ret_last_ns);

#endif
