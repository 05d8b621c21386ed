#include "harness/vdibench/command.h"

#include "harness/report/report.h"

#include <stdio.h>

gboolean command_report(const Layout *layout, int argc, char **argv, int *ret_status,
                               GError **error)
{
    g_autoptr(SavedResult) result =
        command_read_result("report", "DIR - write the report of a run, DIR/report.html", argc, argv, error);
    g_autofree char *scripts = g_build_filename(layout->top, "harness", "plots", NULL);
    if (!result || !report_write(result, scripts, error))
        return FALSE;
    printf("%s/report.html\n", result->folder);
    return TRUE;
}
