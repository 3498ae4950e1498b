/*
 * json_scan: reads JSON text from left to right without building a tree; for bulk data. Strict RFC 8259.
 *
 * Each function reads one thing at `at` and moves past it; on false `problem` says what is wrong there. Strings come
 * decoded, in the arena, ended by NUL. White space is skipped before what is asked for.
 */
#ifndef LIB_TEXT_JSON_SCAN_H
#define LIB_TEXT_JSON_SCAN_H

#include "lib/base/arena.h"

#define JSON_DEPTH 200 /* arrays and objects within each other; more is refused */

struct json_scan {
    const char *at, *end;
    struct arena *arena;
    const char *problem;
};

/* '"', '{', '[', '-', a digit, 't', 'f', 'n', or '\0' at the end: what comes next. */
char json_peek(struct json_scan *scan);
bool json_take(struct json_scan *scan, char c) MUST_CHECK; /* exactly this character */
bool json_scan_string(struct json_scan *scan, const char **text, size_t *len) MUST_CHECK;
bool json_scan_number(struct json_scan *scan, const char **text, size_t *len) MUST_CHECK; /* as it was written */
bool json_scan_end(struct json_scan *scan) MUST_CHECK;                                    /* nothing follows */
/* Reads and checks a value of any kind; *from and *len are its text. */
bool json_scan_skip(struct json_scan *scan, const char **from, size_t *len) MUST_CHECK;

/* The members of an object: after json_take(scan, '{'), call with *first = true until *key is NULL, reading the value
 * after each call. */
bool json_scan_key(struct json_scan *scan, bool *first, const char **key, size_t *len) MUST_CHECK;
/* The same for the elements of an array, after json_take(scan, '['). */
bool json_scan_element(struct json_scan *scan, bool *first, bool *more) MUST_CHECK;

#endif
