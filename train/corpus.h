/*
 * corpus: a split's token shards as one long row of tokens, and the order in which windows of it are read.
 *
 * A window is context + 1 tokens: each token but the last is an input, each but the first a target. An epoch takes
 * every window once, in an order that depends on seed and epoch only; later epochs start their windows at other tokens.
 * So the nth window of a training is known from n alone, and resuming needs no state.
 */
#ifndef TRAIN_CORPUS_H
#define TRAIN_CORPUS_H

#include "lib/flow/task.h"
#include "lib/text/token_shard.h"

struct corpus {
    const struct token_shard *shards;
    const int64_t *starts; /* [count + 1]: of each shard's first token */
    size_t count;
    int64_t tokens;
};

/* The inputs `bin` and `idx` of a task; ERR_INPUT where an id is not below `vocabulary`. No tokens is no error. */
bool corpus_open(struct corpus *corpus, struct task *task, const char *bin, const char *idx, int64_t vocabulary,
                 struct err *err) MUST_CHECK;
/* Tokens [from, from + count), across shards. */
void corpus_read(const struct corpus *corpus, int64_t from, int64_t count, int32_t *ids);

struct order {
    uint64_t seed;
    int64_t context, windows; /* windows: per epoch */
    bool shifts;              /* epochs after the first start elsewhere */
    int64_t epoch;            /* whose permutation is held; -1: none */
    int64_t shift;
    int32_t *permutation; /* [windows] */
};

/* ERR_INPUT where the corpus has no whole window. */
bool order_init(struct order *order, struct arena *arena, const struct corpus *corpus, int64_t context, uint64_t seed,
                struct err *err) MUST_CHECK;
/* First token of the nth window. */
int64_t order_window(struct order *order, int64_t n);

#endif
