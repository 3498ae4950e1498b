/* repeat: which spans of a text, or runs of words, occur again. */
#ifndef CLEAN_REPEAT_H
#define CLEAN_REPEAT_H

#include "clean/words.h"

struct repeated {
    size_t count; /* spans that are a second or later occurrence */
    size_t chars; /* and their code points */
};

struct repeated repeats(struct arena *arena, const char *text, const struct spans *spans);

/* The words of a text, prepared for looking at their n-grams. */
struct grams;
struct grams *grams_new(struct arena *arena, const char *text, const struct spans *words);

/* Code points of the most frequent n-gram, joined by spaces, times how often it occurs; the first seen where several
 * are as frequent. 0 where there are fewer than n words. */
size_t grams_top(struct grams *grams, size_t n);

/* Code points in n-grams seen before, scanned from the left; a repeated one is skipped whole. N-grams are the same when
 * their letters are, wherever their spaces stand. */
size_t grams_repeated(struct grams *grams, size_t n);

#endif
