/* utf8: see utf8.h. */
#include "lib/text/utf8.h"

#include <string.h>

static size_t ascii_run(const unsigned char *s, size_t len)
{
    size_t i = 0;
    for (; i + 16 <= len; i += 16) {
        uint64_t word[2];
        memcpy(word, s + i, 16);
        if (((word[0] | word[1]) & 0x8080808080808080U) != 0)
            break;
    }
    while (i < len && s[i] < 0x80)
        i++;
    return i;
}

static bool follows(const unsigned char *s, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if ((s[i] & 0xc0) != 0x80)
            return false;
    return true;
}

/* The length of the sequence at s, 0 where it is not one. The second byte's range depends on the first (table 3-7). */
static size_t sequence(const unsigned char *s, size_t left)
{
    if (s[0] < 0xc2 || s[0] > 0xf4 || left < 2)
        return 0;
    if (s[0] < 0xe0)
        return follows(s, 1, 2) ? 2 : 0;
    if (s[0] < 0xf0) {
        unsigned char low = s[0] == 0xe0 ? 0xa0 : 0x80, high = s[0] == 0xed ? 0x9f : 0xbf;
        return left >= 3 && s[1] >= low && s[1] <= high && follows(s, 2, 3) ? 3 : 0;
    }
    unsigned char low = s[0] == 0xf0 ? 0x90 : 0x80, high = s[0] == 0xf4 ? 0x8f : 0xbf;
    return left >= 4 && s[1] >= low && s[1] <= high && follows(s, 2, 4) ? 4 : 0;
}

size_t utf8_valid_run(const char *text, size_t len)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t i = 0;
    while (i < len) {
        if (s[i] < 0x80) {
            i += ascii_run(s + i, len - i);
            continue;
        }
        size_t bytes = sequence(s + i, len - i);
        if (bytes == 0)
            return i;
        i += bytes;
    }
    return i;
}

bool utf8_valid(const char *text, size_t len)
{
    return utf8_valid_run(text, len) == len;
}

size_t utf8_put(uint32_t point, char bytes[4])
{
    if (point < 0x80) {
        bytes[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        bytes[0] = (char)(0xc0 | point >> 6);
        bytes[1] = (char)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        bytes[0] = (char)(0xe0 | point >> 12);
        bytes[1] = (char)(0x80 | (point >> 6 & 0x3f));
        bytes[2] = (char)(0x80 | (point & 0x3f));
        return 3;
    }
    bytes[0] = (char)(0xf0 | point >> 18);
    bytes[1] = (char)(0x80 | (point >> 12 & 0x3f));
    bytes[2] = (char)(0x80 | (point >> 6 & 0x3f));
    bytes[3] = (char)(0x80 | (point & 0x3f));
    return 4;
}

const char *utf8_printable(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);
    size_t len = strlen(copy);
    for (size_t at = 0; at < len; at++) {
        at += utf8_valid_run(copy + at, len - at);
        if (at < len)
            copy[at] = '?';
    }
    for (char *c = copy; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    return copy;
}
