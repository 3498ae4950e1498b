/*
 * pretokenize: cuts text into words as GPT-2 does, without a regular expression:
 *
 *   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 *
 * (openai/gpt-2, src/encoder.py). A byte that is no UTF-8 counts as a character of the third class (neither letter,
 * number nor white space), so that any bytes are cut and every byte is in exactly one word. Classes are those of the
 * ICU that the program was built with; its Unicode version is part of the keys of tokenizing tasks.
 *
 * Works on 64 bytes at a time: a bit per byte and class, and the beginnings of words by arithmetic on those bits.
 */
#ifndef LIB_TEXT_PRETOKENIZE_H
#define LIB_TEXT_PRETOKENIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum character_class { CLASS_OTHER, CLASS_LETTER, CLASS_NUMBER, CLASS_SPACE };

struct pretokenizer {
    const char *text;
    size_t bytes, at; /* the next block begins at `at` */
    /* Classes of the byte before it, as 0 or 1. */
    uint64_t letter, number, space, other, blank;
    /* Bits of the next block that a contraction at the end of this one has decided. */
    uint64_t begin, clear;
    /* How many bytes of the next block belong to a character that began in this one. */
    unsigned rest;
    enum character_class rest_class;
};

void pretokenize_init(struct pretokenizer *cutter, const char *text, size_t bytes);

/* Where the next words end (offsets in the text, ascending): at least one and at most `room`, which is at least
 * PRETOKENIZE_ROOM; 0 when all have been told. */
enum { PRETOKENIZE_ROOM = 65 };
size_t pretokenize_ends(struct pretokenizer *cutter, size_t *ends, size_t room);

#endif
