/* byte_level: see byte_level.h. */
#include "lib/text/byte_level.h"

/* The three ranges of bytes that do not stand for themselves, and what they stand as. */
enum { LOW_LAST = 0x20, HIGH_FIRST = 0x7F, HIGH_LAST = 0xA0, SOFT_HYPHEN = 0xAD };
enum { LOW_CODE = 0x100, HIGH_CODE = LOW_CODE + LOW_LAST + 1, SOFT_CODE = HIGH_CODE + HIGH_LAST - HIGH_FIRST + 1 };

/* The code point for a byte: at most U+0143. */
static unsigned code_point(unsigned byte)
{
    if (byte <= LOW_LAST)
        return LOW_CODE + byte;
    if (byte >= HIGH_FIRST && byte <= HIGH_LAST)
        return HIGH_CODE + byte - HIGH_FIRST;
    return byte == SOFT_HYPHEN ? SOFT_CODE : byte;
}

/* -1 where the code point stands for no byte. */
static int byte_of(unsigned code)
{
    if (code < LOW_CODE)
        return code_point(code) == code ? (int)code : -1;
    if (code < HIGH_CODE)
        return (int)(code - LOW_CODE);
    if (code < SOFT_CODE)
        return (int)(code - HIGH_CODE + HIGH_FIRST);
    return code == SOFT_CODE ? SOFT_HYPHEN : -1;
}

void byte_level_write(struct buf *buf, unsigned char byte)
{
    unsigned code = code_point(byte);
    if (code >= 0x80)
        buf_char(buf, (char)(0xC0 | code >> 6));
    buf_char(buf, (char)(code < 0x80 ? code : 0x80 | (code & 63)));
}

bool byte_level_read(const char *text, size_t len, struct buf *bytes)
{
    for (size_t i = 0; i < len; i++) {
        unsigned code = (unsigned char)text[i];
        if (code >= 0x80) {
            if ((code & 0xE0) != 0xC0 || i + 1 == len)
                return false;
            code = (code & 31) << 6 | ((unsigned char)text[++i] & 63);
        }
        int byte = byte_of(code);
        if (byte < 0)
            return false;
        buf_char(bytes, (char)byte);
    }
    return true;
}

void byte_level_order(unsigned char order[256])
{
    unsigned n = 0;
    for (unsigned code = 0; code <= SOFT_CODE; code++) {
        int byte = byte_of(code);
        if (byte >= 0)
            order[n++] = (unsigned char)byte;
    }
}
