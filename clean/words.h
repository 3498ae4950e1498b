/*
 * words: text cut into words and lines exactly as Python cuts it, because the rules' thresholds were chosen with
 * Python.
 *
 * All lengths in `chars` are Unicode code points, as Python's len() counts them; offsets are bytes.
 */
#ifndef CLEAN_WORDS_H
#define CLEAN_WORDS_H

#include "lib/base/arena.h"

struct span {
    uint32_t from, bytes; /* in the text */
    uint32_t chars;
};

struct spans {
    struct span *item;
    size_t count;
};

/* Text longer than this is not cut: offsets are 32 bits. */
#define WORDS_TEXT_MAX ((size_t)1 << 31)

/* str.isspace(): Unicode White_Space and U+001C..001F, 29 code points. */
bool space(uint32_t code_point);

struct spans words_split(struct arena *arena, const char *text, size_t bytes); /* str.split() */
struct spans words_lines(struct arena *arena, const char *text, size_t bytes); /* str.splitlines() */
/* re.split("\n{least,}", text): cuts at every run of at least `least` newlines. */
struct spans words_runs(struct arena *arena, const char *text, size_t bytes, size_t least);

/* str.strip(), lstrip(), rstrip(): moves the ends of [*from, *end). */
void words_strip_left(const char *text, size_t *from, size_t end);
void words_strip_right(const char *text, size_t from, size_t *end);

/* How many sentences: a word that ends in terminal punctuation ends one, the next word that is no punctuation begins
 * one. */
size_t words_sentences(struct arena *arena, const char *text, size_t bytes);

/* str.count(): how often `what` stands in the text, without overlaps. */
size_t words_occurrences(const char *text, size_t bytes, const char *what);

#endif
