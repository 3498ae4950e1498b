/* simplify: see the header. ASCII goes through one loop; other text is lowered and decomposed by ICU before and after.
 */
#include "clean/simplify.h"

#include "clean/punctuation.h"
#include "clean/words.h"
#include "lib/text/utf8.h"

#include <string.h>
#include <unicode/ucasemap.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

static bool ascii(const char *text, size_t bytes)
{
    unsigned char all = 0;
    for (size_t i = 0; i < bytes; i++)
        all |= (unsigned char)text[i];
    return all < 0x80;
}

static bool digit(uint32_t c)
{
    return c < 0x80 ? c - '0' < 10 : u_charType((UChar32)c) == U_DECIMAL_DIGIT_NUMBER;
}

/* Between the digits of a number: , . and the decimal separators of Arabic and others. */
static bool separator(uint32_t c)
{
    return c == '.' || c == ',' || c == 0x60c || c == 0x66b || (c >= 0x2396 && c <= 0x2398 && c != 0x2397);
}

/* Where the number ends that begins at `at`: digits, and once a separator with digits behind it. */
static size_t number_end(const char *text, size_t at, size_t bytes)
{
    bool parted = false;
    size_t next = at;
    while (at < bytes) {
        uint32_t c = utf8_next(text, &next);
        size_t after = next;
        if (!digit(c) && (parted || !separator(c) || after >= bytes || !digit(utf8_next(text, &after))))
            break;
        parted = parted || !digit(c);
        at = next;
    }
    return at;
}

/* Numbers, punctuation and white space; `text` is in lower case. */
static void fold(struct buf *out, const char *text, size_t bytes)
{
    bool gap = false;
    size_t start = out->len;
    buf_reserve(out, bytes);
    for (size_t at = 0; at < bytes;) {
        size_t from = at;
        uint32_t c = utf8_next(text, &at);
        if (c == '\n' || c == '\t' || space(c) || punctuation_plain(c)) {
            gap = true;
            continue;
        }
        if (gap && out->len > start)
            buf_char(out, ' ');
        gap = false;
        if (digit(c)) {
            at = number_end(text, from, bytes);
            buf_char(out, '0');
        } else {
            buf_add(out, text + from, at - from);
        }
    }
}

static void lower_ascii(struct buf *out, const char *text, size_t bytes)
{
    char *to = buf_reserve(out, bytes);
    for (size_t i = 0; i < bytes; i++)
        to[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
    out->len += bytes;
    out->data[out->len] = '\0';
}

static void lower(struct buf *out, const char *text, size_t bytes)
{
    UErrorCode status = U_ZERO_ERROR;
    UCaseMap *map = ucasemap_open("", 0, &status);
    size_t room = bytes * 3 + 16; /* one code point lowers to two at most */
    int32_t len = ucasemap_utf8ToLower(map, buf_reserve(out, room), (int32_t)room, text, (int32_t)bytes, &status);
    ucasemap_close(map);
    if (U_FAILURE(status))
        BUG("ICU cannot lower a text of %zu bytes: %s", bytes, u_errorName(status));
    out->len += (size_t)len;
}

/* Decomposes out[start, len) and leaves the marks out. */
static void without_marks(struct buf *out, size_t start)
{
    UErrorCode status = U_ZERO_ERROR;
    size_t bytes = out->len - start;
    UChar *wide = ARENA_ARRAY(out->arena, UChar, bytes + 1);
    int32_t len = 0;
    u_strFromUTF8(wide, (int32_t)bytes + 1, &len, out->data + start, (int32_t)bytes, &status);
    int32_t room = 4 * len + 16; /* in NFD a UTF-16 code unit grows to four at most (UAX 15, table 13.2) */
    UChar *apart = ARENA_ARRAY(out->arena, UChar, (size_t)room);
    int32_t count = unorm2_normalize(unorm2_getNFDInstance(&status), wide, len, apart, room, &status), kept = 0;
    if (U_FAILURE(status))
        BUG("ICU cannot decompose a text of %zu bytes: %s", bytes, u_errorName(status));
    for (int32_t at = 0; at < count;) {
        int32_t from = at;
        uint32_t c = apart[at++];
        if (c >= 0xd800 && c < 0xdc00 && at < count)
            c = (c - 0xd800) * 0x400 + (apart[at++] - 0xdc00u) + 0x10000;
        if (u_charType((UChar32)c) == U_NON_SPACING_MARK)
            continue;
        memmove(apart + kept, apart + from, (size_t)(at - from) * sizeof *apart);
        kept += at - from;
    }
    size_t most = (size_t)kept * 3;
    int32_t written = 0;
    out->len = start;
    u_strToUTF8(buf_reserve(out, most + 1), (int32_t)most + 1, &written, apart, kept, &status);
    out->len = start + (size_t)written;
    out->data[out->len] = '\0';
}

void simplify(struct buf *out, const char *text, size_t bytes)
{
    struct buf low;
    buf_init(&low, out->arena);
    size_t start = out->len;
    bool plain = ascii(text, bytes);
    if (plain)
        lower_ascii(&low, text, bytes);
    else
        lower(&low, text, bytes);
    fold(out, low.data, low.len);
    if (!plain)
        without_marks(out, start);
}
