/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/settings.h"

#include <errno.h>
#include <string.h>

/* Below, text cannot be read; above, no link that the project measures carries it. */
#define BITRATE_MIN_KBPS 100
#define BITRATE_MAX_KBPS 200000
#define FRAME_RATE_MAX_HZ 240

#define GROUP "[agent]"

enum kind { TEXT, NUMBER, WORD, FLAG };

struct row {
    const char *name;
    const char *argument; /* in the help; NULL: a flag, or the platform's words */
    enum kind kind;
    bool in_file;
    size_t offset; /* in struct settings */
    const char *initial;
    uint32_t min, max; /* of a number */
    const char *help;  /* NULL: the platform's */
};

#define FIELD(name) offsetof(struct settings, name)
static const struct row rows[] = {
    {"port", NULL, TEXT, true, FIELD(port), NULL, 0, 0, NULL},
    {"display", "NAME", TEXT, true, FIELD(display), "auto", 0, 0,
     "the screen that is captured, by its name in --list"},
    {"source", NULL, WORD, true, FIELD(source), "auto", 0, 0, "how the screen is captured"},
    {"encoder", NULL, WORD, true, FIELD(encoder), "auto", 0, 0, "how the pictures are encoded"},
    {"bitrate", "KBPS", NUMBER, true, FIELD(bitrate_kbps), "20000", BITRATE_MIN_KBPS,
     BITRATE_MAX_KBPS, "the bitrate that is not to be exceeded, in 1000 bit/s"},
    {"frame-rate", "HZ", NUMBER, true, FIELD(frame_rate_hz), "30", 1, FRAME_RATE_MAX_HZ,
     "pictures a second at most (a sixteenth more to catch up); an unchanged screen has none"},
    {"log-level", NULL, WORD, true, FIELD(log_level), "info", 0, 0,
     "the least important reports that are still logged"},
    {"record", "FILE", TEXT, false, FIELD(record), "", 0, 0,
     "also write what is sent to FILE, and its capture times to FILE.index"},
    {"trailer", NULL, FLAG, false, FIELD(trailer), NULL, 0, 0,
     "end each access unit with a delimiter, for hosts that do not do so themselves"},
    {"samples", "FILE", TEXT, false, FIELD(samples), "", 0, 0,
     "write what is sent, and when, to FILE (CSV)"},
    {"state", "FOLDER", TEXT, true, FIELD(state), NULL, 0, 0,
     "where is remembered that the hardware encoder has failed"},
    {"settings", "FILE", TEXT, false, FIELD(file), "", 0, 0,
     "read the settings that the command line does not have from FILE"},
    {"list", NULL, FLAG, false, FIELD(list), NULL, 0, 0,
     "list displays, encoders and ports, and end"},
    {"self-test", NULL, FLAG, false, FIELD(self_test), NULL, 0, 0,
     "capture and encode for 5 seconds, send nothing, print how long it took, and end"},
    {"help", NULL, FLAG, false, FIELD(help), NULL, 0, 0, "print this, and end"},
};
#define ROWS (sizeof rows / sizeof *rows)

/* In the order of enum settings_log_level. */
static const char log_levels[] = "error|warning|info|debug";

/* What has been read so far. */
struct reading {
    struct settings *settings;
    const struct settings_platform *platform;
    bool given[ROWS]; /* by the command line, then by it or by the file */
    char *error;
};

static const char *words_of(const struct row *row, const struct settings_platform *platform)
{
    if (row->offset == FIELD(source))
        return platform->sources;
    return row->offset == FIELD(encoder) ? platform->encoders : log_levels;
}

static const char *initial_of(const struct row *row, const struct settings_platform *platform)
{
    if (row->offset == FIELD(port))
        return platform->port;
    if (row->offset == FIELD(state))
        return platform->state ? platform->state : "";
    return row->initial;
}

/* The index of the word among those that | separates, or -1. */
static int word_index(const char *words, const char *word)
{
    size_t length = strlen(word);

    for (int index = 0;; index++) {
        size_t each = strcspn(words, "|");
        if (each == length && memcmp(words, word, length) == 0)
            return index;
        if (words[each] == '\0')
            return -1;
        words += each + 1;
    }
}

