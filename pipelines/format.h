/* format: numbers, quantities and small drawings as people read them. Results live in the arena. */
#ifndef PIPELINES_FORMAT_H
#define PIPELINES_FORMAT_H

#include "lib/base/buf.h"

#include <stdint.h>

const char *format_count(struct arena *arena, int64_t value); /* 1,183 */
const char *format_short(struct arena *arena, double value);  /* 2.61 M, 41.0 k, 812 */
const char *format_bytes(struct arena *arena, double bytes);  /* 16.2 MB; powers of 1000 */
const char *format_amount(struct arena *arena,
                          double amount); /* 0.0062, 1.20: two digits that count, at most six decimals */
const char *format_money(struct arena *arena, double amount, const char *currency); /* 0.0062 EUR */
const char *format_seconds(struct arena *arena, double seconds);                    /* 0:38; 1.3 s below ten seconds */
const char *format_share(struct arena *arena, double share);                        /* 94.3 % */

/* A series as one line of blocks, averaged down to `width` characters; "" where there is nothing to draw. */
const char *format_sparkline(struct arena *arena, const double *values, size_t count, size_t width);
/* A bar of `width` characters, filled by share. */
const char *format_bar(struct arena *arena, double share, size_t width);

/* Columns that a UTF-8 text takes on a terminal (one per character; no wide ones are printed here). */
size_t format_width(const char *text);
/* Cut to so many columns. */
const char *format_cut(struct arena *arena, const char *text, size_t columns);

#endif
