/*
 * signature: what finding duplicates needs to know of a clean shard's documents, without their text.
 *
 * The file: "TMSIGN01", u32 bands (0, or 14 where near duplicates are looked for), u32 length of the source's name and
 * the name, u64 count, then per row of the clean shard the id (16 bytes), the SHA-256 of the text (32), its length in
 * bytes (u64) and the hash of each band (u64, see minhash.h). Numbers are little-endian.
 */
#ifndef CLEAN_SIGNATURE_H
#define CLEAN_SIGNATURE_H

#include "clean/minhash.h"

#include "lib/base/buf.h"
#include "lib/base/digest.h"

#define SIGNATURE_ID 16

struct signature {
    uint8_t id[SIGNATURE_ID];
    struct digest content;
    int64_t bytes;
    uint64_t band[MINHASH_BANDS];
};

struct signatures {
    const char *source;
    bool near; /* the bands are known */
    struct signature *item;
    size_t count;
};

void signatures_write(const struct signatures *signatures, struct buf *out);
bool signatures_read(struct arena *arena, const void *data, size_t len, struct signatures *signatures,
                     struct err *err) MUST_CHECK;

#endif
