/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/result/json-member.h"

#include <math.h>

void json_member_string(JsonBuilder *builder, const char *name, const char *value)
{
    g_autofree char *valid = value ? g_utf8_make_valid(value, -1) : NULL;

    json_builder_set_member_name(builder, name);
    if (value)
        json_builder_add_string_value(builder, valid);
    else
        json_builder_add_null_value(builder);
}

void json_member_int(JsonBuilder *builder, const char *name, int64_t value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, value);
}

void json_member_number(JsonBuilder *builder, const char *name, double value)
{
    json_builder_set_member_name(builder, name);
    json_add_number(builder, value);
}

void json_add_number(JsonBuilder *builder, double value)
{
    if (isfinite(value))
        json_builder_add_double_value(builder, value);
    else
        json_builder_add_null_value(builder);
}
