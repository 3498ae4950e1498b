/*
 * charset: bytes of a file to UTF-8: what a byte order mark says, else what the file declares, else UTF-8 where it is
 * valid, else the source's charset, else what uchardet finds, else windows-1252. Conversion by ICU.
 */
#ifndef INGEST_CHARSET_H
#define INGEST_CHARSET_H

#include "lib/base/buf.h"

struct decoded {
    struct buf text;
    const char *charset; /* as ICU names it */
    int64_t undecoded;   /* bytes that stand for nothing in it; U+FFFD in the text */
};

/* `html`: a declaration in the first KiB counts. `given` may be "". */
bool charset_decode(struct arena *arena, const char *data, size_t len, bool html, const char *given,
                    struct decoded *decoded, struct err *err) MUST_CHECK;

#endif
