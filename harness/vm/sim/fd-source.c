#include "harness/vm/sim/fd-source.h"

guint fd_source_add(int fd, GIOCondition condition, GUnixFDSourceFunc function, gpointer data)
{
    g_autoptr(GSource) source = g_unix_fd_source_new(fd, condition);

    g_source_set_callback(source, G_SOURCE_FUNC(function), data, NULL);
    g_source_set_can_recurse(source, TRUE);
    return g_source_attach(source, NULL);
}
