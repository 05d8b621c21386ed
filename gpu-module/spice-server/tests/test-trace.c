/*
 * What the GPU module tells of itself, in the real SPICE server with a
 * simulated VM, agent and client: the counters and the frames' records are
 * those of what was really played, a frame is not copied once it was read,
 * its memory is given back, and nothing of ours runs while nobody uses it.
 */
#include "gpu-module/counters-map.h"
#include "gpu-module/flow.h"
#include "gpu-module/port-protocol.h"
#include "harness/child.h"
#include "harness/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define DEADLINE_S 20.0
/* Between two looks at the counters, which tell of no event. */
#define POLL_US 2000
/* Updates of the vGPU during which nothing of ours may run. */
#define QUIET_UPDATES 20

/* In each session: what the first one teaches serves the others. */
#define SESSION_KEY_FRAMES 4

#define RECORDING "build/recordings/movie-hello.mp4"

static struct {
    char *folder;
    Child *vm, *agent, *client;
    guint client_cursor, agent_cursor;
    const struct gpu_counters *counters;
    uint64_t frames, bytes; /* that the agent has sent in all its sessions */
} bed;

/* --- the processes -------------------------------------------------------- */

static Child *start(const char *program, const char *library_path, const char *const *options)
{
    g_auto(GStrv) environment = g_get_environ();
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *here = g_get_current_dir();
    g_autofree char *file = g_strdup_printf("%s/build/%s", here, program);
    g_autofree char *log = g_strdup_printf("%s/%s.log", bed.folder, program);

    g_ptr_array_add(argv, file);
    for (; *options; options++)
        g_ptr_array_add(argv, (char *)*options);
    g_ptr_array_add(argv, NULL);
    if (library_path)
        environment = g_environ_setenv(environment, "LD_LIBRARY_PATH", library_path, TRUE);
    Child *child = child_start(program, (const char *const *)argv->pdata,
                               (const char *const *)environment, log, &error);
    if (!child)
        fail_msg("%s", error->message);
    return child;
}

static const Notice *wait_notice(Child *child, const char *word, guint *cursor)
{
    g_autoptr(GError) error = NULL;
    const Notice *notice = child_wait_notice(child, word, cursor, DEADLINE_S, NULL, &error);
    if (!notice)
        fail_msg("%s", error->message);
    return notice;
}

static const Notice *ask(Child *child, const char *command, const char *answer)
{
    guint cursor = child_notice_count(child);
    assert_true(child_send(child, NULL, "%s", command));
    return wait_notice(child, answer, &cursor);
}

static void client_shows(const char *source)
{
    const Notice *shown;
    do
        shown = wait_notice(bed.client, "shown", &bed.client_cursor);
    while (!g_str_equal(notice_value(shown, "source"), source));
}

static guint64 number_in(const Notice *notice, const char *key)
{
    return g_ascii_strtoull(notice_value(notice, key), NULL, 10);
}

/* --- the counters --------------------------------------------------------- */

#define MAIN(name) counter_get(&bed.counters->main.name)
#define WORKER(name) counter_get(&bed.counters->worker.name)

