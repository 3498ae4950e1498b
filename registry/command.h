/*
 * command: what every command of the user has at hand, and how they print.
 *
 * A command asks the ledger and prints: tables for people, with --json the same rows for programs. Failures are
 * returned; only registry_command() prints them.
 */
#ifndef REGISTRY_COMMAND_H
#define REGISTRY_COMMAND_H

#include "lib/ledger/ledger.h"
#include "lib/store/store.h"

#include <stdio.h>

struct session {
    struct arena *arena;
    struct ledger *ledger;
    struct store store;
    bool json;
    bool all;           /* --all: no limit on rows */
    const char *alias;  /* --alias */
    const char *reason; /* --reason */
    const char *output; /* --output */
    const char *actor;  /* who asks: user@host */
    const char *const *arguments;
    int count;
    FILE *out;
};

/* Commands; named as they are typed. */
bool command_models(struct session *session, struct err *err);
bool command_versions(struct session *session, struct err *err);
bool command_show(struct session *session, struct err *err);
bool command_promote(struct session *session, struct err *err);
bool command_rollback(struct session *session, struct err *err);
bool command_lineage(struct session *session, struct err *err);
bool command_document(struct session *session, struct err *err);
bool command_compare(struct session *session, struct err *err);
bool command_cost(struct session *session, struct err *err);
bool command_report(struct session *session, struct err *err);
bool command_export(struct session *session, struct err *err);
bool command_verify(struct session *session, struct err *err);

/* A model version, found from MODEL, MODEL@VERSION or MODEL@ALIAS. Without a selector: production, else the newest. */
struct version {
    const char *model, *id, *run, *state, *aliases;
    int64_t model_id, number;
    struct digest weights, config, tokenizer, dataset;
};
bool find_version(struct session *session, const char *text, struct version *version, struct err *err) MUST_CHECK;
/* A model by name: its id. ERR_USAGE names those there are. */
bool find_model(struct session *session, const char *name, int64_t *id, struct err *err) MUST_CHECK;
/* A run by (the beginning of) its id, or "last". *found is false where the text names none; two are an error. */
bool find_run(struct session *session, const char *text, const char **run, bool *found, struct err *err) MUST_CHECK;

/* How a column of a result is shown to people. Money takes the currency from the column after it. */
enum shape { SHAPE_TEXT, SHAPE_COUNT, SHAPE_BYTES, SHAPE_SCORE, SHAPE_MONEY, SHAPE_TIME, SHAPE_DIGEST, SHAPE_VERSION };
struct column {
    const char *title;
    int index; /* in the result */
    enum shape shape;
};
/* One value as people read it; "" for NULL. */
const char *show_value(struct arena *arena, const struct rows *rows, int row, int index, enum shape shape);
/* A table with a heading, from `from` rows on; at most `most` rows (0: all), then how many more there are. */
void print_table(struct session *session, const struct rows *rows, const struct column *columns, size_t count,
                 int most);
/* The rows as a JSON array. */
void print_json(struct session *session, const struct rows *rows);
/* What --json asks for of the two; where there are no rows, `none` says so to people. */
void print_rows(struct session *session, const struct rows *rows, const struct column *columns, size_t count, int most,
                const char *none);
/* "title  value" lines of one row. */
void print_record(struct session *session, const struct rows *rows, int row, const struct column *columns,
                  size_t count);

#define COLUMNS(array) (array), sizeof(array) / sizeof *(array)

#endif
