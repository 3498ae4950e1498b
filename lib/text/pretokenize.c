/* pretokenize: see pretokenize.h. ASCII is classified by a table; the rest is decoded and asked of ICU. */
#include "lib/text/pretokenize.h"

#include <stdbool.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

enum class { LETTER, NUMBER, SPACE, OTHER };

#define O OTHER
#define S SPACE
#define N NUMBER
#define L LETTER
static const unsigned char ascii[128] = {
    O, O, O, O, O, O, O, O, O, S, S, S, S, S, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, /* 00-1F */
    S, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, N, N, N, N, N, N, N, N, N, N, O, O, O, O, O, O, /* 20-3F */
    O, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, O, O, O, O, O, /* 40-5F */
    O, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, O, O, O, O, O, /* 60-7F */
};
#undef O
#undef S
#undef N
#undef L

static enum class class_of(UChar32 c) {
    unsigned mask = U_GET_GC_MASK(c); if (mask & U_GC_L_MASK) return LETTER; if (mask & U_GC_N_MASK) return NUMBER;
    return u_isUWhiteSpace(c) ? SPACE : OTHER;
}

/* The class of the character at text[at], and where it ends. */
static enum class look(const char *text, size_t bytes, size_t at, size_t *end) {
    unsigned char first = (unsigned char)text[at]; if (first < 128){ *end = at + 1; return ascii[first];}
int32_t i = 0;
int32_t most = bytes - at < 4 ? (int32_t)(bytes - at) : 4;
UChar32 c;
U8_NEXT((const uint8_t *)text + at, i, most, c);
*end = at + (c < 0 ? 1 : (size_t)i); /* a byte that is no UTF-8 stands alone */
return c < 0 ? OTHER : class_of(c);
}

/* The length of 's 't 're 've 'm 'll 'd at text[0], which is an apostrophe; 0 where it is none of them. */
static size_t contraction(const char *text, size_t bytes)
{
    if (bytes >= 2 && strchr("stmd", text[1]) != NULL && text[1] != '\0')
        return 2;
    if (bytes >= 3 &&
        (memcmp(text + 1, "re", 2) == 0 || memcmp(text + 1, "ve", 2) == 0 || memcmp(text + 1, "ll", 2) == 0))
        return 3;
    return 0;
}

/* From `at` to the end of the run of one class. */
static size_t run(const char *text, size_t bytes, size_t at, enum class class)
{
    size_t end;
    while (at < bytes) {
        unsigned char c = (unsigned char)text[at];
        if (c < 128 ? ascii[c] != class : look(text, bytes, at, &end) != class)
            break;
        at = c < 128 ? at + 1 : end;
    }
    return at;
}

/* White space: all of it at the end of the text; before a word all but its last character, which the word may take. */
static size_t spaces(const char *text, size_t bytes)
{
    size_t at = 0, last = 0, end;
    while (at < bytes && look(text, bytes, at, &end) == SPACE) {
        last = at;
        at = end;
    }
    return at == bytes || last == 0 ? at : last;
}

size_t pretokenize_next(const char *text, size_t bytes)
{
    size_t end, after;
    enum class class = look(text, bytes, 0, &end);
    if (text[0] == '\'') {
        size_t length = contraction(text, bytes);
        if (length > 0)
            return length;
    }
    if (class != SPACE)
        return run(text, bytes, end, class);
    if (text[0] == ' ' && bytes > 1) {
        enum class next = look(text, bytes, 1, &after);
        if (next != SPACE)
            return run(text, bytes, after, next);
    }
    return spaces(text, bytes);
}
