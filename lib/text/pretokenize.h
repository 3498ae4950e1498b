/*
 * pretokenize: cuts text into words as GPT-2 does, without a regular expression:
 *
 *   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 *
 * (openai/gpt-2, src/encoder.py). A byte that is no UTF-8 counts as a character of the third class (neither letter,
 * number nor white space), so that any bytes are cut and every byte is in exactly one word. Classes are those of the
 * ICU that the program was built with; its Unicode version is part of the keys of tokenizing tasks.
 */
#ifndef LIB_TEXT_PRETOKENIZE_H
#define LIB_TEXT_PRETOKENIZE_H

#include <stddef.h>

/* The length in bytes of the word that begins at text[0]; bytes > 0. */
size_t pretokenize_next(const char *text, size_t bytes);

#endif
