/*
 * metrics: the numbers of one repeat, each defined in results/README.md.
 *
 * Pure functions over the samples, any thread. What a path cannot have (a
 * relay has no switch) or a run did not give is NAN.
 */
#ifndef VDIBENCH_METRICS_H
#define VDIBENCH_METRICS_H

#include "harness/scenario/expect.h"
#include "harness/evaluate/join.h"
#include "harness/scenario/path.h"

typedef enum {
    METRIC_LATENCY_MS_P50,
    METRIC_LATENCY_MS_P95,
    METRIC_LATENCY_MS_P99,
    METRIC_RECEIVE_MS_P50,
    METRIC_RECEIVE_MS_P99,
    METRIC_STARTUP_MS_MAX,
    METRIC_FPS_SHOWN,
    METRIC_FRAMES_PLANNED,
    METRIC_FRAMES_SHOWN,
    METRIC_FRAMES_SUPERSEDED,
    METRIC_FRAMES_UNDECODED,
    METRIC_FRAMES_DROPPED,
    METRIC_FRAMES_LOST,
    METRIC_FRAMES_SKIPPED_CAPTURE,
    METRIC_SLOW_DOWN_PCT,
    METRIC_FRAMES_HELD_BACK,
    METRIC_FRAMES_FOREIGN,
    METRIC_FRAMES_BEHIND,
    METRIC_FROZEN_LATENCY_MS_P50,
    METRIC_FROZEN_LATENCY_MS_P99,
    METRIC_FROZEN_FPS_SHOWN,
    METRIC_SECOND_FRAMES_MISSED,
    METRIC_SECOND_FRAMES_BROKEN,
    METRIC_SECOND_FRAMES_UNSHOWN,
    METRIC_TRAFFIC_KBPS,
    METRIC_TRAFFIC_OVERHEAD_PCT,
    METRIC_SERVER_CPU_MS_PER_FRAME,
    METRIC_SERVER_WORKER_CPU_MS_PER_FRAME,
    METRIC_CLIENT_CPU_MS_PER_FRAME,
    METRIC_AGENT_CPU_MS_PER_FRAME,
    METRIC_SERVER_CPU_PCT,
    METRIC_CLIENT_CPU_PCT,
    METRIC_AGENT_CPU_PCT,
    METRIC_HARNESS_CPU_PCT,
    METRIC_SWITCH_MS,
    METRIC_SWITCH_OUT_MS,
    METRIC_GAP_MS,
    METRIC_GAP_OUT_MS,
    METRIC_PICTURES_BLANK,
    METRIC_PICTURES_TORN,
    METRIC_BLANK_MS_MAX,
    METRIC_WRONG_PIXELS,
    METRIC_PGPU_PSNR_DB,
    METRIC_RUN_QUEUE_WAIT_MS_PER_FRAME,
    METRIC_RUN_QUEUE_WAIT_PCT,
    METRIC_FOREIGN_CPU_PCT,
    METRIC_DRAWN_PCT,
    METRIC_T1_T2_MS_P50,
    METRIC_T1_T2_MS_P99,
    METRIC_T2_T3_MS_P50,
    METRIC_T2_T3_MS_P99,
    METRIC_T3_T4_MS_P50,
    METRIC_T3_T4_MS_P99,
    METRIC_T4_T5_MS_P50,
    METRIC_T4_T5_MS_P99,
    METRIC_FRAME_BUFFERS_KIB_MAX,
    METRIC_SERVER_MEMORY_GROWTH_KIB,
    METRIC_SERVER_MEMORY_DRIFT_KIB,
    METRIC_SERVER_WAKEUPS_PER_S,
    METRIC_COUNT
} Metric;

typedef struct {
    double value[METRIC_COUNT];
} Metrics;

/* "latency_ms_p50" and so on, as in result.json; static. */
const char *metric_name(Metric metric);

void metrics_init(Metrics *metrics); /* all NAN */

/* Fills in all but wrong_pixels and pgpu_psnr_db, which are not in the sample
 * files, and metrics_server()'s. `vm` may be NULL or without rows (the relay
 * writes none). */
void metrics_compute(Metrics *metrics, const Path *path, const Join *join, const Rows *client,
                     const Rows *vm, const Rows *cpu);

/* The metrics of a second client, whose frames `second` joins with the
 * agent's, and of the first one (`join`) while that one was frozen: begin 0
 * when it never was. */
void metrics_compute_second(Metrics *metrics, const Path *path, const Join *join,
                            const Join *second, gint64 frozen_begin_ns, gint64 frozen_end_ns);

/* Fills in what the server's process holds and how often it wakes (server.csv),
 * and what frames hold of that (module.csv; may be NULL). */
void metrics_server(Metrics *metrics, const Rows *server, const Rows *module);

/* The order of the sources that the client showed; see Seen. The vGPU's
 * channel is the lowest that showed the vGPU, without one the first channel;
 * blank pictures and kept ones (stretched to a new size) do not count. */
void metrics_sources(const Rows *client, Seen *seen);

/* Of one core, foreign_cpu_pct: with more than this, something else was running
 * or the hypervisor took the processors away. A quiet machine has 1 to 4 %. */
#define METRICS_FOREIGN_CPU_MAX_PCT 15
/* Of the slots, more than this share not captured: the load was another one. */
#define METRICS_SKIPPED_MAX_PCT 5

/* NULL when the run was fit to be measured; otherwise why not, in one line,
 * static: the run is marked, and kept. `limited`: the link is, and less than
 * everything is expected to be captured. */
const char *metrics_quality(const Metrics *metrics, const Path *path, gboolean limited);

#endif