static bool parse_number(const char *text, uint32_t *ret_number)
{
    uint32_t number = 0;

    /* Nine digits cannot overflow. */
    if (text[0] == '\0' || strlen(text) > 9)
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        number = number * 10 + (uint32_t)(*text - '0');
    }
    *ret_number = number;
    return true;
}

/* Takes over a value; `where` begins the error. */
static bool set(struct reading *self, const struct row *row, const char *value, const char *where)
{
    char *field = (char *)self->settings + row->offset;
    uint32_t number = 0;
    int index;

    switch (row->kind) {
    case FLAG:
        *(bool *)field = true;
        return true;
    case NUMBER:
        if (!parse_number(value, &number) || number < row->min || number > row->max) {
            snprintf(self->error, SETTINGS_LINE_BYTES, "%s: %s %.64s: a number from %u to %u",
                     where, row->name, value, (unsigned)row->min, (unsigned)row->max);
            return false;
        }
        memcpy(field, &number, sizeof number);
        return true;
    case WORD:
        index = word_index(words_of(row, self->platform), value);
        if (index < 0) {
            snprintf(self->error, SETTINGS_LINE_BYTES, "%s: %s %.64s: one of %s", where, row->name,
                     value, words_of(row, self->platform));
            return false;
        }
        if (row->offset == FIELD(log_level)) {
            self->settings->log_level = (uint32_t)index;
            return true;
        }
        break;
    case TEXT:
        break;
    }
    size_t size = strlen(value) + 1;
    if (size > SETTINGS_TEXT_BYTES || size == 1) {
        snprintf(self->error, SETTINGS_LINE_BYTES, "%s: %s: 1 to %d characters", where, row->name,
                 SETTINGS_TEXT_BYTES - 1);
        return false;
    }
    memcpy(field, value, size);
    return true;
}

static const struct row *row_of(const char *name, size_t length)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strlen(rows[i].name) == length && memcmp(rows[i].name, name, length) == 0)
            return &rows[i];
    return NULL;
}

static bool fail(struct reading *self, const char *where, const char *what, const char *text)
{
    snprintf(self->error, SETTINGS_LINE_BYTES, "%s: %s: %.128s", where, what, text);
    return false;
}

/* --- the command line ------------------------------------------------------- */

/* --NAME, --NAME VALUE or --NAME=VALUE at argv[*index]. */
static bool read_option(struct reading *self, int argc, const char *const *argv, int *index)
{
    static const char where[] = "command line";
    const char *option = argv[*index];

    if (strncmp(option, "--", 2) != 0)
        return fail(self, where, "an argument that is no option (see --help)", option);
    size_t length = strcspn(option + 2, "=");
    const struct row *row = row_of(option + 2, length);
    const char *value = option[2 + length] == '=' ? option + 2 + length + 1 : NULL;
    if (!row)
        return fail(self, where, "an unknown option (see --help)", option);
    if (self->given[row - rows])
        return fail(self, where, "an option that is given twice", option);
    if (row->kind == FLAG && value)
        return fail(self, where, "an option that takes no value", option);
    if (row->kind != FLAG && !value) {
        if (*index + 1 >= argc)
            return fail(self, where, "an option without its value", option);
        value = argv[++*index];
    }
    self->given[row - rows] = true;
    return set(self, row, value, where);
}

/* --- the file --------------------------------------------------------------- */

static char *trim(char *text)
{
    size_t length = strlen(text);

    while (length > 0 && strchr(" \t\r\n", text[length - 1]))
        text[--length] = '\0';
    return text + strspn(text, " \t");
}