/* The server's threads count while we look: what they will have counted. */
#define EVENTUALLY(counter, value) \
    eventually(#counter, &bed.counters->counter, value)

static void eventually(const char *name, const uint64_t *counter, uint64_t value)
{
    const gint64 end_us = g_get_monotonic_time() + (gint64)(DEADLINE_S * G_USEC_PER_SEC);

    while (counter_get(counter) != value && g_get_monotonic_time() < end_us)
        g_usleep(POLL_US);
    if (counter_get(counter) != value)
        fail_msg("%s is %" G_GUINT64_FORMAT " and not %" G_GUINT64_FORMAT, name,
                 counter_get(counter), value);
}

/* The agent plays until the client shows it, and several key frames longer. */
static void play(void)
{
    const uint64_t enough = MAIN(key_frames_received) + SESSION_KEY_FRAMES;
    const gint64 end_us = g_get_monotonic_time() + (gint64)(DEADLINE_S * G_USEC_PER_SEC);

    ask(bed.agent, "open", "opened");
    client_shows("pgpu");
    while (MAIN(key_frames_received) < enough && g_get_monotonic_time() < end_us)
        g_usleep(POLL_US);
    const Notice *drained = ask(bed.agent, "finish", "drained");
    bed.frames += number_in(drained, "frames");
    bed.bytes += number_in(drained, "bytes");
    EVENTUALLY(main.frames_received, bed.frames);
    EVENTUALLY(worker.frames_sent, bed.frames);
}

static void close_port(void)
{
    ask(bed.agent, "close", "closed");
    client_shows("vgpu");
}

/* --- tests ---------------------------------------------------------------- */

static void an_unused_port_counts_nothing(void **state)
{
    (void)state;
    const struct counter *counter;

    for (unsigned i = 0; (counter = counters_at(i)); i++)
        if (!g_str_equal(counter->name, "main_wakeups")) /* one as it was made */
            eventually(counter->name,
                       (const uint64_t *)((const char *)bed.counters + counter->offset), 0);
}

static void what_was_played_is_counted(void **state)
{
    (void)state;
    play();
    assert_int_equal(MAIN(port_open), 1);
    assert_int_equal(MAIN(port_opens), 1);
    assert_int_equal(MAIN(starts), 1);
    assert_int_equal(MAIN(stops), 0);
    assert_int_equal(MAIN(bytes_received), bed.bytes);
    assert_true(MAIN(port_bytes) >= bed.bytes + bed.frames * PORT_HEADER_BYTES);
    assert_int_equal(WORKER(switches_to_pgpu), 1);
    assert_int_equal(WORKER(switches_to_vgpu), 0);
    assert_true(MAIN(key_frames_received) >= 1);
    close_port();
    EVENTUALLY(main.port_open, 0);
    EVENTUALLY(worker.switches_to_vgpu, 1);
}

static void a_second_session_adds_to_the_first(void **state)
{
    (void)state;
    play();
    close_port();
    EVENTUALLY(main.port_open, 0);
    assert_int_equal(MAIN(port_opens), 2);
    assert_int_equal(MAIN(bytes_received), bed.bytes);
    EVENTUALLY(worker.switches_to_vgpu, 2);
}

static void an_honest_agent_loses_nothing(void **state)
{
    (void)state;
    assert_int_equal(MAIN(violations), 0);
    assert_int_equal(MAIN(frames_cut), 0);
    assert_int_equal(MAIN(frames_without_display), 0);
    assert_int_equal(WORKER(frames_too_late), 0);
    assert_int_equal(WORKER(frames_unwanted), 0);
    assert_int_equal(WORKER(frames_slow_client), 0);
    assert_int_equal(WORKER(frames_unsent), 0);
    assert_int_equal(WORKER(queued), 0);
    assert_int_equal(WORKER(queued_all), 0);
}

static void each_frame_has_its_record(void **state)
{
    (void)state;
    uint64_t bytes = 0, last_t3_ns = 0, key_frames = 0;

    for (uint64_t n = 1; n <= bed.frames; n++) {
        struct frame_record record;
        assert_true(counters_read(bed.counters, n, &record));
        assert_true(frame_record_settled(&record));
        assert_int_equal(frame_record_fate(&record), FRAME_SENT);
        assert_int_equal(record.sent.clients, 1);
        assert_true(record.received.t2_ns > last_t3_ns);
        assert_true(record.received.t3_ns >= record.received.t2_ns);
        assert_true(record.sent.t4_ns >= record.received.t3_ns);
        last_t3_ns = record.received.t3_ns;
        bytes += record.received.bytes;
        key_frames += record.received.flags & FRAME_KEY_FRAME;
    }
    assert_int_equal(bytes, bed.bytes);
    assert_int_equal(key_frames, MAIN(key_frames_received));
}

/* The buffers of frames that were sent are given back, and never were there
 * more than the credit allows: those on their way, the one being read and one
 * that just ends. */
static void frames_memory_is_bounded_and_given_back(void **state)
{
    (void)state;
    uint64_t largest = 0;

    for (uint64_t n = 1; n <= bed.frames; n++) {
        struct frame_record record;
        assert_true(counters_read(bed.counters, n, &record));
        largest = MAX(largest, record.received.bytes);
    }
    EVENTUALLY(shared.buffer_bytes, 0);
    assert_true(MAIN(buffer_bytes_max) >= largest);
    assert_true(MAIN(buffer_bytes_max) <= (FLOW_WINDOW_FRAMES + 2) * largest);
    /* Only the first large frame of a session grows while it is read. */
    assert_true(MAIN(bytes_moved) <= MAIN(port_opens) * largest);
}

/* How often our code ran, by any thread; and whether the VM itself drew on. */
static void nothing_of_ours_runs(void)
{
    const uint64_t main_wakeups = MAIN(main_wakeups), reads = MAIN(port_reads);
    const uint64_t worker_wakeups = WORKER(worker_wakeups);
    const guint64 before = number_in(ask(bed.vm, "pause", "paused"), "number");
    guint64 drawn;

    do {
        child_send(bed.vm, NULL, "resume");
        drawn = number_in(ask(bed.vm, "pause", "paused"), "number") - before;
    } while (drawn < QUIET_UPDATES);
    child_send(bed.vm, NULL, "resume");

    assert_int_equal(MAIN(main_wakeups), main_wakeups);
    assert_int_equal(MAIN(port_reads), reads);
    assert_int_equal(WORKER(worker_wakeups), worker_wakeups);
}

static void a_closed_port_wakes_nobody(void **state)
{
    (void)state;
    EVENTUALLY(main.port_open, 0);
    nothing_of_ours_runs();
}

static void without_a_client_nobody_is_woken(void **state)
{
    (void)state;
    const uint64_t frames = MAIN(frames_received), starts = MAIN(starts), reads = MAIN(port_reads);

    ask(bed.client, "disconnect", "disconnected");
    ask(bed.agent, "open", "opened");
    EVENTUALLY(main.port_open, 1);
    EVENTUALLY(main.port_reads, reads + 2); /* the header and body of the agent's CAPABILITIES */
    nothing_of_ours_runs();
    assert_int_equal(MAIN(frames_received), frames);
    assert_int_equal(MAIN(starts), starts);
    ask(bed.agent, "close", "closed");
    EVENTUALLY(main.port_open, 0);
}

static char *run_tool(const char *option, int *ret_status)
{
    g_autofree char *pid = g_strdup_printf("%d", child_pid(bed.vm));
    const char *argv[] = { "build/gpu-counters", pid, option, NULL };
    char *output = NULL;

    assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL,
                             ret_status, NULL));
    return output;
}

