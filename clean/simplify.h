/* simplify: text with everything taken out by which copies differ that a reader would call the same. */
#ifndef CLEAN_SIMPLIFY_H
#define CLEAN_SIMPLIFY_H

#include "lib/base/buf.h"

/* Appends the text (valid UTF-8) in lower case, numbers as 0, punctuation and white space as single spaces, and without
 * diacritics: datatrove's simplify_text (utils/text.py, 0.10.1). */
void simplify(struct buf *out, const char *text, size_t bytes);

#endif
