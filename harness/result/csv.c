#include "harness/result/csv.h"

#include <string.h>

void csv_add_text(GString *csv, const char *text)
{
    g_autoptr(GString) quoted = g_string_new(text);
    gboolean plain = !strpbrk(text, ",\"\r\n");
    g_string_replace(quoted, "\"", "\"\"", 0);
    g_string_append_printf(csv, plain ? "%s," : "\"%s\",", quoted->str);
}
