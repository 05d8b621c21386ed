/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * json-member: a member of the JSON object that is being built.
 *
 * What is not there is null: a text that is NULL, a number that JSON does not have. Any
 * thread, one at a time.
 */
#ifndef VDIBENCH_JSON_MEMBER_H
#define VDIBENCH_JSON_MEMBER_H

#include <json-glib/json-glib.h>
#include <stdint.h>

/* Bytes that are no UTF-8, as in a file's name, are replaced. */
void json_member_string(JsonBuilder *builder, const char *name, const char *value);
void json_member_int(JsonBuilder *builder, const char *name, int64_t value);
void json_member_number(JsonBuilder *builder, const char *name, double value);

/* The number alone, as an array's element. */
void json_add_number(JsonBuilder *builder, double value);

#endif
