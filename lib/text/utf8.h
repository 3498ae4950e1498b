/*
 * utf8: is text valid UTF-8 (Unicode 15.0, table 3-7), and reading valid text one code point at a time.
 */
#ifndef LIB_TEXT_UTF8_H
#define LIB_TEXT_UTF8_H

#include "lib/base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many bytes from the start are valid: len where all are. No overlong forms, no surrogates, nothing over U+10FFFF;
 * a sequence that is cut off at the end is not valid. */
size_t utf8_valid_run(const char *text, size_t len);
bool utf8_valid(const char *text, size_t len);
/* A copy in which every byte that is no UTF-8, and every control character, is a question mark. */
const char *utf8_printable(struct arena *arena, const char *text);

/* Writes a code point (a valid one) as 1 to 4 bytes; returns how many. */
size_t utf8_put(uint32_t point, char bytes[4]);

/* The code point at text[*at] of valid text, which moves past it. */
static inline uint32_t utf8_next(const char *text, size_t *at)
{
    const unsigned char *s = (const unsigned char *)text + *at;
    if (s[0] < 0x80) {
        *at += 1;
        return s[0];
    }
    if (s[0] < 0xe0) {
        *at += 2;
        return (uint32_t)(s[0] & 0x1f) << 6 | (s[1] & 0x3f);
    }
    if (s[0] < 0xf0) {
        *at += 3;
        return (uint32_t)(s[0] & 0x0f) << 12 | (uint32_t)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);
    }
    *at += 4;
    return (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3f) << 12 | (uint32_t)(s[2] & 0x3f) << 6 | (s[3] & 0x3f);
}

/* The code point that ends at text[end - 1]; end > 0. */
static inline uint32_t utf8_last(const char *text, size_t end)
{
    size_t at = end - 1;
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--;
    return utf8_next(text, &at);
}

/* How many code points the bytes hold. */
static inline size_t utf8_count(const char *text, size_t bytes)
{
    size_t count = 0;
    for (size_t i = 0; i < bytes; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

#endif
