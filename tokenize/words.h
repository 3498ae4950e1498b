/* words: how often each word occurs; the only thing of the text that learning a tokenizer looks at. */
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
};

void words_init(struct words *words, struct arena *arena);
/* Cuts the text into words and counts them. */
void words_add_text(struct words *words, const char *text, size_t bytes);

#endif
