/*
 * bpe: what a loaded byte-level BPE is inside, and merging one word. tokenizer.c loads it, tokenizer_encode.c cuts text
 * into words and remembers them.
 */
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
/* The last rank of a pair counts, as in `tokenizers`. The result has as many bytes as the two together; no one of the
 * three is special: merging long words relies on it. */
void bpe_merge_add(struct tokenizer *tokenizer, int32_t left, int32_t right, int32_t rank, int32_t result);

/* The ids of one word of at most BPE_WORD bytes; ids has room for one per byte. The pair of lowest rank is merged
 * first, the leftmost of equals. */
#define BPE_WORD ((size_t)1 << 30)
size_t bpe_encode_word(const struct tokenizer *tokenizer, const char *word, size_t bytes, int32_t *ids);

#endif
