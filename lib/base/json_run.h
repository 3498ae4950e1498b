/* json_run: how far a JSON string goes on without anything to escape; eight bytes at a time. */
#ifndef LIB_BASE_JSON_RUN_H
#define LIB_BASE_JSON_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline bool json_special(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

/* How many of the bytes come before the first quotation mark, backslash or control character. A word is tested as in
 * Hacker's Delight 6-1: a byte of x is zero where (x - 0x01..01) & ~x & 0x80..80 has its high bit. */
static inline size_t json_run(const char *text, size_t len)
{
    const uint64_t ones = 0x0101010101010101U, high = 0x8080808080808080U;
    size_t i = 0;
    for (; i + 8 <= len; i += 8) {
        uint64_t word;
        memcpy(&word, text + i, 8);
        uint64_t quote = word ^ (ones * '"'), backslash = word ^ (ones * '\\');
        uint64_t found = ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | ((word - ones * 0x20) & ~word);
        if ((found & high) != 0)
            break;
    }
    while (i < len && !json_special((unsigned char)text[i]))
        i++;
    return i;
}

#endif
