/*
 * signature: what finding duplicates needs to know of a clean shard's documents, without their text.
 *
 * The file: "TMSIGN01", u32 length of the source's name and the name, u64 count, then per row of the clean shard the id
 * (16 bytes), the SHA-256 of the text (32) and its length in bytes (u64). Numbers are little-endian.
 */
#ifndef CLEAN_SIGNATURE_H
#define CLEAN_SIGNATURE_H

#include "lib/base/buf.h"
#include "lib/base/digest.h"

#define SIGNATURE_ID 16

struct signature {
    uint8_t id[SIGNATURE_ID];
    struct digest content;
    int64_t bytes;
};

struct signatures {
    const char *source;
    struct signature *item;
    size_t count;
};

void signatures_write(const struct signatures *signatures, struct buf *out);
bool signatures_read(struct arena *arena, const void *data, size_t len, struct signatures *signatures,
                     struct err *err) MUST_CHECK;

#endif
