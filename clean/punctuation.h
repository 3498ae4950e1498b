/* punctuation: which code points the quality rules take for punctuation. */
#ifndef CLEAN_PUNCTUATION_H
#define CLEAN_PUNCTUATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool punctuation(uint32_t code_point);          /* a symbol: a word of nothing else is no word */
bool punctuation_plain(uint32_t code_point);    /* of those the ones that simplifying a text takes for a space */
bool punctuation_terminal(uint32_t code_point); /* ends a sentence, in any script */

#endif
