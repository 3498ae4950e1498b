/* byte_level: see byte_level.h. */
#include "lib/text/byte_level.h"

static bool stands_for_itself(unsigned byte)
{
    return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

/* The code point for a byte: at most U+0143. */
static unsigned code_point(unsigned byte)
{
    unsigned before = 0;
    if (stands_for_itself(byte))
        return byte;
    for (unsigned b = 0; b < byte; b++)
        before += !stands_for_itself(b);
    return 0x100 + before;
}

void byte_level_write(struct buf *buf, unsigned char byte)
{
    unsigned code = code_point(byte);
    if (code >= 0x80)
        buf_char(buf, (char)(0xC0 | code >> 6));
    buf_char(buf, (char)(code < 0x80 ? code : 0x80 | (code & 63)));
}

static int byte_of(unsigned code)
{
    if (code < 256)
        return stands_for_itself(code) ? (int)code : -1;
    for (unsigned b = 0; b < 256; b++)
        if (code_point(b) == code)
            return (int)b;
    return -1;
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
    for (unsigned code = 0; code < 0x144; code++) {
        int byte = byte_of(code);
        if (byte >= 0)
            order[n++] = (unsigned char)byte;
    }
}
