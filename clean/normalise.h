/*
 * normalise: text to one form: valid UTF-8, Unicode NFC, one kind of newline and space, nothing invisible.
 *
 * Applying it twice gives what applying it once gives.
 */
#ifndef CLEAN_NORMALISE_H
#define CLEAN_NORMALISE_H

#include "lib/base/buf.h"

/* What was done, in code points (in bytes where they were no valid UTF-8). */
struct normalise_report {
    int64_t invalid;   /* bytes that are no UTF-8, left out */
    int64_t invisible; /* control and invisible characters left out */
};

/* Appends the normal form of `text` to `out`. */
void normalise(struct buf *out, const char *text, size_t bytes, struct normalise_report *report);

#endif
