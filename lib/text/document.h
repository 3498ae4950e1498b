/*
 * document: shards of documents, JSON Lines in zstd with the Dolma document schema (id, text, source, created,
 * metadata).
 *
 * Text is UTF-8. `added` is not written: it would make the same input give other bytes tomorrow; the ledger knows when
 * a document was first seen. Metadata are flat: text or number. The keys that Tidemill itself uses: uri, content_type,
 * charset, digest (of the original bytes), undecoded (bytes replaced), licence, label, target, language, split (train,
 * validation or test; from clean on)
 */
#ifndef LIB_TEXT_DOCUMENT_H
#define LIB_TEXT_DOCUMENT_H

#include "lib/store/store.h"

#define DOCUMENT_ID 33 /* 32 hex digits and the NUL */

struct document_meta {
    const char *key;
    const char *value; /* a number is kept as it was written */
    bool number;
};

struct document {
    char id[DOCUMENT_ID];
    const char *text; /* NUL after `bytes`; may hold NULs before it */
    size_t bytes;
    const char *source;
    const char *created; /* RFC 3339, or NULL */
    struct document_meta *meta;
    size_t meta_count;
};

/* Hex of the first 16 bytes of SHA-256(source, 0, uri, 0, ordinal in decimal). */
void document_id(const char *source, const char *uri, int64_t ordinal, char id[DOCUMENT_ID]);
const char *document_get(const struct document *document, const char *key); /* NULL where there is none */
/* Sets or replaces; value is copied, NULL removes. */
void document_set(struct document *document, struct arena *arena, const char *key, const char *value);
void document_set_number(struct document *document, struct arena *arena, const char *key, int64_t value);

struct document_reader;
/* Reads a shard from the store, verified. */
struct document_reader *document_reader_open(const struct store *store, struct arena *arena, const struct digest *shard,
                                             struct err *err) MUST_CHECK;
/* false with *end = true after the last; the document lives in `arena`, which the caller may clear between calls. A
 * line that is no document is ERR_INPUT and names the line. */
bool document_reader_next(struct document_reader *reader, struct arena *arena, struct document *document, bool *end,
                          struct err *err) MUST_CHECK;

struct document_writer;
struct document_writer *document_writer_new(struct arena *arena);
void document_writer_add(struct document_writer *writer, const struct document *document);
int64_t document_writer_count(const struct document_writer *writer);
int64_t document_writer_bytes(const struct document_writer *writer); /* of text so far */
bool document_writer_keep(struct document_writer *writer, const struct store *store, struct digest *shard,
                          int64_t *bytes, struct err *err) MUST_CHECK;

#endif
