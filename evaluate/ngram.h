/*
 * ngram: an interpolated n-gram model with modified Kneser-Ney smoothing (Chen and Goodman, 1999, section 4.3), as
 * KenLM's lmplz estimates it (Heafield et al., 2013): adjusted counts, one set of discounts per order from its counts
 * of counts, lower orders interpolated down to the uniform distribution over the vocabulary.
 *
 * A document is a sequence that begins after <|endoftext|> and ends with it, so that one id serves as both marks. No
 * n-gram reaches over a document's edge. Order 1 is the unigram model, with absolute discounting.
 *
 * The model is a trie in hash tables: an n-gram is its prefix's node and its last token, 64 bits that are compared
 * whole, so no collision can pass unseen. About 50 bytes per distinct n-gram: 2.9 M tokens of the PostgreSQL
 * manual at order 5 are 3.5 M n-grams, 182 MB, learned in 0.8 s on one core of Zen 4 (lmplz: 2.5 s).
 */
#ifndef EVALUATE_NGRAM_H
#define EVALUATE_NGRAM_H

#include "lib/flow/task.h"

#define NGRAM_MOST_ORDER 8

struct ngram;

struct ngram_settings {
    int order;          /* 1..NGRAM_MOST_ORDER */
    int64_t vocabulary; /* ids are in [0, this) */
    int32_t end_of_text;
    int64_t most_bytes; /* that the tables may take while counting; 0: any number */
    struct task *task;  /* that passes over the tokens are steps of; NULL: none */
};

/* tokens[0] is end_of_text, and every document ends with one. ERR_INPUT on ids out of the vocabulary and past the
 * memory. Contexts take up to a half more when counting is done. The arena keeps the model. */
struct ngram *ngram_learn(struct arena *arena, const struct ngram_settings *settings, const int32_t *tokens,
                          size_t count, struct err *err) MUST_CHECK;
int64_t ngram_entries(const struct ngram *ngram, int order);            /* distinct n-grams of one order, 1..order */
int64_t ngram_memory(const struct ngram *ngram);                        /* bytes that the model takes */
double ngram_discount(const struct ngram *ngram, int order, int count); /* of n-grams seen 1, 2 or 3 and more times */

/* Where in a document a reader stands: the nodes of the last 1..order-1 tokens. */
struct ngram_state {
    uint32_t node[NGRAM_MOST_ORDER]; /* by length of the context; [0] is not used */
    int length;                      /* of the longest context in the model */
};
void ngram_start(const struct ngram *ngram, struct ngram_state *state); /* at the beginning of a document */
/* p(token | what was read), and step over the token. The token is in [0, vocabulary). */
double ngram_read(const struct ngram *ngram, struct ngram_state *state, int32_t token);

#endif
