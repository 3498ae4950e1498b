/*
 * normalise: see the header. One pass writes the text with its characters mapped or left out; a second one brings it
 * into NFC with ICU, and only where a character occurs that might not be in it already.
 *
 * White space: every newline of Unicode becomes \n, every space of Unicode ' '; a tab stays. Blanks at the ends of
 * lines go, and of blank lines in a row one stays; runs of blanks within a line stay, because code and tables need
 * them. Left out: control characters, soft hyphens, zero-width spaces, byte order marks, directional marks, tag
 * characters and noncharacters. Joiners (U+200C, U+200D) stay after letters outside ASCII, where scripts and emoji need
 * them.
 */
#include "clean/normalise.h"

#include "clean/words.h"
#include "lib/text/utf8.h"

#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

struct writer {
    struct buf *out;
    size_t start; /* where this text begins in `out` */
    bool maybe;   /* a character was written that may not be in NFC */
    struct normalise_report *report;
};

/* Length of the valid sequence at s, or 0 (RFC 3629: no overlong forms, surrogates or values over 10FFFF). */
static size_t sequence(const unsigned char *s, size_t bytes)
{
    static const unsigned char low[] = {['\x60'] = 0xa0, ['\x70'] = 0x90};
    unsigned char c = s[0];
    size_t len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    if (c < 0xc2 || c > 0xf4 || len > bytes)
        return 0;
    unsigned char least = 0x80, most = 0xbf;
    if (c == 0xe0 || c == 0xf0)
        least = low[c & 0x7f];
    if (c == 0xed)
        most = 0x9f;
    if (c == 0xf4)
        most = 0x8f;
    if (s[1] < least || s[1] > most)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    return len;
}

static bool invisible(uint32_t c)
{
    if (c < 0xad)
        return c < 0x20 || c >= 0x7f; /* space() and newlines have been asked for before */
    return c == 0xad || c == 0x200b || (c >= 0x200e && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
           (c >= 0xe0000 && c <= 0xe0fff && (c < 0xe0100 || c > 0xe01ef)) || (c & 0xfffe) == 0xfffe ||
           (c >= 0xfdd0 && c <= 0xfdef);
}

/* True where the character may be unlike its NFC. Everything under U+0300 is in NFC, and so are these large groups. */
static bool doubtful(uint32_t c)
{
    if (c < 0x300)
        return false;
    return !((c >= 0x2010 && c <= 0x205e) || (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x400 && c <= 0x45f && c != 0x400) ||
             (c >= 0x3001 && c <= 0x3029) || (c >= 0x30a1 && c <= 0x30fa) || (c >= 0x3041 && c <= 0x3096) ||
             (c >= 0xff01 && c <= 0xff5e) || (c >= 0xac00 && c <= 0xd7a3));
}

/* Ends a line: blanks before it go, and a third newline in a row is one too many. */
static void newline(struct writer *writer)
{
    struct buf *out = writer->out;
    while (out->len > writer->start && (out->data[out->len - 1] == ' ' || out->data[out->len - 1] == '\t'))
        out->len--;
    size_t have = out->len - writer->start;
    if (have == 0 || (have >= 2 && out->data[out->len - 1] == '\n' && out->data[out->len - 2] == '\n'))
        return;
    buf_char(out, '\n');
}

static bool joiner_stays(const struct writer *writer)
{
    return writer->out->len > writer->start && (writer->out->data[writer->out->len - 1] & 0x80) != 0;
}

/* A character that is no plain printable ASCII; its bytes are text[0, len). */
static void special(struct writer *writer, const char *text, size_t len, uint32_t c)
{
    if (c == '\n' || c == 0x0b || c == 0x0c || c == 0x85 || c == 0x2028 || c == 0x2029) {
        newline(writer);
    } else if (c == '\t') {
        buf_char(writer->out, '\t');
    } else if (space(c) && c >= 0x20) {
        buf_char(writer->out, ' ');
    } else if (invisible(c) || ((c == 0x200c || c == 0x200d) && !joiner_stays(writer))) {
        writer->report->invisible++;
    } else {
        writer->maybe = writer->maybe || doubtful(c);
        buf_add(writer->out, text, len);
    }
}

static size_t plain(const unsigned char *s, size_t bytes)
{
    size_t n = 0;
    while (n < bytes && s[n] >= 0x20 && s[n] < 0x7f)
        n++;
    return n;
}

static void map(struct writer *writer, const char *text, size_t bytes)
{
    size_t at = 0;
    while (at < bytes) {
        const unsigned char *s = (const unsigned char *)text + at;
        size_t run = plain(s, bytes - at);
        if (run > 0) {
            buf_add(writer->out, text + at, run);
            at += run;
            continue;
        }
        if (s[0] < 0x80) {
            bool pair = s[0] == '\r' && at + 1 < bytes && s[1] == '\n';
            special(writer, text + at, 1, s[0] == '\r' ? '\n' : s[0]);
            at += pair ? 2 : 1;
            continue;
        }
        size_t len = sequence(s, bytes - at), next = at;
        if (len == 0) {
            writer->report->invalid++;
            at++;
            continue;
        }
        special(writer, text + at, len, utf8_next(text, &next));
        at = next;
    }
}

/* Brings out[start, len) into NFC through UTF-16, which is what ICU's C interface takes. */
static void compose(struct buf *out, size_t start)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    size_t bytes = out->len - start;
    if (U_FAILURE(status) || bytes > INT32_MAX / 4)
        return;
    UChar *wide = ARENA_ARRAY(out->arena, UChar, bytes + 1);
    int32_t len = 0;
    u_strFromUTF8(wide, (int32_t)bytes + 1, &len, out->data + start, (int32_t)bytes, &status);
    int32_t same = unorm2_spanQuickCheckYes(nfc, wide, len, &status);
    if (U_FAILURE(status) || same == len)
        return;
    int32_t room = 3 * len + 16; /* a code unit grows to three at most in NFC (UAX 15, table 13.2) */
    UChar *normal = ARENA_ARRAY(out->arena, UChar, (size_t)room);
    int32_t count = unorm2_normalize(nfc, wide, len, normal, room, &status);
    if (U_FAILURE(status))
        return;
    size_t most = (size_t)count * 3;
    out->len = start;
    int32_t written = 0;
    u_strToUTF8(buf_reserve(out, most + 1), (int32_t)most + 1, &written, normal, count, &status);
    out->len = start + (size_t)written;
}

void normalise(struct buf *out, const char *text, size_t bytes, struct normalise_report *report)
{
    struct writer writer = {out, out->len, false, report};
    buf_reserve(out, bytes);
    map(&writer, text, bytes);
    newline(&writer);
    while (out->len > writer.start && out->data[out->len - 1] == '\n')
        out->len--;
    if (writer.maybe)
        compose(out, writer.start);
    out->data[out->len] = '\0';
}
