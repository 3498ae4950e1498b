/* bpe: what a loaded byte-level BPE is inside, shared by tokenizer.c (loading) and bpe.c (encoding). */
#ifndef LIB_TEXT_BPE_H
#define LIB_TEXT_BPE_H

#include "lib/text/tokenizer.h"

struct token {
    const char *data;
    size_t len;
    bool special;
};

/* An entry of the open-addressed table (left, right) -> rank, result; rank -1: free. */
struct bpe_merge {
    uint64_t pair;
    int32_t rank, result;
};

struct tokenizer {
    struct arena *arena;
    int64_t vocabulary;
    struct token *tokens; /* [vocabulary] */
    int32_t byte_ids[256];
    struct bpe_merge *merges; /* [merge_mask + 1], a power of two */
    size_t merge_mask;
};

void bpe_merges_init(struct tokenizer *tokenizer, size_t count);
/* The first rank of a pair counts. */
void bpe_merge_add(struct tokenizer *tokenizer, int32_t left, int32_t right, int32_t rank, int32_t result);

#endif