/* A line that is neither empty nor a comment. `in_file`: what the file has set so far. */
static bool read_line(struct reading *self, char *line, const char *where, bool *in_group,
                      bool *in_file)
{
    if (line[0] == '[') {
        *in_group = strcmp(line, GROUP) == 0;
        return *in_group || fail(self, where, "the only group is " GROUP, line);
    }
    char *equals = strchr(line, '=');
    if (!equals)
        return fail(self, where, "neither KEY=VALUE nor a comment (#)", line);
    if (!*in_group)
        return fail(self, where, "a key before the group " GROUP, line);
    *equals = '\0';
    const char *key = trim(line), *value = trim(equals + 1);
    const struct row *row = row_of(key, strlen(key));
    if (!row)
        return fail(self, where, "an unknown key", key);
    if (!row->in_file)
        return fail(self, where, "only the command line may have it", key);
    if (in_file[row - rows])
        return fail(self, where, "a key that is given twice", key);
    in_file[row - rows] = true;

    /* Checked also where the command line goes before it. */
    struct settings aside = *self->settings;
    struct reading check = *self;
    if (self->given[row - rows])
        check.settings = &aside;
    return set(&check, row, value, where);
}

static bool read_file(struct reading *self, const char *name)
{
    char line[SETTINGS_LINE_BYTES], where[SETTINGS_TEXT_BYTES + 16];
    bool in_group = false, in_file[ROWS] = {false};
    bool ok = true;
    FILE *file = fopen(name, "r");

    if (!file)
        return fail(self, name, "cannot read the settings", strerror(errno));
    for (unsigned number = 1; ok && fgets(line, sizeof line, file); number++) {
        snprintf(where, sizeof where, "%s:%u", name, number);
        size_t length = strlen(line);
        bool whole = length + 1 < sizeof line || line[length - 1] == '\n';
        char *text = trim(line);
        if (!whole)
            ok = fail(self, where, "the line is too long", "shorten it");
        else if (text[0] != '\0' && text[0] != '#')
            ok = read_line(self, text, where, &in_group, in_file);
    }
    if (ok && ferror(file))
        ok = fail(self, name, "cannot read the settings", strerror(errno));
    fclose(file);
    return ok;
}

/* ---------------------------------------------------------------------------- */

static bool agrees(struct reading *self)
{
    static const char where[] = "command line";
    const struct settings *settings = self->settings;

    if (settings->list && settings->self_test)
        return fail(self, where, "one of the two only", "--list --self-test");
    if (settings->record[0] != '\0' && (settings->list || settings->self_test))
        return fail(self, where, "nothing is sent that could be recorded",
                    settings->list ? "--list --record" : "--self-test --record");
    if (settings->samples[0] != '\0' && (settings->list || settings->self_test))
        return fail(self, where, "nothing is sent that could be sampled",
                    settings->list ? "--list --samples" : "--self-test --samples");
    return true;
}

bool settings_read(struct settings *settings, const struct settings_platform *platform, int argc,
                   const char *const *argv, char *ret_error)
{
    struct reading self = {.settings = settings, .platform = platform, .error = ret_error};

    *settings = (struct settings){.help = false};
    for (size_t i = 0; i < ROWS; i++) {
        const char *initial = initial_of(&rows[i], platform);
        if (rows[i].kind != FLAG && initial[0] != '\0' && !set(&self, &rows[i], initial, "default"))
            return false;
    }
    for (int index = 1; index < argc; index++)
        if (!read_option(&self, argc, argv, &index))
            return false;
    if (settings->file[0] != '\0' && !settings->help && !read_file(&self, settings->file))
        return false;
    return agrees(&self);
}

void settings_write_help(const struct settings_platform *platform, FILE *to)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        bool port = row->offset == FIELD(port);
        const char *argument = row->kind == WORD ? words_of(row, platform) : row->argument;

        if (port)
            argument = platform->ports;
        fprintf(to, "  --%s%s%s\n      %s", row->name, argument ? " " : "",
                argument ? argument : "", port ? platform->ports_help : row->help);
        if (row->kind == NUMBER)
            fprintf(to, "; %u to %u", (unsigned)row->min, (unsigned)row->max);
        if (row->kind != FLAG && initial_of(row, platform)[0] != '\0')
            fprintf(to, " (default: %s)", initial_of(row, platform));
        fprintf(to, "\n");
    }
    fprintf(to,
            "The file of --settings: the line " GROUP ", then KEY=VALUE for any of the settings");
    for (size_t i = 0, count = 0; i < ROWS; i++)
        if (rows[i].in_file)
            fprintf(to, "%s %s", count++ ? "," : "", rows[i].name);
    fprintf(to, ".\n");
}
