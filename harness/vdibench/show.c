#include "harness/vdibench/command.h"

#include "harness/scenario/catalog.h"

#include <stdio.h>

gboolean command_show(const Layout *layout, int argc, char **argv, int *ret_status,
                      GError **error)
{
    if (!command_parse("SCENARIO - show a scenario completely", NULL, &argc, &argv, error))
        return FALSE;
    if (argc != 2)
        return command_usage_error(error,
                           "show: one scenario is needed: vdibench list shows what there is");
    g_autoptr(Scenario) scenario = catalog_load_one(layout->top, argv[1], error);
    if (!scenario)
        return FALSE;
    g_autofree char *text = scenario_text(scenario);
    fputs(text, stdout);
    return TRUE;
}
