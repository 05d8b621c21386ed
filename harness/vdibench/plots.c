#include "harness/vdibench/command.h"

#include "harness/plots/plots.h"

#include <stdio.h>

gboolean command_plots(const Layout *layout, int argc, char **argv, int *ret_status,
                       GError **error)
{
    g_autoptr(SavedResult) result =
        command_read_result("plots", "DIR - draw the plots of a run into DIR/plots", argc, argv, error);
    g_autofree char *scripts = g_build_filename(layout->top, "harness", "plots", NULL);
    if (!result || !plots_draw(result, scripts, error))
        return FALSE;
    printf("%s/plots\n", result->folder);
    return TRUE;
}
