/* text: small questions about C strings that many files ask. */
#ifndef LIB_BASE_TEXT_H
#define LIB_BASE_TEXT_H

#include "lib/base/arena.h"

/* A list of C strings. */
struct texts {
    const char **item;
    size_t count;
};

struct pair {
    const char *key;
    const char *value;
};

/* Keys and values in the order in which they were written. */
struct pairs {
    struct pair *item;
    size_t count;
};

bool text_equal(const char *a, const char *b); /* NULL equals only NULL */
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);
const char *pairs_get(const struct pairs *pairs, const char *key); /* NULL where there is none */

/* Split at every `separator`; the parts are copies in the arena. "" gives one empty part. */
struct texts text_split(struct arena *arena, const char *text, char separator);

/* The candidate nearest to `word` by edit distance, or NULL where none is near enough to be meant. */
const char *text_suggest(const char *word, const char *const *candidates, size_t count);

#endif
