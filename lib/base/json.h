/*
 * json: jansson for messages, specs and configuration, with our errors and arenas.
 *
 * Values belong to the arena they were read with. Bulk document shards have their own reader (lib/text/document.h).
 */
#ifndef LIB_BASE_JSON_H
#define LIB_BASE_JSON_H

#include "lib/base/buf.h"

#include <jansson.h>

/* Duplicate keys, bad UTF-8 and trailing text are errors (ERR_INPUT) that name line and column. */
json_t *json_read(struct arena *arena, const char *text, size_t len, struct err *err) MUST_CHECK;

/* Tie a value's reference to the arena; returns it. */
json_t *json_keep(struct arena *arena, json_t *value);

/* Canonical text: keys sorted, no white space, so that equal values have equal digests. */
char *json_canonical(struct arena *arena, const json_t *value);

/* Members of an object with a fallback where they are absent or of another type. */
const char *json_text_or(const json_t *object, const char *key, const char *fallback);
int64_t json_int_or(const json_t *object, const char *key, int64_t fallback);
double json_real_or(const json_t *object, const char *key, double fallback); /* takes integers too */
bool json_bool_or(const json_t *object, const char *key, bool fallback);

#endif
