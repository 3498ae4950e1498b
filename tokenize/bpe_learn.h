/*
 * bpe_learn: learns the merges of a byte-level BPE (Sennrich et al. 2016) exactly as the trainer of Hugging Face's
 * tokenizers does (models/bpe/trainer.rs), so that the same words give the same vocabulary: ids are special tokens,
 * then the 256 bytes in the order of their characters, then merges; of the most frequent pairs the one with the
 * smallest ids is merged; counts are 64 bits wide. The order of the words does not matter.
 */
#ifndef TOKENIZE_BPE_LEARN_H
#define TOKENIZE_BPE_LEARN_H

#include "lib/flow/task.h"
#include "tokenize/words.h"

struct bpe_settings {
    int64_t vocabulary;    /* at most so many ids, the special ones counted */
    int64_t min_frequency; /* of a pair */
    int64_t
        max_token_length; /* bytes of a merged token; 0: any. The trainer's own limit n is n - 1 here (word.rs: <) */
    int64_t specials;     /* ids [0, specials) are taken */
    struct task *task;    /* that merges are steps of; NULL: none */
};

struct bpe_token { /* id - specials indexes them; the first 256 are bytes */
    const char *data;
    size_t len;
};

struct bpe_pair {
    int32_t left, right;
};

struct bpe_learned {
    struct bpe_token *tokens;
    size_t token_count;
    struct bpe_pair *merges;
    size_t merge_count;
};

/* The result and all scratch live in `arena`: about 50 bytes per byte of different words. Fails where these have more
 * than 4 GB. */
bool bpe_learn(struct arena *arena, const struct words *words, const struct bpe_settings *settings,
               struct bpe_learned *learned, struct err *err) MUST_CHECK;

#endif
