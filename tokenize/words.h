/*
 * words: how often each word occurs; the only thing of the text that learning a tokenizer looks at.
 *
 * A table belongs to one thread; words_merge() adds up those of several. Words stand in the table's own arena, each
 * once.
 */
#ifndef TOKENIZE_WORDS_H
#define TOKENIZE_WORDS_H

#include "lib/base/arena.h"

struct word {
    uint64_t hash;
    const char *data;
    size_t len;
    int64_t count; /* 0: a free slot */
};

struct words {
    struct arena *arena;
    struct word *slots; /* [mask + 1] */
    size_t mask, count;
    size_t bytes; /* of all words, each once */
};

void words_init(struct words *words, struct arena *arena);
/* Cuts the text into words and counts them. */
void words_add_text(struct words *words, const char *text, size_t bytes);
/* Adds the counts of `more`; keeps pointers into its arena. */
void words_merge(struct words *words, const struct words *more);

#endif
