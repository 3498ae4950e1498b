/*
 * charset: bytes to UTF-8, and how sure of it one can be.
 *
 * The charset is, in this order: what the definition says; a byte order mark; what an HTML or XML page declares; UTF-8
 * where the bytes are valid; what uchardet detects; windows-1252, in which any bytes mean something. Bytes that cannot
 * be decoded become U+FFFD and are counted.
 */
#ifndef INGEST_CHARSET_H
#define INGEST_CHARSET_H

#include "lib/base/buf.h"

struct decoded {
    const char *text; /* the given bytes themselves where they are UTF-8; else in the arena */
    size_t bytes;
    const char *charset; /* its IANA name, in lower case as HTML has it: "utf-8", "windows-1252" */
    int64_t undecoded;   /* bytes that were replaced */
};

/* `given`: the definition's charset, NULL or "" for none. `markup`: look for a declaration. False (ERR_INPUT) where the
 * result is no text: more than a tenth of its bytes undecoded; or, but for one, more than a twentieth of its characters
 * controls, unassigned or of private use. */
bool charset_decode(struct arena *arena, const char *data, size_t len, const char *given, bool markup,
                    struct decoded *decoded, struct err *err) MUST_CHECK;

/* Copies text with U+FFFD in the place of what is not UTF-8. */
void charset_repair(struct buf *out, const char *data, size_t len, int64_t *undecoded);

#endif
