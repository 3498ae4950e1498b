/*
 * option: settings, each declared once in a table beside the code that uses it.
 *
 * From the same rows come the defaults, the checks on a definition, --help, the reference page and the JSON Schema.
 * Quantities are read as people write them: 4M, 2%, 30s, 1.5 GB, 3 EUR.
 */
#ifndef LIB_BASE_OPTION_H
#define LIB_BASE_OPTION_H

#include "lib/base/text.h"

#include <stddef.h>
#include <stdint.h>

enum option_type {               /* the field in the target struct */
                   OPTION_END,   /* last row of a table */
                   OPTION_TEXT,  /* const char * */
                   OPTION_TEXTS, /* struct texts; a single text stands for a list of one */
                   OPTION_MAP,  /* struct pairs; keys are free; with `choices`, such a word may stand alone: a pair with
                                   key "" */
                   OPTION_INT,  /* int64_t; 8000, 4M, 1.5k */
                   OPTION_REAL, /* double */
                   OPTION_SHARE,    /* double in 0..1; 2 % or 0.02 */
                   OPTION_BOOL,     /* bool; yes, no, true, false */
                   OPTION_CHOICE,   /* int64_t: position in `choices`, words separated by '|' */
                   OPTION_DURATION, /* int64_t milliseconds; 250ms, 30s, 5min, 2h, 1d */
                   OPTION_BYTES,    /* int64_t; 64 KiB, 1.5 GB */
                   OPTION_MONEY     /* struct money; 3 EUR */
};

/* Money is exact: millionths of the currency's unit. */
struct money {
    int64_t micros;
    char currency[4]; /* ISO 4217; "" where none was given */
};

struct option {
    const char *path; /* within the section, dotted: "language.keep" */
    enum option_type type;
    size_t offset; /* of the field in the section's struct */
    /* The default as a person would write it (lists: comma-separated); NULL: must be given; "": none, NULL in the
     * field. */
    const char *initial;
    double min, max;     /* numbers, in the field's unit; both 0: no limit */
    const char *choices; /* OPTION_CHOICE, or allowed values of a text */
    bool inert;          /* changes how the work is done, not its result: stays out of the task's key */
    const char *help;    /* one line; says the unit where there is one */
    /* A further check of a text (a language code, a rule's name) or an amount of money; the message says what to write
     * instead. */
    bool (*check)(const char *value, struct err *err);
};

/* One mapping of the definition and the struct it fills. `path` is where it stands: "clean", or "train.models[]" for
 * each element of a list. */
struct section {
    const char *path;
    const char *help;
    size_t size;
    const struct option *options;
    /* Checks between options, after all are set; may be NULL. */
    bool (*check)(void *config, struct err *err);
};

/* Set one scalar option of a config from its written form; the error is without place. */
bool option_set(const struct option *option, struct arena *arena, void *config, const char *value,
                struct err *err) MUST_CHECK;
/* Set every option to its default; those that must be given are left zero. */
void option_defaults(const struct section *section, struct arena *arena, void *config);
const struct option *option_find(const struct section *section, const char *path);
/* The option of the section that `path` may have been meant to be, or NULL. */
const char *option_suggest(const struct section *section, const char *path);
/* Canonical JSON of all options that are not inert: what the task's key is made of. */
char *option_canonical(const struct section *section, struct arena *arena, const void *config);

/* An option's value as JSON, in the field's unit; the caller's. */
struct json_t *option_json(const struct option *option, struct arena *arena, const void *config);

bool quantity_bytes(const char *text, int64_t *bytes);
bool quantity_count(const char *text, int64_t *count);
bool quantity_duration(const char *text, int64_t *ms);
bool quantity_share(const char *text, double *share);
bool quantity_money(const char *text, struct money *money);

#endif
