/* charset: see charset.h. Conversion is ICU's; the callback of its converter counts what it cannot read. */
#include "ingest/charset.h"

#include "lib/text/utf8.h"

#include <string.h>
#include <strings.h>
#include <uchardet/uchardet.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>

#define HEAD        ((size_t)4096)    /* where a declaration is looked for; HTML wants it in the first 1024 bytes */
#define DETECTED    ((size_t)1 << 20) /* as much as is shown to uchardet */
#define REPLACEMENT "\xEF\xBF\xBD"    /* U+FFFD */

static const char *bom(const char *data, size_t len, size_t *bytes)
{
    static const struct {
        const char *mark;
        size_t len;
        const char *charset;
    } marks[] = {{"\xEF\xBB\xBF", 3, "utf-8"},
                 {"\xFF\xFE\0\0", 4, "utf-32le"},
                 {"\0\0\xFE\xFF", 4, "utf-32be"},
                 {"\xFF\xFE", 2, "utf-16le"},
                 {"\xFE\xFF", 2, "utf-16be"}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (len >= marks[i].len && memcmp(data, marks[i].mark, marks[i].len) == 0) {
            *bytes = marks[i].len;
            return marks[i].charset;
        }
    *bytes = 0;
    return NULL;
}

static const char *find(const char *at, const char *end, const char *word)
{
    size_t len = strlen(word);
    for (; (size_t)(end - at) >= len; at++)
        if (strncasecmp(at, word, len) == 0)
            return at;
    return NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* The value after `name =`, with or without quotes. */
static const char *value_of(struct arena *arena, const char *at, const char *end, const char *name)
{
    at = find(at, end, name);
    if (at == NULL)
        return NULL;
    at += strlen(name);
    while (at < end && is_blank(*at))
        at++;
    if (at == end || *at++ != '=')
        return NULL;
    while (at < end && (is_blank(*at) || *at == '"' || *at == '\''))
        at++;
    const char *from = at;
    while (at < end && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:", *at) != NULL &&
           *at != '\0')
        at++;
    return at == from ? NULL : arena_strndup(arena, from, (size_t)(at - from));
}

/* <?xml encoding="..."?>, <meta charset=...>, <meta http-equiv=content-type content="text/html; charset=..."> */
static const char *declared(struct arena *arena, const char *data, size_t len)
{
    const char *end = data + (len < HEAD ? len : HEAD), *close;
    if ((size_t)(end - data) >= 5 && memcmp(data, "<?xml", 5) == 0 && (close = find(data, end, "?>")) != NULL) {
        const char *name = value_of(arena, data, close, "encoding");
        if (name != NULL)
            return name;
    }
    for (const char *at = data; (at = find(at, end, "<meta")) != NULL; at += 5) {
        close = memchr(at, '>', (size_t)(end - at));
        const char *name = value_of(arena, at, close == NULL ? end : close, "charset");
        if (name != NULL)
            return name;
    }
    return NULL;
}

static const char *detected(struct arena *arena, const char *data, size_t len)
{
    uchardet_t detector = uchardet_new();
    const char *name = "";
    if (uchardet_handle_data(detector, data, len < DETECTED ? len : DETECTED) == 0) {
        uchardet_data_end(detector);
        name = uchardet_get_charset(detector);
    }
    name = *name == '\0' ? NULL : arena_strdup(arena, name);
    uchardet_delete(detector);
    return name;
}

/* What pages call Latin-1 or ASCII is windows-1252 (WHATWG Encoding, 4.2); and a page whose declaration could be read
 * as ASCII is not UTF-16, whatever it says (HTML, 13.2.3.2). NULL where ICU does not know it. */
static const char *settle(struct arena *arena, const char *name)
{
    static const char *const latin[] = {"iso-8859-1", "iso8859-1", "latin1", "us-ascii", "ascii"};
    if (name == NULL || *name == '\0')
        return NULL;
    char *lower = arena_strdup(arena, name);
    for (char *c = lower; *c != '\0'; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c | 0x20 : *c);
    for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
        if (strcmp(lower, latin[i]) == 0)
            return "windows-1252";
    if (strcmp(lower, "utf8") == 0)
        return "utf-8";
    if (strcmp(lower, "gb2312") == 0 || strcmp(lower, "gbk") == 0)
        return "gb18030"; /* which holds both */
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(lower, &status);
    if (U_FAILURE(status))
        return NULL;
    ucnv_close(converter);
    return lower;
}

static const char *settle_declared(struct arena *arena, const char *name)
{
    const char *charset = settle(arena, name);
    return charset != NULL && strncmp(charset, "utf-16", 6) == 0 ? "utf-8" : charset;
}

static const char *choose(struct arena *arena, const char *data, size_t len, const char *given, bool markup,
                          size_t *skip)
{
    const char *marked = bom(data, len, skip);
    const char *charset = settle(arena, given);
    if (charset == NULL || (marked != NULL && strncmp(charset, "utf", 3) == 0))
        charset = marked;
    else
        *skip = 0;
    if (charset == NULL && markup)
        charset = settle_declared(arena, declared(arena, data, len));
    if (charset == NULL && utf8_valid(data, len))
        charset = "utf-8";
    if (charset == NULL)
        charset = settle(arena, detected(arena, data, len));
    return charset == NULL ? "windows-1252" : charset;
}

void charset_repair(struct buf *out, const char *data, size_t len, int64_t *undecoded)
{
    for (size_t i = 0; i < len;) {
        size_t run = utf8_valid_run(data + i, len - i);
        buf_add(out, data + i, run);
        i += run;
        if (i == len)
            break;
        buf_add(out, REPLACEMENT, 3);
        do /* the bytes that can only follow belong to the same fault */
            i++, ++*undecoded;
        while (i < len && ((unsigned char)data[i] & 0xc0) == 0x80);
    }
}

static void replace(const void *context, UConverterToUnicodeArgs *args, const char *units, int32_t len,
                    UConverterCallbackReason reason, UErrorCode *status)
{
    static const UChar sign = 0xFFFD;
    if (reason > UCNV_IRREGULAR) /* reset, close and clone are no faults */
        return;
    (void)units;
    *(int64_t *)(uintptr_t)context += len;
    *status = U_ZERO_ERROR;
    ucnv_cbToUWriteUChars(args, &sign, 1, 0, status);
}

static bool convert_all(UConverter *from, UConverter *to, const char *data, size_t len, struct buf *out,
                        UErrorCode *status)
{
    UChar pivot[4096];
    UChar *source = pivot, *target = pivot;
    const char *at = data, *end = data + len;
    for (bool first = true;; first = false) {
        size_t room = (size_t)(end - at) + 4096;
        char *put = buf_reserve(out, room), *limit = put + room;
        *status = U_ZERO_ERROR;
        ucnv_convertEx(to, from, &put, limit, &at, end, pivot, &source, &target, pivot + 4096, first, true, status);
        out->len = (size_t)(put - out->data);
        out->data[out->len] = '\0';
        if (*status != U_BUFFER_OVERFLOW_ERROR)
            return U_SUCCESS(*status);
    }
}

static bool convert(struct arena *arena, const char *data, size_t len, struct decoded *decoded, struct err *err)
{
    struct buf out;
    UErrorCode status = U_ZERO_ERROR;
    buf_init(&out, arena);
    UConverter *from = ucnv_open(decoded->charset, &status), *to = ucnv_open("utf-8", &status);
    if (U_SUCCESS(status))
        ucnv_setToUCallBack(from, replace, &decoded->undecoded, NULL, NULL, &status);
    bool good = U_SUCCESS(status) && convert_all(from, to, data, len, &out, &status);
    ucnv_close(from);
    ucnv_close(to);
    decoded->text = out.data;
    decoded->bytes = out.len;
    return good || err_set(err, ERR_INPUT, "cannot be decoded from %s: %s", decoded->charset, u_errorName(status));
}

/* What no text is made of: control characters but the usual ones and ESC, and code points without a meaning of their
 * own: unassigned, private, half a pair. */
static bool is_noise(UChar32 point)
{
    if (point < 0x7f)
        return point < 0x20 && point != '\n' && point != '\r' && point != '\t' && point != '\f' && point != 0x1b;
    return (U_MASK(u_charType(point)) & (U_GC_CC_MASK | U_GC_CN_MASK | U_GC_CO_MASK | U_GC_CS_MASK)) != 0;
}

/* Noise is counted by the character, and a twentieth is too much: random bytes are a ninth control characters in any
 * 8-bit charset, but less than a tenth of the bytes that those above 0x7f become. */
static bool is_text(const struct decoded *decoded, size_t len, struct err *err)
{
    size_t characters = 0, noise = 0;
    for (size_t at = 0; at < decoded->bytes; characters++)
        noise += is_noise((UChar32)utf8_next(decoded->text, &at));
    if ((size_t)decoded->undecoded > len / 10)
        return err_set(err, ERR_INPUT, "is no text: %lld of its %zu bytes cannot be decoded from %s",
                       (long long)decoded->undecoded, len, decoded->charset);
    if (noise > 1 + characters / 20)
        return err_set(err, ERR_INPUT, "is no text: %zu of its %zu characters are control characters or mean nothing",
                       noise, characters);
    return true;
}

bool charset_decode(struct arena *arena, const char *data, size_t len, const char *given, bool markup,
                    struct decoded *decoded, struct err *err)
{
    size_t skip;
    *decoded = (struct decoded){.charset = choose(arena, data, len, given, markup, &skip)};
    data += skip;
    len -= skip;
    bool utf8 = strcmp(decoded->charset, "utf-8") == 0;
    if (utf8 && utf8_valid(data, len)) {
        decoded->text = data;
        decoded->bytes = len;
    } else if (utf8) {
        struct buf out;
        buf_init(&out, arena);
        charset_repair(&out, data, len, &decoded->undecoded);
        decoded->text = out.data;
        decoded->bytes = out.len;
    } else if (!convert(arena, data, len, decoded, err)) {
        return false;
    }
    return is_text(decoded, len, err);
}