static void the_tool_prints_what_the_memory_holds(void **state)
{
    (void)state;
    int status = -1;
    g_autofree char *frames = g_strdup_printf("\nframes_received %" G_GUINT64_FORMAT "\n", bed.frames);
    g_autofree char *values = run_tool(NULL, &status);

    assert_int_equal(status, 0);
    assert_non_null(strstr(values, frames));
    assert_non_null(strstr(values, "\nport_opens 3\n"));

    g_autofree char *rows = run_tool("--frames", &status);
    g_auto(GStrv) lines = g_strsplit(g_strchomp(rows), "\n", -1);
    assert_int_equal(status, 0);
    assert_int_equal(g_strv_length(lines), bed.frames + 1);
    assert_string_equal(lines[0], FRAME_RECORD_CSV_HEADER);
    for (guint i = 1; lines[i]; i++)
        assert_true(g_str_has_suffix(lines[i], ",1,sent"));
}

/* --- set-up --------------------------------------------------------------- */

static int set_up(void **state)
{
    (void)state;
    char error[256];
    guint cursor = 0;

    bed.folder = g_dir_make_tmp("vdibench-trace-XXXXXX", NULL);
    g_autofree char *here = g_get_current_dir();
    g_autofree char *library = g_build_filename(here, "build/spice-server/lib", NULL);
    g_autofree char *port = g_strdup_printf("pty:%s/port", bed.folder);
    const char *vm_options[] = { "--port-name", PORT_NAME, "--port", port, "--vgpu-fps", "50",
                                 "--expect-library", library, NULL };
    bed.vm = start("vm-sim", library, vm_options);
    const Notice *ready = wait_notice(bed.vm, "ready", &cursor);
    child_send(bed.vm, NULL, "desktop");

    g_autofree char *uri = g_strconcat("spice://", notice_value(ready, "listen"), NULL);
    const char *client_options[] = { "--uri", uri, "--sink", "appsink", NULL };
    bed.client = start("client", NULL, client_options);
    client_shows("vgpu");

    /* Not before: the VM adds its port once it is ready. */
    bed.counters = counters_map(child_pid(bed.vm), error, sizeof error);
    if (!bed.counters)
        fail_msg("%s", error);

    g_autofree char *tty = g_strconcat("tty:", port + strlen("pty:"), NULL);
    g_autofree char *recording = g_build_filename(here, RECORDING, NULL);
    const char *agent_options[] = { "--port", tty, "--recording", recording, NULL };
    bed.agent = start("sim-agent", NULL, agent_options);
    wait_notice(bed.agent, "ready", &bed.agent_cursor);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    gboolean ok = child_end(bed.client, 5, NULL);
    ok = child_end(bed.agent, 5, NULL) && ok;
    ok = child_end(bed.vm, 5, NULL) && ok;
    child_destroy(bed.client);
    child_destroy(bed.agent);
    child_destroy(bed.vm);
    counters_unmap(bed.counters);
    folder_remove(bed.folder);
    g_free(bed.folder);
    return ok ? 0 : -1;
}

int main(void)
{
    /* In this order: the later ones look at what the earlier ones have played. */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unused_port_counts_nothing),
        cmocka_unit_test(what_was_played_is_counted),
        cmocka_unit_test(a_second_session_adds_to_the_first),
        cmocka_unit_test(an_honest_agent_loses_nothing),
        cmocka_unit_test(each_frame_has_its_record),
        cmocka_unit_test(frames_memory_is_bounded_and_given_back),
        cmocka_unit_test(a_closed_port_wakes_nobody),
        cmocka_unit_test(without_a_client_nobody_is_woken),
        cmocka_unit_test(the_tool_prints_what_the_memory_holds),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
