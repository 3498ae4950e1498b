/*
 * dataset: the manifest of a dataset version, and reading the documents it stands for.
 *
 * The manifest is canonical JSON; its SHA-256 is the version's root digest:
 *   {"documents":n,"bytes":n,"shards":[{"clean":HEX,"drop":HEX,"source":NAME,"documents":n,"bytes":n},
 * ...],"settings":{...}} A drop list is JSON: {"drop":[{"row":n,"id":HEX,"duplicate_of":HEX}, ...]}, rows ascending:
 * rows of the clean shard (counted from 0) that are left out.
 */
#ifndef LIB_TEXT_DATASET_H
#define LIB_TEXT_DATASET_H

#include "lib/text/document.h"

/* Walks the documents of (clean shard, drop list) pairs, leaving out what is dropped and what is of another split. */
struct dataset_shard {
    struct digest clean;
    struct digest drop;
};
struct dataset_reader;
struct dataset_reader *dataset_reader_open(const struct store *store, struct arena *arena,
                                           const struct dataset_shard *shards, size_t count,
                                           const char *split /* NULL: all */, struct err *err) MUST_CHECK;
bool dataset_reader_next(struct dataset_reader *reader, struct arena *arena, struct document *document, bool *end,
                         struct err *err) MUST_CHECK;

#endif
