/*
 * token_shard: Megatron-LM .bin and .idx, one sequence per document, each ended by <|endoftext|>.
 *
 * Layout: shared by Megatron-LM, NeMo and GPT-NeoX (core/datasets/indexed_dataset.py): .idx is "MMIDIDX\0\0", u64
 * version 1, u8 type (8: u16 for vocabularies under 65500, else 4: i32), u64 sequences, u64 documents + 1, i32 lengths,
 * i64 byte offsets, i64 document starts. The sidecar names the tokenizer's digest and the documents' ids, in order.
 */
#ifndef LIB_TEXT_TOKEN_SHARD_H
#define LIB_TEXT_TOKEN_SHARD_H

#include "lib/store/store.h"

struct token_shard { /* a shard opened for reading; lives as long as its arena */
    int64_t documents;
    int64_t tokens;
    const int32_t *lengths; /* [documents], in tokens, <|endoftext|> counted */
    const int64_t *offsets; /* [documents], in tokens */
    const void *data;       /* [tokens] of u16 or i32 */
    bool wide;              /* i32 */
};
bool token_shard_open(const struct store *store, struct arena *arena, const struct digest *bin,
                      const struct digest *idx, struct token_shard *shard, struct err *err) MUST_CHECK;
/* Copies tokens [from, from + count) of the shard's one long row of documents. */
void token_shard_read(const struct token_shard *shard, int64_t from, int64_t count, int32_t *ids);

struct token_writer;
struct token_writer *token_writer_new(struct arena *arena, int64_t vocabulary, const struct digest *tokenizer);
/* Fails where the document has more tokens than an index can say. */
bool token_writer_add(struct token_writer *writer, const char *document_id, const int32_t *ids, size_t count,
                      struct err *err) MUST_CHECK;
int64_t token_writer_documents(const struct token_writer *writer);
int64_t token_writer_tokens(const struct token_writer *writer);
bool token_writer_keep(struct token_writer *writer, const struct store *store, struct digest *bin, struct digest *idx,
                       struct digest *sidecar, int64_t bytes[3], struct err *err) MUST_CHECK;

#endif
