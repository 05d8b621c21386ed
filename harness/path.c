#include "path.h"

#include "gpu-module/port-protocol.h"

/* What upstream's stream device listens on. */
#define STREAM_PORT_NAME "org.spice-space.stream.0"

static const char *const client_sinks[] = {"appsink", "overlay", "overlay-sync", NULL};
static const char *const relay_sinks[] = {"receive-only", NULL};

static const Path paths[] = {
    {
        .name = "gpu-module",
        .title = "our module in the SPICE server, on the existing display channel",
        .vm_program = "vm-sim",
        .port_name = PORT_NAME,
        .library = "spice-server/lib",
        .has_vgpu = TRUE,
        .shows = TRUE,
        .client_program = "client",
        .sinks = client_sinks,
    },
    {
        .name = "stream-device",
        .title = "upstream's stream device in Debian's own library, a second display channel",
        .vm_program = "vm-sim",
        .port_name = STREAM_PORT_NAME,
        .has_vgpu = TRUE,
        .shows = TRUE,
        .client_program = "client",
        .sinks = client_sinks,
    },
    {
        .name = "stream-device+trailer",
        .title = "the same, the agent ends each access unit with our trailer",
        .vm_program = "vm-sim",
        .port_name = STREAM_PORT_NAME,
        .trailer = TRUE,
        .has_vgpu = TRUE,
        .shows = TRUE,
        .client_program = "client",
        .sinks = client_sinks,
    },
    {
        .name = "relay",
        .title = "the floor: reads the port, writes TCP, no SPICE; its client only receives",
        .vm_program = "relay",
        .client_program = "relay-client",
        .sinks = relay_sinks,
    },
};

const Path *path_at(guint index)
{
    return index < G_N_ELEMENTS(paths) ? &paths[index] : NULL;
}

const Path *path_find(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        if (g_str_equal(paths[i].name, name))
            return &paths[i];
    }
    return NULL;
}

char *path_names(void)
{
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++)
        g_string_append_printf(names, "%s%s", i ? ", " : "", paths[i].name);
    return g_string_free(names, FALSE);
}
