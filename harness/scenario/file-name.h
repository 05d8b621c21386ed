/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * file-name: which names of files may become a part of a result.
 *
 * A recording's and a scenario's name is a part of a case's key: a word of
 * result.json, of its tables, and of a folder's name. Pure, any thread.
 */
#ifndef VDIBENCH_FILE_NAME_H
#define VDIBENCH_FILE_NAME_H

/* A case's key holds two of them, and no file's name is longer than 255. */
#define FILE_NAME_MAX_BYTES 100

/* What is wrong with it, to be read behind the name; NULL: nothing. Any one
 * name of a file is right that is UTF-8 without control characters, does not
 * begin with a dot, and is not too long. */
const char *file_name_trouble(const char *name);

/* The same of a path, of any length, with any names in it. */
const char *file_path_trouble(const char *path);

/* For messages, on one line whatever it is; free it. */
char *file_name_shown(const char *name);

#endif
